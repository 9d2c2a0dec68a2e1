/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor of a simulated machine: its own regulation, tick and
 * regulators on arch/fake, in front of simulated cores.
 *
 * The cells of a variant are made by hypercalls from a root cell on a CPU of
 * its own behind the simulated ones, and so are their settings. Deadlines that
 * the hypervisor arms become events of the engine, and so do overflow
 * interrupts, `delay_ns` behind the line that was armed; a CPU that it stalls is
 * held. A counter that is polled is looked at every `delay_ns`. What one CPU
 * tells another, it learns `kick_ns` later.
 *
 * arch/fake is one machine in a process: one at a time.
 */
#ifndef SIMULATE_CONTROL_H
#define SIMULATE_CONTROL_H

#include "abi/regulation.h"
#include "engine.h"
#include "guard.h"
#include "scenario.h"

#define CONTROL_REASON_BYTES	REG_REASON_BYTES

/* What happened on one CPU since the beginning. */
struct control_counts {
	uint64_t ticks;			/* timer interrupts */
	uint64_t overflows;		/* overflow interrupts */
	uint64_t storm_late_ps;		/* the latest interrupt for the guest */
	uint64_t kicks;			/* by other CPUs, and hypercalls */
};

/*
 * Boots the machine of a variant at time 0 and makes its cells. The engine
 * gets its control; it and the variant outlive it. 0, or the negative errno
 * with the hypervisor's reason.
 */
int control_boot(struct engine *engine, const struct variant *variant,
		 char reason[CONTROL_REASON_BYTES]);

/* What the hypervisor reports of a variant's n-th cell. 0 or negative errno. */
int control_status(unsigned int cell, struct reg_status *status);
struct control_counts control_counts(unsigned int cpu);
/* Of the jobs of the n-th cell. */
struct guard_counts control_guard(unsigned int cell);

#endif
