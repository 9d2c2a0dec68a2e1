// SPDX-License-Identifier: GPL-2.0-only
/* Windows, totals, lateness and envelopes of a session. */
#include "series.h"

#include <errno.h>
#include <stdlib.h>

static bool has_own_clock(const struct session *session, unsigned int source)
{
	return session->head.source[source].flags & PROFILE_SOURCE_OWN_CLOCK;
}

/* Calls for each sample of a source with the time at which it ends. */
typedef void (*sample_visit)(void *context, uint64_t end_cycles,
			     const struct profile_value *value);

static void each_sample(const struct session *session, unsigned int source,
			sample_visit visit, void *context)
{
	uint64_t own = session->head.source[source].first_cycles;
	bool own_clock = has_own_clock(session, source);

	for (uint64_t n = 0; n < session->samples_count; n++) {
		const struct profile_value *value =
			&session->values[n * session->head.sources_count +
					 source];

		own += value->cycles;
		visit(context, own_clock ? own :
					   session->samples[n].time_cycles, value);
	}
}

static bool moved(const struct profile_value *value)
{
	return value->read_bytes || value->written_bytes || value->busy_cycles;
}

/* What moves until the edge of a window belongs to it. */
static uint64_t window_of(uint64_t end_cycles, uint64_t width_cycles)
{
	return (end_cycles ? end_cycles - 1 : 0) / width_cycles;
}

struct range {
	uint64_t low, high;
};

static void widen(void *context, uint64_t end_cycles,
		  const struct profile_value *value)
{
	struct range *range = context;

	(void)value;
	if (end_cycles < range->low)
		range->low = end_cycles;
	if (end_cycles > range->high)
		range->high = end_cycles;
}

/* One source on its way into the windows. */
struct collection {
	struct series *series;
	uint64_t next;		/* window after the last one with a sample */
};

static void collect(void *context, uint64_t end_cycles,
		    const struct profile_value *value)
{
	struct collection *collection = context;
	const struct series *series = collection->series;
	uint64_t n = window_of(end_cycles, series->width_cycles) - series->first;
	struct series_window *window = &series->window[n];

	if (!moved(value))
		return;
	if (n >= collection->next)
		window->edge_bytes += (uint64_t)value->read_bytes +
				      value->written_bytes;
	collection->next = n + 1;
	window->read_bytes += value->read_bytes;
	window->written_bytes += value->written_bytes;
	window->busy_cycles += value->busy_cycles;
	window->samples++;
}

int series_make(struct series *series, const struct session *session,
		uint64_t sources, uint64_t width_cycles)
{
	struct range range = { UINT64_MAX, 0 };
	unsigned int count = session->head.sources_count;

	*series = (struct series){ .width_cycles = width_cycles };
	for (unsigned int n = 0; n < count; n++)
		if (sources & 1ull << n)
			each_sample(session, n, widen, &range);
	if (range.low > range.high)
		return 0;
	series->first = window_of(range.low, width_cycles);
	if (window_of(range.high, width_cycles) - series->first >=
	    SERIES_WINDOWS_MAX)
		return -E2BIG;
	series->count = window_of(range.high, width_cycles) - series->first + 1;
	series->window = calloc(series->count, sizeof(*series->window));
	if (!series->window)
		return -ENOMEM;
	for (unsigned int n = 0; n < count; n++) {
		struct collection collection = { series, 0 };

		if (sources & 1ull << n)
			each_sample(session, n, collect, &collection);
	}
	return 0;
}

void series_free(struct series *series)
{
	free(series->window);
	*series = (struct series){ 0 };
}

static void add_up(void *context, uint64_t end_cycles,
		   const struct profile_value *value)
{
	struct series_total *total = context;

	total->read_bytes += value->read_bytes;
	total->written_bytes += value->written_bytes;
	total->busy_cycles += value->busy_cycles;
	total->cycles = end_cycles;
}

struct series_total session_total(const struct session *session,
				  unsigned int source)
{
	const struct session_head *head = &session->head;
	struct series_total total = { 0 };
	uint64_t begin = has_own_clock(session, source) ?
			 head->source[source].first_cycles : head->start_cycles;

	each_sample(session, source, add_up, &total);
	total.cycles -= total.cycles > begin ? begin : total.cycles;
	return total;
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

int session_lateness(const struct session *session, struct lateness *late)
{
	const struct session_head *head = &session->head;
	uint64_t count = session->samples_count, last = 0;
	uint64_t *cycles = calloc(count + 1, sizeof(*cycles));

	*late = (struct lateness){ 0 };
	if (!cycles)
		return -ENOMEM;
	for (uint64_t n = 0; n < count; n++) {
		const struct session_sample *sample = &session->samples[n];

		cycles[n] = sample->time_cycles - head->start_cycles -
			    sample->sequence * head->interval_cycles;
		late->late_count += cycles[n] * 10 > head->interval_cycles;
		late->missing += sample->sequence - last - 1;
		last = sample->sequence;
	}
	qsort(cycles, count, sizeof(*cycles), compare);
	if (count) {
		late->median_cycles = cycles[(count - 1) / 2];
		late->max_cycles = cycles[count - 1];
	}
	free(cycles);
	return 0;
}

static uint64_t window_bytes(const struct series_window *window)
{
	return window->read_bytes + window->written_bytes;
}

uint64_t series_worst_bytes(const struct series *series, uint64_t windows)
{
	uint64_t sum = 0, worst = 0;

	for (uint64_t n = 0; n < series->count; n++) {
		sum += window_bytes(&series->window[n]);
		if (n >= windows)
			sum -= window_bytes(&series->window[n - windows]);
		if (sum > worst)
			worst = sum;
	}
	return worst;
}

unsigned int series_envelope(const struct series *series,
			     struct envelope_point points[ENVELOPE_MAX])
{
	static const unsigned int steps[] = { 1, 2, 5 };
	unsigned int count = 0;
	uint64_t power = 1;

	while (count < ENVELOPE_MAX - 1) {
		uint64_t windows = steps[count % 3] * power;

		if (windows >= series->count)
			break;
		points[count++] = (struct envelope_point){
			windows, series_worst_bytes(series, windows) };
		if (count % 3 == 0)
			power *= 10;
	}
	if (series->count)
		points[count++] = (struct envelope_point){
			series->count, series_worst_bytes(series, series->count) };
	return count;
}

struct histogram series_histogram(const struct series *series)
{
	struct histogram histogram = { .max_bytes =
					       series_worst_bytes(series, 1) };

	for (uint64_t n = 0; n < series->count; n++) {
		uint64_t bytes = window_bytes(&series->window[n]);
		uint64_t bin = histogram.max_bytes ?
			       bytes * HISTOGRAM_BINS / histogram.max_bytes : 0;

		histogram.bins[bin < HISTOGRAM_BINS ? bin :
						      HISTOGRAM_BINS - 1]++;
	}
	return histogram;
}
