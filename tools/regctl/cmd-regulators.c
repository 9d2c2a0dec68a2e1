// SPDX-License-Identifier: GPL-2.0-only
/* regulators: what the hypervisor can regulate with here, and what not. */
#include "commands.h"

#include <errno.h>

#include "output.h"

enum {
	COLUMN_TYPE,
	COLUMN_NAME,
	COLUMN_KIND,
	COLUMN_USABLE,
	COLUMN_WHY,
	COLUMN_STEP,
	COLUMN_COUNT,
};

static const struct column columns[] = {
	{ "TYPE", "type", NULL, 0, 0 },
	{ "NAME", "name", NULL, 0, 0 },
	{ "KIND", "kind", NULL, 0, 0 },
	{ "USABLE", "usable", NULL, 0, 0 },
	{ "WHY NOT", "why_not", NULL, COLUMN_AUTO, 0 },
	{ "STEP", "step_bytes_per_s", "B/s", COLUMN_RIGHT | COLUMN_WIDE, 0 },
};

#define KNOWN_MAX	64

/*
 * The root cell is asked whether it could be set to it. 0, or an exit status
 * when there is nobody to ask.
 */
static int usable_fill(struct app *app, struct value *row,
		       const struct reg_settings *wanted)
{
	const struct weir_cell_id root = { .id = 0 };
	const struct reg_error *last = reg_last_error(app->device);
	struct reg_request answer;
	int ret = reg_check(app->device, &root, wanted, &answer);

	value_bool(&row[COLUMN_USABLE], ret == 0);
	if (ret)
		value_text(&row[COLUMN_WHY], "%s", last->reason);
	else
		value_missing(&row[COLUMN_WHY], "it is usable");
	return 0;
}

/* Those that divide caches and links are no settings of a regulator. */
static bool divides(unsigned int id)
{
	return id == REGULATOR_CAT || id == REGULATOR_MBA;
}

static int division_fill(struct app *app, struct value *row, unsigned int id)
{
	const struct weir_cell_id root = { .id = 0 };
	const struct part_resource *resource;
	struct part_status shares;

	if (reg_part_get(app->device, &root, &shares))
		return app_fail(app);
	resource = &shares.resource[id == REGULATOR_MBA ? PART_BANDWIDTH :
							  PART_L3];
	if (id == REGULATOR_CAT && !(resource->flags & PART_RESOURCE_USABLE) &&
	    shares.resource[PART_L2].flags & PART_RESOURCE_USABLE)
		resource = &shares.resource[PART_L2];
	value_bool(&row[COLUMN_USABLE], resource->flags & PART_RESOURCE_USABLE);
	if (resource->flags & PART_RESOURCE_USABLE)
		value_missing(&row[COLUMN_WHY], "it is usable");
	else
		value_text(&row[COLUMN_WHY], "%s", resource->why);
	return 0;
}

static int regulator_add(struct app *app, struct table *table, unsigned int id,
			 const struct reg_status *status)
{
	const struct reg_settings wanted = {
		.valid = REG_SET_REGULATOR,
		.regulator = (uint16_t)id,
	};
	struct value *row = table_row(table);

	value_text(&row[COLUMN_TYPE], "regulator");
	value_text(&row[COLUMN_NAME], "%s", reg_regulator_name(id));
	value_text(&row[COLUMN_KIND], "%s", reg_regulator_kind(id));
	if (id == REGULATOR_MEMGUARD && status->effective.period_ns)
		value_number(&row[COLUMN_STEP], VALUE_RATE,
			     status->line_bytes * 1000000000ull /
				     status->effective.period_ns);
	else
		value_missing(&row[COLUMN_STEP], "it has no periods");
	return divides(id) ? division_fill(app, row, id) :
			     usable_fill(app, row, &wanted);
}

static int source_add(struct app *app, struct table *table, unsigned int id)
{
	const struct reg_settings wanted = {
		.valid = REG_SET_SOURCE,
		.source = (uint16_t)id,
	};
	struct value *row = table_row(table);

	value_text(&row[COLUMN_TYPE], "source");
	value_text(&row[COLUMN_NAME], "%s", reg_source_name(id));
	value_text(&row[COLUMN_KIND], "counter");
	value_missing(&row[COLUMN_STEP], "a source has none");
	return usable_fill(app, row, &wanted);
}

static int rows_add(struct app *app, struct table *table,
		    const struct reg_status *status)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; reg_regulator_known(i) >= 0 && !ret; i++)
		ret = regulator_add(app, table,
				    (unsigned int)reg_regulator_known(i),
				    status);
	for (i = 0; reg_source_known(i) >= 0 && !ret; i++)
		ret = source_add(app, table,
				 (unsigned int)reg_source_known(i));
	return ret;
}

static int run(struct app *app, const void *data)
{
	const struct weir_cell_id root = { .id = 0 };
	struct reg_status status;
	struct table table;
	int ret;

	(void)data;
	if (reg_get(app->device, &root, &status))
		return app_fail(app);
	if (!table_init(&table, columns, COLUMN_COUNT, KNOWN_MAX))
		return app_fail_memory(app);
	ret = rows_add(app, &table, &status);
	if (!ret)
		ret = output_table(app, &table, "regctl.regulators/1",
				   "regulators");
	table_free(&table);
	return ret;
}

const struct command command_regulators = {
	.name = "regulators",
	.operands = "",
	.summary = "List regulators and counter sources, usable or not",
	.run = run,
};
