/* SPDX-License-Identifier: GPL-2.0-only */
/* Taking what a preloaded counter has counted, and setting it as before. */
#ifndef COUNTERS_REARM_H
#define COUNTERS_REARM_H

#include "regulators/regulator.h"
#include "hv/arch/pmu.h"
#include "weigh.h"

/*
 * For a source that counts reads alone, with reserved counter 0: lines since it
 * was set. What it was set to is what it is set to again.
 */
static inline uint64_t counter_rearm(struct reg_counter *counter,
				     const struct weight *weight, uint64_t mask)
{
	uint64_t from = counter->read_raw;
	uint64_t events = (arch_pmu_exchange(from) - from) & mask;
	uint64_t lines = weight_add(weight, 0, &counter->read_q8, events);

	counter->read_lines += lines;
	return lines;
}

#endif
