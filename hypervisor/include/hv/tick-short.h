/* SPDX-License-Identifier: GPL-2.0-only */
/* The short way of a tick, inlined where the timer fires. */
#ifndef HV_TICK_SHORT_H
#define HV_TICK_SHORT_H

#include "cell.h"
#include "clock.h"
#include "percpu.h"

/*
 * A period boundary on a CPU that goes on as it is, at `now_ticks` of a clock
 * that is not the model's: the next one, in ticks, for which the caller arms the
 * timer. False: clock_timer_late() must follow, and no second try. On this CPU,
 * interrupts masked.
 */
static inline bool tick_short(struct per_cpu *cpu, uint64_t now_ticks,
			      uint64_t *next_ticks)
{
	uint64_t now_ns = scale_floor(&hv_clock.ns_per_tick, now_ticks);
	struct reg_cpu *reg = &cpu->reg;
	uint64_t next_ns;

	if (now_ns - reg->boundary_ns >= reg->short_late_ns ||
	    reg->active.revision != reg->cell->effective.revision)
		return false;
	next_ns = reg->active.regulator->advance(reg, now_ns);
	if (!next_ns)
		return false;
	/* A short way is open: there is no other user. */
	cpu->tick.deadline_ns[TICK_PERIOD] = next_ns;
	cpu->tick.armed_ns = next_ns;
	*next_ticks = scale_ceil(&hv_clock.ticks_per_ns, next_ns);
	return true;
}

#endif
