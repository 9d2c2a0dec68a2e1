/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of the command "colors". */
#ifndef REGCTL_COLORS_H
#define REGCTL_COLORS_H

#include "app.h"

/* Finds the bank functions of this machine by time; an exit status. */
int colors_probe(const struct app *app);

#endif
