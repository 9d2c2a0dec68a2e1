/* SPDX-License-Identifier: GPL-2.0-only */
/* How fast the timer of each CPU runs; arch_timer.h has the rest. */
#include "hv/arch/timer.h"

#include "hv/setup.h"

uint64_t arch_timer_hz(void)
{
	return 1000ull * image_header.x86_tsc_khz;
}
