// SPDX-License-Identifier: GPL-2.0-only
/* Medians, bootstrap intervals and a rank test. */
#include "compare.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static int order(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

void samples_sort(double *samples, size_t count)
{
	qsort(samples, count, sizeof(*samples), order);
}

double samples_rank(const double *sorted, size_t count, double percent)
{
	size_t rank;

	if (!count)
		return 0;
	rank = (size_t)ceil((double)count * percent / 100 - 1e-9);
	return sorted[rank ? (rank > count ? count : rank) - 1 : 0];
}

struct description samples_describe(const double *sorted, size_t count)
{
	struct description description = { .count = count };

	if (!count)
		return description;
	for (size_t n = 0; n < count; n++)
		description.mean += sorted[n] / (double)count;
	description.min = sorted[0];
	description.median = samples_rank(sorted, count, 50);
	description.p99 = samples_rank(sorted, count, 99);
	description.max = sorted[count - 1];
	description.jitter = description.max - description.min;
	return description;
}

/* xorshift64*: high bits of a product, without a visible bias here. */
static size_t draw(uint64_t *state, size_t count)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (size_t)(((*state * 0x2545f4914f6cdd1dull) >> 32) * count >> 32);
}

static double median_drawn(const double *samples, size_t count,
			   double *scratch, uint64_t *state)
{
	for (size_t n = 0; n < count; n++)
		scratch[n] = samples[draw(state, count)];
	samples_sort(scratch, count);
	return samples_rank(scratch, count, 50);
}

int compare_ratio(const double *a, size_t a_count, const double *b,
		  size_t b_count, uint64_t seed, struct interval *interval)
{
	size_t larger = a_count > b_count ? a_count : b_count;
	double *scratch, *ratios;
	uint64_t state = seed ? seed : 1;

	if (!a_count || !b_count)
		return -EINVAL;
	scratch = calloc(larger + COMPARE_RESAMPLES, sizeof(*scratch));
	if (!scratch)
		return -ENOMEM;
	ratios = scratch + larger;
	for (unsigned int n = 0; n < COMPARE_RESAMPLES; n++) {
		double below = median_drawn(a, a_count, scratch, &state);

		ratios[n] = median_drawn(b, b_count, scratch, &state) / below;
	}
	samples_sort(ratios, COMPARE_RESAMPLES);
	interval->low = samples_rank(ratios, COMPARE_RESAMPLES, 2.5);
	interval->high = samples_rank(ratios, COMPARE_RESAMPLES, 97.5);
	free(scratch);
	return 0;
}

/* Rank sum of `a`, and the sum of t^3 - t over groups of equal samples. */
static double rank_sum(const double *a, size_t a_count, const double *b,
		       size_t b_count, double *ties)
{
	size_t i = 0, j = 0;
	double sum = 0;

	*ties = 0;
	while (i < a_count || j < b_count) {
		double value = i == a_count || (j < b_count && b[j] < a[i]) ?
			       b[j] : a[i];
		size_t first = i + j, in_a = i, equal;

		while (i < a_count && a[i] == value)
			i++;
		while (j < b_count && b[j] == value)
			j++;
		equal = i + j - first;
		/* All of them get the mean of their ranks. */
		sum += (double)(i - in_a) *
		       ((double)first + ((double)equal + 1) / 2);
		*ties += (double)equal * (double)equal * (double)equal -
			 (double)equal;
	}
	return sum;
}

double compare_difference(const double *a, size_t a_count, const double *b,
			  size_t b_count)
{
	double m = (double)a_count, n = (double)b_count, all = m + n;
	double ties, u, variance, distance;

	if (a_count < COMPARE_SAMPLES_MIN || b_count < COMPARE_SAMPLES_MIN)
		return -1;
	u = rank_sum(a, a_count, b, b_count, &ties) - m * (m + 1) / 2;
	variance = m * n / 12 * (all + 1 - ties / (all * (all - 1)));
	if (variance <= 0)
		return 1;
	distance = fabs(u - m * n / 2) - 0.5;
	if (distance < 0)
		distance = 0;
	return erfc(distance / sqrt(variance) / sqrt(2));
}
