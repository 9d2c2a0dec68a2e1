/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is measured of one core: the time of its accesses, and how slow it was at
 * the worst.
 *
 * A step is the time from one access to the next, what is computed between
 * included. Steps are summed in bins of METER_BIN_PS by the time they end; a
 * window is so many bins, and its mean the sum of its steps by their number.
 */
#ifndef SIMULATE_METER_H
#define SIMULATE_METER_H

#include <stdbool.h>
#include <stdint.h>

#define METER_BIN_PS		1000000u	/* 1 us */
#define METER_SHORT_BINS	20u
#define METER_LONG_BINS		100u
#define METER_RING_BINS		128u		/* a power of two */
#define METER_LATENCY_NS	65536u		/* longer ones count as this */

struct meter_bin {
	uint64_t steps;
	uint64_t sum_ps;
};

struct meter_window {
	uint64_t bins;
	struct meter_bin sum;
	double worst_ps;		/* the worst mean */
};

struct meter {
	uint64_t from_ps;		/* steps that end before do not count */
	uint64_t bin_end_ps;
	uint64_t step_end_ps;		/* of the last one */
	uint64_t bin_from_ps;		/* of the last one before this bin */
	struct meter_bin bin;
	struct meter_bin ring[METER_RING_BINS];
	uint64_t bins;			/* complete since from_ps */
	struct meter_window window[2];	/* short, long */
	uint64_t steps, sum_ps, max_ps;	/* max: of those of a line */
	/* Latencies of what DDR served, by ns. */
	uint32_t *latency;
};

/* 0 or -ENOMEM. Measures from `from_ps` on. */
int meter_create(struct meter *meter, uint64_t from_ps);
void meter_destroy(struct meter *meter);

/* Closes bins until the one that contains `at_ps` is current. */
void meter_advance(struct meter *meter, uint64_t at_ps);

/* `count` steps, from the end of those before on, end at `end_ps`. */
static inline void meter_step(struct meter *meter, uint64_t end_ps,
			      uint32_t count)
{
	uint64_t steps_ps = end_ps - meter->step_end_ps;

	if (end_ps >= meter->bin_end_ps)
		meter_advance(meter, end_ps);
	meter->step_end_ps = end_ps;
	meter->bin.steps += count;
	if (steps_ps > meter->max_ps)
		meter->max_ps = steps_ps;
}

/* What was served at `at_ps` took so long. */
static inline void meter_latency(struct meter *meter, uint64_t at_ps,
				 uint64_t latency_ps)
{
	uint64_t ns = latency_ps / 1000;

	if (at_ps < meter->from_ps)
		return;
	meter->latency[ns < METER_LATENCY_NS ? ns : METER_LATENCY_NS - 1]++;
}

/* The latency that 99 % are not above, in ns; 0: there was none. */
uint64_t meter_latency_p99_ns(const struct meter *meter);

#endif
