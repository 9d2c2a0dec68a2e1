/* SPDX-License-Identifier: GPL-2.0-only */
/* The EL2 physical timer: what is not inlined. */
#include "hv/arch/timer.h"

uint64_t arch_timer_hz(void)
{
	return read_sysreg(cntfrq_el0);
}
