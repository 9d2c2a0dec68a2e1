// SPDX-License-Identifier: GPL-2.0-only
/* ab compare: whether one arm is as fast as another. */
#include "commands.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "tools/ab/compare.h"

#define TOLERANCE_DEFAULT_PPM	50000u
#define PPM			1e6
#define TROUBLE			2
#define SUMMARY_MAX_BYTES	(64u << 20)
#define TIME_MIN_NS		1e-3
#define TIME_MAX_NS		1e18

struct compare_args {
	uint64_t tolerance_ppm;
	bool given;
};

static const struct argp_option options[] = {
	{ "tolerance", 't', "PERCENT", 0, "How much slower B may be (5%)", 0 },
	{ 0 },
};

static int option(void *data, int key, const char *value,
		  struct parse_error *error)
{
	struct compare_args *args = data;
	struct rate rate;
	int ret;

	if (key != 't')
		return -ENOENT;
	ret = rate_parse(value, &rate, error);
	if (ret)
		return ret;
	if (rate.kind != RATE_PERCENT)
		return parse_refuse(error, 0, "must be a percentage, as 5%%");
	args->tolerance_ppm = rate.value;
	args->given = true;
	return 0;
}

struct group {
	char name[64];
	double *times_ns;	/* sorted */
	size_t count;
	uint64_t seed;
	char checksum[64];	/* of each job; "": none told */
};

static int trouble(const struct app *app, const char *path, const char *what)
{
	app_complain(app, "%s: %s", path, what);
	return TROUBLE;
}

/* The arm of that name, or without one the first (A) or last (B); NULL. */
static json_t *arm_choose(const json_t *arms, const char *name, bool last)
{
	size_t count = json_array_size(arms), n;
	json_t *arm;

	if (!name)
		return json_array_get(arms, last ? count - 1 : 0);
	json_array_foreach(arms, n, arm)
		if (!strcmp(json_string_value(json_object_get(arm, "name")),
			    name))
			return arm;
	return NULL;
}

/* A time that somebody may have measured. */
static bool is_time(const json_t *value)
{
	double time_ns = json_number_value(value);

	return json_is_number(value) && time_ns >= TIME_MIN_NS &&
	       time_ns <= TIME_MAX_NS;
}

static int group_fill(const struct app *app, const char *path,
		      struct group *group, json_t *arm)
{
	json_t *times = json_object_get(arm, "times_ns"), *value;
	json_t *checksum = json_object_get(arm, "checksum");
	size_t n;

	snprintf(group->name, sizeof(group->name), "%s",
		 json_string_value(json_object_get(arm, "name")));
	if (json_is_array(times) && !json_array_size(times)) {
		app_complain(app, "%s: arm %s has no results", path, group->name);
		return TROUBLE;
	}
	if (!json_is_array(times) ||
	    (!json_is_string(checksum) && !json_is_null(checksum)))
		return trouble(app, path, "an arm without its times or checksum");
	if (json_is_string(checksum))
		snprintf(group->checksum, sizeof(group->checksum), "%s",
			 json_string_value(checksum));
	group->times_ns = calloc(json_array_size(times),
				 sizeof(*group->times_ns));
	if (!group->times_ns)
		return trouble(app, path, "out of memory");
	json_array_foreach(times, n, value) {
		if (!is_time(value))
			return trouble(app, path, "a time that cannot be");
		group->times_ns[group->count++] = json_number_value(value);
	}
	samples_sort(group->times_ns, group->count);
	if (group->count >= COMPARE_SAMPLES_MIN)
		return 0;
	app_complain(app, "%s: arm %s has %zu iterations: a verdict needs %u",
		     path, group->name, group->count, COMPARE_SAMPLES_MIN);
	return TROUBLE;
}

/* What is wrong with a summary as a whole; NULL: nothing. */
static const char *document_fault(const json_t *document)
{
	const char *schema =
		json_string_value(json_object_get(document, "schema"));
	const json_t *arms = json_object_get(document, "arms");
	json_t *arm;
	size_t n;

	if (!schema || strcmp(schema, "weir.ab/1"))
		return "no summary of a comparison: its schema is not weir.ab/1";
	if (!json_is_integer(json_object_get(document, "seed")))
		return "it has no seed";
	if (!json_array_size(arms))
		return "it has no arms";
	json_array_foreach(arms, n, arm)
		if (!json_is_string(json_object_get(arm, "name")))
			return "an arm has no name";
	return NULL;
}

static int document_take(const struct app *app, const char *path,
			 const json_t *document, const char *arm, bool last,
			 struct group *group)
{
	const char *fault = document_fault(document);
	json_t *chosen;

	if (fault)
		return trouble(app, path, fault);
	group->seed = (uint64_t)json_integer_value(json_object_get(document,
								   "seed"));
	chosen = arm_choose(json_object_get(document, "arms"), arm, last);
	if (chosen)
		return group_fill(app, path, group, chosen);
	app_complain(app, "%s: there is no arm %s", path, arm);
	return TROUBLE;
}

/* "FILE:ARM", or FILE. */
static int group_read(const struct app *app, struct group *group,
		      const char *operand, bool last)
{
	char path[512], *arm;
	json_error_t error;
	json_t *document;
	size_t size;
	void *text;
	int status;

	if (strlen(operand) >= sizeof(path))
		return trouble(app, operand, "is too long");
	strcpy(path, operand);
	arm = strrchr(path, ':');
	if (arm)
		*arm++ = '\0';
	if (app_read_file(app, path, SUMMARY_MAX_BYTES, &text, &size))
		return TROUBLE;
	document = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	free(text);
	if (!document) {
		app_complain(app, "%s: line %d: %s", path, error.line, error.text);
		return TROUBLE;
	}
	status = document_take(app, path, document, arm, last, group);
	json_decref(document);
	return status;
}

static const struct column columns[] = {
	{ "A", "a", NULL, 0, 0 },
	{ "B", "b", NULL, 0, 0 },
	{ "MEDIAN", "slowdown_median", NULL, COLUMN_RIGHT, 0 },
	{ "95 %", "slowdown_95", NULL, COLUMN_RIGHT, 0 },
	{ "P99", "slowdown_p99", NULL, COLUMN_RIGHT, 0 },
	{ "P", "p_value", NULL, COLUMN_RIGHT, 0 },
	{ "ALLOWED", "allowed", NULL, COLUMN_RIGHT, 0 },
	{ "VERDICT", "verdict", NULL, 0, 0 },
	{ "LOW", "slowdown_low_95", NULL, COLUMN_DATA, 0 },
	{ "HIGH", "slowdown_high_95", NULL, COLUMN_DATA, 0 },
};

struct verdict {
	double median, p99, p_value, allowed;
	struct interval interval;
	bool isolated;
};

/*
 * Isolated is what the data show, not what they fail to disprove: the upper
 * end of the interval must be allowed too.
 */
static int judge(const struct group *a, const struct group *b, double allowed,
		 struct verdict *verdict)
{
	struct description first = samples_describe(a->times_ns, a->count);
	struct description second = samples_describe(b->times_ns, b->count);

	verdict->allowed = allowed;
	verdict->median = second.median / first.median;
	verdict->p99 = second.p99 / first.p99;
	verdict->p_value = compare_difference(a->times_ns, a->count,
					      b->times_ns, b->count);
	if (compare_ratio(a->times_ns, a->count, b->times_ns, b->count, a->seed,
			  &verdict->interval))
		return TROUBLE;
	verdict->isolated = verdict->interval.high <= allowed &&
			    verdict->p99 <= allowed;
	return 0;
}

static int verdict_print(const struct app *app, const struct group *a,
			 const struct group *b, const struct verdict *verdict)
{
	struct table table;
	struct value *row;
	int status;

	if (!table_init(&table, columns, sizeof(columns) / sizeof(*columns), 1))
		return TROUBLE;
	row = table_row(&table);
	value_text(&row[0], "%s", a->name);
	value_text(&row[1], "%s", b->name);
	value_real(&row[2], "%.4f", verdict->median);
	value_text(&row[3], "%.4f-%.4f", verdict->interval.low,
		   verdict->interval.high);
	value_real(&row[4], "%.4f", verdict->p99);
	value_real(&row[5], "%.2g", verdict->p_value);
	value_real(&row[6], "%.4f", verdict->allowed);
	value_text(&row[7], "%s", verdict->isolated ? "isolated" : "violated");
	value_real(&row[8], "%.4f", verdict->interval.low);
	value_real(&row[9], "%.4f", verdict->interval.high);
	status = output_table(app, &table, "weir.ab.compare/1", "comparisons");
	table_free(&table);
	return status ? TROUBLE : 0;
}

/* Times of different work say nothing of each other. */
static int work_check(const struct app *app, const struct group *a,
		      const struct group *b)
{
	if (!*a->checksum || !*b->checksum || !strcmp(a->checksum, b->checksum))
		return 0;
	app_complain(app, "the work differs: %s has the checksum %s, %s %s",
		     a->name, a->checksum, b->name, b->checksum);
	return TROUBLE;
}

static int run(struct app *app, const void *data)
{
	const struct compare_args *args = data;
	uint64_t ppm = args->given ? args->tolerance_ppm : TOLERANCE_DEFAULT_PPM;
	struct group a = { .count = 0 }, b = { .count = 0 };
	struct verdict verdict;
	int status = group_read(app, &a, app->operands[0], false);

	if (!status)
		status = group_read(app, &b, app->operands[1], true);
	if (!status)
		status = work_check(app, &a, &b);
	if (!status)
		status = judge(&a, &b, 1 + (double)ppm / PPM, &verdict);
	if (!status)
		status = verdict_print(app, &a, &b, &verdict);
	free(a.times_ns);
	free(b.times_ns);
	return status ? status : verdict.isolated ? APP_OK : APP_NO;
}

const struct command command_ab_compare = {
	.name = "ab compare",
	.operands = "A B",
	.summary = "Say whether arm B is as fast as arm A",
	.options = options,
	.args_size = sizeof(struct compare_args),
	.operands_min = 2,
	.operands_max = 2,
	.operand_kind = OPERAND_FILE,
	.option = option,
	.run = run,
};
