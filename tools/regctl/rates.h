/* SPDX-License-Identifier: GPL-2.0-only */
/* Rates of a cell between two looks at its counters. */
#ifndef REGCTL_RATES_H
#define REGCTL_RATES_H

#include "tools/libreg/reg.h"

struct rates {
	uint64_t span_ns;		/* on the hypervisor's clock */
	uint64_t read_bytes_per_s;
	uint64_t written_bytes_per_s;
	uint64_t total_bytes_per_s;
	uint64_t stalls;
	uint64_t stall_ns;
	uint64_t lent_bytes_per_s;
	uint64_t borrowed_bytes_per_s;
};

/*
 * NULL, or why there are no rates: the clock stood still, or the counters
 * started again because the cell is a new one. Rounded to the nearest B/s.
 */
const char *rates_compute(const struct reg_status *before,
			  const struct reg_status *after, struct rates *rates);

#endif
