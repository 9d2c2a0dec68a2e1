/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clock work is measured with: the time stamp counter. */
#include "inmate.h"

/* No memory-system model tells the time on x86. */
void clock_init(void)
{
}

uint64_t clock_cycles(void)
{
	return timer_now_ticks();
}

uint64_t clock_hz(void)
{
	return timer_hz();
}

void clock_wait_until(uint64_t cycles)
{
	while (clock_cycles() < cycles)
		__asm__ volatile("pause");
}
