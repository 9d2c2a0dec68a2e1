/* SPDX-License-Identifier: GPL-2.0-only */
/* What came out of the variants of a scenario, and how it is shown. */
#ifndef SIMULATE_RESULTS_H
#define SIMULATE_RESULTS_H

#include <jansson.h>
#include <stdio.h>

#include "guard.h"
#include "scenario.h"
#include "tools/regctl/output.h"

#define RESULTS_PIECES		250u	/* of a run, for plots */

/* Of one cell in one variant; times are those of its slowest CPU. */
struct cell_result {
	struct reg_settings effective;
	char regulator[REG_NAME_BYTES];
	uint64_t accesses;		/* in the measured time, as all here */
	uint64_t bursts;
	uint64_t read_lines, written_lines;
	double step_ps;			/* mean of all CPUs */
	double step_max_ps, window_ps[2];
	uint64_t latency_p99_ns;
	uint64_t stalls, stall_ns, ticks, overflows, kicks;
	struct guard_counts jobs;
	uint64_t critical_runs, storm_late_ps;
	uint64_t overshoot_lines;	/* the worst of one CPU */
	double cpu_rate[ENGINE_MAX_CORES];	/* bytes per second */
	double rate;
	double slowdown, worst_slowdown[2];	/* against the baseline; 0: none */
	double piece_rate[RESULTS_PIECES];	/* whole run, warm-up included */
};

struct variant_result {
	struct cell_result cells[SCENARIO_MAX_CELLS];
	uint64_t accesses;		/* of all, from the beginning */
	uint64_t requests, row_hits;	/* of DDR */
};

struct results {
	const struct scenario *scenario;
	struct variant_result *variants;
};

/*
 * Runs all variants. 0, or the negative errno with one line that says which
 * variant failed and why. Free after success only.
 */
int results_run(struct results *results, const struct scenario *scenario,
		char reason[256]);
void results_free(struct results *results);

/* Prints in the format of `app`; returns an exit status. */
int results_print(const struct app *app, const struct results *results);
/* NULL when memory is short; the caller owns it. */
json_t *results_json(const struct results *results);
/* A panel per variant: what each cell moved over time. */
void results_plot(FILE *out, const struct results *results);

#endif
