// SPDX-License-Identifier: GPL-2.0-only
/* traffic: what the memory controllers of the machine have moved. */
#include "commands.h"

#include "output.h"

enum {
	COLUMN_READ,
	COLUMN_WRITTEN,
	COLUMN_LINE,
	COLUMN_NOW,
	COLUMN_COUNT,
};

static const struct column columns[] = {
	{ "READ", "read_bytes", "B", COLUMN_RIGHT, 0 },
	{ "WRITTEN", "written_bytes", "B", COLUMN_RIGHT, 0 },
	{ "LINE", "line_bytes", "B", COLUMN_RIGHT | COLUMN_DATA, 0 },
	{ "NOW", "now_ns", "ns", COLUMN_RIGHT | COLUMN_DATA, 0 },
};

static int run(struct app *app, const void *data)
{
	struct traffic_report report;
	struct table table;
	struct value *row;
	int status;

	(void)data;
	if (reg_traffic(app->device, &report))
		return app_fail(app);
	if (!table_init(&table, columns, COLUMN_COUNT, 1))
		return app_fail_memory(app);
	row = table_row(&table);
	value_number(&row[COLUMN_READ], VALUE_SIZE,
		     report.read_lines * report.line_bytes);
	value_number(&row[COLUMN_WRITTEN], VALUE_SIZE,
		     report.write_lines * report.line_bytes);
	value_number(&row[COLUMN_LINE], VALUE_SIZE, report.line_bytes);
	value_number(&row[COLUMN_NOW], VALUE_TIME, report.now_ns);
	status = output_table(app, &table, "regctl.traffic/1", "traffic");
	table_free(&table);
	return status;
}

const struct command command_traffic = {
	.name = "traffic",
	.operands = "",
	.summary = "Print what the machine's memory controllers have moved",
	.run = run,
};
