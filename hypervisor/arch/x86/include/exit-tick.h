/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The deadline of a CPU has come: the way of a tick that finds nothing else to
 * do, inlined into the backend.
 */
#ifndef X86_EXIT_TICK_H
#define X86_EXIT_TICK_H

#include "hv/percpu.h"
#include "hv/tick-short.h"
#include "insn.h"

/* An NMI has come since exit_finish() looked, a kick also. */
static inline uint32_t exit_nmi_noted(const struct per_cpu *cpu)
{
	return __atomic_load_n(&cpu->arch.nmis, __ATOMIC_ACQUIRE);
}

/*
 * Has its way the model's clock, or more to do than a boundary; `tried`: the
 * short way declined. In exits.c.
 */
void exit_tick_long(struct per_cpu *cpu, bool tried);

/*
 * True: `next` is the next deadline, in TSC ticks, and the guest may go on. False:
 * exit_finish() sees to the rest. Events of other CPUs need no look: they come
 * with an NMI, and those of this CPU are seen to before it enters. What holds it
 * or is for its guest, too.
 */
static inline bool exit_tick(struct per_cpu *cpu, uint64_t *next)
{
	bool open = !exit_nmi_noted(cpu) && !hv_clock.model;

	cpu->arch.left = read_tsc();
	if (open && tick_short(cpu, cpu->arch.left, next)) {
		cpu->arch.deadline = *next;
		return true;
	}
	exit_tick_long(cpu, open);
	return false;
}

#endif
