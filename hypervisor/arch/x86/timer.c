/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The timer of each CPU: the VMX-preemption timer while a guest runs, the time
 * stamp counter while the hypervisor does. What is armed is an absolute time
 * stamp, put into the VMCS at each entry, so that nothing drifts.
 */
#include "hv/arch/timer.h"

#include "hv/arch/cpu.h"
#include "hv/percpu.h"
#include "hv/setup.h"

#define DEADLINE_NEVER		UINT64_MAX

uint64_t arch_timer_hz(void)
{
	return 1000ull * image_header.x86_tsc_khz;
}

uint64_t arch_timer_now(void)
{
	return read_tsc();
}

void arch_timer_arm(uint64_t ticks)
{
	this_cpu()->arch.deadline = ticks;
}

void arch_timer_rearm(uint64_t ticks)
{
	arch_timer_arm(ticks);
}

void arch_timer_disarm(void)
{
	this_cpu()->arch.deadline = DEADLINE_NEVER;
}
