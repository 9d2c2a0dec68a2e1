// SPDX-License-Identifier: GPL-2.0-only
/* status: settings in force and traffic since creation, per cell and CPU. */
#include "commands.h"

#include <errno.h>

#include "beside.h"
#include "cells.h"
#include "controls.h"
#include "settings.h"

enum {
	KEY_PER_CPU = 0x200,
	KEY_CPUS,
	KEY_CONTROLS,
};

struct status_args {
	bool per_cpu;
	uint64_t cpus;		/* 0: all */
	bool controls;
};

static const struct argp_option options[] = {
	{ "per-cpu", KEY_PER_CPU, NULL, 0, "Print a row for every CPU", 0 },
	{ "cpus", KEY_CPUS, "LIST", 0,
	  "Print rows for these CPUs, as 0,2-5", 0 },
	{ "controls", KEY_CONTROLS, NULL, 0,
	  "Print a row for every cell that holds another one back", 0 },
	{ 0 },
};

static int option(void *data, int key, const char *value,
		  struct parse_error *error)
{
	struct status_args *args = data;

	switch (key) {
	case KEY_PER_CPU:
		args->per_cpu = true;
		return 0;
	case KEY_CPUS:
		args->per_cpu = true;
		return cpu_list_parse(value, &args->cpus, error);
	case KEY_CONTROLS:
		args->controls = true;
		return 0;
	default:
		return -ENOENT;
	}
}

enum {
	CELL_ID,
	CELL_NAME,
	CELL_STATE,
	CELL_CPUS,
	CELL_SETTINGS,
	CELL_USED = CELL_SETTINGS + SETTINGS_COUNT,
	CELL_READ,
	CELL_WRITTEN,
	CELL_STALLS,
	CELL_STALLED,
	CELL_HELD_BY,
	CELL_THROTTLED,
	CELL_BURST,
	CELL_BUDGET,
	CELL_ASKED_BY,
	CELL_LENT,
	CELL_BORROWED,
	CELL_OVERSHOOT_MAX,
	CELL_EVENT,
	CELL_LINE,
	CELL_RELOADS,
	CELL_REFUSALS,
	CELL_NOW,
	CELL_GUARANTEED,
	CELL_LEFT,
	CELL_SUSTAINABLE,
	CELL_CONTROL_REQUESTS,
	CELL_CONTROL_REFUSALS,
	CELL_CONTROL_LIMITED,
	CELL_COUNT,
};

static const struct column cell_columns[] = {
	{ "ID", "id", NULL, COLUMN_RIGHT, 0 },
	{ "CELL", "name", NULL, 0, 0 },
	{ "STATE", "state", NULL, 0, 0 },
	{ "CPUS", "cpus", NULL, 0, 0 },
	SETTINGS_COLUMNS,
	{ "USED", "used_bytes", "B", COLUMN_RIGHT, 0 },
	{ "READ", "read_bytes", "B", COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "WRITTEN", "written_bytes", "B", COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "STALLS", "stalls", NULL, COLUMN_RIGHT, 0 },
	{ "STALLED", "stall_ns", "ns", COLUMN_RIGHT, 0 },
	{ "HELD BY", "held_by", NULL, COLUMN_AUTO, 0 },
	{ "BY THROTTLE", "held_by_throttle_ns", "ns", COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "BY BURST", "held_by_burst_ns", "ns", COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "BY BUDGET", "held_by_budget_ns", "ns", COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "ASKED BY", "asked_by", NULL, COLUMN_AUTO, 0 },
	{ "LENT", "lent_bytes", "B", COLUMN_RIGHT | COLUMN_AUTO, 0 },
	{ "BORROWED", "borrowed_bytes", "B", COLUMN_RIGHT | COLUMN_AUTO, 0 },
	{ "WORST OVERSHOOT", "overshoot_max_bytes", "B",
	  COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "EVENT", "event", NULL, COLUMN_WIDE, 0 },
	{ "LINE", "line_bytes", "B", COLUMN_RIGHT | COLUMN_DATA, 0 },
	{ "RELOADS", "reloads", NULL, COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "REFUSALS", "refusals", NULL, COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "NOW", "now_ns", "ns", COLUMN_RIGHT | COLUMN_DATA, 0 },
	{ "ALL GUARANTEED", "machine_guaranteed_bytes_per_s", "B/s",
	  COLUMN_RIGHT | COLUMN_AUTO, 0 },
	{ "LEFT", "machine_left_bytes_per_s", "B/s",
	  COLUMN_RIGHT | COLUMN_AUTO, 0 },
	{ "SUSTAINABLE", "machine_sustainable_bytes_per_s", "B/s",
	  COLUMN_RIGHT | COLUMN_DATA, 0 },
	{ "REQUESTS MADE", "control_requests", NULL, COLUMN_RIGHT | COLUMN_DATA, 0 },
	{ "REFUSED", "control_refusals", NULL, COLUMN_RIGHT | COLUMN_DATA, 0 },
	{ "TOO MANY", "control_limited", NULL, COLUMN_RIGHT | COLUMN_DATA, 0 },
};
_Static_assert(sizeof(cell_columns) / sizeof(cell_columns[0]) == CELL_COUNT,
	       "one initialiser for each column");

enum {
	CPU_CELL,
	CPU_CPU,
	CPU_STALLED_NOW,
	CPU_HOLDERS,
	CPU_READ,
	CPU_WRITTEN,
	CPU_STALLS,
	CPU_STALLED,
	CPU_PERIODS,
	CPU_OVERFLOWS,
	CPU_OVERSHOOT,
	CPU_OVERSHOOT_MAX,
	CPU_LATE_MAX,
	CPU_GENERATION,
	CPU_EFFECTIVE_NS,
	CPU_HISTOGRAM,
	CPU_HELD = CPU_HISTOGRAM + REG_STALL_BUCKETS,
	CPU_LENT = CPU_HELD + 2 * REG_HOLDERS,
	CPU_BORROWED,
	CPU_CRITICAL,
	CPU_CRITICAL_CUTS,
	CPU_CRITICAL_NS,
	CPU_CRITICAL_MOVED,
	CPU_COUNT,
};

static const struct column cpu_columns[] = {
	{ "CELL", "cell", NULL, 0, 0 },
	{ "CPU", "cpu", NULL, COLUMN_RIGHT, 0 },
	{ "HELD", "held", NULL, 0, 0 },
	{ "BY", "held_by", NULL, COLUMN_AUTO, 0 },
	{ "READ", "read_bytes", "B", COLUMN_RIGHT, 0 },
	{ "WRITTEN", "written_bytes", "B", COLUMN_RIGHT, 0 },
	{ "STALLS", "stalls", NULL, COLUMN_RIGHT, 0 },
	{ "STALLED", "stall_ns", "ns", COLUMN_RIGHT, 0 },
	{ "PERIODS", "periods", NULL, COLUMN_RIGHT, 0 },
	{ "OVERFLOWS", "overflows", NULL, COLUMN_RIGHT, 0 },
	{ "OVERSHOOT", "overshoot_bytes", "B", COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "WORST OVERSHOOT", "overshoot_max_bytes", "B",
	  COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "LATEST", "late_max_ns", "ns", COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "GENERATION", "generation", NULL, COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "SINCE", "effective_ns", "ns", COLUMN_RIGHT | COLUMN_DATA, 0 },
	{ "STALLS BELOW 1us", "stalls_below_1us", NULL, COLUMN_DATA, 0 },
	{ "STALLS BELOW 10us", "stalls_below_10us", NULL, COLUMN_DATA, 0 },
	{ "STALLS BELOW 100us", "stalls_below_100us", NULL, COLUMN_DATA, 0 },
	{ "STALLS BELOW 1ms", "stalls_below_1ms", NULL, COLUMN_DATA, 0 },
	{ "STALLS BELOW 10ms", "stalls_below_10ms", NULL, COLUMN_DATA, 0 },
	{ "STALLS BELOW 100ms", "stalls_below_100ms", NULL, COLUMN_DATA, 0 },
	{ "STALLS BELOW 1s", "stalls_below_1s", NULL, COLUMN_DATA, 0 },
	{ "LONGER STALLS", "stalls_longer", NULL, COLUMN_DATA, 0 },
	{ "THROTTLE STALLS", "throttle_stalls", NULL, COLUMN_DATA, 0 },
	{ "BY THROTTLE", "held_by_throttle_ns", "ns", COLUMN_DATA, 0 },
	{ "BURST STALLS", "burst_stalls", NULL, COLUMN_DATA, 0 },
	{ "BY BURST", "held_by_burst_ns", "ns", COLUMN_DATA, 0 },
	{ "BUDGET STALLS", "budget_stalls", NULL, COLUMN_DATA, 0 },
	{ "BY BUDGET", "held_by_budget_ns", "ns", COLUMN_DATA, 0 },
	{ "LENT", "lent_bytes", "B", COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "BORROWED", "borrowed_bytes", "B", COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "CRITICAL", "critical_runs", NULL, COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "CUT", "critical_cuts", NULL, COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "CRITICAL TIME", "critical_ns", "ns",
	  COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "CRITICAL MOVED", "critical_bytes", "B",
	  COLUMN_RIGHT | COLUMN_WIDE, 0 },
};
_Static_assert(sizeof(cpu_columns) / sizeof(cpu_columns[0]) == CPU_COUNT,
	       "one initialiser for each column");

/* All tables of a run; cpus holds the CPUs of the cells, in their order. */
struct tables {
	struct table cells;
	struct table cpus;
	struct table controls;
	size_t cpus_end[REG_CELLS_MAX];	/* rows of cpus after each cell */
	size_t controls_end[REG_CELLS_MAX];
};

static void info_fill(struct value *row, const struct reg_cell_info *info)
{
	char cpus[QUANTITY_BYTES];

	value_number(&row[CELL_ID], VALUE_COUNT, info->id);
	value_text(&row[CELL_NAME], "%s", info->name);
	if (info->state[0])
		value_text(&row[CELL_STATE], "%s", info->state);
	else
		value_missing(&row[CELL_STATE], "the driver does not say");
	cpu_list_format(cpus, info->cpus);
	if (cpus[0])
		value_text(&row[CELL_CPUS], "%s", cpus);
	else
		value_missing(&row[CELL_CPUS], "the driver does not say");
}

static void traffic_missing(struct value *row, const char *why)
{
	unsigned int i;

	settings_missing(&row[CELL_SETTINGS], why);
	for (i = CELL_USED; i < CELL_COUNT; i++)
		value_missing(&row[i], "%s", why);
}

/* Who holds CPUs now, and how long each of them did so far. */
static void holders_fill(const struct app *app, struct value *row,
			 const struct reg_status *status)
{
	char blamed[REG_HOLDERS][CONTROLS_BYTES];
	const char *names[REG_HOLDERS];
	char text[HOLDERS_BYTES];

	for (unsigned int by = 0; by < REG_HOLDERS; by++) {
		controls_blame(app, blamed[by], status, by + 1);
		names[by] = blamed[by][0] ? blamed[by] : NULL;
	}
	holders_format(text, status, names);
	if (text[0])
		value_text(&row[CELL_HELD_BY], "%s", text);
	else
		value_missing(&row[CELL_HELD_BY], "no CPU is held");
	for (unsigned int by = 0; by < REG_HOLDERS; by++) {
		uint64_t sum_ns = 0;

		for (uint32_t i = 0; i < status->num_cpus; i++)
			sum_ns += status->cpu[i].held_ns[by];
		value_number(&row[CELL_THROTTLED + by], VALUE_TIME, sum_ns);
	}
}

/* Shown for cells that lend or borrow, or did. */
static void lending_fill(struct value *row, const struct reg_status *status)
{
	static const char none[] = "the cell does not lend";
	uint64_t lent = reg_status_lent_lines(status);
	uint64_t borrowed = reg_status_borrowed_lines(status);

	if (!(status->effective.flags & REG_FLAG_LEND) && !lent && !borrowed) {
		value_missing(&row[CELL_LENT], "%s", none);
		value_missing(&row[CELL_BORROWED], "%s", none);
		return;
	}
	value_number(&row[CELL_LENT], VALUE_SIZE, lent * status->line_bytes);
	value_number(&row[CELL_BORROWED], VALUE_SIZE,
		     borrowed * status->line_bytes);
}

static void sums_fill(const struct app *app, struct value *row,
		      const struct reg_status *status)
{
	uint64_t read = reg_status_read_lines(status) * status->line_bytes;
	uint64_t written =
		reg_status_written_lines(status) * status->line_bytes;
	uint64_t stalls = 0, stall_ns = 0, overshoot_max = 0;
	uint32_t i;

	for (i = 0; i < status->num_cpus; i++) {
		stalls += status->cpu[i].stalls;
		stall_ns += status->cpu[i].stall_ns;
		if (status->cpu[i].overshoot_max_lines > overshoot_max)
			overshoot_max = status->cpu[i].overshoot_max_lines;
	}
	value_number(&row[CELL_USED], VALUE_SIZE, read + written);
	value_number(&row[CELL_READ], VALUE_SIZE, read);
	value_number(&row[CELL_WRITTEN], VALUE_SIZE, written);
	value_number(&row[CELL_STALLS], VALUE_COUNT, stalls);
	value_number(&row[CELL_STALLED], VALUE_TIME, stall_ns);
	holders_fill(app, row, status);
	lending_fill(row, status);
	value_number(&row[CELL_OVERSHOOT_MAX], VALUE_SIZE,
		     overshoot_max * status->line_bytes);
}

/* What all guaranteed cells together have of the machine's bandwidth. */
static void machine_fill(struct value *row, const struct reg_status *status)
{
	static const char none[] = "the configuration says no rate";
	uint64_t most = status->sustainable_bytes_per_s;
	uint64_t taken = status->guaranteed_bytes_per_s;

	if (most < taken || most == 0) {
		value_missing(&row[CELL_GUARANTEED], "%s", none);
		value_missing(&row[CELL_LEFT], "%s", none);
		value_missing(&row[CELL_SUSTAINABLE], "%s", none);
		return;
	}
	value_number(&row[CELL_GUARANTEED], VALUE_RATE, taken);
	value_number(&row[CELL_LEFT], VALUE_RATE, most - taken);
	value_number(&row[CELL_SUSTAINABLE], VALUE_RATE, most);
}

/* Who asked for what is in force, and what the cell itself asks of others. */
static void controls_summary(const struct app *app, struct value *row,
			     const struct reg_status *status)
{
	char text[CONTROLS_BYTES];

	controls_format(app, text, status);
	if (text[0])
		value_text(&row[CELL_ASKED_BY], "%s", text);
	else
		value_missing(&row[CELL_ASKED_BY], "no cell asks for less");
	value_number(&row[CELL_CONTROL_REQUESTS], VALUE_COUNT,
		     status->control_requests);
	value_number(&row[CELL_CONTROL_REFUSALS], VALUE_COUNT,
		     status->control_refusals);
	value_number(&row[CELL_CONTROL_LIMITED], VALUE_COUNT,
		     status->control_limited);
}

static void status_fill(const struct app *app, struct value *row,
			const struct reg_status *status)
{
	settings_fill(&row[CELL_SETTINGS], &status->requested,
		      &status->effective, status->generation);
	sums_fill(app, row, status);
	controls_summary(app, row, status);
	if (status->event_name[0])
		value_text(&row[CELL_EVENT], "%s", status->event_name);
	else
		value_missing(&row[CELL_EVENT], "the source names no event");
	/* What the hypervisor calls them goes before our own names. */
	if (status->regulator_name[0])
		value_text(&row[CELL_SETTINGS + SETTINGS_REGULATOR], "%s",
			   status->regulator_name);
	if (status->source_name[0])
		value_text(&row[CELL_SETTINGS + SETTINGS_SOURCE], "%s",
			   status->source_name);
	value_number(&row[CELL_LINE], VALUE_SIZE, status->line_bytes);
	value_number(&row[CELL_RELOADS], VALUE_COUNT, status->reloads);
	value_number(&row[CELL_REFUSALS], VALUE_COUNT, status->refusals);
	value_number(&row[CELL_NOW], VALUE_TIME, status->now_ns);
	machine_fill(row, status);
}

static void cpu_fill(struct value *row, const char *cell,
		     const struct reg_cpu_stats *cpu, uint64_t line_bytes)
{
	char holders[HOLDERS_BYTES];
	unsigned int i;

	value_text(&row[CPU_CELL], "%s", cell);
	value_number(&row[CPU_CPU], VALUE_COUNT, cpu->cpu);
	value_bool(&row[CPU_STALLED_NOW], cpu->stalled != 0);
	holders_of_cpu(holders, cpu);
	if (holders[0])
		value_text(&row[CPU_HOLDERS], "%s", holders);
	else
		value_missing(&row[CPU_HOLDERS], "it is not held");
	value_number(&row[CPU_READ], VALUE_SIZE, cpu->read_lines * line_bytes);
	value_number(&row[CPU_WRITTEN], VALUE_SIZE,
		     cpu->written_lines * line_bytes);
	value_number(&row[CPU_STALLS], VALUE_COUNT, cpu->stalls);
	value_number(&row[CPU_STALLED], VALUE_TIME, cpu->stall_ns);
	value_number(&row[CPU_PERIODS], VALUE_COUNT, cpu->periods);
	value_number(&row[CPU_OVERFLOWS], VALUE_COUNT, cpu->overflows);
	value_number(&row[CPU_OVERSHOOT], VALUE_SIZE,
		     cpu->overshoot_lines * line_bytes);
	value_number(&row[CPU_OVERSHOOT_MAX], VALUE_SIZE,
		     cpu->overshoot_max_lines * line_bytes);
	value_number(&row[CPU_LATE_MAX], VALUE_TIME, cpu->late_max_ns);
	value_number(&row[CPU_GENERATION], VALUE_COUNT, cpu->generation);
	value_number(&row[CPU_EFFECTIVE_NS], VALUE_TIME, cpu->effective_ns);
	for (i = 0; i < REG_STALL_BUCKETS; i++)
		value_number(&row[CPU_HISTOGRAM + i], VALUE_COUNT,
			     cpu->stall_histogram[i]);
	for (i = 0; i < REG_HOLDERS; i++) {
		value_number(&row[CPU_HELD + 2 * i], VALUE_COUNT,
			     cpu->held_stalls[i]);
		value_number(&row[CPU_HELD + 2 * i + 1], VALUE_TIME,
			     cpu->held_ns[i]);
	}
	value_number(&row[CPU_LENT], VALUE_SIZE, cpu->lent_lines * line_bytes);
	value_number(&row[CPU_BORROWED], VALUE_SIZE,
		     cpu->borrowed_lines * line_bytes);
	value_number(&row[CPU_CRITICAL], VALUE_COUNT, cpu->critical_runs);
	value_number(&row[CPU_CRITICAL_CUTS], VALUE_COUNT, cpu->critical_cuts);
	value_number(&row[CPU_CRITICAL_NS], VALUE_TIME, cpu->critical_ns);
	value_number(&row[CPU_CRITICAL_MOVED], VALUE_SIZE,
		     cpu->critical_lines * line_bytes);
}

static void cpus_fill(struct tables *tables, const struct status_args *args,
		      const char *cell, const struct reg_status *status)
{
	uint32_t i;

	for (i = 0; i < status->num_cpus; i++) {
		const struct reg_cpu_stats *cpu = &status->cpu[i];

		if (args->cpus &&
		    (cpu->cpu > 63 || !(args->cpus >> cpu->cpu & 1)))
			continue;
		cpu_fill(table_row(&tables->cpus), cell, cpu,
			 status->line_bytes);
	}
}

/*
 * One cell. When all cells were asked for, one that cannot be read is shown
 * with the reason; one that was named is a failure.
 */
static int cell_add(const struct app *app, const struct status_args *args,
		    const struct reg_cell_info *info, struct tables *tables)
{
	const struct weir_cell_id key = cell_key(info);
	struct value *row = table_row(&tables->cells);
	struct reg_status status;

	info_fill(row, info);
	if (!reg_get(app->device, &key, &status)) {
		status_fill(app, row, &status);
		cpus_fill(tables, args, info->name, &status);
		controls_fill(app, &tables->controls, info->name, &status);
	} else if (app->operands_count > 0 ||
		   reg_last_error(app->device)->origin == REG_ORIGIN_ABSENT) {
		return app_fail(app);
	} else {
		traffic_missing(row, reg_last_error(app->device)->reason);
	}
	tables->cpus_end[tables->cells.rows_count - 1] =
		tables->cpus.rows_count;
	tables->controls_end[tables->cells.rows_count - 1] =
		tables->controls.rows_count;
	return 0;
}

static json_t *rows_json(const struct table *table, size_t first, size_t end)
{
	json_t *array = json_array();

	for (; array && first < end; first++)
		json_array_append_new(array, table_row_json(table, first));
	return array;
}

/* The cells, and in each of them its CPUs and who holds it back. */
static int print_json(const struct app *app, const struct tables *tables)
{
	json_t *document = output_document("regctl.status/1");
	json_t *cells = json_array();
	size_t first = 0, first_control = 0;
	size_t i;

	for (i = 0; i < tables->cells.rows_count; i++) {
		json_t *cell = table_row_json(&tables->cells, i);

		json_object_set_new(cell, "cpu_statistics",
				    rows_json(&tables->cpus, first,
					      tables->cpus_end[i]));
		json_object_set_new(cell, "controls",
				    rows_json(&tables->controls, first_control,
					      tables->controls_end[i]));
		json_array_append_new(cells, cell);
		first = tables->cpus_end[i];
		first_control = tables->controls_end[i];
	}
	json_object_set_new(document, "cells", cells);
	return output_json(app, document);
}

/* What a table or CSV is about. */
static const struct table *table_of(const struct status_args *args,
				    const struct tables *tables)
{
	if (args->controls)
		return &tables->controls;
	return args->per_cpu ? &tables->cpus : &tables->cells;
}

static int print_tables(const struct app *app, const struct status_args *args,
			const struct tables *tables)
{
	if (app->format == OUTPUT_JSON)
		return print_json(app, tables);
	return output_plain(app, table_of(args, tables), app->headings);
}

static int run(struct app *app, const void *data)
{
	const struct status_args *args = data;
	struct cell_selection selection;
	struct tables tables = { 0 };
	unsigned int i;
	int status;

	status = cells_select(app, &selection);
	if (status)
		return status;
	if (!table_init(&tables.cells, cell_columns, CELL_COUNT,
			selection.count) ||
	    !table_init(&tables.cpus, cpu_columns, CPU_COUNT,
			(size_t)selection.count * REG_STATUS_MAX_CPUS) ||
	    !table_init(&tables.controls, controls_columns, CONTROLS_COUNT,
			(size_t)selection.count * CONTROL_HOLDS_MAX))
		status = app_fail_memory(app);
	for (i = 0; i < selection.count && !status; i++)
		status = cell_add(app, args, &selection.cells[i], &tables);
	if (!status)
		status = print_tables(app, args, &tables);
	table_free(&tables.cells);
	table_free(&tables.cpus);
	table_free(&tables.controls);
	return status;
}

const struct command command_status = {
	.name = "status",
	.operands = "[CELL...]",
	.summary = "Print settings, traffic and stalls",
	.options = options,
	.args_size = sizeof(struct status_args),
	.operands_max = REG_CELLS_MAX,
	.operand_kind = OPERAND_CELL,
	.option = option,
	.run = run,
};
