/* SPDX-License-Identifier: GPL-2.0-only */
/* Events to lines and back, by weights with 8 fraction bits. Pure. */
#ifndef COUNTERS_WEIGH_H
#define COUNTERS_WEIGH_H

#include "hv/wide.h"

/* One event counter: lines per event, and events per line for alarms. */
struct weight {
	uint32_t lines_q8;		/* 0: not counted */
	struct scale events;		/* 256 / lines_q8 */
};

static inline void weight_init(struct weight *weight, uint32_t lines_q8)
{
	weight->lines_q8 = lines_q8;
	weight->events = (struct scale){ 0 };
	if (lines_q8 != 0)
		weight->events = scale_init(256, lines_q8);
}

/*
 * Adds events to a count of lines; `rest_q8` carries the fraction, so that
 * nothing is lost however the events are cut up. Below 2^47 events at a time.
 */
static inline uint64_t weight_add(const struct weight *weight, uint64_t lines,
				  uint64_t *rest_q8, uint64_t events)
{
	uint64_t sum_q8 = *rest_q8 + events * weight->lines_q8;

	*rest_q8 = sum_q8 & 255;
	return lines + (sum_q8 >> 8);
}

/* Events that make up at most `lines`, and at least one. */
static inline uint64_t weight_events(const struct weight *weight,
				     uint64_t lines)
{
	uint64_t events = scale_floor(&weight->events, lines);

	return events != 0 ? events : 1;
}

#endif
