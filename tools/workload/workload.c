/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A workload as a Linux process: the same sources as the guest of this name,
 * the same parameters, the same checksums.
 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profiler-inmate/workloads/workload.h"
#include "tools/workload/clock.h"
#include "tools/workload/process.h"

struct run {
	const struct workload *workload;
	struct workload_params params;
	uint64_t jobs;		/* 0: for ever */
	uint64_t warmup;
	int cpu;		/* -1: anywhere */
	const char *tag;
	const char *input;	/* file; NULL: generated */
	struct process_clock clock;
	bool weir_clock;
};

static const struct argp_option options[] = {
	{ "size", 's', "BYTES", 0, "Of the input, with k, M or G (powers of 1024)", 0 },
	{ "count", 'n', "N", 0, "Passes, steps or turns of a job", 0 },
	{ "seed", 'r', "N", 0, "Of the generated input; 0: every byte X (1)", 0 },
	{ "input", 'i', "FILE", 0, "Work on what is in the file, over and over, instead "
	  "of a generated input", 0 },
	{ "jobs", 'j', "N", 0, "Timed jobs; 0: for ever (10)", 0 },
	{ "warmup", 'w', "N", 0, "Jobs run first and not reported (1)", 0 },
	{ "cpu", 'c', "N", 0, "Run on this CPU only", 0 },
	{ "tag", 't', "TEXT", 0, "Words for the first line of output", 0 },
	{ "weir-clock", 'm', NULL, 0, "Time with the hypervisor's clock", 0 },
	{ 0 },
};

/* A decimal number with an optional k, M or G. */
static int parse_number(const char *text, uint64_t *value)
{
	static const char units[] = "kMG";
	const char *unit;
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || errno)
		return -EINVAL;
	unit = *end ? strchr(units, *end) : NULL;
	if (*end && (!unit || end[1]))
		return -EINVAL;
	for (const char *n = units; unit && n <= unit; n++) {
		if (*value > UINT64_MAX >> 10)
			return -ERANGE;
		*value <<= 10;
	}
	return 0;
}

static int parse_cpu(const char *text, int *cpu)
{
	uint64_t value;
	int error = parse_number(text, &value);

	if (error || value >= CPU_SETSIZE)
		return -EINVAL;
	*cpu = (int)value;
	return 0;
}

static int parse_workload(const char *name, struct run *run)
{
	if (run->workload)
		return -E2BIG;
	run->workload = workload_find(name);
	return run->workload ? 0 : -ENOENT;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct run *run = state->input;
	int error = 0;

	switch (key) {
	case 's': error = parse_number(argument, &run->params.size_bytes); break;
	case 'n': error = parse_number(argument, &run->params.count); break;
	case 'r': error = parse_number(argument, &run->params.seed); break;
	case 'j': error = parse_number(argument, &run->jobs); break;
	case 'w': error = parse_number(argument, &run->warmup); break;
	case 'c': error = parse_cpu(argument, &run->cpu); break;
	case 'i': run->input = argument; break;
	case 't': run->tag = argument; break;
	case 'm': run->weir_clock = true; break;
	case ARGP_KEY_ARG: error = parse_workload(argument, run); break;
	case ARGP_KEY_NO_ARGS: argp_usage(state); break;
	default: return ARGP_ERR_UNKNOWN;
	}
	if (error)
		argp_error(state, "'%s' is not accepted", argument);
	return 0;
}

static void list_workloads(char *text, size_t size)
{
	size_t used = 0;

	for (unsigned int n = 0; workload_at(n); n++) {
		const struct workload *workload = workload_at(n);
		int length = snprintf(text + used, size - used,
				      "  %-12s %s\n", workload->name,
				      workload->summary);

		used += length > 0 ? (size_t)length : 0;
		if (used >= size)
			return;
	}
}

static void jobs_run(const struct run *run, void *memory)
{
	for (uint64_t job = 0; !run->jobs || job < run->jobs + run->warmup; job++) {
		uint64_t start_ns = process_clock_ns(&run->clock);
		uint64_t end_ns, sum;

		sum = run->workload->run(memory, &run->params);
		end_ns = process_clock_ns(&run->clock);
		if (job < run->warmup)
			continue;
		printf("job %" PRIu64 " start %" PRIu64 " cycles %" PRIu64
		       " sum %016" PRIx64 "\n", job - run->warmup, start_ns,
		       end_ns - start_ns, sum);
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	static char text[1024] = "Run a workload and time its jobs.\vWorkloads:\n";
	struct argp argp = { options, parse, "WORKLOAD", text, NULL, NULL, NULL };
	struct run run = { .jobs = 10, .warmup = 1, .cpu = -1, .tag = "",
			   .params = { .seed = 1 } };
	void *memory;

	list_workloads(text + strlen(text), sizeof(text) - strlen(text));
	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, &run);
	process_clock_open(&run.clock, "workload", run.weir_clock);
	process_pin("workload", run.cpu);
	if (run.input)
		run.params.input = process_file("workload", run.input,
						&run.params.input_bytes);
	run.params = workload_complete(run.workload, run.params);
	memory = process_memory("workload",
				workload_memory_bytes(run.workload,
						      &run.params));
	run.workload->prepare(memory, &run.params);
	printf("workload: work=%s %s clock_hz %llu\n", run.workload->name,
	       run.tag, CLOCK_NS_PER_S);
	fflush(stdout);
	jobs_run(&run, memory);
	printf("workload: done\n");
	process_clock_close(&run.clock);
	return 0;
}
