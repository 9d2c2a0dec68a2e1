// SPDX-License-Identifier: GPL-2.0-only
/* Results as a table, CSV and JSON. */
#include "results.h"

#include <math.h>
#include <string.h>

#define SCHEMA	"weir.simulate/1"

enum {
	COLUMN_VARIANT,
	COLUMN_CELL,
	COLUMN_CPUS,
	COLUMN_BUDGET,
	COLUMN_PERIOD,
	COLUMN_RATE,
	COLUMN_ACCESS,
	COLUMN_SLOWDOWN,
	COLUMN_WORST_20US,
	COLUMN_WORST_100US,
	COLUMN_P99,
	COLUMN_STALLED,
	COLUMN_INTERRUPTS,
	COLUMN_MISSED,
	COLUMN_COUNT,
};

static const struct column columns[] = {
	{ "VARIANT", "variant", NULL, 0, 0 },
	{ "CELL", "cell", NULL, 0, 0 },
	{ "CPUS", "cpus", NULL, 0, 0 },
	{ "BUDGET", "budget_bytes_per_s", "B/s", COLUMN_RIGHT, 0 },
	{ "PERIOD", "period_ns", "ns", COLUMN_RIGHT, 0 },
	{ "RATE", "rate_bytes_per_s", "B/s", COLUMN_RIGHT, 0 },
	{ "ACCESS", "access_ns", "ns", COLUMN_RIGHT, 0 },
	{ "SLOWDOWN", "slowdown", NULL, COLUMN_RIGHT, 0 },
	{ "WORST 20us", "worst_20us_slowdown", NULL, COLUMN_RIGHT, 0 },
	{ "WORST 100us", "worst_100us_slowdown", NULL, COLUMN_RIGHT, 0 },
	{ "P99", "ddr_latency_p99_ns", "ns", COLUMN_RIGHT, 0 },
	{ "STALLED", "stalled_percent", "%", COLUMN_RIGHT, 0 },
	{ "INTERRUPTS", "interrupts_per_s", "/s", COLUMN_RIGHT | COLUMN_WIDE,
	  0 },
	{ "MISSED", "jobs_missed", NULL, COLUMN_RIGHT | COLUMN_AUTO, 0 },
};

/* To a thousandth: what is compared by tests must not hang on the last bit. */
static double rounded(double value)
{
	return round(value * 1000) / 1000;
}

static unsigned int cpus_of(const struct scenario_cell *cell)
{
	return (unsigned int)__builtin_popcountll(cell->cpus);
}

static double stalled_share(const struct variant *variant, unsigned int c,
			    const struct cell_result *result)
{
	return (double)result->stall_ns * 1000 /
	       ((double)variant->duration_ps * cpus_of(&variant->cells[c]));
}

static double interrupts_per_s(const struct variant *variant,
			       const struct cell_result *result)
{
	return (double)(result->ticks + result->overflows + result->kicks) *
	       1e12 /
	       (double)variant->duration_ps;
}

/* CSV has the unit in the heading, if there is one. */
static void number_fill(const struct app *app, struct value *value,
			double number, int decimals, const char *unit)
{
	value_text(value, "%.*f%s", decimals, number,
		   app->format == OUTPUT_CSV ? "" : unit);
}

static void ratio_fill(const struct app *app, struct value *value, double ratio)
{
	if (ratio > 0)
		number_fill(app, value, ratio, 3, "x");
	else
		value_missing(value, "the cell accessed nothing to compare");
}

static bool is_limited(const struct cell_result *result)
{
	return result->effective.budget_bytes_per_s != REG_BUDGET_UNLIMITED ||
	       result->effective.write_budget_bytes_per_s !=
		       REG_BUDGET_UNLIMITED;
}

/* Windows of who pauses by itself, or is held, tell nothing of the others. */
static void worst_fill(const struct app *app, struct value *value,
		       const struct variant *variant, unsigned int c,
		       const struct cell_result *result, unsigned int window)
{
	bool pauses = is_limited(result);

	for (unsigned int n = 0; n < ENGINE_MAX_CORES; n++)
		if (variant->cells[c].cpus >> n & 1 &&
		    variant->loads[n].compute_ps)
			pauses = true;
	if (pauses)
		value_missing(value, "the cell pauses");
	else
		ratio_fill(app, value, result->worst_slowdown[window]);
}

static void times_fill(const struct app *app, struct value *row,
		       const struct variant *variant, unsigned int c,
		       const struct cell_result *result)
{
	if (result->accesses)
		number_fill(app, &row[COLUMN_ACCESS], result->step_ps / 1000,
			    1, "ns");
	else
		value_missing(&row[COLUMN_ACCESS], "no access");
	ratio_fill(app, &row[COLUMN_SLOWDOWN], result->slowdown);
	worst_fill(app, &row[COLUMN_WORST_20US], variant, c, result, 0);
	worst_fill(app, &row[COLUMN_WORST_100US], variant, c, result, 1);
	value_number(&row[COLUMN_P99], VALUE_TIME, result->latency_p99_ns);
}

static void row_fill(const struct app *app, struct value *row,
		     const struct variant *variant, unsigned int c,
		     const struct cell_result *result)
{
	char cpus[QUANTITY_BYTES];

	cpu_list_format(cpus, variant->cells[c].cpus);
	value_text(&row[COLUMN_VARIANT], "%s", variant->name);
	value_text(&row[COLUMN_CELL], "%s", variant->cells[c].name);
	value_text(&row[COLUMN_CPUS], "%s", cpus);
	value_number(&row[COLUMN_BUDGET], VALUE_RATE,
		     result->effective.budget_bytes_per_s);
	value_number(&row[COLUMN_PERIOD], VALUE_TIME,
		     result->effective.period_ns);
	value_number(&row[COLUMN_RATE], VALUE_RATE,
		     (uint64_t)(result->rate + 0.5));
	times_fill(app, row, variant, c, result);
	number_fill(app, &row[COLUMN_STALLED],
		    100 * stalled_share(variant, c, result), 1, "%");
	value_number(&row[COLUMN_INTERRUPTS], VALUE_COUNT,
		     (uint64_t)(interrupts_per_s(variant, result) + 0.5));
	if (variant->cells[c].deadline_ps)
		value_text(&row[COLUMN_MISSED], "%llu of %llu",
			   (unsigned long long)result->jobs.missed,
			   (unsigned long long)result->jobs.jobs);
	else
		value_missing(&row[COLUMN_MISSED], "the cell has no deadline");
}

/* -------------------------------------------------------------------- JSON */

static json_t *ratio_json(double ratio)
{
	return ratio > 0 ? json_real(rounded(ratio)) : json_null();
}

static json_t *rate_json(uint64_t bytes_per_s)
{
	return bytes_per_s == REG_BUDGET_UNLIMITED ?
		json_null() : json_integer((json_int_t)bytes_per_s);
}

static json_t *cpus_json(const struct scenario_cell *cell,
			 const struct cell_result *result)
{
	json_t *list = json_array();

	for (unsigned int n = 0; n < ENGINE_MAX_CORES; n++)
		if (cell->cpus >> n & 1)
			json_array_append_new(list, json_pack("{sisI}",
				"cpu", (int)n, "rate_bytes_per_s",
				(json_int_t)llround(result->cpu_rate[n])));
	return list;
}

static json_t *settings_json(const struct cell_result *result)
{
	return json_pack("{sssososIsb}", "regulator", result->regulator,
		"budget_bytes_per_s",
		rate_json(result->effective.budget_bytes_per_s),
		"write_budget_bytes_per_s",
		rate_json(result->effective.write_budget_bytes_per_s),
		"period_ns", (json_int_t)result->effective.period_ns,
		"per_cpu", (result->effective.mode & REG_MODE_PER_CPU) != 0);
}

static void storm_add(json_t *cell, const struct cell_result *result)
{
	json_object_set_new(cell, "storm_late_max_ns",
			    json_integer((json_int_t)(result->storm_late_ps /
						      1000)));
	json_object_set_new(cell, "critical_runs",
			    json_integer((json_int_t)result->critical_runs));
}

static void jobs_add(json_t *cell, const struct guard_counts *jobs)
{
	json_object_set_new(cell, "jobs", json_pack("{sIsIsIsIsI}",
		"count", (json_int_t)jobs->jobs,
		"missed", (json_int_t)jobs->missed,
		"missed_held", (json_int_t)jobs->missed_held,
		"asked", (json_int_t)jobs->asked,
		"refused", (json_int_t)jobs->refused));
}

static void times_add(json_t *cell, const struct cell_result *result)
{
	json_object_set_new(cell, "access_ns",
			    json_real(rounded(result->step_ps / 1000)));
	json_object_set_new(cell, "access_max_ns",
			    json_real(rounded(result->step_max_ps / 1000)));
	json_object_set_new(cell, "worst_20us_ns",
			    json_real(rounded(result->window_ps[0] / 1000)));
	json_object_set_new(cell, "worst_100us_ns",
			    json_real(rounded(result->window_ps[1] / 1000)));
	json_object_set_new(cell, "ddr_latency_p99_ns",
			    json_integer((json_int_t)result->latency_p99_ns));
	json_object_set_new(cell, "slowdown", ratio_json(result->slowdown));
	json_object_set_new(cell, "worst_20us_slowdown",
			    ratio_json(result->worst_slowdown[0]));
	json_object_set_new(cell, "worst_100us_slowdown",
			    ratio_json(result->worst_slowdown[1]));
}

static json_t *cell_json(const struct variant *variant, unsigned int c,
			 const struct cell_result *result)
{
	json_t *cell = json_pack("{sssososIsIsIsIsIsIsfsIsIsI}",
		"cell", variant->cells[c].name,
		"settings", settings_json(result),
		"cpus", cpus_json(&variant->cells[c], result),
		"accesses", (json_int_t)result->accesses,
		"bursts", (json_int_t)result->bursts,
		"read_lines", (json_int_t)result->read_lines,
		"written_lines", (json_int_t)result->written_lines,
		"rate_bytes_per_s", (json_int_t)llround(result->rate),
		"stalls", (json_int_t)result->stalls,
		"stalled_share", rounded(stalled_share(variant, c, result)),
		"ticks", (json_int_t)result->ticks,
		"overflows", (json_int_t)result->overflows,
		"overshoot_max_lines", (json_int_t)result->overshoot_lines);

	if (cell && variant->cells[c].storm_ps)
		storm_add(cell, result);
	if (cell && variant_kicks(variant))
		json_object_set_new(cell, "kicks",
				    json_integer((json_int_t)result->kicks));
	if (cell && variant->cells[c].deadline_ps)
		jobs_add(cell, &result->jobs);
	if (cell)
		times_add(cell, result);
	return cell;
}

static json_t *variant_json(const struct scenario *scenario, unsigned int v,
			    const struct variant_result *result)
{
	const struct variant *variant = &scenario->variants[v];
	json_t *cells = json_array();

	for (unsigned int c = 0; c < variant->cells_count; c++)
		json_array_append_new(cells, cell_json(variant, c,
						       &result->cells[c]));
	return json_pack("{sssIsIsIsIso}", "variant", variant->name,
		"duration_ns", (json_int_t)(variant->duration_ps / 1000),
		"accesses_simulated", (json_int_t)result->accesses,
		"ddr_requests", (json_int_t)result->requests,
		"ddr_row_hits", (json_int_t)result->row_hits,
		"cells", cells);
}

json_t *results_json(const struct results *results)
{
	const struct scenario *scenario = results->scenario;
	json_t *document = json_pack("{ssssssss}", "schema", SCHEMA,
		"title", scenario->title,
		"machine", scenario->machine.machine,
		"baseline", scenario->variants[scenario->baseline].name);
	json_t *list = json_array();

	for (unsigned int v = 0; v < scenario->variants_count; v++)
		json_array_append_new(list, variant_json(scenario, v,
							 &results->variants[v]));
	if (document)
		json_object_set_new(document, "variants", list);
	return document;
}

/* ------------------------------------------------------------------- print */

static int print_table(const struct app *app, const struct results *results)
{
	const struct scenario *scenario = results->scenario;
	struct table table;
	int status;

	if (!table_init(&table, columns, COLUMN_COUNT,
			scenario->variants_count * SCENARIO_MAX_CELLS))
		return app_fail_memory(app);
	for (unsigned int v = 0; v < scenario->variants_count; v++)
		for (unsigned int c = 0; c < scenario->variants[v].cells_count;
		     c++)
			row_fill(app, table_row(&table), &scenario->variants[v], c,
				 &results->variants[v].cells[c]);
	status = output_plain(app, &table, app->headings);
	table_free(&table);
	return status;
}

int results_print(const struct app *app, const struct results *results)
{
	json_t *document;

	if (app->format != OUTPUT_JSON)
		return print_table(app, results);
	document = results_json(results);
	if (!document)
		return app_fail_memory(app);
	/* Times and ratios have three decimals, not all that a double has. */
	json_dumpf(document, app->out,
		   JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	fputc('\n', app->out);
	json_decref(document);
	return APP_OK;
}
