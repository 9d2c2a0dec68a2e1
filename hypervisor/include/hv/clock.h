/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's clock and its one deadline timer per CPU.
 *
 * Two implementations: the architected timer (arch_timer_*, contract in
 * hv/arch/timer.h) and, when the configuration names a memory-system page, the
 * model's clock (memsys.c). Chosen once, before the first CPU is activated.
 */
#ifndef HV_CLOCK_H
#define HV_CLOCK_H

#include "types.h"

/*
 * Chooses the implementation: the model's clock while memsys_present(). Called
 * by regulation_init(), memsys_init() and memsys_exit(); master CPU.
 */
void clock_init(void);

/*
 * Monotonic on each CPU; CPUs differ by at most the model's slack. Computed
 * from the counter without accumulating, so it does not drift. Any context.
 */
uint64_t clock_now_ns(void);

/*
 * Asks for tick_run() on this CPU at `deadline_ns` or soon after; UINT64_MAX
 * disarms. Only the latest call counts. On this CPU, interrupts masked.
 */
void clock_arm(uint64_t deadline_ns);

/* Called by the architecture when this CPU's EL2 timer fires. */
void clock_timer_fired(struct per_cpu *cpu);

/*
 * Waits a while in the hypervisor: until about the deadline armed last, an
 * interrupt, or an event. May return early. On this CPU, interrupts masked.
 */
void clock_wait(struct per_cpu *cpu);

#endif
