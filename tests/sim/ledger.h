/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger of a machine of lines: where every line of a budget went.
 *
 * A second account beside the regulator's, from the settings and the clock alone:
 * how many refills there were, what they add up to, and so what a cap must have
 * taken. After every event it says whether
 * - nothing is lost: only a pool that is full gives anything up;
 * - nothing is counted twice: there is never more than was added;
 * - refills are on the grid, all of them, none before its time;
 * - what is there is at most a period's budget and the grants drawn;
 * - statistics only grow;
 * - a CPU that is held has a deadline, and does not wait longer than those before
 *   it and the debt of its cell explain.
 * Of a bucket and a poller, which have no grid, only that statistics grow, nobody is held for
 * ever, and no more is used than came in, two buckets and what alarms come late.
 */
#ifndef SIM_LEDGER_H
#define SIM_LEDGER_H

#include "linesim.h"

#define LEDGER_TEXT_BYTES	256

/* One level of one pool since it was opened. */
struct ledger_level {
	bool open;
	int64_t begin_lines;		/* in the pool, or drawn and not used */
	uint64_t begin_issued;
	uint64_t begin_remainder;
	uint64_t begin_point;		/* of the grid: the next refill's */
	int64_t lost;			/* to the cap, so far */
	uint64_t short_ticks;
};

struct ledger {
	uint64_t revision;		/* of the setting that is in force */
	struct ledger_level total[SIM_MAX_CPUS], writes[SIM_MAX_CPUS];
	struct reg_cpu_stats stats[SIM_MAX_CPUS];
	int64_t shared_debt[2], moved[2];	/* total, writes */
	struct {
		uint64_t since_ns;	/* held; 0: not */
		int64_t least_lines;	/* of the pool, since then */
	} wait[SIM_MAX_CPUS];
	/* A bucket's: since the setting is in force everywhere. */
	uint64_t begin_ns, begin_lines;
	uint64_t delay_max_ns;		/* the latest that alarms may have been */
	uint64_t waits_max_ns;
	uint64_t late_max_ns;		/* the latest that ticks may have been */
	bool misses;			/* alarms may be lost for good */
	uint64_t events;
	char failure[LEDGER_TEXT_BYTES];	/* the first one; "": none */
};

/* After every event of the machine. */
void ledger_audit(struct ledger *ledger, const struct sim *sim);

#endif
