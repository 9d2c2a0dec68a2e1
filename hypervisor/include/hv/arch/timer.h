/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypervisor's own timer of each CPU, in ticks of the system counter. */
#ifndef HV_ARCH_TIMER_H
#define HV_ARCH_TIMER_H

#include "../types.h"

uint64_t arch_timer_hz(void);
uint64_t arch_timer_now(void);
/* Fires clock_timer_fired() on this CPU at `ticks` (absolute) or soon after. */
void arch_timer_arm(uint64_t ticks);
void arch_timer_disarm(void);

#endif
