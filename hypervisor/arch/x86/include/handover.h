/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MSRs that a CPU keeps through INIT. The root finds them as it left them, for so
 * it is on hardware; no cell learns from another, nor runs by the root's choices,
 * such as its exception on split locks. What a cell may not reach and has to
 * live with stays: how fast the CPU runs, and what mends faults of it.
 */
#ifndef X86_HANDOVER_H
#define X86_HANDOVER_H

#include "hv/types.h"

#define HANDOVER_MSRS	17u

/* In arch_percpu. */
struct handover {
	uint64_t root[HANDOVER_MSRS];	/* what the root had, while lent */
	uint32_t exists;		/* by place in the list */
	bool lent;			/* the CPU is another cell's */
};

/* Which of them this CPU has. On it, once, before any guest. */
void handover_init(struct handover *handover);
/*
 * The CPU is about to start in its cell; `is_root`: which is the root. On it,
 * interrupts masked, any number of times.
 */
void handover_apply(struct handover *handover, bool is_root);

#endif
