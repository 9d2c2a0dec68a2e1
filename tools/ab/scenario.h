/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A comparison as text: who is the victim, who interferes, what is compared.
 *
 *	name         hogs
 *	victim       cell victim /weir/inmates/workload.bin work=chase jobs=10
 *	load         run hog --cpu 0 --mode write
 *	input        /weir/input
 *	repetitions  10
 *	warmup       2
 *	arm alone
 *	arm hogs
 *	    loads all
 *	arm regulated
 *	    loads all
 *	    set root --budget 200MB/s
 *	    reference 1.05
 *
 * Lines are words separated by blanks; '#' starts a comment. Pure.
 */
#ifndef AB_SCENARIO_H
#define AB_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#define SCENARIO_ARMS_MAX	16u
#define SCENARIO_LOADS_MAX	8u
#define SCENARIO_SETS_MAX	8u
#define SCENARIO_NAME_BYTES	64u
#define SCENARIO_LINE_BYTES	512u
#define SCENARIO_TEXT_MAX_BYTES	65536u

/* What runs in a cell, or as a Linux command. */
struct scenario_program {
	bool in_cell;
	char cell[SCENARIO_NAME_BYTES];	/* in_cell */
	char image[256];		/* in_cell */
	char words[SCENARIO_LINE_BYTES]; /* command line, or the command */
};

struct scenario_arm {
	char name[SCENARIO_NAME_BYTES];
	unsigned int loads_first, loads; /* of the scenario's that run */
	bool native;			/* without the hypervisor */
	bool has_victim;		/* other than the scenario's */
	struct scenario_program victim;
	unsigned int sets_count;
	/* Arguments of "regctl set", the cell first. */
	char set[SCENARIO_SETS_MAX][SCENARIO_LINE_BYTES];
	bool own_checksum;		/* its victim does other work */
	double reference;		/* slowdown told elsewhere; 0: none */
};

struct scenario {
	char name[SCENARIO_NAME_BYTES];
	char reference[SCENARIO_LINE_BYTES]; /* where the arms' are from */
	struct scenario_program victim;
	char input[256];	/* file for victims in cells; "": none */
	char system[256];	/* configuration to enable after a native arm */
	struct scenario_program load[SCENARIO_LOADS_MAX];
	unsigned int loads_count;
	struct scenario_arm arm[SCENARIO_ARMS_MAX];
	unsigned int arms_count;
	unsigned int repetitions;
	uint64_t warmup;	/* first iterations of each run that do not count */
	/* Of the session that records each run; "": none does. */
	char profile_interval[SCENARIO_NAME_BYTES];
	bool blocked;		/* all repetitions of an arm before the next */
	int cpu;		/* of regctl itself; -1: any */
	uint64_t settle_us;	/* between the start of loads and the victim's */
	uint64_t seed;		/* of the statistics */
};

struct scenario_error {
	unsigned int line;	/* 0: the whole */
	char text[160];
};

/* 0, or -EINVAL with the error. `text` is terminated. */
int scenario_parse(struct scenario *scenario, const char *text,
		   struct scenario_error *error);

/* Which arm and repetition the n-th run is; false after the last one. */
bool scenario_run_at(const struct scenario *scenario, unsigned int n,
		     unsigned int *arm, unsigned int *repetition);

/* The victim of an arm. */
const struct scenario_program *scenario_victim(const struct scenario *scenario,
					       unsigned int arm);

/* Whether an arm has a reference. */
bool scenario_has_references(const struct scenario *scenario);

#endif
