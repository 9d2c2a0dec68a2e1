/* SPDX-License-Identifier: GPL-2.0-only */
/* The timer: nothing is inlined. Contract: hv/arch/timer.h. */
#ifndef X86_ARCH_TIMER_H
#define X86_ARCH_TIMER_H

#include "hv/types.h"

uint64_t arch_timer_now(void);
void arch_timer_arm(uint64_t ticks);
void arch_timer_rearm(uint64_t ticks);
void arch_timer_disarm(void);

#endif
