// SPDX-License-Identifier: GPL-2.0-only
/* A session as CSV and JSON. */
#include "export.h"

#include <errno.h>
#include <inttypes.h>

#define NS_PER_S	1000000000.0
#define WINDOWS_DEFAULT	1000u

uint64_t cycles_to_ns(const struct session *session, uint64_t cycles)
{
	return (uint64_t)((double)cycles * NS_PER_S /
			  (double)session->head.clock_hz + 0.5);
}

uint64_t ns_to_cycles(const struct session *session, uint64_t ns)
{
	return (uint64_t)((double)ns * (double)session->head.clock_hz / NS_PER_S +
			  0.5);
}

static uint64_t session_cycles(const struct session *session)
{
	uint64_t longest = 0;

	for (unsigned int n = 0; n < session->head.sources_count; n++) {
		uint64_t cycles = session_total(session, n).cycles;

		if (cycles > longest)
			longest = cycles;
	}
	return longest;
}

/* The least of 1, 2, 5 times a power of ten intervals. */
uint64_t export_window_default(const struct session *session)
{
	static const unsigned int steps[] = { 1, 2, 5 };
	uint64_t wanted = session_cycles(session) / WINDOWS_DEFAULT;
	uint64_t power = session->head.interval_cycles;

	for (; power < UINT64_MAX / 50; power *= 10)
		for (unsigned int n = 0; n < 3; n++)
			if (steps[n] * power >= wanted)
				return steps[n] * power;
	return wanted;
}

static int csv_source(const struct export_request *request, unsigned int source,
		      FILE *out)
{
	const struct session *session = request->session;
	struct series series;
	int ret = series_make(&series, session, 1ull << source,
			      request->window_cycles);

	for (uint64_t n = 0; n < series.count && !ret; n++) {
		const struct series_window *window = &series.window[n];
		uint64_t start = (series.first + n) * series.width_cycles;

		fprintf(out, "%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
			",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\r\n",
			session->head.source[source].name,
			cycles_to_ns(session, start), start, window->read_bytes,
			window->written_bytes,
			cycles_to_ns(session, window->busy_cycles),
			window->samples, window->edge_bytes);
	}
	series_free(&series);
	return ret;
}

int export_csv(const struct export_request *request, FILE *out, bool headings)
{
	int ret = 0;

	if (headings)
		fputs("SOURCE,START[ns],START[cycles],READ[B],WRITTEN[B],BUSY[ns],SAMPLES,EDGE[B]\r\n",
		      out);
	for (unsigned int n = 0; n < request->session->head.sources_count; n++)
		if (!ret && request->sources & 1ull << n)
			ret = csv_source(request, n, out);
	return ret;
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static double rate(const struct session *session, uint64_t bytes,
		   uint64_t cycles)
{
	return cycles ? (double)bytes * (double)session->head.clock_hz /
			(double)cycles : 0;
}

static json_t *json_windows(const struct session *session,
			    const struct series *series)
{
	json_t *list = json_array();

	for (uint64_t n = 0; n < series->count; n++) {
		const struct series_window *window = &series->window[n];
		uint64_t start = (series->first + n) * series->width_cycles;

		json_array_append_new(list, json_pack("[o, o, o, o]",
			number(cycles_to_ns(session, start)),
			number(window->read_bytes),
			number(window->written_bytes), number(window->samples)));
	}
	return list;
}

static json_t *json_histogram(const struct session *session,
			      const struct series *series)
{
	struct histogram histogram = series_histogram(series);
	json_t *bins = json_array();

	for (unsigned int n = 0; n < HISTOGRAM_BINS; n++)
		json_array_append_new(bins, number(histogram.bins[n]));
	return json_pack("{s:f, s:o}", "max_bytes_per_s",
			 rate(session, histogram.max_bytes, series->width_cycles),
			 "windows", bins);
}

static json_t *json_envelope(const struct session *session,
			     const struct series *series)
{
	struct envelope_point points[ENVELOPE_MAX];
	unsigned int count = series_envelope(series, points);
	json_t *list = json_array();

	for (unsigned int n = 0; n < count; n++) {
		uint64_t cycles = points[n].windows * series->width_cycles;

		json_array_append_new(list, json_pack("{s:o, s:o, s:f}",
			"window_ns", number(cycles_to_ns(session, cycles)),
			"bytes", number(points[n].bytes), "bytes_per_s",
			rate(session, points[n].bytes, cycles)));
	}
	return list;
}

static int json_source(const struct export_request *request, uint64_t mask,
		       const char *name, json_t *list)
{
	const struct session *session = request->session;
	struct series series, fine = { 0 };
	json_t *source;
	int ret = series_make(&series, session, mask, request->window_cycles);

	if (!ret)
		ret = series_make(&fine, session, mask, request->envelope_cycles);
	if (!ret) {
		source = json_pack("{s:s, s:o, s:o, s:o}", "name", name,
				   "windows", json_windows(session, &series),
				   "histogram", json_histogram(session, &series),
				   "envelope", json_envelope(session, &fine));
		ret = json_array_append_new(list, source) ? -ENOMEM : 0;
	}
	series_free(&series);
	series_free(&fine);
	return ret;
}

static json_t *json_totals(const struct session *session)
{
	json_t *list = json_array();

	for (unsigned int n = 0; n < session->head.sources_count; n++) {
		struct series_total total = session_total(session, n);

		json_array_append_new(list, json_pack(
			"{s:s, s:o, s:o, s:o, s:o, s:o, s:o}",
			"name", session->head.source[n].name,
			"first_read_bytes",
			number(session->head.source[n].first_read_bytes),
			"first_written_bytes",
			number(session->head.source[n].first_written_bytes),
			"read_bytes", number(total.read_bytes),
			"written_bytes", number(total.written_bytes),
			"busy_ns", number(cycles_to_ns(session, total.busy_cycles)),
			"duration_ns", number(cycles_to_ns(session, total.cycles))));
	}
	return list;
}

static json_t *json_sampling(const struct session *session)
{
	struct lateness late;

	if (session_lateness(session, &late))
		return NULL;
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"interval_ns",
		number(cycles_to_ns(session, session->head.interval_cycles)),
		"samples", number(session->samples_count),
		"missing", number(late.missing),
		"overruns", number(session->overruns),
		"skipped", number(session->skipped),
		"late_median_ns", number(cycles_to_ns(session, late.median_cycles)),
		"late_max_ns", number(cycles_to_ns(session, late.max_cycles)),
		"late_by_a_tenth", number(late.late_count));
}

int export_json(const struct export_request *request, json_t **document)
{
	const struct session *session = request->session;
	const struct session_head *head = &session->head;
	json_t *list = json_array(), *process = NULL;
	int ret = 0;

	for (unsigned int n = 0; n < head->sources_count; n++)
		if (!ret && request->sources & 1ull << n)
			ret = json_source(request, 1ull << n,
					  head->source[n].name, list);
	if (!ret)
		ret = json_source(request, request->sources, "all", list);
	if (ret) {
		json_decref(list);
		return ret;
	}
	if (session->process)
		process = json_loads(session->process, 0, NULL);
	*document = json_pack("{s:s, s:o?, s:b, s:o, s:o, s:o, s:o, s:o, s:o}",
		"schema", "weir.profile/1", "process", process, "ended", session->ended,
		"start_unix_ns", number(head->start_unix_ns),
		"clock_hz", number(head->clock_hz),
		"window_ns", number(cycles_to_ns(session, request->window_cycles)),
		"sampling", json_sampling(session),
		"totals", json_totals(session), "sources", list);
	return *document ? 0 : -ENOMEM;
}
