/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bounded waiting in guest-independent time, for things that happen soon or
 * never: a CPU that must answer, a step of setup.
 */
#ifndef HV_WAIT_H
#define HV_WAIT_H

#include "arch/cpu.h"
#include "arch/timer.h"
#include "types.h"

struct wait {
	uint64_t start_ticks;
	uint64_t patience_ticks;
};

static inline struct wait wait_begin_ms(uint64_t patience_ms)
{
	return (struct wait){ arch_timer_now(),
			      arch_timer_hz() / 1000 * patience_ms };
}

/* One turn; false when patience is over. */
static inline bool wait_turn(const struct wait *wait)
{
	arch_cpu_relax();
	return arch_timer_now() - wait->start_ticks < wait->patience_ticks;
}

#endif
