/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The virtual timer (CNTV, PPI 27). Arm ARM DDI 0487, D11. */
#include "inmate.h"

#define CNTV_CTL_ENABLE		1ull
#define NS_PER_S		1000000000ull

uint64_t timer_now_ticks(void)
{
	uint64_t ticks;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) :: "memory");
	return ticks;
}

uint64_t timer_hz(void)
{
	uint64_t hz;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
	return hz;
}

/* Split in seconds and rest: no overflow for centuries. */
uint64_t timer_ticks_to_ns(uint64_t ticks)
{
	uint64_t hz = timer_hz();

	return ticks / hz * NS_PER_S + ticks % hz * NS_PER_S / hz;
}

uint64_t timer_ns_to_ticks(uint64_t ns)
{
	uint64_t hz = timer_hz();

	return ns / NS_PER_S * hz + ns % NS_PER_S * hz / NS_PER_S;
}

void timer_arm(uint64_t ticks)
{
	__asm__ volatile("msr cntv_cval_el0, %0\n\t"
			 "msr cntv_ctl_el0, %1\n\tisb"
			 :: "r"(ticks), "r"(CNTV_CTL_ENABLE) : "memory");
}

void timer_disarm(void)
{
	__asm__ volatile("msr cntv_ctl_el0, xzr\n\tisb" ::: "memory");
}
