/* SPDX-License-Identifier: GPL-2.0-only */
/* Order statistics of samples. */
#include "stats.h"

#include <errno.h>
#include <stdlib.h>

int samples_add(struct samples *samples, uint64_t value)
{
	if (samples->count == samples->room) {
		size_t room = samples->room ? 2 * samples->room : 64;
		uint64_t *grown = realloc(samples->value, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		samples->value = grown;
		samples->room = room;
	}
	samples->value[samples->count++] = value;
	return 0;
}

void samples_free(struct samples *samples)
{
	free(samples->value);
	*samples = (struct samples){ 0 };
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

uint64_t samples_percentile(struct samples *samples, unsigned int percent)
{
	size_t rank;

	if (!samples->count)
		return 0;
	qsort(samples->value, samples->count, sizeof(*samples->value), compare);
	rank = (samples->count * percent + 99) / 100;
	return samples->value[rank ? rank - 1 : 0];
}

struct summary samples_summary(struct samples *samples)
{
	return (struct summary){
		.count = samples->count,
		.median = samples_percentile(samples, 50),
		.p99 = samples_percentile(samples, 99),
		.max = samples_percentile(samples, 100),
	};
}
