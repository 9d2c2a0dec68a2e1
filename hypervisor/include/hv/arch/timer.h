/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's own timer of each CPU, in ticks of the system counter.
 *
 * arch_timer.h of the architecture has, inlined where that helps:
 *
 *   uint64_t arch_timer_now(void);
 *   void arch_timer_arm(uint64_t ticks);	fires clock_timer_fired() on this
 *						CPU at `ticks` or soon after
 *   void arch_timer_rearm(uint64_t ticks);	the same when it is armed
 *   void arch_timer_disarm(void);
 */
#ifndef HV_ARCH_TIMER_H
#define HV_ARCH_TIMER_H

#include "../types.h"
#include "arch_timer.h"

uint64_t arch_timer_hz(void);

#endif
