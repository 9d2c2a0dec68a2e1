// SPDX-License-Identifier: GPL-2.0-only
/* shares: caches, bandwidth and clock of cells, set by set and shown. */
#include "commands.h"

#include <errno.h>

#include "cells.h"
#include "shares.h"

int shares_option(struct shares *shares, int key, const char *value,
		  struct parse_error *error)
{
	switch (key) {
	case SHARES_KEY_CACHE:
		shares->valid |= PART_SET_L3;
		return share_parse(value, &shares->cache[PART_L3], error);
	case SHARES_KEY_CACHE_L2:
		shares->valid |= PART_SET_L2;
		return share_parse(value, &shares->cache[PART_L2], error);
	case SHARES_KEY_BANDWIDTH:
		shares->valid |= PART_SET_BANDWIDTH;
		return permille_parse(value, &shares->bandwidth_permille,
				      error);
	case SHARES_KEY_CLOCK:
		shares->valid |= PART_SET_CLOCK;
		return permille_parse(value, &shares->clock_permille, error);
	case SHARES_KEY_FLUSH:
		shares->flags |= PART_FLUSH;
		return 0;
	default:
		return -ENOENT;
	}
}

int shares_unset_option(struct shares *shares, int key)
{
	shares->bandwidth_permille = PART_WHOLE;
	shares->clock_permille = PART_WHOLE;
	switch (key) {
	case SHARES_KEY_CACHE:
		shares->valid |= PART_SET_L3;
		return 0;
	case SHARES_KEY_CACHE_L2:
		shares->valid |= PART_SET_L2;
		return 0;
	case SHARES_KEY_BANDWIDTH:
		shares->valid |= PART_SET_BANDWIDTH;
		return 0;
	case SHARES_KEY_CLOCK:
		shares->valid |= PART_SET_CLOCK;
		return 0;
	default:
		return -ENOENT;
	}
}

/* Percentages are of the ways this machine has. */
static int settings_settle(struct app *app, const struct weir_cell_id *cell,
			   const struct shares *shares,
			   struct part_settings *settings)
{
	struct part_status status = { 0 };

	*settings = (struct part_settings){
		.valid = shares->valid,
		.flags = shares->flags,
		.bandwidth_permille = shares->bandwidth_permille,
		.clock_permille = shares->clock_permille,
	};
	if ((shares->cache[PART_L3].ppm || shares->cache[PART_L2].ppm) &&
	    reg_part_get(app->device, cell, &status))
		return app_fail(app);
	share_resolve(&shares->cache[PART_L3], status.resource[PART_L3].ways,
		      &settings->l3);
	share_resolve(&shares->cache[PART_L2], status.resource[PART_L2].ways,
		      &settings->l2);
	return 0;
}

enum {
	ROW_CELL,
	ROW_CHANGED,
	ROW_SHARES,
	ROW_COUNT = ROW_SHARES + SHARE_COUNT,
};

static const struct column row_columns[] = {
	{ "CELL", "cell", NULL, 0, 0 },
	{ "CHANGED", "changed", NULL, COLUMN_DATA, 0 },
	SHARE_COLUMNS,
};

static int print_answer(const struct app *app,
			const struct part_request *answer)
{
	struct table table;
	struct value *row;
	int status;

	if (app->quiet)
		return APP_OK;
	if (!table_init(&table, row_columns, ROW_COUNT, 1))
		return app_fail_memory(app);
	row = table_row(&table);
	value_text(&row[ROW_CELL], "%s", app->operands[0]);
	value_bool(&row[ROW_CHANGED], !app->dry_run);
	shares_fill(&row[ROW_SHARES], &answer->effective, answer->generation);
	status = output_table(app, &table, "regctl.set-shares/1", "cells");
	table_free(&table);
	return status;
}

int shares_set(struct app *app, const struct weir_cell_id *cell,
	       const struct shares *shares)
{
	struct part_settings settings;
	struct part_request answer;
	int status = settings_settle(app, cell, shares, &settings);

	if (status)
		return status;
	if (reg_part_set(app->device, cell,
			 app->dry_run ? REG_OP_CHECK : REG_OP_SET, &settings,
			 &answer))
		return app_fail(app);
	return print_answer(app, &answer);
}

struct shares_args {
	bool machine;
};

enum {
	KEY_MACHINE = 0x200,
};

static const struct argp_option options[] = {
	{ "machine", KEY_MACHINE, NULL, 0,
	  "Print what the machine can divide, and what not", 0 },
	{ 0 },
};

static int option(void *data, int key, const char *value,
		  struct parse_error *error)
{
	struct shares_args *args = data;

	(void)value;
	(void)error;
	if (key != KEY_MACHINE)
		return -ENOENT;
	args->machine = true;
	return 0;
}

enum {
	CELL_ID,
	CELL_NAME,
	CELL_CLASS,
	CELL_SHARES,
	CELL_COUNT = CELL_SHARES + SHARE_COUNT,
};

static const struct column cell_columns[] = {
	{ "ID", "id", NULL, COLUMN_RIGHT, 0 },
	{ "CELL", "name", NULL, 0, 0 },
	{ "CLASS", "class", NULL, COLUMN_RIGHT, 0 },
	SHARE_COLUMNS,
};

static int cells_print(struct app *app)
{
	struct cell_selection selection;
	struct table table = { 0 };
	struct part_status shares;
	int status;

	status = cells_select(app, &selection);
	if (status)
		return status;
	if (!table_init(&table, cell_columns, CELL_COUNT, selection.count))
		status = app_fail_memory(app);
	for (unsigned int i = 0; i < selection.count && !status; i++) {
		const struct weir_cell_id key = cell_key(&selection.cells[i]);
		struct value *row = table_row(&table);

		if (reg_part_get(app->device, &key, &shares)) {
			status = app_fail(app);
			break;
		}
		value_number(&row[CELL_ID], VALUE_COUNT,
			     selection.cells[i].id);
		value_text(&row[CELL_NAME], "%s", selection.cells[i].name);
		value_number(&row[CELL_CLASS], VALUE_COUNT,
			     shares.class_of_service);
		shares_fill(&row[CELL_SHARES], &shares.effective,
			    shares.generation);
	}
	if (!status)
		status = output_table(app, &table, "regctl.shares/1", "cells");
	table_free(&table);
	return status;
}

enum {
	MACHINE_NAME,
	MACHINE_USABLE,
	MACHINE_WHY,
	MACHINE_WAYS,
	MACHINE_WAYS_MIN,
	MACHINE_CLASSES,
	MACHINE_FREE,
	MACHINE_DEVICES,
	MACHINE_LEAST,
	MACHINE_FROM,
	MACHINE_COUNT,
};

static const struct column machine_columns[] = {
	{ "RESOURCE", "resource", NULL, 0, 0 },
	{ "USABLE", "usable", NULL, 0, 0 },
	{ "WHY NOT", "why_not", NULL, COLUMN_AUTO, 0 },
	{ "WAYS", "ways", NULL, COLUMN_RIGHT, 0 },
	{ "AT LEAST", "ways_min", NULL, COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "CLASSES", "classes", NULL, COLUMN_RIGHT, 0 },
	{ "FREE WAYS", "free_ways", NULL, 0, 0 },
	{ "DEVICES USE", "device_ways", NULL, COLUMN_AUTO, 0 },
	{ "LEAST", "least_permille", "1/1000", COLUMN_RIGHT | COLUMN_WIDE, 0 },
	{ "KNOWN FROM", "known_from", NULL, COLUMN_WIDE, 0 },
};

static void list_fill(struct value *value, uint64_t ways)
{
	char text[QUANTITY_BYTES];

	cpu_list_format(text, ways);
	if (text[0])
		value_text(value, "%s", text);
	else
		value_missing(value, "none");
}

/* Of what a resource does not have there is none, not 0. */
static void count_fill(struct value *value, enum value_kind kind,
		       uint32_t count)
{
	if (count)
		value_number(value, kind, count);
	else
		value_missing(value, "it has none");
}

static void resource_fill(struct value *row, const char *name,
			  const struct part_resource *resource)
{
	bool usable = resource->flags & PART_RESOURCE_USABLE;

	value_text(&row[MACHINE_NAME], "%s", name);
	value_bool(&row[MACHINE_USABLE], usable);
	if (!usable) {
		value_text(&row[MACHINE_WHY], "%s", resource->why);
		for (unsigned int i = MACHINE_WAYS; i < MACHINE_COUNT; i++)
			value_missing(&row[i], "it is not usable");
		return;
	}
	value_missing(&row[MACHINE_WHY], "it is usable");
	count_fill(&row[MACHINE_WAYS], VALUE_COUNT, resource->ways);
	count_fill(&row[MACHINE_WAYS_MIN], VALUE_COUNT, resource->ways_min);
	count_fill(&row[MACHINE_CLASSES], VALUE_COUNT, resource->classes);
	list_fill(&row[MACHINE_FREE], resource->free_ways);
	list_fill(&row[MACHINE_DEVICES], resource->shared_ways);
	count_fill(&row[MACHINE_LEAST], VALUE_SHARE,
		   resource->least_permille);
	value_text(&row[MACHINE_FROM], "%s",
		   resource->flags & PART_RESOURCE_CONFIGURED ?
			   "configuration" : "CPU");
}

static int machine_print(struct app *app)
{
	static const char *const names[PART_RESOURCES] = {
		[PART_L3] = "L3", [PART_L2] = "L2",
		[PART_BANDWIDTH] = "bandwidth", [PART_CLOCK] = "clock",
	};
	const struct weir_cell_id root = { .id = 0 };
	struct part_status shares;
	struct table table;
	int status;

	if (reg_part_get(app->device, &root, &shares))
		return app_fail(app);
	if (!table_init(&table, machine_columns, MACHINE_COUNT,
			PART_RESOURCES))
		return app_fail_memory(app);
	for (unsigned int i = 0; i < PART_RESOURCES; i++)
		resource_fill(table_row(&table), names[i],
			      &shares.resource[i]);
	status = output_table(app, &table, "regctl.machine/1", "resources");
	table_free(&table);
	return status;
}

static int run(struct app *app, const void *data)
{
	const struct shares_args *args = data;

	return args->machine ? machine_print(app) : cells_print(app);
}

const struct command command_shares = {
	.name = "shares",
	.operands = "[CELL...]",
	.summary = "Print who has which ways, bandwidth and clock",
	.options = options,
	.args_size = sizeof(struct shares_args),
	.operands_max = REG_CELLS_MAX,
	.operand_kind = OPERAND_CELL,
	.option = option,
	.run = run,
};
