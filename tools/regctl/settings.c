// SPDX-License-Identifier: GPL-2.0-only
/* Columns for settings: what was asked for beside what is in force. */
#include "settings.h"

/* One rate: requested, effective, error, in columns that follow each other. */
static void rate_fill(struct value *columns, bool asked, uint64_t requested,
		      uint64_t effective)
{
	value_number(&columns[1], VALUE_RATE, effective);
	if (asked) {
		value_number(&columns[0], VALUE_RATE, requested);
		value_error(&columns[2], requested, effective);
	} else {
		value_missing(&columns[0], "not asked for");
		value_missing(&columns[2], "not asked for");
	}
}

static void name_fill(struct value *value, const char *name, unsigned int id,
		      const char *none)
{
	if (name)
		value_text(value, "%s", name);
	else if (id == 0)
		value_missing(value, "%s", none);
	else
		value_text(value, "%u", id);
}

static void throttle_fill(struct value *row,
			  const struct reg_settings *effective)
{
	char cpus[QUANTITY_BYTES];
	unsigned int i;

	if (effective->duty_permille == REG_DUTY_FULL ||
	    effective->duty_permille == 0) {
		for (i = SETTINGS_DUTY; i <= SETTINGS_THROTTLE_CPUS; i++)
			value_missing(&row[i], "not throttled");
		return;
	}
	value_number(&row[SETTINGS_DUTY], VALUE_SHARE,
		     effective->duty_permille);
	value_number(&row[SETTINGS_THROTTLE_PERIOD], VALUE_TIME,
		     effective->throttle_period_ns);
	cpu_list_format(cpus, effective->throttle_cpus);
	value_text(&row[SETTINGS_THROTTLE_CPUS], "%s", cpus);
}

static void burst_fill(struct value *row, const struct reg_settings *effective)
{
	if (effective->depth_bytes)
		value_number(&row[SETTINGS_DEPTH], VALUE_SIZE,
			     effective->depth_bytes);
	else
		value_missing(&row[SETTINGS_DEPTH], "no bucket");
	if (effective->burst_bytes != REG_BURST_NONE) {
		value_number(&row[SETTINGS_BURST], VALUE_SIZE,
			     effective->burst_bytes);
		value_number(&row[SETTINGS_BURST_WINDOW], VALUE_TIME,
			     effective->burst_window_ns);
	} else {
		value_missing(&row[SETTINGS_BURST], "no limit");
		value_missing(&row[SETTINGS_BURST_WINDOW], "no limit");
	}
}

static void polls_fill(struct value *row, const struct reg_settings *effective)
{
	if (effective->poll_ns)
		value_number(&row[SETTINGS_POLL], VALUE_TIME,
			     effective->poll_ns);
	else
		value_missing(&row[SETTINGS_POLL], "not polled");
	if (effective->regulator == REGULATOR_MEMPOL)
		name_fill(&row[SETTINGS_LAW], reg_law_name(effective->law),
			  effective->law, "");
	else
		value_missing(&row[SETTINGS_LAW], "not mempol");
	if (effective->watch_cpu && effective->regulator != REGULATOR_MEMPOL)
		value_missing(&row[SETTINGS_WATCH], "not mempol");
	else if (effective->watch_cpu)
		value_number(&row[SETTINGS_WATCH], VALUE_COUNT,
			     effective->watch_cpu - 1u);
	else
		value_missing(&row[SETTINGS_WATCH], "looks for itself");
}

void settings_fill(struct value *row, const struct reg_settings *requested,
		   const struct reg_settings *effective, uint64_t generation)
{
	rate_fill(&row[SETTINGS_REQUESTED], requested->valid & REG_SET_BUDGET,
		  requested->budget_bytes_per_s,
		  effective->budget_bytes_per_s);
	rate_fill(&row[SETTINGS_WRITE_REQUESTED],
		  requested->valid & REG_SET_WRITE_BUDGET,
		  requested->write_budget_bytes_per_s,
		  effective->write_budget_bytes_per_s);
	if (requested->valid & REG_SET_PERIOD)
		value_number(&row[SETTINGS_PERIOD_REQUESTED], VALUE_TIME,
			     requested->period_ns);
	else
		value_missing(&row[SETTINGS_PERIOD_REQUESTED], "not asked for");
	value_number(&row[SETTINGS_PERIOD], VALUE_TIME, effective->period_ns);
	value_text(&row[SETTINGS_MODE], "%s",
		   effective->mode & REG_MODE_PER_CPU ? "per-cpu" : "pool");
	name_fill(&row[SETTINGS_REGULATOR],
		  reg_regulator_name(effective->regulator),
		  effective->regulator, "not regulated");
	name_fill(&row[SETTINGS_SOURCE], reg_source_name(effective->source),
		  effective->source, "no counter source");
	value_number(&row[SETTINGS_GENERATION], VALUE_COUNT, generation);
	throttle_fill(row, effective);
	burst_fill(row, effective);
	polls_fill(row, effective);
	value_text(&row[SETTINGS_CLASS], "%s",
		   effective->class_ == REG_CLASS_GUARANTEED ? "guaranteed" :
							       "best-effort");
	value_bool(&row[SETTINGS_LENDS],
		   (effective->flags & REG_FLAG_LEND) != 0);
}

void settings_missing(struct value *row, const char *why)
{
	unsigned int i;

	for (i = 0; i < SETTINGS_COUNT; i++)
		value_missing(&row[i], "%s", why);
}
