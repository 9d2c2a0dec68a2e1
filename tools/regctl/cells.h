/* SPDX-License-Identifier: GPL-2.0-only */
/* Which cells a command is about. */
#ifndef REGCTL_CELLS_H
#define REGCTL_CELLS_H

#include "app.h"

struct cell_selection {
	struct reg_cell_info cells[REG_CELLS_MAX];
	unsigned int count;
};

/* The cell as the driver wants it named. */
struct weir_cell_id cell_key(const struct reg_cell_info *info);

/*
 * The cells named by the operands, or all. 0, or an exit status after a
 * complaint; all cells of a machine without Weir enabled are a complaint too.
 */
int cells_select(const struct app *app, struct cell_selection *selection);
/* The same, without a call: nothing is known of states and failed CPUs. */
int cells_select_names(const struct app *app,
		       struct cell_selection *selection);

#endif
