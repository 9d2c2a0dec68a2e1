/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a pool is paid when another setting comes into force.
 *
 * A second account beside pool.c's, kept in time and from the outside: which point
 * of the clock a pool has been paid up to, from the points where refills were seen,
 * the settings and nothing else. A setting that comes into force in a pool that is
 * in use must have its first refill at the first point of its grid, and bring, or
 * take, what lies between: to the line, but for what a cap cuts.
 */
#ifndef SIM_HANDOVER_H
#define SIM_HANDOVER_H

#include "linesim.h"

/* One of the two budgets, as of the event before. */
struct handover_level {
	bool limited;
	int64_t lines;			/* in the pool, or drawn and not used */
	int64_t level_lines;		/* in the pool alone */
	uint64_t remainder;
	uint64_t bytes_per_s;
	int64_t taken_lines;		/* from a refill that has not come yet */
};

struct handover_pool {
	bool known;
	uint64_t revision;
	uint64_t period_ns;
	uint64_t next_ns;
	uint64_t last_ns;
	uint64_t paid_ns;
	uint64_t taken_ns;		/* 0: nothing is taken beforehand */
	uint64_t taken_last_ns;
	struct handover_level level[2];	/* total, writes */
};

struct handover {
	struct handover_pool own[SIM_MAX_CPUS], shared;
	/* In force on each CPU. */
	uint64_t revision[SIM_MAX_CPUS];
	bool own_pool[SIM_MAX_CPUS];
	uint64_t checked;		/* handovers that were found right */
};

/*
 * After every event of a machine with memguard; false, with words in `failure`: a
 * setting that came into force in it paid something else.
 */
bool handover_audit(struct handover *handover, const struct sim *sim,
		    char *failure, size_t failure_bytes);

#endif
