// SPDX-License-Identifier: GPL-2.0-only
/* An exact histogram of whole numbers. */
#include "histogram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The first bin whose value is not below `value`. */
static size_t find_bin(const struct histogram *histogram, uint64_t value)
{
	size_t low = 0;
	size_t high = histogram->bins_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (histogram->bins[middle].value < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int insert_bin(struct histogram *histogram, size_t position,
		      uint64_t value)
{
	struct histogram_bin *bins = histogram->bins;

	if (histogram->bins_count == histogram->bins_room) {
		size_t room = histogram->bins_room * 2 + 16;

		bins = realloc(bins, room * sizeof(*bins));
		if (!bins)
			return -ENOMEM;
		histogram->bins = bins;
		histogram->bins_room = room;
	}
	memmove(&bins[position + 1], &bins[position],
		(histogram->bins_count - position) * sizeof(*bins));
	bins[position] = (struct histogram_bin){ .value = value };
	histogram->bins_count++;
	return 0;
}

int histogram_add(struct histogram *histogram, uint64_t value)
{
	size_t bin = find_bin(histogram, value);

	if ((bin == histogram->bins_count ||
	     histogram->bins[bin].value != value) &&
	    insert_bin(histogram, bin, value))
		return -ENOMEM;
	histogram->bins[bin].count++;
	histogram->count++;
	histogram->sum += value;
	return 0;
}

uint64_t histogram_percentile(const struct histogram *histogram,
			      unsigned int percent)
{
	uint64_t rank = histogram->count / 100 * percent +
			(histogram->count % 100 * percent + 99) / 100;
	uint64_t seen = 0;

	for (size_t bin = 0; bin < histogram->bins_count; bin++) {
		seen += histogram->bins[bin].count;
		if (seen >= rank)
			return histogram->bins[bin].value;
	}
	return 0;
}

void histogram_clear(struct histogram *histogram)
{
	free(histogram->bins);
	*histogram = (struct histogram){ 0 };
}
