/* SPDX-License-Identifier: GPL-2.0-only */
/* Time of the fake: nothing is inlined, so that tests may wrap it. */
#ifndef FAKE_ARCH_TIMER_H
#define FAKE_ARCH_TIMER_H

#include "hv/types.h"

uint64_t arch_timer_now(void);
void arch_timer_arm(uint64_t ticks);
void arch_timer_rearm(uint64_t ticks);
void arch_timer_disarm(void);

#endif
