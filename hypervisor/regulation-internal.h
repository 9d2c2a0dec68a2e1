/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of regulation share: settings, requests, CPUs. */
#ifndef REGULATION_INTERNAL_H
#define REGULATION_INTERNAL_H

#include "hv/cell.h"
#include "hv/regulation.h"
#include "regulators/regulator.h"

struct config_view;

/* ------------------------------------------------- regulation-settings.c */

/* Nothing limited, every field as it is by default. */
extern const struct reg_settings settings_none;

/* Makes the counter sources that the system configuration lists usable. */
void settings_init(const struct config_view *view);

/* The fields that `change` names replace those in `settings`. */
void settings_merge(struct reg_settings *settings,
		    const struct reg_settings *change);
/* Whether they limit traffic, for which it must be counted. */
bool settings_limit(const struct reg_settings *settings);
/*
 * Pure but for looking things up: what `wanted`, all fields filled, comes to
 * for these CPUs. -ENODEV: something that it takes is not there.
 */
int settings_check(const struct reg_settings *wanted, uint64_t cpus,
		   struct reg_effective *effective, struct reason *reason);

/* Whether a request or a record uses nothing unknown. -EINVAL */
int change_check(const struct reg_settings *change, struct reason *reason);
/*
 * Whether they fit the cell they are for: it must have the CPUs that a change
 * names, and the root must not be stopped by what it comes to, as it is the
 * one who could lift that. -EINVAL
 */
int cell_check(const struct cell *cell, const struct reg_settings *change,
	       const struct reg_settings *wanted, struct reason *reason);

/* ---------------------------------------------------------- regulation.c */

/*
 * Recomputes the cell's setting when the set of its CPUs is not the one it was
 * computed for, and tells the CPUs. Takes the request lock. Any CPU.
 */
void regulation_cell_follow(struct cell *cell);

#endif
