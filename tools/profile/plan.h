/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a session to a budget: how long would what was recorded have taken
 * under a budget, and which budget is the smallest that is good enough. Pure.
 *
 * The prediction walks the recorded traffic, each sample's bytes spread evenly
 * over its time, under the rule of the regulator memguard: a period brings
 * budget x period bytes, what is left at its end is lost, and a CPU that has
 * used them up stands still until the next one. Memory is taken to be as fast
 * as it was when the session was recorded.
 */
#ifndef PROFILE_PLAN_H
#define PROFILE_PLAN_H

#include "session.h"

/* What one source did, from its first to its last byte. */
struct demand {
	struct demand_piece {
		double ns;
		double bytes;
	} *pieces;
	uint64_t count;
	double ns;		/* all of it */
	double bytes;
};

/* Of one source. 0 or -ENOMEM; free in any case. */
int demand_make(struct demand *demand, const struct session *session,
		unsigned int source);
void demand_free(struct demand *demand);

/*
 * The time it takes under the budget, in ns, with `phase_ns` of the first
 * period gone and unused at the start. Budget and period above zero.
 */
double demand_predict(const struct demand *demand, double bytes_per_s,
		      double period_ns, double phase_ns);

/*
 * The smallest budget, to a thousandth, under which it takes at most
 * `slowdown` (at least 1) times as long as recorded. 0 for no traffic.
 */
double demand_plan(const struct demand *demand, double slowdown,
		   double period_ns);

#endif
