// SPDX-License-Identifier: GPL-2.0-only
/* profile plan: from sessions to budgets. */
#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "profile.h"
#include "tools/profile/plan.h"

#define PERIOD_DEFAULT_NS	1000000u
#define PERIOD_MIN_NS		20000u
#define PERIOD_MAX_NS		1000000000u
#define SLOWDOWN_DEFAULT_PPM	50000u
#define PPM			1e6
/* How much more a shorter period may take. */
#define SHORTER_FACTOR		1.05

struct plan_args {
	uint64_t period_ns;
	uint64_t slowdown_ppm;
	uint64_t capacity_bytes_per_s;	/* 0: not told */
	bool slowdown_given;
	bool period_chosen;	/* by the plan */
};

static const uint64_t periods_ns[] = {
	20000, 50000, 100000, 200000, 500000, 1000000, 2000000, 5000000,
	10000000, 20000000, 50000000, 100000000,
};

#define PERIODS_COUNT	(sizeof(periods_ns) / sizeof(*periods_ns))

static const struct argp_option options[] = {
	{ "slowdown", 'x', "PERCENT", 0, "How much slower it may become (5%)", 0 },
	{ "period", 'p', "TIME", 0, "Account in periods of TIME, or 'auto' (1ms)", 0 },
	{ "capacity", 'm', "RATE", 0, "What memory serves all of them together", 0 },
	{ 0 },
};

static int percent_option(struct plan_args *args, const char *value,
			  struct parse_error *error)
{
	struct rate rate;
	int ret = rate_parse(value, &rate, error);

	if (ret)
		return ret;
	if (rate.kind != RATE_PERCENT)
		return parse_refuse(error, 0, "must be a percentage, as 5%%");
	args->slowdown_ppm = rate.value;
	args->slowdown_given = true;
	return 0;
}

static int capacity_option(struct plan_args *args, const char *value,
			   struct parse_error *error)
{
	struct rate rate;
	int ret = rate_parse(value, &rate, error);

	if (ret)
		return ret;
	if (rate.kind != RATE_BYTES || !rate.value)
		return parse_refuse(error, 0, "must be a rate, as 6.5GB/s");
	args->capacity_bytes_per_s = rate.value;
	return 0;
}

static int period_option(struct plan_args *args, const char *value,
			 struct parse_error *error)
{
	int ret;

	args->period_chosen = !strcmp(value, "auto");
	if (args->period_chosen)
		return 0;
	ret = time_parse(value, &args->period_ns, error);
	if (ret)
		return ret;
	if (args->period_ns < PERIOD_MIN_NS || args->period_ns > PERIOD_MAX_NS)
		return parse_refuse(error, 0, "must be from 20us to 1s");
	return 0;
}

static int option(void *data, int key, const char *value,
		  struct parse_error *error)
{
	struct plan_args *args = data;

	switch (key) {
	case 'x':
		return percent_option(args, value, error);
	case 'm':
		return capacity_option(args, value, error);
	case 'p':
		return period_option(args, value, error);
	default:
		return -ENOENT;
	}
}

enum {
	COLUMN_CELL, COLUMN_SOURCE, COLUMN_BYTES, COLUMN_DURATION, COLUMN_MEAN,
	COLUMN_BUDGET, COLUMN_PERIOD, COLUMN_PREDICTED, COLUMN_SLOWDOWN, COLUMN_WORST,
	COLUMN_COUNT,
};

static const struct column columns[] = {
	{ "CELL", "cell", NULL, 0, 0 },
	{ "SOURCE", "source", NULL, 0, 0 },
	{ "MOVED", "bytes", "B", COLUMN_RIGHT, 0 },
	{ "DURATION", "duration_ns", "ns", COLUMN_RIGHT, 0 },
	{ "MEAN", "mean_bytes_per_s", "B/s", COLUMN_RIGHT, 0 },
	{ "BUDGET", "budget_bytes_per_s", "B/s", COLUMN_RIGHT, 0 },
	{ "PERIOD", "period_ns", "ns", COLUMN_RIGHT, 0 },
	{ "PREDICTED", "predicted_ns", "ns", COLUMN_RIGHT, 0 },
	{ "SLOWDOWN", "slowdown", NULL, COLUMN_RIGHT, 0 },
	{ "WORST START", "slowdown_worst_start", NULL, COLUMN_RIGHT, 0 },
};

/* "FILE:CELL:SOURCE", cut up in place. */
struct planned {
	char text[512];
	const char *path, *cell, *source;
	uint64_t budget_bytes_per_s;
	uint64_t period_ns;
};

static int operand_split(const struct app *app, const char *operand,
			 struct planned *planned)
{
	char *second, *first;

	if (strlen(operand) >= sizeof(planned->text)) {
		app_complain(app, "'%.20s...' is too long", operand);
		return APP_USAGE;
	}
	strcpy(planned->text, operand);
	second = strrchr(planned->text, ':');
	if (second)
		*second++ = '\0';
	first = second ? strrchr(planned->text, ':') : NULL;
	if (!first) {
		app_complain(app, "'%s' is not FILE:CELL:SOURCE", operand);
		return APP_USAGE;
	}
	*first++ = '\0';
	planned->path = planned->text;
	planned->cell = first;
	planned->source = second;
	return 0;
}

static double slowdown_of(const struct plan_args *args)
{
	return 1 + (double)(args->slowdown_given ? args->slowdown_ppm :
			    SLOWDOWN_DEFAULT_PPM) / PPM;
}

static uint64_t budget_for(const struct plan_args *args,
			   const struct demand *demand, uint64_t period_ns)
{
	return (uint64_t)(1 + demand_plan(demand, slowdown_of(args),
					  (double)period_ns));
}

/*
 * The shortest period that needs little more than the cheapest one. Longer ones
 * than the slowdown that is allowed would not do: a workload may have to wait for
 * its first period.
 */
static void period_choose(const struct app *app, const struct plan_args *args,
			  struct planned *planned, const struct demand *demand)
{
	double most_ns = (slowdown_of(args) - 1) * demand->ns;
	uint64_t budget[PERIODS_COUNT], least = UINT64_MAX;
	char rate[QUANTITY_BYTES], time[QUANTITY_BYTES];
	size_t count = 0, n = 0;

	while (!count || (count < PERIODS_COUNT &&
			  (double)periods_ns[count] <= most_ns)) {
		budget[count] = budget_for(args, demand, periods_ns[count]);
		least = budget[count] < least ? budget[count] : least;
		rate_format(rate, budget[count], app->units);
		time_format(time, periods_ns[count++]);
		app_note(app, "%s in periods of %s: %s", planned->cell, time,
			 rate);
	}
	while ((double)budget[n] > SHORTER_FACTOR * (double)least)
		n++;
	planned->period_ns = periods_ns[n];
	planned->budget_bytes_per_s = budget[n];
}

static void budget_choose(const struct app *app, const struct plan_args *args,
			  struct planned *planned, const struct demand *demand)
{
	if (args->period_chosen) {
		period_choose(app, args, planned, demand);
		return;
	}
	planned->period_ns = args->period_ns ? args->period_ns :
					       PERIOD_DEFAULT_NS;
	planned->budget_bytes_per_s = budget_for(args, demand,
						 planned->period_ns);
}

static void row_fill(struct value *row, const struct planned *planned,
		     const struct demand *demand)
{
	double period_ns = (double)planned->period_ns;
	double budget = (double)planned->budget_bytes_per_s;
	double predicted = demand_predict(demand, budget, period_ns, 0);

	value_text(&row[COLUMN_CELL], "%s", planned->cell);
	value_text(&row[COLUMN_SOURCE], "%s", planned->source);
	value_number(&row[COLUMN_BYTES], VALUE_SIZE, (uint64_t)demand->bytes);
	value_number(&row[COLUMN_DURATION], VALUE_TIME, (uint64_t)demand->ns);
	value_number(&row[COLUMN_MEAN], VALUE_RATE,
		     (uint64_t)(demand->bytes * 1e9 / demand->ns));
	value_number(&row[COLUMN_BUDGET], VALUE_RATE,
		     planned->budget_bytes_per_s);
	value_number(&row[COLUMN_PERIOD], VALUE_TIME, planned->period_ns);
	value_number(&row[COLUMN_PREDICTED], VALUE_TIME, (uint64_t)predicted);
	value_real(&row[COLUMN_SLOWDOWN], "%.4f", predicted / demand->ns);
	/* It starts when the period's budget has just been used up. */
	value_real(&row[COLUMN_WORST], "%.4f",
		   (predicted + period_ns) / demand->ns);
}

static int demand_plan_row(const struct app *app, const struct plan_args *args,
			   struct planned *planned,
			   const struct session *session, struct value *row)
{
	int source = session_source_find(session, planned->source);
	struct demand demand;
	int status = 0;

	if (source < 0) {
		app_complain(app, "%s: there is no source %s", planned->path,
			     planned->source);
		return APP_USAGE;
	}
	if (demand_make(&demand, session, (unsigned int)source))
		return app_fail_memory(app);
	if (!demand.count) {
		app_complain(app, "%s: source %s moved nothing", planned->path,
			     planned->source);
		status = APP_NO;
	} else {
		budget_choose(app, args, planned, &demand);
		row_fill(row, planned, &demand);
	}
	demand_free(&demand);
	return status;
}

static int operand_plan(struct app *app, const struct plan_args *args,
			struct planned *planned, const char *operand,
			struct value *row)
{
	struct session session;
	int status = operand_split(app, operand, planned);

	if (status)
		return status;
	status = profile_read(app, planned->path, &session);
	if (!status)
		status = demand_plan_row(app, args, planned, &session, row);
	session_free(&session);
	return status;
}

/* What is left for everybody is what nobody needs: the sum decides. */
static int admit(const struct app *app, const struct plan_args *args,
		 const struct planned *planned)
{
	char total[QUANTITY_BYTES], capacity[QUANTITY_BYTES];
	uint64_t sum = 0;

	for (unsigned int n = 0; n < app->operands_count; n++)
		sum += planned[n].budget_bytes_per_s;
	rate_format(total, sum, app->units);
	if (!args->capacity_bytes_per_s) {
		app_note(app, "together %s; --capacity checks that memory serves it",
			 total);
		return APP_OK;
	}
	rate_format(capacity, args->capacity_bytes_per_s, app->units);
	app_note(app, "together %s of %s: %s", total, capacity,
		 sum <= args->capacity_bytes_per_s ? "admitted" : "too much");
	return sum <= args->capacity_bytes_per_s ? APP_OK : APP_NO;
}

static int plan_print(const struct app *app, const struct plan_args *args,
		      const struct planned *planned, const struct table *table)
{
	int status = output_table(app, table, "weir.profile.plan/1", "plans");

	if (!status && app->format == OUTPUT_TABLE)
		for (unsigned int n = 0; n < app->operands_count; n++)
			fprintf(app->out, "regctl set %s --budget %" PRIu64
				"B/s --period %" PRIu64 "ns\n", planned[n].cell,
				planned[n].budget_bytes_per_s,
				planned[n].period_ns);
	return status ? status : admit(app, args, planned);
}

static int run(struct app *app, const void *data)
{
	struct planned *planned = calloc(app->operands_count,
					 sizeof(*planned));
	struct table table = { 0 };
	int status = 0;

	if (!planned || !table_init(&table, columns, COLUMN_COUNT,
				    app->operands_count))
		status = app_fail_memory(app);
	for (unsigned int n = 0; n < app->operands_count && !status; n++)
		status = operand_plan(app, data, &planned[n], app->operands[n],
				      table_row(&table));
	if (!status)
		status = plan_print(app, data, planned, &table);
	table_free(&table);
	free(planned);
	return status;
}

const struct command command_profile_plan = {
	.name = "profile plan",
	.operands = "FILE:CELL:SOURCE...",
	.summary = "Say which budgets recorded workloads need",
	.options = options,
	.args_size = sizeof(struct plan_args),
	.operands_min = 1,
	.operands_max = REG_CELLS_MAX,
	.operand_kind = OPERAND_FILE,
	.option = option,
	.run = run,
};
