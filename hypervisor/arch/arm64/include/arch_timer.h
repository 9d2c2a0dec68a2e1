/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The EL2 physical timer (Arm ARM DDI 0487, D12.2): CNTHP, absolute. Inlined,
 * since each tick reads and arms it. Contract: hv/arch/timer.h.
 */
#ifndef ARM64_ARCH_TIMER_H
#define ARM64_ARCH_TIMER_H

#include "hv/types.h"
#include "sysregs.h"

#define CNTHP_CTL_ENABLE	1u

/* A read ahead of earlier instructions is off by a few ticks at most. */
static inline uint64_t arch_timer_now(void)
{
	return read_sysreg(cntpct_el0);
}

static inline void arch_timer_arm(uint64_t ticks)
{
	write_sysreg(cnthp_cval_el2, ticks);
	write_sysreg(cnthp_ctl_el2, CNTHP_CTL_ENABLE);
}

static inline void arch_timer_rearm(uint64_t ticks)
{
	write_sysreg(cnthp_cval_el2, ticks);
}

static inline void arch_timer_disarm(void)
{
	write_sysreg(cnthp_ctl_el2, 0);
}

#endif
