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
/* The tightest of what other cells ask of a cell. */
struct reg_limits {
	uint64_t budget_bytes_per_s;
	uint16_t duty_permille;
	bool any;		/* something is asked, tighter or not */
};

extern const struct reg_limits limits_none;

/*
 * Pure but for looking things up: what `wanted`, all fields filled, comes to
 * for these CPUs, no looser than
 * `limits`. -ENODEV: something that it takes is not there.
 */
int settings_check(const struct reg_settings *wanted,
		   const struct reg_limits *limits, uint64_t cpus,
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

/* One request, and one check, at a time; a check takes some thousand instructions. */
void requests_lock(void);
void requests_unlock(void);
/*
 * What is in force on a cell is computed anew, and its CPUs are told. Under the
 * request lock.
 */
void regulation_recompute(struct cell *cell);

/*
 * Recomputes the cell's setting when the set of its CPUs is not the one it was
 * computed for, and tells the CPUs. Takes the request lock. Any CPU.
 */
void regulation_cell_follow(struct cell *cell);

/* The CPU may be writing it: the same twice in a row is whole. */
struct reg_counter counter_snapshot(const struct reg_cpu *reg);

/* -------------------------------------------------- regulation-control.c */

/* Under the request lock, all but the last. */

struct reg_limits control_limits(const struct cell *cell);
/* What others hold of the cell does not fit it any more. */
void control_drop(struct cell *cell);
/* The cell goes: what it holds lapses, and the cells concerned are told. */
void control_exit(struct cell *cell);
/* For the answer about a cell; what is held by cells that have stopped lapses. */
void control_tell(struct cell *cell, struct reg_status *status);

/*
 * What is held by cells that have stopped without a word lapses. Takes the request
 * lock: from whoever is held by it, and has the time.
 */
void control_watch(struct cell *cell);

/* ---------------------------------------------------- regulation-watch.c */

/*
 * A setting is in force on this CPU: whoever is to watch it is told, and it goes on
 * watching those that it watches.
 */
void watch_follow(struct per_cpu *cpu, uint64_t now_ns);

#endif
