/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Critical interrupts: what a CPU takes while regulation holds it.
 *
 * regulation_holds() says what the regulators have decided. A CPU that is held stays in
 * the hypervisor (cpu->stall_requested) but for as long as it runs its guest for
 * critical interrupts (cpu->reg.critical.running): until the guest has ended all
 * of them, or what the configuration lets them use in a period is used up, or the
 * stall is over. The guest gets no other interrupts meanwhile. Counters count on,
 * a throttle is charged: whoever holds the CPU learns of it at his next look.
 *
 * All on the CPU concerned, interrupts masked.
 */
#ifndef HV_CRITICAL_H
#define HV_CRITICAL_H

#include "types.h"

struct per_cpu;

/*
 * In a stall of a cell that has critical interrupts: true when the guest is to
 * run now, stall_requested is not set.
 */
bool critical_begin(struct per_cpu *cpu);
/* Nothing when it does not run for them. `cut`: their bound is used up. */
void critical_end(struct per_cpu *cpu, uint64_t now_ns, bool cut);
/* From the tick: TICK_CRITICAL has come. */
void critical_cut(struct per_cpu *cpu, uint64_t now_ns);
/* By the architecture: none waits any more, none is being handled. */
void critical_ended(struct per_cpu *cpu);

#endif
