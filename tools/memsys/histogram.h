/* SPDX-License-Identifier: GPL-2.0-only */
/* An exact histogram of whole numbers: every distinct value is kept. */
#ifndef MEMSYS_HISTOGRAM_H
#define MEMSYS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

struct histogram_bin {
	uint64_t value;
	uint64_t count;
};

/* All zero is an empty histogram. */
struct histogram {
	struct histogram_bin *bins;	/* by value */
	size_t bins_count;
	size_t bins_room;
	uint64_t count;
	uint64_t sum;
};

/* Counts a value once. 0 or -ENOMEM, then nothing changed. */
int histogram_add(struct histogram *histogram, uint64_t value);

/* The smallest value that at least `percent` (0..100) of all are not above
 * (nearest rank); 0 gives the minimum. 0 when the histogram is empty. */
uint64_t histogram_percentile(const struct histogram *histogram,
			      unsigned int percent);

void histogram_clear(struct histogram *histogram);

#endif
