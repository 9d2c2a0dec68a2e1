/* SPDX-License-Identifier: GPL-2.0-only */
/* Columns for settings: what was asked for beside what is in force. */
#ifndef REGCTL_SETTINGS_H
#define REGCTL_SETTINGS_H

#include "output.h"

enum settings_column {
	SETTINGS_REQUESTED,
	SETTINGS_EFFECTIVE,
	SETTINGS_ERROR,
	SETTINGS_PERIOD_REQUESTED,
	SETTINGS_PERIOD,
	SETTINGS_WRITE_REQUESTED,
	SETTINGS_WRITE_EFFECTIVE,
	SETTINGS_WRITE_ERROR,
	SETTINGS_MODE,
	SETTINGS_REGULATOR,
	SETTINGS_SOURCE,
	SETTINGS_GENERATION,
	SETTINGS_DUTY,
	SETTINGS_THROTTLE_PERIOD,
	SETTINGS_THROTTLE_CPUS,
	SETTINGS_DEPTH,
	SETTINGS_BURST,
	SETTINGS_BURST_WINDOW,
	SETTINGS_CLASS,
	SETTINGS_LENDS,
	SETTINGS_POLL,
	SETTINGS_LAW,
	SETTINGS_WATCH,
	SETTINGS_COUNT,
};

/* Initialisers, for tables of which settings are a part. */
#define SETTINGS_COLUMNS                                                      \
	{ "REQUESTED", "requested_bytes_per_s", "B/s", COLUMN_RIGHT, 0 },     \
	{ "EFFECTIVE", "effective_bytes_per_s", "B/s", COLUMN_RIGHT, 0 },     \
	{ "ERROR", "error_bytes_per_s", "B/s", COLUMN_RIGHT, 0 },             \
	{ "PERIOD REQUESTED", "period_requested_ns", "ns", COLUMN_DATA, 0 },  \
	{ "PERIOD", "period_ns", "ns", COLUMN_RIGHT, 0 },                     \
	{ "WRITE REQUESTED", "write_requested_bytes_per_s", "B/s",            \
	  COLUMN_RIGHT | COLUMN_AUTO, 0 },                                    \
	{ "WRITE EFFECTIVE", "write_effective_bytes_per_s", "B/s",            \
	  COLUMN_RIGHT | COLUMN_AUTO, 0 },                                    \
	{ "WRITE ERROR", "write_error_bytes_per_s", "B/s",                    \
	  COLUMN_RIGHT | COLUMN_AUTO, 0 },                                    \
	{ "MODE", "mode", NULL, COLUMN_WIDE, 0 },                             \
	{ "REGULATOR", "regulator", NULL, COLUMN_WIDE, 0 },                   \
	{ "SOURCE", "source", NULL, COLUMN_WIDE, 0 },                         \
	{ "GENERATION", "generation", NULL, COLUMN_RIGHT | COLUMN_WIDE, 0 },  \
	{ "DUTY", "duty_permille", "1/1000", COLUMN_RIGHT | COLUMN_AUTO, 0 }, \
	{ "THROTTLE PERIOD", "throttle_period_ns", "ns",                      \
	  COLUMN_RIGHT | COLUMN_AUTO, 0 },                                    \
	{ "THROTTLED CPUS", "throttle_cpus", NULL, COLUMN_AUTO, 0 },          \
	{ "DEPTH", "depth_bytes", "B", COLUMN_RIGHT | COLUMN_AUTO, 0 },       \
	{ "BURST", "burst_bytes", "B", COLUMN_RIGHT | COLUMN_AUTO, 0 },       \
	{ "BURST WINDOW", "burst_window_ns", "ns",                            \
	  COLUMN_RIGHT | COLUMN_AUTO, 0 },                                    \
	{ "CLASS", "class", NULL, COLUMN_WIDE, 0 },                       \
	{ "LENDS", "lends", NULL, COLUMN_WIDE, 0 },                            \
	{ "POLL", "poll_ns", "ns", COLUMN_RIGHT | COLUMN_AUTO, 0 },           \
	{ "LAW", "law", NULL, COLUMN_AUTO, 0 },                                \
	{ "WATCHED BY", "watch_cpu", NULL, COLUMN_RIGHT | COLUMN_AUTO, 0 }

/*
 * Fills SETTINGS_COUNT values. Of `requested` only the fields that its `valid`
 * names were asked for.
 */
void settings_fill(struct value *row, const struct reg_settings *requested,
		   const struct reg_settings *effective, uint64_t generation);
/* The same for a cell that gave no answer. */
void settings_missing(struct value *row, const char *why);

#endif
