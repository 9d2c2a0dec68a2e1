// SPDX-License-Identifier: GPL-2.0-only
/* From results to figures, and the figures as JSON. */
#include "summary.h"

#include <errno.h>
#include <stdlib.h>

#define NS_PER_S	1e9

static int times_collect(struct arm_summary *arm, unsigned int number,
			 const struct ab_results *results)
{
	size_t count = 0;

	arm->times_ns = calloc(results->iterations_count + 1,
			       sizeof(*arm->times_ns));
	if (!arm->times_ns)
		return -ENOMEM;
	for (size_t n = 0; n < results->iterations_count; n++) {
		const struct ab_iteration *iteration = &results->iterations[n];

		if (iteration->arm == number)
			arm->times_ns[count++] = (double)iteration->cycles *
				NS_PER_S / (double)iteration->clock_hz;
	}
	samples_sort(arm->times_ns, count);
	arm->time_ns = samples_describe(arm->times_ns, count);
	return 0;
}

static void traffic_collect(struct arm_summary *arm, unsigned int number,
			    const struct ab_results *results)
{
	double span_ns = 0, victim = 0, others = 0, stalled = 0, cpu_ns = 0;

	for (size_t n = 0; n < results->runs_count; n++) {
		const struct ab_run *run = &results->runs[n];

		if (run->arm != number)
			continue;
		arm->runs++;
		if (*run->checksum)
			arm->checksum = run->checksum;
		span_ns += (double)run->span_ns;
		victim += (double)run->victim_bytes;
		others += (double)run->others_bytes;
		stalled += (double)run->stall_ns;
		cpu_ns += (double)run->span_ns * (double)run->others_cpus;
	}
	arm->victim_bytes_per_s = span_ns > 0 ? victim / span_ns * NS_PER_S : 0;
	arm->others_bytes_per_s = span_ns > 0 ? others / span_ns * NS_PER_S : 0;
	arm->stalled_share = cpu_ns > 0 ? stalled / cpu_ns : 0;
}

/* What the interfering side has left of its own, by throttling alone. */
static double throughput(const struct ab_summary *summary, unsigned int number)
{
	const struct scenario *scenario = summary->scenario;
	unsigned int loads = scenario->arm[number].loads;

	for (unsigned int n = 0; n < scenario->arms_count && loads; n++)
		if (scenario->arm[n].loads == loads &&
		    scenario->arm[n].loads_first ==
			    scenario->arm[number].loads_first &&
		    !scenario->arm[n].sets_count &&
		    summary->arm[n].others_bytes_per_s > 0)
			return summary->arm[number].others_bytes_per_s /
			       summary->arm[n].others_bytes_per_s;
	return 0;
}

static int against_first(struct ab_summary *summary, unsigned int number)
{
	const struct arm_summary *first = &summary->arm[0];
	struct arm_summary *arm = &summary->arm[number];

	arm->others_throughput = throughput(summary, number);
	if (!arm->time_ns.count || !first->time_ns.count ||
	    first->time_ns.median <= 0)
		return 0;
	arm->slowdown = arm->time_ns.median / first->time_ns.median;
	arm->p_value = compare_difference(first->times_ns, first->time_ns.count,
					  arm->times_ns, arm->time_ns.count);
	return compare_ratio(first->times_ns, first->time_ns.count,
			     arm->times_ns, arm->time_ns.count,
			     summary->scenario->seed, &arm->slowdown_95);
}

int summary_make(struct ab_summary *summary, const struct scenario *scenario,
		 const struct ab_results *results)
{
	int ret = 0;

	*summary = (struct ab_summary){ .scenario = scenario,
					.results = results };
	for (unsigned int n = 0; n < scenario->arms_count && !ret; n++) {
		traffic_collect(&summary->arm[n], n, results);
		ret = times_collect(&summary->arm[n], n, results);
	}
	for (unsigned int n = 0; n < scenario->arms_count && !ret; n++)
		ret = against_first(summary, n);
	return ret;
}

void summary_free(struct ab_summary *summary)
{
	for (unsigned int n = 0; n < SCENARIO_ARMS_MAX; n++)
		free(summary->arm[n].times_ns);
}

static json_t *arm_times(const struct arm_summary *arm)
{
	json_t *list = json_array();

	for (size_t n = 0; n < arm->time_ns.count; n++)
		json_array_append_new(list, json_real(arm->times_ns[n]));
	return list;
}

static json_t *arm_json(const struct scenario_arm *about,
			const struct arm_summary *arm)
{
	const struct description *time = &arm->time_ns;
	json_t *sets = json_array(), *object;

	for (unsigned int n = 0; n < about->sets_count; n++)
		json_array_append_new(sets, json_string(about->set[n]));
	object = json_pack("{s:s, s:i, s:o, s:i, s:I, s:s?}", "name",
			   about->name, "loads", (int)about->loads, "set", sets,
			   "runs", (int)arm->runs, "iterations",
			   (json_int_t)time->count, "checksum", arm->checksum);
	json_object_set_new(object, "time_ns", json_pack(
		"{s:f, s:f, s:f, s:f, s:f, s:f}", "min", time->min, "median",
		time->median, "mean", time->mean, "p99", time->p99, "max",
		time->max, "jitter", time->jitter));
	json_object_set_new(object, "slowdown", json_pack(
		"{s:f, s:f, s:f, s:o}", "median", arm->slowdown, "low_95",
		arm->slowdown_95.low, "high_95", arm->slowdown_95.high,
		"p_value", arm->p_value < 0 ? json_null() :
					      json_real(arm->p_value)));
	json_object_set_new(object, "traffic", json_pack(
		"{s:f, s:f, s:o, s:f}",
		"victim_bytes_per_s", arm->victim_bytes_per_s,
		"others_bytes_per_s", arm->others_bytes_per_s,
		"others_throughput", arm->others_throughput > 0 ?
			json_real(arm->others_throughput) : json_null(),
		"others_stalled_share", arm->stalled_share));
	if (about->reference > 0)
		json_object_set_new(object, "reference_slowdown",
				    json_real(about->reference));
	json_object_set_new(object, "times_ns", arm_times(arm));
	return object;
}

json_t *summary_json(const struct ab_summary *summary, json_t *environment)
{
	const struct scenario *scenario = summary->scenario;
	json_t *arms = json_array(), *document;

	for (unsigned int n = 0; n < scenario->arms_count; n++)
		json_array_append_new(arms, arm_json(&scenario->arm[n],
						     &summary->arm[n]));
	document = json_pack("{s:s, s:s, s:i, s:s, s:I, s:o, s:o}",
			     "schema", "weir.ab/1", "name", scenario->name,
			     "repetitions", (int)scenario->repetitions,
			     "order", scenario->blocked ? "blocked" : "interleaved",
			     "seed", (json_int_t)scenario->seed,
			     "environment", environment, "arms", arms);
	if (*scenario->reference)
		json_object_set_new(document, "reference",
				    json_string(scenario->reference));
	return document;
}
