// SPDX-License-Identifier: GPL-2.0-only
/* set, unset, reset: the settings of a cell. */
#include "commands.h"

#include <errno.h>
#include <string.h>

#include "beside.h"
#include "recolor.h"
#include "settings.h"
#include "shares.h"

enum {
	KEY_BUDGET = 0x200,
	KEY_WRITE,
	KEY_PERIOD,
	KEY_PER_CPU,
	KEY_POOL,
	KEY_SOURCE,
	KEY_REGULATOR,
	KEY_CLASS,
	KEY_LEND,
	KEY_COLORS,
};

/* Options of set and unset: which fields, and how they were written. */
struct set_args {
	struct reg_settings settings;
	struct rate budget;
	struct rate write;
	struct shares shares;
	bool colored;
	struct reg_color_set colors;
};

static const struct argp_option set_options[] = {
	{ "budget", KEY_BUDGET, "RATE", 0,
	  "Limit reads and write-backs together: 200MB/s, 190.5MiB/s, "
	  "3125tx/period or max", 0 },
	{ "write", KEY_WRITE, "RATE", 0, "Limit write-backs alone", 0 },
	{ "period", KEY_PERIOD, "TIME", 0,
	  "Account in periods of 20us to 1s", 0 },
	{ "per-cpu", KEY_PER_CPU, NULL, 0,
	  "Give every CPU of the cell a fixed share", 0 },
	{ "pool", KEY_POOL, NULL, 0,
	  "Let the CPUs of the cell draw from one pool", 0 },
	{ "source", KEY_SOURCE, "NAME", 0, "Count traffic with this source",
	  0 },
	{ "regulator", KEY_REGULATOR, "NAME", 0, "Use this regulator", 0 },
	{ "class", KEY_CLASS, "CLASS", 0,
	  "Make the budget guaranteed, or best-effort", 0 },
	{ "lend", KEY_LEND, "on|off", 0,
	  "Lend what a guaranteed cell leaves; use what has been lent", 0 },
	{ "colors", KEY_COLORS, "LIST", 0,
	  "Move the root cell to pages of these colors: 4-15, 0,2-5 or all", 0 },
	BESIDE_SET_OPTIONS,
	SHARES_SET_OPTIONS,
	{ 0 },
};

static const struct argp_option unset_options[] = {
	{ "budget", KEY_BUDGET, NULL, 0, "Lift the limit on all traffic", 0 },
	{ "write", KEY_WRITE, NULL, 0, "Lift the limit on write-backs", 0 },
	{ "period", KEY_PERIOD, NULL, 0, "Account in periods of 1ms", 0 },
	{ "per-cpu", KEY_PER_CPU, NULL, 0,
	  "Let the CPUs of the cell draw from one pool", 0 },
	{ "class", KEY_CLASS, NULL, 0, "Guarantee nothing to the cell", 0 },
	{ "lend", KEY_LEND, NULL, 0, "Neither lend nor use what is lent", 0 },
	BESIDE_UNSET_OPTIONS,
	SHARES_UNSET_OPTIONS,
	{ 0 },
};

static int period_option(struct reg_settings *settings, const char *value,
			 struct parse_error *error)
{
	uint64_t period_ns;
	int ret;

	ret = time_parse(value, &period_ns, error);
	if (ret)
		return ret;
	if (period_ns < REG_PERIOD_MIN_NS || period_ns > REG_PERIOD_MAX_NS)
		return parse_refuse(error, 0, "must be from 20us to 1s");
	settings->period_ns = period_ns;
	settings->valid |= REG_SET_PERIOD;
	return 0;
}

static int mode_option(struct reg_settings *settings, uint32_t mode,
		       struct parse_error *error)
{
	if (settings->valid & REG_SET_MODE && settings->mode != mode)
		return parse_refuse(error, 0,
				    "--per-cpu and --pool exclude each other");
	settings->mode = mode;
	settings->valid |= REG_SET_MODE;
	return 0;
}

/* "one, two or three" for a message. */
static void names_list(char text[128], int (*known)(unsigned int),
		       const char *(*name)(unsigned int))
{
	size_t length = 0;
	unsigned int i;

	text[0] = '\0';
	for (i = 0; known(i) >= 0 && length < 128; i++)
		length += (size_t)snprintf(text + length, 128 - length, "%s%s",
					   i ? ", " : "",
					   name((unsigned int)known(i)));
}

static int source_option(struct reg_settings *settings, const char *value,
			 struct parse_error *error)
{
	char names[128];
	int id = reg_source_by_name(value);

	if (id < 0) {
		names_list(names, reg_source_known, reg_source_name);
		return parse_refuse(error, 0, "unknown; there are %s", names);
	}
	settings->source = (uint16_t)id;
	settings->valid |= REG_SET_SOURCE;
	return 0;
}

static int regulator_option(struct reg_settings *settings, const char *value,
			    struct parse_error *error)
{
	char names[128];
	int id = reg_regulator_by_name(value);

	if (id < 0) {
		names_list(names, reg_regulator_known, reg_regulator_name);
		return parse_refuse(error, 0, "unknown; there are %s", names);
	}
	settings->regulator = (uint16_t)id;
	settings->valid |= REG_SET_REGULATOR;
	return 0;
}

static int class_option(struct reg_settings *settings, const char *value,
			struct parse_error *error)
{
	if (strcmp(value, "guaranteed") == 0)
		settings->class_ = REG_CLASS_GUARANTEED;
	else if (strcmp(value, "best-effort") == 0)
		settings->class_ = REG_CLASS_BEST_EFFORT;
	else
		return parse_refuse(error, 0,
				    "unknown; there are guaranteed and best-effort");
	settings->valid |= REG_SET_CLASS;
	return 0;
}

static int lend_option(struct reg_settings *settings, const char *value,
		       struct parse_error *error)
{
	if (strcmp(value, "on") == 0)
		settings->flags |= REG_FLAG_LEND;
	else if (strcmp(value, "off") == 0)
		settings->flags &= ~REG_FLAG_LEND;
	else
		return parse_refuse(error, 0, "must be on or off");
	settings->valid |= REG_SET_FLAGS;
	return 0;
}

static int set_option(void *data, int key, const char *value,
		      struct parse_error *error)
{
	struct set_args *args = data;
	int ret;

	switch (key) {
	case KEY_BUDGET:
		args->settings.valid |= REG_SET_BUDGET;
		return rate_parse(value, &args->budget, error);
	case KEY_WRITE:
		args->settings.valid |= REG_SET_WRITE_BUDGET;
		return rate_parse(value, &args->write, error);
	case KEY_PERIOD:
		return period_option(&args->settings, value, error);
	case KEY_PER_CPU:
		return mode_option(&args->settings, REG_MODE_PER_CPU, error);
	case KEY_POOL:
		return mode_option(&args->settings, 0, error);
	case KEY_SOURCE:
		return source_option(&args->settings, value, error);
	case KEY_REGULATOR:
		return regulator_option(&args->settings, value, error);
	case KEY_CLASS:
		return class_option(&args->settings, value, error);
	case KEY_LEND:
		return lend_option(&args->settings, value, error);
	case KEY_COLORS:
		args->colored = true;
		return recolor_parse(value, &args->colors, error);
	default:
		ret = beside_option(&args->settings, key, value, error);
		if (ret != -ENOENT)
			return ret;
		return shares_option(&args->shares, key, value, error);
	}
}

static int unset_option(void *data, int key, const char *value,
			struct parse_error *error)
{
	struct set_args *args = data;

	(void)value;
	(void)error;
	switch (key) {
	case KEY_BUDGET:
		args->settings.valid |= REG_SET_BUDGET;
		return 0;
	case KEY_WRITE:
		args->settings.valid |= REG_SET_WRITE_BUDGET;
		return 0;
	case KEY_PERIOD:
		args->settings.valid |= REG_SET_PERIOD;
		return 0;
	case KEY_PER_CPU:
		args->settings.valid |= REG_SET_MODE;
		return 0;
	case KEY_CLASS:
		args->settings.valid |= REG_SET_CLASS;
		return 0;
	case KEY_LEND:
		args->settings.valid |= REG_SET_FLAGS;
		return 0;
	default:
		if (!beside_unset_option(&args->settings, key))
			return 0;
		return shares_unset_option(&args->shares, key);
	}
}

/* What a rate in transactions refers to: the cell, and the period to come. */
static int rate_base_fill(struct app *app, const struct weir_cell_id *cell,
			  const struct set_args *args, struct rate_base *base)
{
	struct reg_status status;

	memset(base, 0, sizeof(*base));
	if (args->budget.kind != RATE_TRANSACTIONS &&
	    args->write.kind != RATE_TRANSACTIONS)
		return 0;
	if (reg_get(app->device, cell, &status))
		return app_fail(app);
	base->line_bytes = status.line_bytes;
	base->period_ns = args->settings.valid & REG_SET_PERIOD ?
				  args->settings.period_ns :
				  status.effective.period_ns;
	return 0;
}

static int rate_settle(struct app *app, const char *option,
		       const struct rate *rate, const struct rate_base *base,
		       uint64_t *bytes_per_s)
{
	struct parse_error error;

	if (!rate_resolve(rate, base, bytes_per_s, &error))
		return 0;
	app_complain(app, "%s: %s", option, error.text);
	return APP_USAGE;
}

static int settings_settle(struct app *app, const struct weir_cell_id *cell,
			   const struct set_args *args,
			   struct reg_settings *settings)
{
	uint64_t budget = 0, write = 0;
	struct rate_base base;
	int status;

	*settings = args->settings;
	status = rate_base_fill(app, cell, args, &base);
	if (!status && settings->valid & REG_SET_BUDGET)
		status = rate_settle(app, "--budget", &args->budget, &base,
				     &budget);
	if (!status && settings->valid & REG_SET_WRITE_BUDGET)
		status = rate_settle(app, "--write", &args->write, &base,
				     &write);
	settings->budget_bytes_per_s = budget;
	settings->write_budget_bytes_per_s = write;
	return status;
}

enum {
	ANSWER_CELL,
	ANSWER_REQUESTED_NS,
	ANSWER_CHANGED,
	ANSWER_SETTINGS,
	ANSWER_COUNT = ANSWER_SETTINGS + SETTINGS_COUNT,
};

static const struct column answer_columns[] = {
	{ "CELL", "cell", NULL, 0, 0 },
	{ "AT", "requested_ns", "ns", COLUMN_DATA, 0 },
	{ "CHANGED", "changed", NULL, COLUMN_DATA, 0 },
	SETTINGS_COLUMNS,
};

static int print_answer(const struct app *app, const struct reg_settings *asked,
			const struct reg_request *answer)
{
	struct table table;
	struct value *row;
	int status;

	if (app->quiet)
		return APP_OK;
	if (!table_init(&table, answer_columns, ANSWER_COUNT, 1))
		return app_fail_memory(app);
	row = table_row(&table);
	value_text(&row[ANSWER_CELL], "%s", app->operands[0]);
	value_number(&row[ANSWER_REQUESTED_NS], VALUE_TIME,
		     answer->requested_ns);
	value_bool(&row[ANSWER_CHANGED], !app->dry_run);
	settings_fill(&row[ANSWER_SETTINGS], asked, &answer->effective,
		      answer->generation);
	status = output_table(app, &table, "regctl.set/1", "cells");
	table_free(&table);
	return status;
}

static int settings_send(struct app *app, const struct weir_cell_id *cell,
			 const struct reg_settings *settings)
{
	struct reg_request answer;
	int ret;

	if (app->quiet && !app->dry_run && settings->valid == REG_SET_BUDGET)
		return reg_set_budget(app->device, cell,
				      settings->budget_bytes_per_s) ?
			       app_fail(app) : APP_OK;
	if (app->dry_run)
		ret = reg_check(app->device, cell, settings, &answer);
	else
		ret = reg_set(app->device, cell, settings, &answer);
	return ret ? app_fail(app) : print_answer(app, settings, &answer);
}

/* Two requests would not be one change. */
static int shares_alone(struct app *app, const struct set_args *args)
{
	if (args->settings.valid == 0)
		return 0;
	app_complain(app, "--cache, --cache-l2, --bandwidth and --clock go "
		     "without the settings of a regulator");
	return APP_USAGE;
}

static int colors_set(struct app *app, const struct set_args *args)
{
	struct weir_cell_id cell;
	int status;

	if (args->settings.valid || args->shares.valid) {
		app_complain(app, "--colors goes without other settings");
		return APP_USAGE;
	}
	status = app_cell(app, 0, &cell);
	return status ? status : recolor_run(app, &cell, &args->colors);
}

static int set_run(struct app *app, const void *data)
{
	const struct set_args *args = data;
	struct reg_settings settings;
	struct weir_cell_id cell;
	int status;

	if (args->colored)
		return colors_set(app, args);
	if (args->settings.valid == 0 && args->shares.valid == 0) {
		app_complain(app, "nothing to set: give --budget, --write, "
			     "--period, --per-cpu, --pool, --source, "
			     "--regulator, --class, --lend, --duty, "
			     "--throttle-period, --cpus, --depth, --burst, "
			     "--poll, --law, --watch, "
			     "--cache, --cache-l2, "
			     "--bandwidth, --clock or --colors");
		return APP_USAGE;
	}
	status = args->shares.valid ? shares_alone(app, args) : 0;
	if (!status)
		status = app_cell(app, 0, &cell);
	if (!status && args->shares.valid)
		return shares_set(app, &cell, &args->shares);
	if (!status)
		status = settings_settle(app, &cell, args, &settings);
	return status ? status : settings_send(app, &cell, &settings);
}

static int unset_run(struct app *app, const void *data)
{
	const struct set_args *args = data;
	struct reg_settings settings = args->settings;
	struct weir_cell_id cell;
	int status;

	if (args->shares.valid) {
		status = shares_alone(app, args);
		if (!status)
			status = app_cell(app, 0, &cell);
		return status ? status : shares_set(app, &cell, &args->shares);
	}
	if (settings.valid == 0)
		settings.valid = REG_SET_BUDGET | REG_SET_WRITE_BUDGET |
				 REG_SET_DUTY | REG_SET_BURST;
	settings.budget_bytes_per_s = REG_BUDGET_UNLIMITED;
	settings.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED;
	settings.period_ns = REG_PERIOD_DEFAULT_NS;
	settings.mode = 0;
	settings.class_ = REG_CLASS_BEST_EFFORT;
	settings.flags = 0;
	beside_defaults(&settings);
	status = app_cell(app, 0, &cell);
	return status ? status : settings_send(app, &cell, &settings);
}

static int reset_run(struct app *app, const void *data)
{
	const struct reg_settings nothing = { 0 };
	struct part_request shares;
	struct reg_request answer;
	struct weir_cell_id cell;
	int status;

	(void)data;
	status = app_cell(app, 0, &cell);
	if (status)
		return status;
	if (app->dry_run) {
		app_note(app, "would go back to the boot policy of %s",
			 app->operands[0]);
		return APP_OK;
	}
	if (reg_clear(app->device, &cell, &answer) ||
	    reg_part_set(app->device, &cell, REG_OP_CLEAR, NULL, &shares))
		return app_fail(app);
	return print_answer(app, &nothing, &answer);
}

const struct command command_set = {
	.name = "set",
	.operands = "CELL",
	.summary = "Change settings of a cell, now",
	.options = set_options,
	.args_size = sizeof(struct set_args),
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_CELL,
	.option = set_option,
	.run = set_run,
};

const struct command command_unset = {
	.name = "unset",
	.operands = "CELL",
	.summary = "Lift the limits of a cell, or those named",
	.options = unset_options,
	.args_size = sizeof(struct set_args),
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_CELL,
	.option = unset_option,
	.run = unset_run,
};

const struct command command_reset = {
	.name = "reset",
	.operands = "CELL",
	.summary = "Go back to the policy of the cell's configuration",
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_CELL,
	.run = reset_run,
};
