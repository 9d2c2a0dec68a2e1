/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The timer of each CPU: the backend's while a guest runs, the time stamp counter
 * while the hypervisor does. What is armed is an absolute time stamp, given to
 * the backend at each entry, so that nothing drifts. Inlined, since each tick
 * reads and arms it. Contract: hv/arch/timer.h.
 */
#ifndef X86_ARCH_TIMER_H
#define X86_ARCH_TIMER_H

#include "arch_types.h"
#include "insn.h"

#define ARCH_TIMER_NEVER	UINT64_MAX

static inline uint64_t arch_timer_now(void)
{
	return read_tsc();
}

/* The per-CPU block begins with this architecture's part; GS is its base. */
static inline void arch_timer_arm(uint64_t ticks)
{
	__asm__ volatile("mov %0, %%gs:%c1"
			 : : "r"(ticks),
			     "i"(offsetof(struct arch_percpu, deadline))
			 : "memory");
}

static inline void arch_timer_rearm(uint64_t ticks)
{
	arch_timer_arm(ticks);
}

static inline void arch_timer_disarm(void)
{
	arch_timer_arm(ARCH_TIMER_NEVER);
}

#endif
