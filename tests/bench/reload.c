// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reloads settings over and over and checks every answer.
 *
 *   reload [CELL [COUNT [TIMED]]]       (root 10000 200)
 *
 * First COUNT reloads follow each other without a pause, in turn two settings
 * that differ in every field. Each must be answered with exactly what was
 * asked, a generation one above the last, and a status in which requested and
 * effective settings belong to one and the same reload, also on every CPU:
 * generations there never run backwards or ahead. Then TIMED reloads, each
 * waited for: how long until it is in force on the last CPU of the cell, on the
 * hypervisor's clock.
 *
 * Figures go to standard output as "data: reload.NAME VALUE"; the first thing
 * that is wrong goes to standard error and ends the program with status 1.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tools/libreg/reg.h"

/* Looks at the status before a reload counts as lost. */
#define LOOKS_MAX	1000000u

/*
 * The clock of one CPU may be behind that of another by this much: the slack
 * that modelled cores are kept within (20,000 cycles at 1.2 GHz), with a margin.
 */
#define CLOCK_SKEW_NS	20000u

struct bench {
	struct reg_device *device;
	struct weir_cell_id cell;
	uint64_t generation;		/* of the last reload */
	uint64_t reloads;		/* as the hypervisor counted at first */
	uint64_t seen[REG_STATUS_MAX_CPUS]; /* newest generation by entry */
	uint64_t applied_count;		/* CPUs seen with the newest one */
	uint64_t delay_max_ns;
	uint64_t delay_sum_ns;
	uint64_t delay_count;
	uint64_t delay_over_count;	/* beyond two periods */
	uint64_t delay_max_permille;	/* of the period then in force */
};

static const struct reg_settings settings_a = {
	.valid = REG_SET_BUDGET | REG_SET_WRITE_BUDGET | REG_SET_PERIOD |
		 REG_SET_MODE,
	.budget_bytes_per_s = 1000000000,
	.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED,
	.period_ns = 1000000,
	.mode = 0,
};

static const struct reg_settings settings_b = {
	.valid = REG_SET_BUDGET | REG_SET_WRITE_BUDGET | REG_SET_PERIOD |
		 REG_SET_MODE,
	.budget_bytes_per_s = 1500000000,
	.write_budget_bytes_per_s = 750000000,
	.period_ns = 500000,
	.mode = REG_MODE_PER_CPU,
};

static bool complain(const char *what, uint64_t got, uint64_t wanted)
{
	fprintf(stderr, "reload: %s is %" PRIu64 ", %" PRIu64 " was expected\n",
		what, got, wanted);
	return false;
}

static bool complain_device(const struct bench *bench)
{
	fprintf(stderr, "reload: %s\n", reg_last_error(bench->device)->text);
	return false;
}

static bool settings_match(const char *what, const struct reg_settings *got,
			   const struct reg_settings *wanted)
{
	if (got->budget_bytes_per_s == wanted->budget_bytes_per_s &&
	    got->write_budget_bytes_per_s ==
		    wanted->write_budget_bytes_per_s &&
	    got->period_ns == wanted->period_ns && got->mode == wanted->mode)
		return true;
	fprintf(stderr,
		"reload: %s: budget %" PRIu64 " write %" PRIu64 " period %"
		PRIu64 " mode %u are not those of one reload\n", what,
		(uint64_t)got->budget_bytes_per_s,
		(uint64_t)got->write_budget_bytes_per_s,
		(uint64_t)got->period_ns, got->mode);
	return false;
}

static bool cpus_check(struct bench *bench, const struct reg_status *status)
{
	uint32_t i;

	bench->applied_count = 0;
	for (i = 0; i < status->num_cpus; i++) {
		uint64_t generation = status->cpu[i].generation;

		if (generation > bench->generation)
			return complain("a CPU's generation", generation,
					bench->generation);
		if (generation < bench->seen[i])
			return complain("a CPU's generation", generation,
					bench->seen[i]);
		bench->seen[i] = generation;
		if (generation == bench->generation)
			bench->applied_count++;
	}
	return true;
}

static bool status_check(struct bench *bench, struct reg_status *status,
			 const struct reg_settings *wanted)
{
	if (reg_get(bench->device, &bench->cell, status))
		return complain_device(bench);
	if (status->generation != bench->generation)
		return complain("the status' generation", status->generation,
				bench->generation);
	return settings_match("status, requested", &status->requested,
			      wanted) &&
	       settings_match("status, effective", &status->effective,
			      wanted) &&
	       cpus_check(bench, status);
}

static bool reload(struct bench *bench, const struct reg_settings *wanted,
		   uint64_t *requested_ns)
{
	struct reg_request answer;

	if (reg_set(bench->device, &bench->cell, wanted, &answer))
		return complain_device(bench);
	if (answer.generation != bench->generation + 1)
		return complain("the answer's generation", answer.generation,
				bench->generation + 1);
	bench->generation = answer.generation;
	*requested_ns = answer.requested_ns;
	return settings_match("answer", &answer.effective, wanted);
}

/* The two settings in turn: reload n and what must be in force after it. */
static const struct reg_settings *settings_of(uint64_t n)
{
	return n % 2 ? &settings_b : &settings_a;
}

static bool burst(struct bench *bench, uint64_t count)
{
	struct reg_status status;
	uint64_t requested_ns;
	uint64_t n;

	for (n = 0; n < count; n++) {
		if (!reload(bench, settings_of(n), &requested_ns) ||
		    !status_check(bench, &status, settings_of(n))) {
			fprintf(stderr, "reload: in reload %" PRIu64 "\n", n);
			return false;
		}
	}
	return true;
}

/* Looks until the newest reload is in force on all CPUs of the cell. */
static bool settle(struct bench *bench, const struct reg_settings *wanted,
		   struct reg_status *status)
{
	unsigned int looks;

	for (looks = 0; looks < LOOKS_MAX; looks++) {
		if (!status_check(bench, status, wanted))
			return false;
		if (bench->applied_count == status->num_cpus)
			return true;
	}
	return complain("CPUs that took the last reload",
			bench->applied_count, status->num_cpus);
}

/* From the request to the moment each CPU took it over. */
static bool delays_take(struct bench *bench, const struct reg_status *status,
			uint64_t requested_ns, uint64_t period_ns)
{
	uint32_t i;

	for (i = 0; i < status->num_cpus; i++) {
		uint64_t effective_ns = status->cpu[i].effective_ns;
		uint64_t delay_ns = 0;

		if (effective_ns + CLOCK_SKEW_NS < requested_ns)
			return complain("the time of effect", effective_ns,
					requested_ns);
		if (effective_ns > requested_ns)
			delay_ns = effective_ns - requested_ns;
		if (delay_ns > bench->delay_max_ns)
			bench->delay_max_ns = delay_ns;
		if (delay_ns > 2 * period_ns)
			bench->delay_over_count++;
		if (delay_ns * 1000 / period_ns > bench->delay_max_permille)
			bench->delay_max_permille = delay_ns * 1000 / period_ns;
		bench->delay_sum_ns += delay_ns;
		bench->delay_count++;
	}
	return true;
}

/* The period that counts is the one in force when the reload is asked for. */
static bool timed(struct bench *bench, uint64_t count)
{
	struct reg_status status;
	uint64_t requested_ns;
	uint64_t n;

	for (n = 0; n < count; n++) {
		if (!reload(bench, settings_of(n), &requested_ns) ||
		    !settle(bench, settings_of(n), &status) ||
		    !delays_take(bench, &status, requested_ns,
				 settings_of(n + 1)->period_ns)) {
			fprintf(stderr, "reload: in timed reload %" PRIu64 "\n",
				n);
			return false;
		}
	}
	return true;
}

static void figure(const char *name, uint64_t value)
{
	printf("data: reload.%s %" PRIu64 "\n", name, value);
}

static bool start(struct bench *bench, const char *cell)
{
	const struct reg_options options = { NULL, NULL, NULL };
	struct reg_status status;
	uint32_t i;

	if (reg_open(&bench->device, &options))
		return complain("free memory", 0, 1);
	if (reg_cell_id(bench->device, cell, &bench->cell) ||
	    reg_get(bench->device, &bench->cell, &status))
		return complain_device(bench);
	bench->generation = status.generation;
	bench->reloads = status.reloads;
	for (i = 0; i < status.num_cpus; i++)
		bench->seen[i] = status.cpu[i].generation;
	return true;
}

/* What the hypervisor counted is what was asked for; then as it was before. */
static bool finish(struct bench *bench, uint64_t count)
{
	struct reg_request answer;
	struct reg_status status;

	if (reg_get(bench->device, &bench->cell, &status))
		return complain_device(bench);
	if (status.reloads != bench->reloads + count)
		return complain("the count of reloads", status.reloads,
				bench->reloads + count);
	if (reg_clear(bench->device, &bench->cell, &answer))
		return complain_device(bench);
	return true;
}

static bool run(struct bench *bench, const char *cell, uint64_t count,
		uint64_t timed_count)
{
	struct reg_status status;

	if (!start(bench, cell) || !burst(bench, count))
		return false;
	/* The last one of the burst arrives everywhere, too. */
	if (count && !settle(bench, settings_of(count - 1), &status))
		return false;
	if (!timed(bench, timed_count) || !finish(bench, count + timed_count))
		return false;
	figure("count", count);
	figure("timed", timed_count);
	figure("delay_max_ns", bench->delay_max_ns);
	figure("delay_mean_ns", bench->delay_count ? bench->delay_sum_ns /
						     bench->delay_count : 0);
	figure("delay_max_permille_of_period", bench->delay_max_permille);
	figure("delay_over_two_periods", bench->delay_over_count);
	return true;
}

int main(int argc, char **argv)
{
	struct bench bench = { 0 };
	uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000;
	uint64_t timed_count = argc > 3 ? strtoull(argv[3], NULL, 10) : 200;
	/* Even, so that the timed part knows what is in force before it. */
	uint64_t even = count < 2 ? 2 : count + count % 2;
	bool good;

	/* This is about reloads, not about the share of a process. */
	if (setpriority(PRIO_PROCESS, 0, -20))
		perror("reload: setpriority");
	good = run(&bench, argc > 1 ? argv[1] : "root", even,
		   timed_count);

	reg_close(bench.device);
	return good && fflush(stdout) == 0 ? 0 : 1;
}
