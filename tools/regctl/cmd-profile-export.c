// SPDX-License-Identifier: GPL-2.0-only
/* profile export: a session as a table, CSV, JSON or a drawing. */
#include "commands.h"

#include <errno.h>
#include <string.h>

#include "output.h"
#include "profile.h"
#include "tools/profile/export.h"

struct export_args {
	uint64_t window_ns;	/* 0: chosen */
	uint64_t sources;	/* by number in the session; 0: all */
	const char *output;
	bool svg;
	bool envelope;
};

enum { KEY_SVG = 0x200, KEY_ENVELOPE };

/* Each length is a walk over all windows. */
#define ENVELOPE_WINDOWS_MAX	20000u

static const struct argp_option options[] = {
	{ "window", 'w', "TIME", 0, "Bandwidth in windows of TIME", 0 },
	{ "sources", 's', "LIST", 0, "Only these sources, by number", 0 },
	{ "svg", KEY_SVG, NULL, 0, "Draw: over time, histogram, worst windows", 0 },
	{ "envelope", KEY_ENVELOPE, NULL, 0,
	  "The most traffic in any window, for every length", 0 },
	{ "output", 'o', "FILE", 0, "Write to FILE", 0 },
	{ 0 },
};

static int option(void *data, int key, const char *value,
		  struct parse_error *error)
{
	struct export_args *args = data;

	switch (key) {
	case 'w':
		return time_parse(value, &args->window_ns, error);
	case 's':
		return cpu_list_parse(value, &args->sources, error);
	case 'o':
		args->output = value;
		return 0;
	case KEY_SVG:
		args->svg = true;
		return 0;
	case KEY_ENVELOPE:
		args->envelope = true;
		return 0;
	default:
		return -ENOENT;
	}
}

static const struct column columns[] = {
	{ "SOURCE", "source", NULL, 0, 6 },
	{ "READ", "read_bytes", "B", COLUMN_RIGHT, 0 },
	{ "WRITTEN", "written_bytes", "B", COLUMN_RIGHT, 0 },
	{ "RATE", "rate_bytes_per_s", "B/s", COLUMN_RIGHT, 0 },
	{ "WORST", "worst_bytes_per_s", "B/s", COLUMN_RIGHT, 0 },
	{ "BUSY", "busy_ns", "ns", COLUMN_RIGHT, 0 },
	{ "DURATION", "duration_ns", "ns", COLUMN_RIGHT, 0 },
};

static uint64_t rate(const struct session *session, uint64_t bytes,
		     uint64_t cycles)
{
	return cycles ? (uint64_t)((double)bytes / (double)cycles *
				   (double)session->head.clock_hz + 0.5) : 0;
}

static int row_fill(const struct export_request *request, unsigned int source,
		    struct value *row)
{
	const struct session *session = request->session;
	struct series_total total = session_total(session, source);
	struct series series;
	int ret = series_make(&series, session, 1ull << source,
			      request->window_cycles);

	value_text(&row[0], "%s", session->head.source[source].name);
	value_number(&row[1], VALUE_SIZE, total.read_bytes);
	value_number(&row[2], VALUE_SIZE, total.written_bytes);
	value_number(&row[3], VALUE_RATE,
		     rate(session, total.read_bytes + total.written_bytes,
			  total.cycles));
	value_number(&row[4], VALUE_RATE,
		     rate(session, series_worst_bytes(&series, 1),
			  request->window_cycles));
	if (session->head.source[source].flags & PROFILE_SOURCE_BUSY)
		value_number(&row[5], VALUE_TIME,
			     cycles_to_ns(session, total.busy_cycles));
	else
		value_missing(&row[5], "the source does not count it");
	value_number(&row[6], VALUE_TIME, cycles_to_ns(session, total.cycles));
	series_free(&series);
	return ret;
}

static void sampling_note(const struct app *app, const struct session *session)
{
	struct lateness late;
	double count = (double)session->samples_count;

	if (session_lateness(session, &late))
		return;
	app_note(app, "%.0f samples, %.3f %% late by more than a tenth of the interval, "
		 "%llu points without one", count,
		 count > 0 ? 100.0 * (double)late.late_count / count : 0,
		 (unsigned long long)late.missing);
}

static int export_table(const struct app *app,
			const struct export_request *request)
{
	const size_t count = sizeof(columns) / sizeof(*columns);
	unsigned int sources = request->session->head.sources_count;
	struct table table;
	int status = APP_OK;

	if (!table_init(&table, columns, count, sources))
		return app_fail_memory(app);
	for (unsigned int n = 0; n < sources && !status; n++)
		if (request->sources & 1ull << n)
			status = row_fill(request, n, table_row(&table));
	status = status ? app_fail_memory(app) :
		 output_table(app, &table, "weir.profile.summary/1", "sources");
	table_free(&table);
	sampling_note(app, request->session);
	return status;
}

static const struct column envelope_columns[] = {
	{ "SOURCE", "source", NULL, 0, 6 },
	{ "WINDOW", "window_ns", "ns", COLUMN_RIGHT, 0 },
	{ "BYTES", "bytes", "B", COLUMN_RIGHT, 0 },
	{ "RATE", "rate_bytes_per_s", "B/s", COLUMN_RIGHT, 0 },
};

static void envelope_row(const struct export_request *request,
			 unsigned int source, uint64_t cycles, uint64_t bytes,
			 struct value *row)
{
	const struct session *session = request->session;

	value_text(&row[0], "%s", session->head.source[source].name);
	value_number(&row[1], VALUE_TIME, cycles_to_ns(session, cycles));
	value_number(&row[2], VALUE_SIZE, bytes);
	value_number(&row[3], VALUE_RATE, rate(session, bytes, cycles));
}

/* How many lengths a source has; they go into `table` unless it is NULL. */
static long envelope_rows(const struct export_request *request,
			  unsigned int source, struct table *table)
{
	uint64_t width = request->window_cycles;
	struct series series;
	long ret = series_make(&series, request->session, 1ull << source, width);

	if (!ret)
		ret = series.count > ENVELOPE_WINDOWS_MAX ? -E2BIG :
							    (long)series.count;
	for (long n = 1; table && n <= ret; n++)
		envelope_row(request, source, (uint64_t)n * width,
			     series_worst_bytes(&series, (uint64_t)n),
			     table_row(table));
	series_free(&series);
	return ret;
}

static int export_envelope(const struct app *app,
			   const struct export_request *request)
{
	const size_t count = sizeof(envelope_columns) / sizeof(*envelope_columns);
	unsigned int sources = request->session->head.sources_count;
	struct table table;
	long rows = 0, ret = 0;
	int status;

	for (unsigned int n = 0; n < sources && ret >= 0; n++) {
		ret = request->sources >> n & 1 ?
		      envelope_rows(request, n, NULL) : 0;
		rows += ret;
	}
	if (ret == -E2BIG) {
		app_complain(app, "more than %u windows: choose longer ones",
			     ENVELOPE_WINDOWS_MAX);
		return APP_USAGE;
	}
	if (ret < 0 || !table_init(&table, envelope_columns, count,
				   (size_t)rows))
		return app_fail_memory(app);
	for (unsigned int n = 0; n < sources && ret >= 0; n++)
		if (request->sources >> n & 1)
			ret = envelope_rows(request, n, &table);
	status = ret < 0 ? app_fail_memory(app) :
		 output_table(app, &table, "weir.profile.envelope/1", "windows");
	table_free(&table);
	return status;
}

/* Counters of the process that are no JSON are not shown, but said. */
static void process_note(const struct app *app, const struct session *session,
			 const json_t *document)
{
	if (session->process &&
	    !json_is_object(json_object_get(document, "process")))
		app_note(app, "what the process counted makes no sense");
}

static int export_write(const struct app *app,
			const struct export_request *request, bool svg)
{
	json_t *document = NULL;
	int ret;

	if (svg)
		ret = export_svg(request, app->out, "A profile of DDR traffic");
	else if (app->format == OUTPUT_CSV)
		ret = export_csv(request, app->out, app->headings);
	else if (app->format == OUTPUT_JSON)
		ret = export_json(request, &document);
	else
		return export_table(app, request);
	if (document) {
		process_note(app, request->session, document);
		return output_json(app, document);
	}
	if (ret == -E2BIG) {
		app_complain(app, "too many windows: choose longer ones");
		return APP_USAGE;
	}
	return ret ? app_fail_memory(app) : APP_OK;
}

static int session_export(const struct app *app, const struct session *session,
			  const struct export_args *args)
{
	struct export_request request = {
		.session = session,
		.sources = args->sources ? args->sources : UINT64_MAX,
		.window_cycles = args->window_ns ?
				 ns_to_cycles(session, args->window_ns) :
				 export_window_default(session),
		.envelope_cycles = session->head.interval_cycles,
	};

	if (!session->samples_count) {
		app_complain(app, "the session has no samples");
		return APP_NO;
	}
	if (!request.window_cycles) {
		app_complain(app, "the window is shorter than a cycle");
		return APP_USAGE;
	}
	return args->envelope ? export_envelope(app, &request) :
				export_write(app, &request, args->svg);
}

static int run(struct app *app, const void *data)
{
	const struct export_args *args = data;
	FILE *out = app->out;
	struct session session;
	int status = profile_read(app, app->operands[0], &session);

	if (!status && args->output) {
		app->out = fopen(args->output, "w");
		if (!app->out) {
			app->out = out;
			app_complain(app, "%s: %s", args->output, strerror(errno));
			status = APP_USAGE;
		}
	}
	if (!status)
		status = session_export(app, &session, args);
	if (app->out != out) {
		status = output_finish(app, status);
		fclose(app->out);
		app->out = out;
	}
	session_free(&session);
	return status;
}

const struct command command_profile_export = {
	.name = "profile export",
	.operands = "FILE",
	.summary = "Print a session: table, CSV, JSON, drawing",
	.options = options,
	.args_size = sizeof(struct export_args),
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_FILE,
	.option = option,
	.run = run,
};
