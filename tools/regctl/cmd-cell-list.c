// SPDX-License-Identifier: GPL-2.0-only
/* cell list, cell stats: what cells there are, and why they exit. */
#include "commands.h"

#include <ctype.h>
#include <string.h>

#include "cells.h"
#include "output.h"

enum {
	COLUMN_ID,
	COLUMN_NAME,
	COLUMN_STATE,
	COLUMN_CPUS,
	COLUMN_FAILED,
	COLUMN_REASON,
	COLUMN_TEXT,
	COLUMN_PC,
	COLUMN_ADDRESS,
	COLUMN_SYNDROME,
	COLUMN_COUNT,
};

static const struct column columns[] = {
	{ "ID", "id", NULL, COLUMN_RIGHT, 0 },
	{ "CELL", "name", NULL, 0, 0 },
	{ "STATE", "state", NULL, 0, 0 },
	{ "CPUS", "cpus", NULL, 0, 0 },
	{ "FAILED CPUS", "failed_cpus", NULL, COLUMN_AUTO, 0 },
	{ "REASON", "reason", NULL, COLUMN_AUTO, 0 },
	{ "FAULT", "fault", NULL, COLUMN_AUTO, 0 },
	{ "PC", "pc", NULL, COLUMN_DATA, 0 },
	{ "ADDRESS", "address", NULL, COLUMN_DATA, 0 },
	{ "SYNDROME", "syndrome", NULL, COLUMN_DATA, 0 },
};
_Static_assert(sizeof(columns) / sizeof(columns[0]) == COLUMN_COUNT,
	       "one initialiser for each column");

static void cpus_fill(struct value *value, uint64_t cpus)
{
	char text[QUANTITY_BYTES];

	cpu_list_format(text, cpus);
	if (text[0])
		value_text(value, "%s", text);
	else
		value_missing(value, "none");
}

static void fault_missing(struct value *row, const char *why)
{
	unsigned int i;

	for (i = COLUMN_REASON; i < COLUMN_COUNT; i++)
		value_missing(&row[i], "%s", why);
}

static void fault_fill(struct value *row, const struct cell_report *report)
{
	const char *name = reg_park_reason_name(report->reason);

	if (name)
		value_text(&row[COLUMN_REASON], "%s", name);
	else
		value_text(&row[COLUMN_REASON], "%u", report->reason);
	value_text(&row[COLUMN_TEXT], "%s", report->text);
	/* Hexadecimal, hence text. */
	value_text(&row[COLUMN_PC], "0x%llx", (unsigned long long)report->pc);
	value_text(&row[COLUMN_ADDRESS], "0x%llx",
		   (unsigned long long)report->address);
	value_text(&row[COLUMN_SYNDROME], "0x%llx",
		   (unsigned long long)report->syndrome);
}

/* The report is asked for where there is something to report. */
static void row_fill(const struct app *app, struct value *row,
		     const struct reg_cell_info *info)
{
	const struct weir_cell_id key = cell_key(info);
	struct cell_report report;

	value_number(&row[COLUMN_ID], VALUE_COUNT, info->id);
	value_text(&row[COLUMN_NAME], "%s", info->name);
	if (info->state[0])
		value_text(&row[COLUMN_STATE], "%s", info->state);
	else
		value_missing(&row[COLUMN_STATE], "the driver does not say");
	cpus_fill(&row[COLUMN_CPUS], info->cpus);
	cpus_fill(&row[COLUMN_FAILED], info->cpus_failed);
	if (strcmp(info->state, "failed") != 0 && info->cpus_failed == 0)
		fault_missing(row, "no fault");
	else if (reg_cell_report(app->device, &key, &report))
		fault_missing(row, reg_last_error(app->device)->reason);
	else if (report.reason == PARK_NONE)
		fault_missing(row, "no fault");
	else
		fault_fill(row, &report);
}

static int list_run(struct app *app, const void *data)
{
	struct reg_cell_info cells[REG_CELLS_MAX];
	struct table table;
	int count = reg_cells_list(app->device, cells);
	int status;
	int i;

	(void)data;
	if (count < 0)
		return app_fail(app);
	if (!table_init(&table, columns, COLUMN_COUNT, (size_t)count))
		return app_fail_memory(app);
	for (i = 0; i < count; i++)
		row_fill(app, table_row(&table), &cells[i]);
	status = output_table(app, &table, "regctl.cell-list/1", "cells");
	table_free(&table);
	return status;
}

/* Columns of a table of counters: two fixed ones, one for each name found. */
#define STATS_FIXED	2

struct stats_columns {
	struct column columns[STATS_FIXED + REG_STATS_MAX];
	char headings[REG_STATS_MAX][sizeof(((struct reg_stat *)0)->name)];
	char keys[REG_STATS_MAX][sizeof(((struct reg_stat *)0)->name)];
	size_t count;
};

/* "vmexits_virt_irq" is headed "VIRT IRQ". */
static void heading_make(char *heading, const char *name)
{
	static const char prefix[] = "vmexits_";

	if (strncmp(name, prefix, sizeof(prefix) - 1) == 0)
		name += sizeof(prefix) - 1;
	for (; *name; name++)
		*heading++ = *name == '_' ?
				     ' ' :
				     (char)toupper((unsigned char)*name);
	*heading = '\0';
}

static void stats_columns_make(struct stats_columns *made,
			       const struct reg_stat *stats, int count)
{
	int i;

	memset(made, 0, sizeof(*made));
	made->columns[0] = (struct column){ "CELL", "cell", NULL, 0, 0 };
	made->columns[1] = (struct column){ "CPU", "cpu", NULL, COLUMN_RIGHT,
					    0 };
	for (i = 0; i < count; i++) {
		heading_make(made->headings[i], stats[i].name);
		strcpy(made->keys[i], stats[i].name);
		made->columns[STATS_FIXED + i] =
			(struct column){ made->headings[i], made->keys[i],
					 NULL, COLUMN_RIGHT, 0 };
	}
	made->count = STATS_FIXED + (size_t)count;
}

/* Counters are found by name: a new one never moves another one's column. */
static void stats_fill(struct value *row, const struct stats_columns *made,
		       const struct reg_stat *stats, int count)
{
	size_t column;
	int i;

	for (column = STATS_FIXED; column < made->count; column++) {
		value_missing(&row[column], "the driver does not count it");
		for (i = 0; i < count; i++)
			if (strcmp(stats[i].name,
				   made->columns[column].key) == 0)
				value_number(&row[column], VALUE_COUNT,
					     stats[i].value);
	}
}

static int stats_row(const struct app *app, const struct reg_cell_info *info,
		     int cpu, struct table *table,
		     const struct stats_columns *made)
{
	struct reg_stat stats[REG_STATS_MAX];
	int count = reg_cell_stats(app->device, info->id, cpu, stats);
	struct value *row;

	if (count < 0)
		return app_fail(app);
	row = table_row(table);
	value_text(&row[0], "%s", info->name);
	if (cpu == REG_STATS_CELL)
		value_text(&row[1], "all");
	else
		value_number(&row[1], VALUE_COUNT, (uint64_t)cpu);
	stats_fill(row, made, stats, count);
	return 0;
}

static int stats_cell(const struct app *app, const struct reg_cell_info *info,
		      struct table *table, const struct stats_columns *made)
{
	int status = stats_row(app, info, REG_STATS_CELL, table, made);
	int cpu;

	for (cpu = 0; cpu < 64 && !status; cpu++)
		if (info->cpus >> cpu & 1)
			status = stats_row(app, info, cpu, table, made);
	return status;
}

static int stats_print(const struct app *app,
		       const struct cell_selection *selection,
		       const struct stats_columns *made)
{
	struct table table;
	unsigned int i;
	int status = 0;

	/* A row for each cell, and one for each of at most 64 CPUs. */
	if (!table_init(&table, made->columns, made->count,
			(size_t)selection->count * 65))
		return app_fail_memory(app);
	for (i = 0; i < selection->count && !status; i++)
		status = stats_cell(app, &selection->cells[i], &table, made);
	if (!status)
		status = output_table(app, &table, "regctl.cell-stats/1",
				      "statistics");
	table_free(&table);
	return status;
}

static int stats_run(struct app *app, const void *data)
{
	struct cell_selection selection;
	struct reg_stat stats[REG_STATS_MAX];
	struct stats_columns made;
	int status;
	int count;

	(void)data;
	status = cells_select(app, &selection);
	if (status)
		return status;
	count = reg_cell_stats(app->device, selection.cells[0].id,
			       REG_STATS_CELL, stats);
	if (count < 0)
		return app_fail(app);
	stats_columns_make(&made, stats, count);
	return stats_print(app, &selection, &made);
}

const struct command command_cell_list = {
	.name = "cell list",
	.operands = "",
	.summary = "List the cells",
	.run = list_run,
};

const struct command command_cell_stats = {
	.name = "cell stats",
	.operands = "[CELL...]",
	.summary = "Count the exits of cells to the hypervisor",
	.operands_max = REG_CELLS_MAX,
	.operand_kind = OPERAND_CELL,
	.run = stats_run,
};
