// SPDX-License-Identifier: GPL-2.0-only
/* hwcheck: what a machine offers Weir, and what it lacks, item by item. */
#include "commands.h"

#include <errno.h>
#include <string.h>

#include "output.h"
#include "tools/hwcheck/hwcheck.h"

enum {
	KEY_ROOT = 0x200,
};

struct hwcheck_args {
	const char *root;
};

static const struct argp_option options[] = {
	{ "root", KEY_ROOT, "DIR", 0,
	  "Check the machine whose /proc, /sys, /dev and /boot are below DIR, its CPUID in DIR/cpuid",
	  0 },
	{ 0 },
};

enum {
	COLUMN_AREA,
	COLUMN_ITEM,
	COLUMN_STATE,
	COLUMN_NEEDED,
	COLUMN_FOUND,
	COLUMN_PURPOSE,
	COLUMN_ADVICE,
	COLUMN_COUNT,
};

static const struct column columns[] = {
	{ "AREA", "area", NULL, 0, 0 },
	{ "ITEM", "item", NULL, 0, 0 },
	{ "STATE", "state", NULL, 0, 0 },
	{ "NEEDED", "needed", NULL, 0, 0 },
	{ "FOUND", "found", NULL, 0, 0 },
	{ "FOR", "purpose", NULL, 0, 0 },
	{ "WHAT TO DO", "advice", NULL, 0, 0 },
};
_Static_assert(sizeof(columns) / sizeof(columns[0]) == COLUMN_COUNT,
	       "one initialiser for each column");

/* What the hypervisor says of itself: one subject for each row. */
struct weir_rows {
	struct hw_subject subjects[24];
	unsigned int count;
};

static int option(void *data, int key, const char *value,
		  struct parse_error *error)
{
	struct hwcheck_args *args = data;

	(void)error;
	if (key != KEY_ROOT)
		return -ENOENT;
	args->root = value;
	return 0;
}

static void weir_add(struct hw_report *report, struct weir_rows *rows,
		     const char *key, const char *purpose, bool usable,
		     const char *why)
{
	struct hw_subject *subject = &rows->subjects[rows->count++];

	*subject = (struct hw_subject){
		.area = "running",
		.key = key,
		.purpose = purpose,
		.advice = "the system configuration or the machine lacks it",
	};
	hw_add(report, subject, usable ? HW_OK : HW_MISSING, "%s",
	       usable ? "usable" : why);
}

/* The root cell is asked whether it could be set so; nothing changes. */
static void settings_add(struct app *app, struct hw_report *report,
			 struct weir_rows *rows, const char *key,
			 const char *purpose, const struct reg_settings *wanted)
{
	const struct weir_cell_id root = { .id = 0 };
	struct reg_request answer;
	int error = reg_check(app->device, &root, wanted, &answer);

	weir_add(report, rows, key, purpose, !error,
		 reg_last_error(app->device)->reason);
}

static void sources_add(struct app *app, struct hw_report *report,
			struct weir_rows *rows)
{
	for (unsigned int n = 0; reg_source_known(n) >= 0; n++) {
		unsigned int id = (unsigned int)reg_source_known(n);
		const struct reg_settings wanted = {
			.valid = REG_SET_SOURCE,
			.source = (uint16_t)id,
		};

		settings_add(app, report, rows, reg_source_name(id),
			     "a source that counts traffic for budgets",
			     &wanted);
	}
}

static void shares_add(struct hw_report *report, struct weir_rows *rows,
		       const struct part_status *shares)
{
	static const struct {
		const char *key, *purpose;
	} resources[PART_RESOURCES] = {
		[PART_L3] = { "l3-ways", "ways of the L3 cache for each cell" },
		[PART_L2] = { "l2-ways", "ways of the L2 cache for each cell" },
		[PART_BANDWIDTH] = { "bandwidth-share",
				     "bandwidth held back by delays" },
		[PART_CLOCK] = { "clock-share",
				 "a part of the time for a CPU's clock" },
	};

	for (unsigned int n = 0; n < PART_RESOURCES; n++)
		weir_add(report, rows, resources[n].key, resources[n].purpose,
			 shares->resource[n].flags & PART_RESOURCE_USABLE,
			 shares->resource[n].why);
}

/* Silent where no Weir answers: the items before say why. */
static void running_check(struct app *app, struct hw_report *report,
			  struct weir_rows *rows)
{
	const struct weir_cell_id root = { .id = 0 };
	const struct reg_settings memguard = {
		.valid = REG_SET_REGULATOR,
		.regulator = REGULATOR_MEMGUARD,
	};
	struct part_status shares;
	struct reg_colors colors;

	if (reg_part_get(app->device, &root, &shares))
		return;
	settings_add(app, report, rows, "memguard", "budgets of bandwidth",
		     &memguard);
	sources_add(app, report, rows);
	shares_add(report, rows, &shares);
	weir_add(report, rows, "colors", "pages that tell cells apart",
		 !reg_colors(app->device, &colors),
		 "the system configuration names none");
}

static void row_fill(struct value *row, const struct hw_item *item)
{
	const struct hw_subject *subject = item->subject;

	value_text(&row[COLUMN_AREA], "%s", subject->area);
	value_text(&row[COLUMN_ITEM], "%s", subject->key);
	value_text(&row[COLUMN_STATE], "%s", hw_state_name(item->state));
	value_bool(&row[COLUMN_NEEDED], subject->needed);
	value_text(&row[COLUMN_FOUND], "%s", item->found);
	value_text(&row[COLUMN_PURPOSE], "%s", subject->purpose);
	if (item->state == HW_OK)
		value_missing(&row[COLUMN_ADVICE], "it is there");
	else
		value_text(&row[COLUMN_ADVICE], "%s", subject->advice);
}

static int print(struct app *app, const struct hw_report *report)
{
	unsigned int missing = hw_count(report, HW_MISSING);
	unsigned int unknown = hw_count(report, HW_UNKNOWN);
	struct table table;
	int status;

	if (!table_init(&table, columns, COLUMN_COUNT, HW_ITEMS_MAX))
		return app_fail_memory(app);
	for (unsigned int n = 0; n < report->items_count; n++)
		row_fill(table_row(&table), &report->items[n]);
	status = output_table(app, &table, "regctl.hwcheck/1", "items");
	table_free(&table);
	if (status)
		return status;
	if (missing)
		app_note(app, "Weir cannot run here: %u needed items are missing",
			 missing);
	else if (unknown)
		app_note(app, "nothing needed is missing, but %u needed items are unknown",
			 unknown);
	return missing ? APP_NO : APP_OK;
}

static int run(struct app *app, const void *data)
{
	const struct hwcheck_args *args = data;
	struct weir_rows rows = { .count = 0 };
	struct hw_machine machine;
	struct hw_report report;
	int error = hw_machine_init(&machine, args->root);

	if (error) {
		app_complain(app, "%s%s", args->root ? args->root : "/",
			     error == -EINVAL ?
			     ": lines of cpuid are LEAF SUBLEAF EAX EBX ECX EDX, of msr NUMBER VALUE, in hexadecimal" :
			     ": proc/cpuinfo is missing or of neither x86-64 nor arm64");
		return APP_USAGE;
	}
	hw_check(&machine, &report);
	/* Another machine's hypervisor is out of reach. */
	if (!args->root)
		running_check(app, &report, &rows);
	return print(app, &report);
}

const struct command command_hwcheck = {
	.name = "hwcheck",
	.operands = "",
	.summary = "Say what this machine offers Weir, and what it lacks",
	.options = options,
	.args_size = sizeof(struct hwcheck_args),
	.option = option,
	.run = run,
};
