/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics of a comparison. Pure, and with a seed repeatable to the bit.
 *
 * Percentiles are by nearest rank, as in tools/report/stats.h. Samples must be
 * sorted where it says so.
 */
#ifndef AB_COMPARE_H
#define AB_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#define COMPARE_RESAMPLES	2000u
/* Of each group: fewer have ranks and intervals that say nothing. */
#define COMPARE_SAMPLES_MIN	8u

struct interval {
	double low, high;
};

void samples_sort(double *samples, size_t count);
/* Of sorted samples; 0 when there are none. */
double samples_rank(const double *sorted, size_t count, double percent);

struct description {
	size_t count;
	double min, median, mean, p99, max;
	double jitter;		/* max - min */
};
struct description samples_describe(const double *sorted, size_t count);

/*
 * 95 % interval of median(b) / median(a), by the percentile bootstrap: both
 * groups are drawn anew, with replacement, COMPARE_RESAMPLES times. 0 or
 * -ENOMEM; -EINVAL for an empty group.
 */
int compare_ratio(const double *a, size_t a_count, const double *b,
		  size_t b_count, uint64_t seed, struct interval *interval);

/*
 * Mann-Whitney: the probability of such a difference in rank, or a larger one,
 * if both groups were of one kind. Two-sided, by the normal approximation with
 * correction for ties and for continuity; needs COMPARE_SAMPLES_MIN in each
 * group, else -1. 1 when all samples are equal. `a` and `b` sorted.
 */
double compare_difference(const double *a, size_t a_count, const double *b,
			  size_t b_count);

#endif
