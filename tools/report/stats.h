/* SPDX-License-Identifier: GPL-2.0-only */
/* Order statistics of samples, in the samples' own unit. Pure. */
#ifndef REPORT_STATS_H
#define REPORT_STATS_H

#include <stddef.h>
#include <stdint.h>

struct samples {
	uint64_t *value;
	size_t count;
	size_t room;
};

/* 0 or -ENOMEM. */
int samples_add(struct samples *samples, uint64_t value);
void samples_free(struct samples *samples);

/*
 * Nearest rank: the smallest sample that at least `percent` of all do not
 * exceed. Sorts. 0 when there is none.
 */
uint64_t samples_percentile(struct samples *samples, unsigned int percent);

struct summary {
	size_t count;
	uint64_t median, p99, max;
};

struct summary samples_summary(struct samples *samples);

#endif
