/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypervisor's clock: the architected counter, or the model's. */
#include "hv/clock.h"

#include "hv/arch/cpu.h"
#include "hv/memsys.h"

#define NS_PER_S	1000000000ull

struct hv_clock hv_clock;

void clock_init(void)
{
	uint64_t hz = arch_timer_hz();

	hv_clock.ns_per_tick = scale_init(NS_PER_S, hz);
	hv_clock.ticks_per_ns = scale_init(hz, NS_PER_S);
	hv_clock.model = memsys_present();
}

uint64_t clock_now_ns(void)
{
	return hv_clock.model ? memsys_now_ns() : clock_counter_ns();
}

void clock_arm(uint64_t deadline_ns)
{
	if (hv_clock.model)
		memsys_arm(deadline_ns);
	else
		clock_arm_counter(deadline_ns);
}

void clock_wait(struct per_cpu *cpu)
{
	if (hv_clock.model)
		memsys_hold(cpu);
	else
		arch_cpu_wait();
}
