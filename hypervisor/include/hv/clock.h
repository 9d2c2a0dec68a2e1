/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's clock and its one deadline timer per CPU.
 *
 * Two implementations: the architected timer (arch_timer_*, contract in
 * hv/arch/timer.h) and, when the configuration names a memory-system page, the
 * model's clock (memsys.c). Chosen once, before the first CPU is activated.
 * What a tick needs is inlined.
 */
#ifndef HV_CLOCK_H
#define HV_CLOCK_H

#include "arch/timer.h"
#include "types.h"
#include "wide.h"

/* Written by clock_init() only. */
struct hv_clock {
	struct scale ns_per_tick;	/* of the architected counter */
	struct scale ticks_per_ns;
	bool model;
};

extern struct hv_clock hv_clock;

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

/* The same two without the model: for who knows that there is none. */
static inline uint64_t clock_counter_ns(void)
{
	return scale_floor(&hv_clock.ns_per_tick, arch_timer_now());
}

static inline void clock_arm_counter(uint64_t deadline_ns)
{
	if (deadline_ns == UINT64_MAX)
		arch_timer_disarm();
	else
		arch_timer_arm(scale_ceil(&hv_clock.ticks_per_ns, deadline_ns));
}

/*
 * Called by the architecture when this CPU's timer fires: in one, or tick_short()
 * and, where that declines, the second. In tick.c.
 */
void clock_timer_fired(struct per_cpu *cpu);
void clock_timer_late(struct per_cpu *cpu);

/*
 * Waits a while in the hypervisor: until about the deadline armed last, an
 * interrupt, or an event. May return early. On this CPU, interrupts masked.
 */
void clock_wait(struct per_cpu *cpu);

#endif
