// SPDX-License-Identifier: GPL-2.0-only
/* Running the variants of a scenario. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "results.h"

#define PS_PER_S	1e12

/* Counters when the measurement begins, and after each piece. */
struct snapshot {
	uint64_t reads[ENGINE_MAX_CORES], writes[ENGINE_MAX_CORES];
	uint64_t bursts[ENGINE_MAX_CORES];
	struct control_counts counts[ENGINE_MAX_CORES];
	struct guard_counts jobs[SCENARIO_MAX_CELLS];
};

static void snapshot_take(struct snapshot *snapshot,
			  const struct engine *engine)
{
	for (unsigned int n = 0; n < engine->cores_count; n++) {
		snapshot->reads[n] = engine->core[n].reads;
		snapshot->writes[n] = engine->core[n].writes;
		snapshot->bursts[n] = engine->core[n].bursts;
		snapshot->counts[n] = control_counts(n);
	}
	for (unsigned int c = 0; c < SCENARIO_MAX_CELLS; c++)
		snapshot->jobs[c] = control_guard(c);
}

static uint64_t cell_lines(const struct engine *engine,
			   const struct scenario_cell *cell)
{
	uint64_t lines = 0;

	for (unsigned int n = 0; n < engine->cores_count; n++)
		if (cell->cpus >> n & 1)
			lines += engine->core[n].reads + engine->core[n].writes;
	return lines;
}

/* The whole run in pieces; rates of the cells in each. */
static void run_pieces(struct engine *engine, const struct variant *variant,
		       struct variant_result *result, struct snapshot *begin,
		       struct reg_status *status)
{
	uint64_t until_ps = variant->warm_up_ps + variant->duration_ps;
	uint64_t piece_ps = until_ps / RESULTS_PIECES;
	uint64_t before[SCENARIO_MAX_CELLS] = { 0 };
	double lines_to_rate = (double)engine->machine.line_bytes /
			       ((double)piece_ps / PS_PER_S);
	bool measured = false;

	for (unsigned int piece = 0; piece < RESULTS_PIECES; piece++) {
		uint64_t end_ps = (piece + 1) * piece_ps;

		if (!measured && end_ps > variant->warm_up_ps) {
			engine_run(engine, variant->warm_up_ps);
			snapshot_take(begin, engine);
			for (unsigned int n = 0; n < variant->cells_count; n++)
				control_status(n, &status[n]);
			measured = true;
		}
		engine_run(engine, end_ps);
		for (unsigned int n = 0; n < variant->cells_count; n++) {
			uint64_t lines = cell_lines(engine, &variant->cells[n]);

			result->cells[n].piece_rate[piece] =
				(double)(lines - before[n]) * lines_to_rate;
			before[n] = lines;
		}
	}
	engine_run(engine, until_ps);
}

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static void core_collect(struct cell_result *cell, const struct engine *engine,
			 unsigned int n, const struct snapshot *begin,
			 double seconds)
{
	const struct core *core = &engine->core[n];
	const struct meter *meter = &core->meter;
	uint64_t reads = core->reads - begin->reads[n];
	uint64_t writes = core->writes - begin->writes[n];
	uint64_t p99_ns = meter_latency_p99_ns(meter);

	cell->accesses += meter->steps;
	cell->bursts += core->bursts - begin->bursts[n];
	cell->read_lines += reads;
	cell->written_lines += writes;
	cell->step_ps += (double)meter->sum_ps;
	cell->step_max_ps = larger(cell->step_max_ps, (double)meter->max_ps);
	for (unsigned int w = 0; w < 2 && core->load.kind != LOAD_IDLE; w++)
		cell->window_ps[w] = larger(cell->window_ps[w],
					    meter->window[w].worst_ps);
	if (p99_ns > cell->latency_p99_ns)
		cell->latency_p99_ns = p99_ns;
	cell->ticks += control_counts(n).ticks - begin->counts[n].ticks;
	cell->overflows += control_counts(n).overflows -
			   begin->counts[n].overflows;
	cell->kicks += control_counts(n).kicks - begin->counts[n].kicks;
	if (control_counts(n).storm_late_ps > cell->storm_late_ps)
		cell->storm_late_ps = control_counts(n).storm_late_ps;
	cell->cpu_rate[n] = (double)(reads + writes) *
			    (double)engine->machine.line_bytes / seconds;
	cell->rate += cell->cpu_rate[n];
}

static struct guard_counts jobs_collect(unsigned int c,
					const struct guard_counts *begin)
{
	struct guard_counts end = control_guard(c);

	return (struct guard_counts){
		.jobs = end.jobs - begin->jobs,
		.missed = end.missed - begin->missed,
		.missed_held = end.missed_held - begin->missed_held,
		.asked = end.asked - begin->asked,
		.refused = end.refused - begin->refused,
	};
}

static int status_collect(struct cell_result *cell, unsigned int n,
			  const struct reg_status *begin)
{
	struct reg_status status;
	int err = control_status(n, &status);

	cell->effective = status.effective;
	memcpy(cell->regulator, status.regulator_name, REG_NAME_BYTES);
	for (unsigned int i = 0; i < status.num_cpus && !err; i++) {
		const struct reg_cpu_stats *cpu = &status.cpu[i];

		cell->stalls += cpu->stalls - begin->cpu[i].stalls;
		cell->stall_ns += cpu->stall_ns - begin->cpu[i].stall_ns;
		cell->critical_runs += cpu->critical_runs -
				       begin->cpu[i].critical_runs;
		if (cpu->overshoot_max_lines > cell->overshoot_lines)
			cell->overshoot_lines = cpu->overshoot_max_lines;
	}
	return err;
}

static int variant_collect(const struct engine *engine,
			   const struct variant *variant,
			   const struct snapshot *begin,
			   const struct reg_status *status,
			   struct variant_result *result)
{
	double seconds = (double)variant->duration_ps / PS_PER_S;
	int err = 0;

	for (unsigned int c = 0; c < variant->cells_count && !err; c++) {
		struct cell_result *cell = &result->cells[c];

		for (unsigned int n = 0; n < engine->cores_count; n++)
			if (variant->cells[c].cpus >> n & 1)
				core_collect(cell, engine, n, begin, seconds);
		if (cell->accesses)
			cell->step_ps /= (double)cell->accesses;
		cell->jobs = jobs_collect(c, &begin->jobs[c]);
		err = status_collect(cell, c, &status[c]);
	}
	for (unsigned int n = 0; n < engine->cores_count; n++)
		result->accesses += engine->core[n].accesses;
	result->requests = engine->ddr.requests;
	result->row_hits = engine->ddr.row_hits;
	return err;
}

static int variant_run(const struct scenario *scenario,
		       const struct variant *variant,
		       struct variant_result *result, char *reason)
{
	static struct reg_status status[SCENARIO_MAX_CELLS];
	struct engine *engine = malloc(sizeof(*engine));
	struct snapshot begin = { 0 };
	int err;

	strcpy(reason, "out of memory");
	if (!engine)
		return -ENOMEM;
	err = engine_create(engine, &scenario->machine, variant->loads,
			    variant_cores(variant), variant->seed,
			    variant->warm_up_ps);
	if (!err) {
		err = control_boot(engine, variant, reason);
		if (!err) {
			run_pieces(engine, variant, result, &begin, status);
			err = variant_collect(engine, variant, &begin, status,
					      result);
		}
		engine_destroy(engine);
	}
	free(engine);
	return err;
}

static double ratio(double value, double reference)
{
	return value > 0 && reference > 0 ? value / reference : 0;
}

/* Against the mean of the same cell in the baseline. */
static void compare(struct results *results)
{
	const struct scenario *scenario = results->scenario;
	const struct variant_result *base =
		&results->variants[scenario->baseline];

	for (unsigned int v = 0; v < scenario->variants_count; v++)
		for (unsigned int c = 0; c < scenario->variants[v].cells_count;
		     c++) {
			struct cell_result *cell =
				&results->variants[v].cells[c];
			double mean_ps = base->cells[c].step_ps;

			cell->slowdown = ratio(cell->step_ps, mean_ps);
			for (unsigned int w = 0; w < 2; w++)
				cell->worst_slowdown[w] =
					ratio(cell->window_ps[w], mean_ps);
		}
}

int results_run(struct results *results, const struct scenario *scenario,
		char reason[256])
{
	char why[CONTROL_REASON_BYTES];
	int err = 0;

	results->scenario = scenario;
	results->variants = calloc(scenario->variants_count,
				   sizeof(*results->variants));
	if (!results->variants) {
		snprintf(reason, 256, "out of memory");
		return -ENOMEM;
	}
	for (unsigned int v = 0; v < scenario->variants_count && !err; v++) {
		err = variant_run(scenario, &scenario->variants[v],
				  &results->variants[v], why);
		if (err)
			snprintf(reason, 256, "variant %s: %s",
				 scenario->variants[v].name, why);
	}
	if (err)
		results_free(results);
	else
		compare(results);
	return err;
}

void results_free(struct results *results)
{
	free(results->variants);
	results->variants = NULL;
}
