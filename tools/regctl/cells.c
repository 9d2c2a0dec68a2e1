// SPDX-License-Identifier: GPL-2.0-only
/* Which cells a command is about. */
#include "cells.h"

struct weir_cell_id cell_key(const struct reg_cell_info *info)
{
	struct weir_cell_id key = { .id = (int32_t)info->id };

	return key;
}

static int select_all(const struct app *app, struct cell_selection *selection)
{
	int count = reg_cells_list(app->device, selection->cells);

	if (count < 0)
		return app_fail(app);
	if (count == 0) {
		app_complain(app, "Weir is not enabled");
		return APP_ABSENT;
	}
	selection->count = (unsigned int)count;
	return 0;
}

int cells_select(const struct app *app, struct cell_selection *selection)
{
	struct weir_cell_id cell;
	unsigned int i;
	int status;

	if (app->operands_count == 0)
		return select_all(app, selection);
	selection->count = 0;
	for (i = 0; i < app->operands_count && i < REG_CELLS_MAX; i++) {
		status = app_cell(app, i, &cell);
		if (status)
			return status;
		if (reg_cell_find(app->device, &cell, &selection->cells[i]))
			return app_fail(app);
		selection->count++;
	}
	return 0;
}
