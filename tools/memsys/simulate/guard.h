/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest that guards its deadline: when a job took too long it asks, by the
 * hypercall that inmates make, for another cell to be held back.
 *
 * It decides as the inmates' runtime does: it asks when a job missed and nothing is
 * held, and releases after so many jobs in time.
 */
#ifndef SIMULATE_GUARD_H
#define SIMULATE_GUARD_H

#include "scenario.h"

struct guard {
	bool holds;
	uint64_t in_time;		/* jobs in a row */
	uint32_t call;			/* a control_operation to be made; 0 */
};

/* Of the jobs of a cell since the beginning. */
struct guard_counts {
	uint64_t jobs, missed;
	uint64_t missed_held;		/* though the other one was held back */
	uint64_t asked, refused;
};

/* A job has ended. True: the guest makes a call, guard->call. */
bool guard_job(struct guard *guard, struct guard_counts *counts,
	       const struct scenario_cell *cell, uint64_t took_ps);

/* Makes it, from this CPU of the cell. */
void guard_call(struct guard *guard, struct guard_counts *counts,
		const struct scenario_cell *cell, unsigned int cpu);

#endif
