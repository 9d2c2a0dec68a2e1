/* SPDX-License-Identifier: GPL-2.0-only */
/* What cells hold of each other, by requests (abi/control.h). */
#ifndef REGCTL_CONTROLS_H
#define REGCTL_CONTROLS_H

#include "cells.h"
#include "output.h"

enum {
	CONTROLS_CELL,
	CONTROLS_BY,
	CONTROLS_BY_ID,
	CONTROLS_HELD,
	CONTROLS_DUTY,
	CONTROLS_BUDGET,
	CONTROLS_SINCE,
	CONTROLS_FOR,
	CONTROLS_BEFORE,
	CONTROLS_REQUESTS,
	CONTROLS_LAPSES,
	CONTROLS_COUNT,
};

extern const struct column controls_columns[CONTROLS_COUNT];

/* A row for each cell that has asked something of this one. */
void controls_fill(const struct app *app, struct table *table, const char *cell,
		   const struct reg_status *status);

/* "guarded (duty), load (duty, budget)": who holds it now; else empty. */
#define CONTROLS_BYTES	256
void controls_format(const struct app *app, char text[CONTROLS_BYTES],
		     const struct reg_status *status);

/*
 * What holds CPUs when it is at another cell's request, "throttle for guarded";
 * else, and with `by` of what cannot be asked for, the empty text. Whose request
 * is the one in force is told, when there are several.
 */
void controls_blame(const struct app *app, char text[CONTROLS_BYTES],
		    const struct reg_status *status, enum reg_holder by);

#endif
