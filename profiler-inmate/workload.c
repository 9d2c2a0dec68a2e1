/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A workload as a bare-metal guest, see workloads/workload.h.
 *
 *   work=NAME     which one (default walk)
 *   size=BYTES    of its input; its own default
 *   count=N       passes, steps or turns of a job; its own default
 *   seed=N        of the generated input (default 1; 0: every byte 'X')
 *   input=shared  instead of a generated one: what `regctl cell input` put into
 *                 memory that the cell shares, of shared=BYTES (default 8M)
 *   jobs=N        timed jobs (default 10; 0: for ever)
 *   warmup=N      jobs run first and not reported (default 1)
 *   period=TIME   between releases (default 0: back to back)
 *   clock=timer   no model: time with the system counter
 *   deadline=TIME guard=ID duty=N budget=BYTES calm=N: hold back another cell
 *                 when a job took longer (runtime/include/inmate.h)
 *
 * One line per job: "job N start CYCLES cycles CYCLES sum HEX", printed after
 * the job and outside its time.
 */
#include "inmate.h"
#include "profiler-inmate/workloads/workload.h"

static const struct workload *choose(void)
{
	const struct workload *workload;
	char name[24];

	cmdline_string("work", "walk", name, sizeof(name));
	workload = workload_find(name);
	if (!workload)
		inmate_printf("workload: none is called %s\n", name);
	return workload;
}

/* False when an input is wanted that is not there. */
static bool input_find(struct workload_params *params)
{
	char where[8];

	if (!cmdline_string("input", "", where, sizeof(where)))
		return true;
	params->input = inmate_input(&params->input_bytes);
	if (!params->input)
		inmate_printf("workload: the root cell put no input here\n");
	return params->input;
}

static void *memory_for(const struct workload *workload,
			struct workload_params *params)
{
	void *memory;

	*params = (struct workload_params){
		.size_bytes = cmdline_bytes("size", 0),
		.count = cmdline_number("count", 0),
		.seed = cmdline_number("seed", 1),
	};
	if (!input_find(params))
		return NULL;
	*params = workload_complete(workload, *params);
	memory = inmate_alloc(workload_memory_bytes(workload, params));
	if (!memory)
		inmate_printf("workload: %lu bytes do not fit the cell\n",
			      workload_memory_bytes(workload, params));
	return memory;
}

static void jobs_run(const struct workload *workload, void *memory,
		     const struct workload_params *params)
{
	uint64_t jobs = cmdline_number("jobs", 10);
	uint64_t warmup = cmdline_number("warmup", 1);
	uint64_t period_cycles = cmdline_ns("period", 0) * (clock_hz() / 1000) /
				 1000000;
	struct guard guard;
	uint64_t release = clock_cycles();

	guard_init(&guard);
	for (uint64_t job = 0; !jobs || job < jobs + warmup; job++) {
		uint64_t start, end, sum;

		clock_wait_until(release);
		start = clock_cycles();
		sum = workload->run(memory, params);
		end = clock_cycles();
		if (job >= warmup) {
			inmate_printf("job %lu start %lu cycles %lu sum %016lx\n",
				      job - warmup, start, end - start, sum);
			guard_job(&guard, job - warmup, end - start);
		}
		if (comm_poll(true))
			break;
		/* A job that overran releases the next one at once. */
		release += period_cycles;
		if (release < end)
			release = end;
	}
	guard_end(&guard);
}

void inmate_main(void)
{
	const struct workload *workload = choose();
	struct workload_params params;
	void *memory;

	clock_init();
	memory = workload ? memory_for(workload, &params) : NULL;
	if (!memory) {
		comm_set_state(CELL_FAILED);
		inmate_halt();
	}
	workload->prepare(memory, &params);
	inmate_printf("workload: %s clock_hz %lu\n", cmdline_text(), clock_hz());
	jobs_run(workload, memory, &params);
	inmate_printf("workload: done\n");
}
