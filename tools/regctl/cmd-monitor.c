// SPDX-License-Identifier: GPL-2.0-only
/* monitor: the traffic of cells as it happens, one row per cell and tick. */
#include "commands.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "beside.h"
#include "cells.h"
#include "output.h"
#include "rates.h"
#include "ticker.h"

struct monitor_args {
	uint64_t interval_ns;	/* 0: the default */
	uint64_t count;		/* 0: until interrupted */
	const char *output;	/* NULL: standard output */
};

static const struct argp_option options[] = {
	{ "interval", 'i', "TIME", 0, "One tick each TIME (1s)", 0 },
	{ "count", 'n', "N", 0, "Stop after N ticks", 0 },
	{ "output", 'o', "FILE", 0, "Write to FILE", 0 },
	{ 0 },
};

static int option(void *data, int key, const char *value,
		  struct parse_error *error)
{
	struct monitor_args *args = data;

	switch (key) {
	case 'i':
		return ticker_interval_parse(value, &args->interval_ns, error);
	case 'n':
		return count_parse(value, 1, &args->count, error);
	case 'o':
		args->output = value;
		return 0;
	default:
		return -ENOENT;
	}
}

enum {
	COLUMN_ELAPSED,
	COLUMN_CELL,
	COLUMN_ID,
	COLUMN_TOTAL,
	COLUMN_BUDGET,
	COLUMN_READ,
	COLUMN_WRITTEN,
	COLUMN_STALLS,
	COLUMN_STALLED,
	COLUMN_GENERATION,
	COLUMN_HYPERVISOR,
	COLUMN_SPAN,
	COLUMN_MONOTONIC,
	COLUMN_START,
	COLUMN_DUTY,
	COLUMN_HELD_BY,
	COLUMN_LENT,
	COLUMN_BORROWED,
	COLUMN_COUNT,
};

static const struct column columns[] = {
	{ "TIME", "elapsed_ns", "ns", COLUMN_RIGHT, 9 },
	{ "CELL", "cell", NULL, 0, 10 },
	{ "ID", "id", NULL, COLUMN_DATA, 0 },
	{ "RATE", "rate_bytes_per_s", "B/s", COLUMN_RIGHT, 27 },
	{ "BUDGET", "budget_bytes_per_s", "B/s", COLUMN_RIGHT, 27 },
	{ "READ", "read_bytes_per_s", "B/s", COLUMN_RIGHT | COLUMN_WIDE, 27 },
	{ "WRITTEN", "written_bytes_per_s", "B/s", COLUMN_RIGHT | COLUMN_WIDE,
	  27 },
	{ "STALLS", "stalls", NULL, COLUMN_RIGHT, 7 },
	{ "STALLED", "stall_ns", "ns", COLUMN_RIGHT, 10 },
	{ "GENERATION", "generation", NULL, COLUMN_RIGHT | COLUMN_WIDE, 10 },
	{ "CLOCK", "hypervisor_ns", "ns", COLUMN_RIGHT | COLUMN_WIDE, 10 },
	{ "SPAN", "span_ns", "ns", COLUMN_RIGHT | COLUMN_WIDE, 10 },
	{ "MONOTONIC", "monotonic_ns", "ns", COLUMN_DATA, 0 },
	{ "START", "start_unix_ns", "ns", COLUMN_DATA, 0 },
	{ "DUTY", "duty_permille", "1/1000", COLUMN_RIGHT, 6 },
	{ "HELD BY", "held_by", NULL, 0, 12 },
	{ "LENT", "lent_bytes_per_s", "B/s", COLUMN_RIGHT | COLUMN_WIDE, 27 },
	{ "BORROWED", "borrowed_bytes_per_s", "B/s",
	  COLUMN_RIGHT | COLUMN_WIDE, 27 },
};
_Static_assert(sizeof(columns) / sizeof(columns[0]) == COLUMN_COUNT,
	       "one initialiser for each column");

/* The last look at every cell, by position in `cells`. */
struct monitor {
	struct cell_selection selection;
	struct reg_status seen[REG_CELLS_MAX];
	bool valid[REG_CELLS_MAX];
	struct ticker ticker;
	uint64_t start_unix_ns;		/* CLOCK_REALTIME */
	uint64_t ticks;
	struct reg_watch *watch;	/* NULL: the hypervisor is asked */
};

static void rates_fill(struct value *row, const char *why,
		       const struct rates *rates)
{
	static const unsigned char rate_columns[] = {
		COLUMN_TOTAL, COLUMN_READ, COLUMN_WRITTEN, COLUMN_STALLS,
		COLUMN_STALLED, COLUMN_SPAN, COLUMN_LENT, COLUMN_BORROWED,
	};
	size_t i;

	for (i = 0; why && i < sizeof(rate_columns); i++)
		value_missing(&row[rate_columns[i]], "%s", why);
	if (why)
		return;
	value_number(&row[COLUMN_TOTAL], VALUE_RATE, rates->total_bytes_per_s);
	value_number(&row[COLUMN_READ], VALUE_RATE, rates->read_bytes_per_s);
	value_number(&row[COLUMN_WRITTEN], VALUE_RATE,
		     rates->written_bytes_per_s);
	value_number(&row[COLUMN_STALLS], VALUE_COUNT, rates->stalls);
	value_number(&row[COLUMN_STALLED], VALUE_TIME, rates->stall_ns);
	value_number(&row[COLUMN_SPAN], VALUE_TIME, rates->span_ns);
	value_number(&row[COLUMN_LENT], VALUE_RATE, rates->lent_bytes_per_s);
	value_number(&row[COLUMN_BORROWED], VALUE_RATE,
		     rates->borrowed_bytes_per_s);
}

static void row_fill(struct value *row, const struct monitor *monitor,
		     const struct reg_cell_info *info, uint64_t now_ns,
		     const struct reg_status *status)
{
	char holders[HOLDERS_BYTES];

	value_number(&row[COLUMN_ELAPSED], VALUE_TIME,
		     now_ns - monitor->ticker.start_ns);
	value_text(&row[COLUMN_CELL], "%s", info->name);
	value_number(&row[COLUMN_ID], VALUE_COUNT, info->id);
	value_number(&row[COLUMN_BUDGET], VALUE_RATE,
		     status->effective.budget_bytes_per_s);
	value_number(&row[COLUMN_DUTY], VALUE_SHARE,
		     status->effective.duty_permille);
	holders_format(holders, status, NULL);
	if (holders[0])
		value_text(&row[COLUMN_HELD_BY], "%s", holders);
	else
		value_missing(&row[COLUMN_HELD_BY], "no CPU is held");
	value_number(&row[COLUMN_GENERATION], VALUE_COUNT, status->generation);
	value_number(&row[COLUMN_HYPERVISOR], VALUE_TIME, status->now_ns);
	value_number(&row[COLUMN_MONOTONIC], VALUE_TIME, now_ns);
	value_number(&row[COLUMN_START], VALUE_TIME, monitor->start_unix_ns);
}

/* Of a cell in which nothing has run the pages know nothing. */
static int status_read(const struct app *app, const struct monitor *monitor,
		       const struct reg_cell_info *info,
		       struct reg_status *status)
{
	const struct weir_cell_id key = cell_key(info);

	if (monitor->watch && !reg_watch_get(monitor->watch, info->id, status))
		return 0;
	return reg_get(app->device, &key, status);
}

/* Looks at one cell; the first look only remembers. */
static int cell_look(const struct app *app, struct monitor *monitor,
		     unsigned int n, struct table *table)
{
	const struct reg_cell_info *info = &monitor->selection.cells[n];
	struct reg_status status;
	struct rates rates;
	struct value *row;
	const char *why;

	if (status_read(app, monitor, info, &status)) {
		monitor->valid[n] = false;
		if (app->operands_count > 0 ||
		    reg_last_error(app->device)->error != -ENOENT)
			return app_fail(app);
		return 0;
	}
	if (monitor->valid[n]) {
		why = rates_compute(&monitor->seen[n], &status, &rates);
		row = table_row(table);
		row_fill(row, monitor, info, ticker_clock_ns(CLOCK_MONOTONIC),
			 &status);
		rates_fill(row, why, &rates);
	}
	monitor->seen[n] = status;
	monitor->valid[n] = true;
	return 0;
}

/* Keeps what is known of cells that are still there under the same id. */
static int selection_renew(const struct app *app, struct monitor *monitor)
{
	const struct monitor old = *monitor;
	unsigned int i, j;
	int status;

	if (app->operands_count > 0)
		return 0;
	status = cells_select_names(app, &monitor->selection);
	if (status)
		return status;
	for (i = 0; i < monitor->selection.count; i++) {
		monitor->valid[i] = false;
		for (j = 0; j < old.selection.count; j++) {
			if (old.selection.cells[j].id !=
			    monitor->selection.cells[i].id)
				continue;
			monitor->valid[i] = old.valid[j];
			monitor->seen[i] = old.seen[j];
		}
	}
	return 0;
}

static int tick(const struct app *app, struct monitor *monitor)
{
	struct table table;
	unsigned int i;
	int status;

	status = selection_renew(app, monitor);
	if (status)
		return status;
	if (!table_init(&table, columns, COLUMN_COUNT,
			monitor->selection.count))
		return app_fail_memory(app);
	for (i = 0; i < monitor->selection.count && !status; i++)
		status = cell_look(app, monitor, i, &table);
	if (!status && app->format == OUTPUT_JSON)
		status = output_json_lines(app, &table, "regctl.monitor/1");
	else if (!status)
		status = output_plain(app, &table,
				      app->headings && monitor->ticks == 1);
	table_free(&table);
	return output_finish(app, status);
}

static int monitor_loop(const struct app *app, struct monitor *monitor,
			uint64_t count)
{
	int status;

	monitor->start_unix_ns = ticker_clock_ns(CLOCK_REALTIME);
	status = tick(app, monitor);
	while (!status && (!count || monitor->ticks < count) &&
	       ticker_wait(&monitor->ticker, -1, NULL)) {
		monitor->ticks++;
		status = tick(app, monitor);
	}
	return status;
}

static int monitor_run(const struct app *app, const struct monitor_args *args)
{
	struct monitor monitor;
	int status;

	memset(&monitor, 0, sizeof(monitor));
	status = cells_select_names(app, &monitor.selection);
	if (status)
		return status;
	if (reg_watch_open(app->device, &monitor.watch))
		monitor.watch = NULL;
	ticker_begin(&monitor.ticker, args->interval_ns ? args->interval_ns :
							  TICKER_DEFAULT_NS);
	status = monitor_loop(app, &monitor, args->count);
	ticker_end(&monitor.ticker);
	reg_watch_close(monitor.watch);
	return status;
}

static int run(struct app *app, const void *data)
{
	const struct monitor_args *args = data;
	FILE *out = app->out;
	int status;

	if (!args->output)
		return monitor_run(app, args);
	app->out = fopen(args->output, "w");
	if (!app->out) {
		app->out = out;
		app_complain(app, "%s: %s", args->output, strerror(errno));
		return APP_USAGE;
	}
	status = monitor_run(app, args);
	fclose(app->out);
	app->out = out;
	return status;
}

const struct command command_monitor = {
	.name = "monitor",
	.operands = "[CELL...]",
	.summary = "Print the rates of cells as they change",
	.options = options,
	.args_size = sizeof(struct monitor_args),
	.operands_max = REG_CELLS_MAX,
	.operand_kind = OPERAND_CELL,
	.option = option,
	.run = run,
};
