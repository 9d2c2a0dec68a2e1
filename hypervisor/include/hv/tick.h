/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deadlines: a handful of users share the timer of each CPU.
 *
 * Deadlines are absolute on one global grid that starts at clock 0. A CPU on
 * which no user has a deadline takes no tick.
 */
#ifndef HV_TICK_H
#define HV_TICK_H

#include "types.h"

enum tick_user {
	TICK_POLL,	/* a regulator looks at its counter */
	TICK_PERIOD,	/* a budget: a boundary, or the end of a stall */
	TICK_THROTTLE,	/* a duty cycle turns */
	TICK_BURST,	/* a burst cap lets go */
	TICK_CRITICAL,	/* critical interrupts have used what they may */
	TICK_WATCH,	/* a CPU polls for others */
	TICK_USERS,
};

#define TICK_NEVER	UINT64_MAX

struct tick_cpu {
	uint64_t deadline_ns[TICK_USERS];
	uint64_t armed_ns;
};

/* Nothing is due, nothing is armed. */
void tick_cpu_init(struct tick_cpu *tick);

/* Sets or, with TICK_NEVER, cancels one user's deadline on this CPU. */
void tick_set(struct per_cpu *cpu, enum tick_user user, uint64_t deadline_ns);

/*
 * Runs what is due and arms the next deadline. Users change their deadlines in
 * place while they run here. On the CPU, interrupts masked.
 */
void tick_run(struct per_cpu *cpu);

#endif
