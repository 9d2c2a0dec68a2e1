/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypervisor's clock: the architected counter, or the model's. */
#include "hv/clock.h"

#include "hv/arch/cpu.h"
#include "hv/arch/timer.h"
#include "hv/memsys.h"
#include "hv/tick.h"
#include "hv/wide.h"

#define NS_PER_S	1000000000ull

static struct {
	struct scale ns_per_tick;
	struct scale ticks_per_ns;
	bool model;
} clock;

void clock_init(void)
{
	uint64_t hz = arch_timer_hz();

	clock.ns_per_tick = scale_init(NS_PER_S, hz);
	clock.ticks_per_ns = scale_init(hz, NS_PER_S);
	clock.model = memsys_present();
}

uint64_t clock_now_ns(void)
{
	if (clock.model)
		return memsys_now_ns();
	return scale_floor(&clock.ns_per_tick, arch_timer_now());
}

void clock_arm(uint64_t deadline_ns)
{
	if (clock.model)
		memsys_arm(deadline_ns);
	else if (deadline_ns == UINT64_MAX)
		arch_timer_disarm();
	else
		arch_timer_arm(scale_ceil(&clock.ticks_per_ns, deadline_ns));
}

void clock_timer_fired(struct per_cpu *cpu)
{
	if (clock.model)
		memsys_heartbeat(cpu);
	else
		tick_run(cpu);
}

void clock_wait(struct per_cpu *cpu)
{
	if (clock.model)
		memsys_hold(cpu);
	else
		arch_cpu_wait();
}
