/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings of what goes with a budget: throttle, burst cap, bucket, polls. */
#ifndef REGCTL_BESIDE_H
#define REGCTL_BESIDE_H

#include "tools/libreg/reg.h"
#include "units.h"

/* Options by which set and unset take them. */
enum {
	BESIDE_KEY_DUTY = 0x2c0,
	BESIDE_KEY_THROTTLE_PERIOD,
	BESIDE_KEY_CPUS,
	BESIDE_KEY_DEPTH,
	BESIDE_KEY_BURST,
	BESIDE_KEY_POLL,
	BESIDE_KEY_LAW,
	BESIDE_KEY_WATCH,
};

#define BESIDE_SET_OPTIONS                                                    \
	{ "duty", BESIDE_KEY_DUTY, "PERCENT", 0,                              \
	  "Let each CPU run for this much of the time", 0 },                  \
	{ "throttle-period", BESIDE_KEY_THROTTLE_PERIOD, "TIME", 0,           \
	  "Divide the time in periods of 100us to 1s", 0 },                   \
	{ "cpus", BESIDE_KEY_CPUS, "LIST", 0,                                 \
	  "Throttle these CPUs of the cell, as 0,2-5, or all", 0 },           \
	{ "depth", BESIDE_KEY_DEPTH, "SIZE", 0,                               \
	  "Let a bucket hold this much, or default", 0 },                     \
	{ "burst", BESIDE_KEY_BURST, "SIZE/TIME", 0,                          \
	  "Limit what moves in any such time, as 16KiB/20us", 0 },                 \
	{ "poll", BESIDE_KEY_POLL, "TIME", 0,                                 \
	  "Look at the counter so often, from 1us to 1ms, or default", 0 },   \
	{ "law", BESIDE_KEY_LAW, "bucket|window", 0,                          \
	  "What mempol goes by: credit, or a window that slides", 0 },        \
	{ "watch", BESIDE_KEY_WATCH, "CPU", 0,                                \
	  "Let this CPU of another cell look at the counters, or none", 0 }

#define BESIDE_UNSET_OPTIONS                                                  \
	{ "duty", BESIDE_KEY_DUTY, NULL, 0, "Let all CPUs run all the time",  \
	  0 },                                                                \
	{ "depth", BESIDE_KEY_DEPTH, NULL, 0,                                 \
	  "Let a bucket hold what a period brings", 0 },                      \
	{ "burst", BESIDE_KEY_BURST, NULL, 0, "Lift the limit on bursts", 0 },  \
	{ "poll", BESIDE_KEY_POLL, NULL, 0,                                   \
	  "Look at the counter as often as by default", 0 },                  \
	{ "law", BESIDE_KEY_LAW, NULL, 0, "Let mempol go by credit", 0 }, \
	{ "watch", BESIDE_KEY_WATCH, NULL, 0,                                 \
	  "Let the CPUs of the cell look for themselves", 0 }

/* As the option functions of commands; -ENOENT: none of these. */
int beside_option(struct reg_settings *settings, int key, const char *value,
		  struct parse_error *error);
int beside_unset_option(struct reg_settings *settings, int key);

/* What unset sends for whatever it names. */
void beside_defaults(struct reg_settings *settings);

/* "16KiB/20us" */
int burst_parse(const char *text, uint64_t *bytes, uint64_t *window_ns,
		struct parse_error *error);

/* Room for all holders, each with a list of CPUs. */
#define HOLDERS_BYTES	256

/*
 * "throttle 0-1, budget 3"; the empty text when no CPU is held. names[by - 1], when
 * there are names, is what a holder is called instead, NULL: as always.
 */
void holders_format(char text[HOLDERS_BYTES], const struct reg_status *status,
		    const char *const names[REG_HOLDERS]);
/* All who hold one CPU, the one that is named first: "throttle, budget". */
void holders_of_cpu(char text[HOLDERS_BYTES], const struct reg_cpu_stats *cpu);

#endif
