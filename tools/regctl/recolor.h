/* SPDX-License-Identifier: GPL-2.0-only */
/* Colors of the root cell, changed while it runs. */
#ifndef REGCTL_RECOLOR_H
#define REGCTL_RECOLOR_H

#include "app.h"

/* "4-15", "0,2-5" or "all"; pure, as the parsers of units.h. */
int recolor_parse(const char *text, struct reg_color_set *set,
		  struct parse_error *error);
/*
 * Changes them, or with --dry-run asks whether it could. Shows progress on a terminal;
 * Ctrl-C takes it back. An exit status.
 */
int recolor_run(struct app *app, const struct weir_cell_id *cell,
		const struct reg_color_set *set);

#endif
