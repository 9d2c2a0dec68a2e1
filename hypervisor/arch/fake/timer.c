/* SPDX-License-Identifier: GPL-2.0-only */
/* Time of the fake: it passes in waiting loops and where tests move it. */
#include "fake.h"
#include "hv/arch/timer.h"

struct fake fake;

uint64_t arch_timer_hz(void)
{
	return 1000000000;
}

uint64_t arch_timer_now(void)
{
	return __atomic_load_n(&fake.now_ns, __ATOMIC_RELAXED);
}

void arch_timer_arm(uint64_t ticks)
{
	fake.timer_ns = ticks;
}

void arch_timer_rearm(uint64_t ticks)
{
	fake.timer_ns = ticks;
}

void arch_timer_disarm(void)
{
	fake.timer_ns = UINT64_MAX;
}
