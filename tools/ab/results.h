/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a comparison measured: a directory with iterations.csv (each timed job
 * of the victim) and runs.csv (each start of the victim: who moved how much
 * meanwhile). Both are appended to as runs end, so an interrupted comparison
 * keeps what it has; a run counts when it is in runs.csv.
 */
#ifndef AB_RESULTS_H
#define AB_RESULTS_H

#include <stdio.h>

#include "scenario.h"

#define AB_CHECKSUM_BYTES	32u

struct ab_iteration {
	unsigned int arm;
	unsigned int repetition;
	uint64_t start_cycles;
	uint64_t cycles;
	uint64_t clock_hz;
};

struct ab_run {
	unsigned int arm;
	unsigned int repetition;
	uint64_t iterations;
	uint64_t span_ns;	/* of the counters below */
	uint64_t victim_bytes;	/* of the victim's cell; 0 for a command */
	uint64_t others_bytes;	/* of all other cells together */
	uint64_t stall_ns;	/* of others' CPUs, held back by regulators */
	uint64_t others_cpus;
	uint64_t budget_bytes_per_s; /* of others that have one, together; or 0 */
	char checksum[AB_CHECKSUM_BYTES]; /* of every job, in hex; "": none told */
};

/* As files and messages have it. */
static inline const char *run_checksum(const struct ab_run *run)
{
	return *run->checksum ? run->checksum : "-";
}

struct ab_results {
	struct ab_iteration *iterations;
	size_t iterations_count, iterations_room;
	struct ab_run *runs;
	size_t runs_count, runs_room;
};

/* 0 or -ENOMEM. */
int results_add_iteration(struct ab_results *results,
			  const struct ab_iteration *iteration);
int results_add_run(struct ab_results *results, const struct ab_run *run);
void results_free(struct ab_results *results);

void results_headings(FILE *iterations, FILE *runs);
/* One run and its iterations. 0, or -EIO. */
int results_write(FILE *iterations, FILE *runs,
		  const struct scenario *scenario, const struct ab_run *run,
		  const struct ab_iteration *of_run);

struct results_error {
	const char *file;
	size_t line;
	const char *why;	/* a constant text */
};

/*
 * Reads both files; iterations of runs that did not end are left out, and the
 * last line of either may be cut off. 0, -ENOMEM, or with the error -EIO and
 * -EINVAL.
 */
int results_read(struct ab_results *results, const struct scenario *scenario,
		 FILE *iterations, FILE *runs, struct results_error *error);

/*
 * The first run whose jobs had to give the same checksum as those of `run`, and
 * did not; NULL: there is none.
 */
const struct ab_run *results_contradiction(const struct ab_results *results,
					   const struct scenario *scenario,
					   const struct ab_run *run);

bool results_has(const struct ab_results *results, unsigned int arm,
		 unsigned int repetition);

#endif
