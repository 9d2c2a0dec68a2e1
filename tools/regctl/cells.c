// SPDX-License-Identifier: GPL-2.0-only
/* Which cells a command is about. */
#include "cells.h"

#include <string.h>

struct weir_cell_id cell_key(const struct reg_cell_info *info)
{
	struct weir_cell_id key = { .id = (int32_t)info->id };

	return key;
}

/* All there are, as one of the functions that list cells finds them. */
static int select_all(const struct app *app, struct cell_selection *selection,
		      int (*list)(struct reg_device *device,
				  struct reg_cell_info cells[REG_CELLS_MAX]))
{
	int count = list(app->device, selection->cells);

	if (count < 0)
		return app_fail(app);
	if (count == 0) {
		app_complain(app, "Weir is not enabled");
		return APP_ABSENT;
	}
	selection->count = (unsigned int)count;
	return 0;
}

/* One that is there is found without a call; the others are complained of. */
static int name_find(const struct app *app, const struct cell_selection *all,
		     const struct weir_cell_id *cell,
		     struct reg_cell_info *info)
{
	for (unsigned int n = 0; n < all->count; n++) {
		*info = all->cells[n];
		if (cell->id < 0 ? !strcmp(info->name, cell->name) :
				   info->id == (uint32_t)cell->id)
			return 0;
	}
	return reg_cell_find(app->device, cell, info) ? app_fail(app) : 0;
}

int cells_select_names(const struct app *app, struct cell_selection *selection)
{
	struct cell_selection all;
	struct weir_cell_id cell;
	int status = select_all(app, &all, reg_cells_names);

	selection->count = 0;
	for (unsigned int i = 0; !status && i < app->operands_count &&
				 i < REG_CELLS_MAX; i++) {
		status = app_cell(app, i, &cell);
		if (!status)
			status = name_find(app, &all, &cell,
					   &selection->cells[i]);
		selection->count++;
	}
	if (!status && app->operands_count == 0)
		*selection = all;
	return status;
}

int cells_select(const struct app *app, struct cell_selection *selection)
{
	struct weir_cell_id cell;
	unsigned int i;
	int status;

	if (app->operands_count == 0)
		return select_all(app, selection, reg_cells_list);
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
