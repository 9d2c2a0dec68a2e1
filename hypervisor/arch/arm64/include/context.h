/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's registers beyond x0 to x30: context.c, on the CPU itself. */
#ifndef ARM64_CONTEXT_H
#define ARM64_CONTEXT_H

#include "hv/types.h"

/* Trap controls for the cell this CPU belongs to, into the EL2 registers. */
void context_load_traps(struct per_cpu *cpu);

/*
 * Everything a guest could have left behind is as after a CPU reset: general,
 * floating-point, EL1, timer, debug and PMU registers. Starts at `entry` with
 * `argument` in x0, in EL1 (or Supervisor mode of an AArch32 cell), MMU off.
 */
void context_reset(struct per_cpu *cpu, uint64_t entry, uint64_t argument);

/* The guest's timers no longer interrupt. */
void context_stop_timers(void);

#endif
