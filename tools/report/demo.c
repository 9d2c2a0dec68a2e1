/* SPDX-License-Identifier: GPL-2.0-only */
/* Figures of the demo: victim times per phase, root traffic, slowdowns. */
#include "demo.h"

#include <errno.h>
#include <stdio.h>

#define NS_PER_S	1000000000ull

const char *const demo_phase_names[PHASES] = { "alone", "hogs", "regulated" };
const char *const demo_kind_names[KINDS] = { "llc", "dram" };

static const char *const run_tags[PHASES][KINDS] = {
	{ "alone-llc", "alone-dram" },
	{ "hogs-llc", "hogs-dram" },
	{ "regulated-llc", "regulated-dram" },
};

static uint64_t ns_to_cycles(const struct demo_input *input, uint64_t ns)
{
	return ns / NS_PER_S * input->clock_hz +
	       ns % NS_PER_S * input->clock_hz / NS_PER_S;
}

/* Jobs that were running when the budget came into force belong to no phase. */
static size_t first_regulated_job(const struct demo_input *input,
				  const struct victim_run *run)
{
	uint64_t effective = ns_to_cycles(input, input->effective_ns);
	size_t n = 0;

	while (n < run->jobs_count && run->jobs[n].start_cycles < effective)
		n++;
	return n;
}

static int victim_evaluate(struct demo_victim *victim)
{
	struct samples samples = { 0 };
	int error = 0;

	for (size_t n = victim->first_job; !error && n < victim->run->jobs_count; n++)
		error = samples_add(&samples, victim->run->jobs[n].cycles);
	if (!error && !samples.count)
		error = -ENODATA;
	victim->cycles = samples_summary(&samples);
	samples_free(&samples);
	return error;
}

static void root_evaluate(const struct demo_input *input, struct demo_phase *phase)
{
	uint64_t period_cycles = ns_to_cycles(input, input->period_ns);
	uint64_t bytes = 0, cycles = 0;

	for (int kind = 0; kind < KINDS; kind++) {
		const struct demo_victim *victim = &phase->victim[kind];
		const struct victim_job *last =
			&victim->run->jobs[victim->run->jobs_count - 1];
		uint64_t from = victim->run->jobs[victim->first_job].start_cycles;
		uint64_t to = last->start_cycles + last->cycles;
		uint64_t covered, worst;

		bytes += observer_sum(&input->observer, input->root_cpus, from,
				      to, &covered);
		cycles += covered;
		worst = observer_worst(&input->observer, input->root_cpus, from,
				       to, period_cycles);
		if (worst > phase->root_worst_window_bytes)
			phase->root_worst_window_bytes = worst;
	}
	if (cycles)
		phase->root_bytes_per_s = (uint64_t)
			((double)bytes * (double)input->clock_hz / (double)cycles);
}

static int phase_evaluate(const struct demo_input *input, int id,
			  struct demo_result *result, const char **missing)
{
	struct demo_phase *phase = &result->phase[id];

	*phase = (struct demo_phase){ 0 };
	for (int kind = 0; kind < KINDS; kind++) {
		struct demo_victim *victim = &phase->victim[kind];
		uint64_t alone;
		int error;

		*missing = run_tags[id][kind];
		victim->run = victim_log_run(&input->victim, *missing);
		if (!victim->run)
			return -ENODATA;
		if (id == PHASE_REGULATED)
			victim->first_job = first_regulated_job(input, victim->run);
		error = victim_evaluate(victim);
		if (error)
			return error;
		alone = result->phase[PHASE_ALONE].victim[kind].cycles.median;
		victim->slowdown = alone ? (double)victim->cycles.median /
					   (double)alone : 0;
	}
	root_evaluate(input, phase);
	return 0;
}

int demo_evaluate(const struct demo_input *input, struct demo_result *result,
		  const char **missing)
{
	for (int id = 0; id < PHASES; id++) {
		int error = phase_evaluate(input, id, result, missing);

		if (error)
			return error;
	}
	return 0;
}
