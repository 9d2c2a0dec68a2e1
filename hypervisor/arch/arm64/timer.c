/* SPDX-License-Identifier: GPL-2.0-only */
/* The EL2 physical timer (Arm ARM DDI 0487, D12.2): CNTHP, absolute. */
#include "hv/arch/timer.h"

#include "sysregs.h"

#define CTL_ENABLE	1u

uint64_t arch_timer_hz(void)
{
	return read_sysreg(cntfrq_el0);
}

/* A read ahead of earlier instructions is off by a few ticks at most. */
uint64_t arch_timer_now(void)
{
	return read_sysreg(cntpct_el0);
}

void arch_timer_arm(uint64_t ticks)
{
	write_sysreg(cnthp_cval_el2, ticks);
	write_sysreg(cnthp_ctl_el2, CTL_ENABLE);
}

void arch_timer_disarm(void)
{
	write_sysreg(cnthp_ctl_el2, 0);
}
