/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a session says about time: traffic per window, totals, lateness of
 * samples, and the worst window of every length. Pure.
 *
 * A sample's bytes count where the sample ends: a window is exact to one
 * sample at each of its edges. The time is the source's own clock where it has
 * one; all clocks of a machine start together.
 */
#ifndef PROFILE_SERIES_H
#define PROFILE_SERIES_H

#include "session.h"

#define SERIES_WINDOWS_MAX	(1u << 26)

struct series_window {
	uint64_t read_bytes;
	uint64_t written_bytes;
	uint64_t busy_cycles;
	uint64_t samples;	/* that end in it and moved anything */
	uint64_t edge_bytes;	/* of the first of them: some may be of before */
};

/* Windows of equal width, the first one at first * width_cycles. */
struct series {
	uint64_t width_cycles;
	uint64_t first;
	uint64_t count;
	struct series_window *window;
};

/*
 * Of the sources in the mask, together. 0, -ENOMEM, or -E2BIG for more than
 * SERIES_WINDOWS_MAX windows. Free in any case.
 */
int series_make(struct series *series, const struct session *session,
		uint64_t sources, uint64_t width_cycles);
void series_free(struct series *series);

struct series_total {
	uint64_t read_bytes, written_bytes, busy_cycles;
	uint64_t cycles;	/* from the first to the last sample */
};
struct series_total session_total(const struct session *session,
				  unsigned int source);

struct lateness {
	uint64_t max_cycles;
	uint64_t median_cycles;
	uint64_t late_count;	/* by more than a tenth of the interval */
	uint64_t missing;	/* points of the grid without a sample */
};
/* 0 or -ENOMEM. */
int session_lateness(const struct session *session, struct lateness *late);

/* The most bytes, read and written, in any `windows` consecutive windows. */
uint64_t series_worst_bytes(const struct series *series, uint64_t windows);

/* Lengths of the envelope: 1, 2, 5, 10, ... windows, then all. */
#define ENVELOPE_MAX	48u
struct envelope_point {
	uint64_t windows;
	uint64_t bytes;
};
unsigned int series_envelope(const struct series *series,
			     struct envelope_point points[ENVELOPE_MAX]);

#define HISTOGRAM_BINS	20u
/* Windows by bytes: bin n holds n / BINS to (n + 1) / BINS of the maximum. */
struct histogram {
	uint64_t max_bytes;
	uint64_t bins[HISTOGRAM_BINS];
};
struct histogram series_histogram(const struct series *series);

#endif
