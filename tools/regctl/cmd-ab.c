// SPDX-License-Identifier: GPL-2.0-only
/* ab run and ab report: comparisons measured, and shown. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ab.h"
#include "output.h"
#include "tools/ab/summary.h"

#define PATH_BYTES	512

enum { KEY_RESUME = 0x200 };

struct ab_args {
	const char *output;	/* the directory */
	bool resume;
};

/* A comparison under way, or being looked at. */
struct comparison {
	struct app *app;
	const char *directory;
	char *text;			/* of the scenario */
	struct scenario scenario;
	struct ab_results results;
	FILE *iterations, *runs;
};

static FILE *file_open(const struct comparison *comparison, const char *name,
		       const char *mode)
{
	char path[PATH_BYTES];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", comparison->directory, name);
	file = fopen(path, mode);
	if (!file)
		app_complain(comparison->app, "%s: %s", path, strerror(errno));
	return file;
}

/* Terminated; NULL for what is no UTF-8, or has zeroes. */
static char *text_make(const void *data, size_t size)
{
	json_t *string = memchr(data, '\0', size) ? NULL :
			 json_stringn(data, size);
	char *text = string ? strdup(json_string_value(string)) : NULL;

	json_decref(string);
	return text;
}

static int scenario_load(struct comparison *comparison, const char *path)
{
	struct scenario_error error;
	size_t size;
	void *data;
	int status = app_read_file(comparison->app, path,
				   SCENARIO_TEXT_MAX_BYTES, &data, &size);

	if (status)
		return status;
	comparison->text = text_make(data, size);
	free(data);
	if (!comparison->text) {
		app_complain(comparison->app, "%s: is no text", path);
		return APP_USAGE;
	}
	if (!scenario_parse(&comparison->scenario, comparison->text, &error))
		return 0;
	if (error.line)
		app_complain(comparison->app, "%s:%u: %s", path, error.line,
			     error.text);
	else
		app_complain(comparison->app, "%s: %s", path, error.text);
	return APP_USAGE;
}

static void comparison_free(struct comparison *comparison)
{
	if (comparison->iterations)
		fclose(comparison->iterations);
	if (comparison->runs)
		fclose(comparison->runs);
	results_free(&comparison->results);
	free(comparison->text);
}

/* --- the directory --- */

/* What was written as NAME.new takes the place of NAME, whole. */
static int file_settle(const struct comparison *comparison, const char *name)
{
	char from[PATH_BYTES + 4], to[PATH_BYTES];

	snprintf(to, sizeof(to), "%s/%s", comparison->directory, name);
	snprintf(from, sizeof(from), "%s.new", to);
	if (!rename(from, to))
		return 0;
	app_complain(comparison->app, "%s: %s", to, strerror(errno));
	return APP_ABSENT;
}

static int write_failed(const struct comparison *comparison)
{
	app_complain(comparison->app, "%s: cannot be written",
		     comparison->directory);
	return APP_ABSENT;
}

static int text_write(const struct comparison *comparison, const char *name,
		      const char *text)
{
	char fresh[64];
	FILE *file;
	bool failed;

	snprintf(fresh, sizeof(fresh), "%s.new", name);
	file = file_open(comparison, fresh, "w");
	if (!file)
		return APP_USAGE;
	failed = fputs(text, file) < 0;
	failed |= fclose(file) != 0;
	return failed ? write_failed(comparison) :
			file_settle(comparison, name);
}

/* Once the scenario is there, so is the rest. */
static int directory_fill(struct comparison *comparison)
{
	json_t *environment = ab_environment(comparison->app,
					     &comparison->scenario,
					     comparison->text);
	char *text = json_dumps(environment, JSON_INDENT(2));
	int status = text_write(comparison, "environment.json",
				text ? text : "{}");

	free(text);
	json_decref(environment);
	return status ? status : text_write(comparison, "scenario",
					    comparison->text);
}

static int directory_begin(struct comparison *comparison)
{
	if (!mkdir(comparison->directory, 0777))
		return directory_fill(comparison);
	app_complain(comparison->app, errno == EEXIST ?
		     "%s: exists; --resume goes on with what is there" :
		     "%s: cannot be made", comparison->directory);
	return APP_USAGE;
}

static bool file_exists(const struct comparison *comparison, const char *name)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/%s", comparison->directory, name);
	return !access(path, F_OK);
}

static int results_take(struct comparison *comparison, FILE *iterations,
			FILE *runs)
{
	struct results_error error;
	int ret = results_read(&comparison->results, &comparison->scenario,
			       iterations, runs, &error);

	if (ret == -ENOMEM)
		app_fail_memory(comparison->app);
	else if (ret)
		app_complain(comparison->app, "%s/%s: line %zu %s",
			     comparison->directory, error.file, error.line,
			     error.why);
	return ret;
}

static int results_load(struct comparison *comparison)
{
	FILE *iterations = file_open(comparison, "iterations.csv", "r");
	FILE *runs = iterations ? file_open(comparison, "runs.csv", "r") : NULL;
	int ret = -EIO;

	if (runs) {
		ret = results_take(comparison, iterations, runs);
		fclose(runs);
	}
	if (iterations)
		fclose(iterations);
	return ret ? APP_USAGE : 0;
}

/* What it ran on, {} when nobody said; NULL after a complaint. */
static json_t *environment_load(const struct comparison *comparison)
{
	char path[PATH_BYTES];
	json_t *environment;
	json_error_t error;

	if (!file_exists(comparison, "environment.json"))
		return json_object();
	snprintf(path, sizeof(path), "%s/environment.json", comparison->directory);
	environment = json_load_file(path, 0, &error);
	if (json_is_object(environment))
		return environment;
	app_complain(comparison->app, "%s: line %d: %s", path, error.line,
		     environment ? "no object" : error.text);
	json_decref(environment);
	return NULL;
}

/* What was measured elsewhere is not gone on with here. */
static int environment_check(const struct comparison *comparison)
{
	json_t *before = environment_load(comparison), *now;
	const char *changed;

	if (!before)
		return APP_USAGE;
	now = ab_environment(comparison->app, &comparison->scenario,
			     comparison->text);
	changed = ab_environment_changed(before, now);
	if (changed)
		app_complain(comparison->app,
			     "%s: %s is not what it was when this was begun",
			     comparison->directory, changed);
	json_decref(before);
	json_decref(now);
	return changed ? APP_USAGE : 0;
}

/* The scenario in the directory must be the one that goes on. */
static int scenario_check(const struct comparison *comparison)
{
	char path[PATH_BYTES];
	size_t size;
	void *data;
	int status;
	bool same;

	snprintf(path, sizeof(path), "%s/scenario", comparison->directory);
	status = app_read_file(comparison->app, path, SCENARIO_TEXT_MAX_BYTES,
			       &data, &size);
	if (status)
		return status;
	same = size == strlen(comparison->text) &&
	       !memcmp(data, comparison->text, size);
	free(data);
	if (!same)
		app_complain(comparison->app, "%s holds another scenario",
			     comparison->directory);
	return same ? 0 : APP_USAGE;
}

/* It may have been killed at any moment, so early that nothing is there. */
static int directory_resume(struct comparison *comparison)
{
	struct ab_runner runner = { .app = comparison->app,
				    .scenario = &comparison->scenario };
	int status;

	if (file_exists(comparison, "") && !file_exists(comparison, "scenario"))
		return directory_fill(comparison);
	status = scenario_check(comparison);
	if (!status)
		status = ab_leftovers_clear(&runner);
	if (!status)
		status = environment_check(comparison);
	if (!status && file_exists(comparison, "runs.csv"))
		status = results_load(comparison);
	return status;
}

/* Both files anew, with what there is: a run that did not end goes. */
static int files_begin(struct comparison *comparison)
{
	const struct ab_results *results = &comparison->results;
	size_t first = 0;
	int ret = 0, status;

	comparison->iterations = file_open(comparison, "iterations.csv.new", "w");
	if (comparison->iterations)
		comparison->runs = file_open(comparison, "runs.csv.new", "w");
	if (!comparison->runs)
		return APP_USAGE;
	results_headings(comparison->iterations, comparison->runs);
	for (size_t n = 0; n < results->runs_count && !ret; n++) {
		ret = results_write(comparison->iterations, comparison->runs,
				    &comparison->scenario, &results->runs[n],
				    &results->iterations[first]);
		first += results->runs[n].iterations;
	}
	if (ret || fflush(comparison->iterations) || fflush(comparison->runs))
		return write_failed(comparison);
	/* A run without its iterations must not be seen. */
	status = file_settle(comparison, "iterations.csv");
	return status ? status : file_settle(comparison, "runs.csv");
}

/* --- showing --- */

static const struct column columns[] = {
	{ "ARM", "arm", NULL, 0, 6 },
	{ "N", "iterations", NULL, COLUMN_RIGHT, 0 },
	{ "MEDIAN", "median_ns", "ns", COLUMN_RIGHT, 0 },
	{ "P99", "p99_ns", "ns", COLUMN_RIGHT, 0 },
	{ "MAX", "max_ns", "ns", COLUMN_RIGHT, 0 },
	{ "JITTER", "jitter_ns", "ns", COLUMN_RIGHT, 0 },
	{ "SLOWDOWN", "slowdown", NULL, COLUMN_RIGHT, 0 },
	{ "95 %", "slowdown_95", NULL, COLUMN_RIGHT, 0 },
	{ "P", "p_value", NULL, COLUMN_RIGHT, 0 },
	{ "OTHERS", "others_bytes_per_s", "B/s", COLUMN_RIGHT, 0 },
	{ "KEPT", "others_throughput", NULL, COLUMN_RIGHT, 0 },
	{ "STALLED", "others_stalled", NULL, COLUMN_RIGHT, 0 },
	{ "REFERENCE", "reference_slowdown", NULL, COLUMN_RIGHT | COLUMN_AUTO, 0 },
};

static void row_fill(struct value *row, const struct scenario_arm *about,
		     const struct arm_summary *arm)
{
	const struct description *time = &arm->time_ns;

	value_text(&row[0], "%s", about->name);
	value_number(&row[1], VALUE_COUNT, time->count);
	if (!time->count) {
		for (unsigned int n = 2; n < 12; n++)
			value_missing(&row[n], "the arm did not run");
		return;
	}
	value_number(&row[2], VALUE_TIME, (uint64_t)(time->median + 0.5));
	value_number(&row[3], VALUE_TIME, (uint64_t)(time->p99 + 0.5));
	value_number(&row[4], VALUE_TIME, (uint64_t)(time->max + 0.5));
	value_number(&row[5], VALUE_TIME, (uint64_t)(time->jitter + 0.5));
	value_text(&row[6], "%.3f", arm->slowdown);
	value_text(&row[7], "%.3f-%.3f", arm->slowdown_95.low,
		   arm->slowdown_95.high);
	if (arm->p_value < 0)
		value_missing(&row[8], "fewer than eight iterations");
	else
		value_text(&row[8], "%.2g", arm->p_value);
	value_number(&row[9], VALUE_RATE,
		     (uint64_t)(arm->others_bytes_per_s + 0.5));
	if (arm->others_throughput > 0)
		value_text(&row[10], "%.1f %%", 100 * arm->others_throughput);
	else
		value_missing(&row[10], "no arm has these loads and no settings");
	value_text(&row[11], "%.1f %%", 100 * arm->stalled_share);
	if (about->reference > 0)
		value_text(&row[12], "%.3f", about->reference);
}

static int table_show(const struct app *app, const struct ab_summary *summary)
{
	const size_t count = sizeof(columns) / sizeof(*columns);
	const struct scenario *scenario = summary->scenario;
	struct table table;
	int status;

	if (!table_init(&table, columns, count, scenario->arms_count))
		return app_fail_memory(app);
	for (unsigned int n = 0; n < scenario->arms_count; n++)
		row_fill(table_row(&table), &scenario->arm[n],
			 &summary->arm[n]);
	status = output_plain(app, &table, app->headings);
	table_free(&table);
	return status;
}

static int summary_files(const struct comparison *comparison,
			 const struct ab_summary *summary, json_t *environment,
			 json_t *document)
{
	char path[PATH_BYTES];
	FILE *page;

	snprintf(path, sizeof(path), "%s/summary.json", comparison->directory);
	if (json_dump_file(document, path, JSON_INDENT(2) |
			   JSON_REAL_PRECISION(12))) {
		app_complain(comparison->app, "%s: cannot be written", path);
		return APP_USAGE;
	}
	page = file_open(comparison, "report.html", "w");
	if (!page)
		return APP_USAGE;
	summary_html(summary, environment, page);
	return fclose(page) ? APP_ABSENT : 0;
}

static int comparison_show(struct comparison *comparison)
{
	json_t *environment = environment_load(comparison), *document = NULL;
	struct ab_summary summary;
	int status = 0;

	if (!environment)
		return APP_USAGE;
	if (!summary_make(&summary, &comparison->scenario, &comparison->results))
		document = summary_json(&summary, json_incref(environment));
	if (!document)
		status = app_fail_memory(comparison->app);
	if (!status)
		status = summary_files(comparison, &summary, environment, document);
	if (!status && comparison->app->format == OUTPUT_JSON)
		status = output_json(comparison->app, json_incref(document));
	else if (!status)
		status = table_show(comparison->app, &summary);
	json_decref(document);
	json_decref(environment);
	summary_free(&summary);
	return status;
}

/* --- ab run --- */

/* Whether the victim's work was that of the runs before. */
static int checksum_check(const struct comparison *comparison,
			  const struct ab_run *run)
{
	const struct scenario_arm *arms = comparison->scenario.arm;
	const struct ab_run *other =
		results_contradiction(&comparison->results,
				      &comparison->scenario, run);

	if (!other)
		return 0;
	app_complain(comparison->app,
		     "arm %s: its jobs have the checksum %s, those of arm %s %s",
		     arms[run->arm].name, run_checksum(run),
		     arms[other->arm].name, run_checksum(other));
	return APP_NO;
}

static int run_next(struct comparison *comparison, struct ab_runner *runner,
		    unsigned int arm, unsigned int repetition)
{
	struct ab_run run = { .arm = arm, .repetition = repetition };
	struct ab_output output = { 0 };
	int status = ab_run_once(runner, arm, &run, &output), ret = 0;

	if (!status && !ab_interrupted())
		status = checksum_check(comparison, &run);
	for (size_t n = 0; n < output.jobs.iterations_count && !status; n++) {
		output.jobs.iterations[n].arm = arm;
		output.jobs.iterations[n].repetition = repetition;
		ret = ret ? ret : results_add_iteration(&comparison->results,
						&output.jobs.iterations[n]);
	}
	if (!status && !ab_interrupted()) {
		ret = ret ? ret : results_add_run(&comparison->results, &run);
		if (!ret && results_write(comparison->iterations,
					  comparison->runs,
					  &comparison->scenario, &run,
					  output.jobs.iterations))
			status = write_failed(comparison);
	}
	results_free(&output.jobs);
	return ret ? app_fail_memory(comparison->app) : status;
}

static int runs_measure(struct comparison *comparison)
{
	struct ab_runner runner = { .app = comparison->app,
				    .scenario = &comparison->scenario,
				    .directory = comparison->directory };
	unsigned int arm, repetition;
	int status = ab_cpu_enter(&runner);

	ab_signals_catch();
	for (unsigned int n = 0; !status && !ab_interrupted() &&
	     scenario_run_at(&comparison->scenario, n, &arm, &repetition); n++) {
		if (results_has(&comparison->results, arm, repetition))
			continue;
		app_note(comparison->app, "arm %s, run %u of %u",
			 comparison->scenario.arm[arm].name, repetition + 1,
			 comparison->scenario.repetitions);
		status = run_next(comparison, &runner, arm, repetition);
	}
	if (ab_interrupted()) {
		app_complain(comparison->app, "interrupted; --resume goes on");
		status = APP_ABSENT;
	}
	return status;
}

static int ab_run(struct app *app, const void *data)
{
	const struct ab_args *args = data;
	struct comparison *comparison = calloc(1, sizeof(*comparison));
	int status;

	if (!comparison)
		return app_fail_memory(app);
	comparison->app = app;
	comparison->directory = args->output;
	status = args->output ? scenario_load(comparison, app->operands[0]) :
				APP_USAGE;
	if (!args->output)
		app_complain(app, "--output is needed");
	if (!status)
		status = args->resume ? directory_resume(comparison) :
					directory_begin(comparison);
	if (!status)
		status = files_begin(comparison);
	if (!status) {
		int shown;

		status = runs_measure(comparison);
		shown = comparison->results.runs_count ?
			comparison_show(comparison) : 0;
		status = status ? status : shown;
	}
	comparison_free(comparison);
	free(comparison);
	return status;
}

static int option(void *data, int key, const char *value,
		  struct parse_error *error)
{
	struct ab_args *args = data;

	(void)error;
	switch (key) {
	case 'o':
		args->output = value;
		return 0;
	case KEY_RESUME:
		args->resume = true;
		return 0;
	default:
		return -ENOENT;
	}
}

static const struct argp_option run_options[] = {
	{ "output", 'o', "DIR", 0, "Write results to DIR (needed)", 0 },
	{ "resume", KEY_RESUME, NULL, 0, "Go on with what is in DIR", 0 },
	{ 0 },
};

const struct command command_ab_run = {
	.name = "ab run",
	.operands = "SCENARIO",
	.summary = "Measure the arms of a comparison",
	.options = run_options,
	.args_size = sizeof(struct ab_args),
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_FILE,
	.option = option,
	.run = ab_run,
};

/* --- ab report --- */

static int report_run(struct app *app, const void *data)
{
	struct comparison *comparison = calloc(1, sizeof(*comparison));
	char path[PATH_BYTES];
	int status;

	(void)data;
	if (!comparison)
		return app_fail_memory(app);
	comparison->app = app;
	comparison->directory = app->operands[0];
	snprintf(path, sizeof(path), "%s/scenario", comparison->directory);
	status = scenario_load(comparison, path);
	if (!status)
		status = results_load(comparison);
	if (!status)
		status = comparison_show(comparison);
	comparison_free(comparison);
	free(comparison);
	return status;
}

const struct command command_ab_report = {
	.name = "ab report",
	.operands = "DIR",
	.summary = "Evaluate the results of a comparison again",
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_FILE,
	.run = report_run,
};
