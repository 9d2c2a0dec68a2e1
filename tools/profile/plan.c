// SPDX-License-Identifier: GPL-2.0-only
/* Recorded traffic walked under a budget. */
#include "plan.h"

#include <errno.h>
#include <stdlib.h>

#define NS_PER_S	1e9
#define PRECISION	1.0005
#define STEPS_MAX	200

static bool moved(const struct profile_value *value)
{
	return value->read_bytes || value->written_bytes;
}

/* The sample's time by the clock of its source. */
static double piece_ns(const struct session *session, uint64_t sample,
		       unsigned int source)
{
	const struct session_head *head = &session->head;
	uint64_t cycles = session->values[sample * head->sources_count +
					  source].cycles;

	if (!(head->source[source].flags & PROFILE_SOURCE_OWN_CLOCK))
		cycles = session->samples[sample].time_cycles -
			 (sample ? session->samples[sample - 1].time_cycles :
				   head->start_cycles);
	return (double)cycles * NS_PER_S / (double)head->clock_hz;
}

int demand_make(struct demand *demand, const struct session *session,
		unsigned int source)
{
	uint64_t width = session->head.sources_count, first = UINT64_MAX;
	uint64_t last = 0;

	*demand = (struct demand){ 0 };
	for (uint64_t n = 0; n < session->samples_count; n++) {
		if (!moved(&session->values[n * width + source]))
			continue;
		first = first == UINT64_MAX ? n : first;
		last = n;
	}
	if (first == UINT64_MAX)
		return 0;
	demand->pieces = calloc(last - first + 1, sizeof(*demand->pieces));
	if (!demand->pieces)
		return -ENOMEM;
	for (uint64_t n = first; n <= last; n++) {
		const struct profile_value *value =
			&session->values[n * width + source];
		struct demand_piece *piece = &demand->pieces[demand->count++];

		piece->ns = piece_ns(session, n, source);
		piece->bytes = (double)value->read_bytes + value->written_bytes;
		demand->ns += piece->ns;
		demand->bytes += piece->bytes;
	}
	return 0;
}

void demand_free(struct demand *demand)
{
	free(demand->pieces);
	*demand = (struct demand){ 0 };
}

/* Where the walk is: time, and what is left of the period. */
struct walk {
	double now_ns, period_ns, quota_bytes;
	double end_ns;		/* of the period */
	double left_bytes;
};

static void period_begin(struct walk *walk)
{
	walk->now_ns = walk->end_ns;
	walk->end_ns += walk->period_ns;
	walk->left_bytes = walk->quota_bytes;
}

static void piece_walk(struct walk *walk, struct demand_piece piece)
{
	/* A piece without bytes passes, whatever is left. */
	while (piece.ns > 0 || piece.bytes > 0) {
		double share = 1, room = walk->end_ns - walk->now_ns;

		if (piece.bytes > walk->left_bytes)
			share = walk->left_bytes / piece.bytes;
		if (share * piece.ns > room) {
			share = room / piece.ns;
			walk->left_bytes -= share * piece.bytes;
			piece.ns -= room;
			piece.bytes -= share * piece.bytes;
			period_begin(walk);
			continue;
		}
		walk->now_ns += share * piece.ns;
		walk->left_bytes -= share * piece.bytes;
		if (share >= 1)
			return;
		piece.ns -= share * piece.ns;
		piece.bytes -= share * piece.bytes;
		/* Used up: it stands still until the next period. */
		period_begin(walk);
	}
}

double demand_predict(const struct demand *demand, double bytes_per_s,
		      double period_ns, double phase_ns)
{
	struct walk walk = {
		.period_ns = period_ns,
		.quota_bytes = bytes_per_s * period_ns / NS_PER_S,
		.end_ns = period_ns - phase_ns,
		.left_bytes = bytes_per_s * period_ns / NS_PER_S,
	};

	for (uint64_t n = 0; n < demand->count; n++)
		piece_walk(&walk, demand->pieces[n]);
	return walk.now_ns;
}

double demand_plan(const struct demand *demand, double slowdown,
		   double period_ns)
{
	double low, high;

	if (!demand->count || demand->ns <= 0 || demand->bytes <= 0)
		return 0;
	/* Below this the bytes alone take too long. */
	low = demand->bytes * NS_PER_S / (demand->ns * slowdown + period_ns);
	high = 2 * low;
	for (int n = 0; n < STEPS_MAX && demand_predict(demand, high, period_ns,
		0) > slowdown * demand->ns; n++)
		high *= 2;
	for (int n = 0; n < STEPS_MAX && high > low * PRECISION; n++) {
		double middle = (low + high) / 2;

		if (demand_predict(demand, middle, period_ns, 0) >
		    slowdown * demand->ns)
			low = middle;
		else
			high = middle;
	}
	return high;
}
