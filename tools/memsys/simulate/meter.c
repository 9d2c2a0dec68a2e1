/* SPDX-License-Identifier: GPL-2.0-only */
/* Bins, windows and latencies of one core. */
#include "meter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int meter_create(struct meter *meter, uint64_t from_ps)
{
	memset(meter, 0, sizeof(*meter));
	meter->from_ps = from_ps;
	meter->bin_end_ps = from_ps ? from_ps : METER_BIN_PS;
	meter->window[0].bins = METER_SHORT_BINS;
	meter->window[1].bins = METER_LONG_BINS;
	meter->latency = calloc(METER_LATENCY_NS, sizeof(*meter->latency));
	return meter->latency ? 0 : -ENOMEM;
}

void meter_destroy(struct meter *meter)
{
	free(meter->latency);
	meter->latency = NULL;
}

/* A window in which no step ended is one step of that length at least. */
static void window_judge(struct meter_window *window)
{
	double mean_ps = window->sum.steps ?
		(double)window->sum.sum_ps / (double)window->sum.steps :
		(double)window->bins * METER_BIN_PS;

	if (mean_ps > window->worst_ps)
		window->worst_ps = mean_ps;
}

static void window_shift(const struct meter *meter, struct meter_window *window)
{
	const struct meter_bin *out;

	window->sum.steps += meter->bin.steps;
	window->sum.sum_ps += meter->bin.sum_ps;
	if (meter->bins < window->bins)
		return;
	if (meter->bins > window->bins) {
		out = &meter->ring[(meter->bins - window->bins - 1) %
				   METER_RING_BINS];
		window->sum.steps -= out->steps;
		window->sum.sum_ps -= out->sum_ps;
	}
	window_judge(window);
}

static void bin_close(struct meter *meter)
{
	meter->ring[meter->bins % METER_RING_BINS] = meter->bin;
	meter->bins++;
	meter->steps += meter->bin.steps;
	meter->sum_ps += meter->bin.sum_ps;
	for (unsigned int n = 0; n < 2; n++)
		window_shift(meter, &meter->window[n]);
}

/* What was before the measurement. */
static void forget(struct meter *meter)
{
	meter->max_ps = 0;
}

void meter_advance(struct meter *meter, uint64_t at_ps)
{
	while (at_ps >= meter->bin_end_ps) {
		meter->bin.sum_ps = meter->step_end_ps - meter->bin_from_ps;
		if (meter->bin_end_ps > meter->from_ps)
			bin_close(meter);
		else
			forget(meter);
		meter->bin = (struct meter_bin){ 0 };
		meter->bin_from_ps = meter->step_end_ps;
		meter->bin_end_ps += METER_BIN_PS;
	}
}

uint64_t meter_latency_p99_ns(const struct meter *meter)
{
	uint64_t all = 0, seen = 0;

	for (uint32_t ns = 0; ns < METER_LATENCY_NS; ns++)
		all += meter->latency[ns];
	for (uint32_t ns = METER_LATENCY_NS; ns-- > 0;) {
		seen += meter->latency[ns];
		if (seen > all / 100)
			return ns;
	}
	return 0;
}
