// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model with the figures of the ZCU102: what two hogs do to a periodic
 * victim, and what is left of that when the hogs keep to a budget.
 */
#include "test_memsys.h"

#include <stdlib.h>

#define VICTIM		2u
#define CPUS		3u
#define PERIOD		1200000ull	/* 1 ms */
#define BUDGET_LINES	3125u		/* 200 MB/s */
#define JOBS		20u
#define WARM_UP_JOBS	5u
#define JOB_STEPS	4096u
#define HOG_LINES	131072u		/* 8 MiB */
#define CHAIN_LINES	32768u		/* 2 MiB, the largest chain */

enum hogs { NO_HOGS, READ_HOGS, WRITE_HOGS, BUDGETED_HOGS };

struct scene {
	struct memsys *m;
	enum hogs hogs;
	uint64_t hog_line[CPUS];
	uint64_t period_end[CPUS];
	uint64_t budget;	/* of both hogs, in this period */
	uint64_t budget_end;	/* of this period */
	uint64_t chain_lines;
	uint64_t position;
	uint32_t next[CHAIN_LINES];
};

static struct scene scene;

/* One cycle through all lines, in an order that looks random. */
static void make_chain(uint64_t lines)
{
	uint64_t seed = 1;

	for (uint32_t n = 0; n < lines; n++)
		scene.next[n] = n;
	for (uint64_t n = lines - 1; n > 0; n--) {
		uint32_t saved = scene.next[n];
		uint64_t other;

		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		other = (seed >> 33) % n;
		scene.next[n] = scene.next[other];
		scene.next[other] = saved;
	}
	scene.chain_lines = lines;
}

static void count_budget(void *context, const struct memsys_transfer *transfer)
{
	uint64_t lines = transfer->fill_lines + transfer->writeback_lines;

	(void)context;
	if (transfer->cpu != VICTIM)
		scene.budget -= lines < scene.budget ? lines : scene.budget;
}

static void hold(unsigned int cpu, uint64_t until)
{
	memsys_set_control(scene.m, cpu, MEMSYS_CPU_HELD, until, 0);
	scene.period_end[cpu] = until;
}

/* True while the CPU is held; lets it go on when its time has come. */
static bool is_held(unsigned int cpu)
{
	struct memsys_cpu regs = read_cpu(scene.m, cpu);

	if (!(regs.control & MEMSYS_CPU_HELD))
		return false;
	memsys_execute(scene.m, cpu, 1);
	if (read_cpu(scene.m, cpu).cycles < scene.period_end[cpu])
		return true;
	memsys_set_control(scene.m, cpu, 0, 0, 0);
	return false;
}

static void hog_step(unsigned int cpu)
{
	uint64_t cycles = read_cpu(scene.m, cpu).cycles;

	if (cycles >= scene.budget_end) {
		scene.budget = BUDGET_LINES;
		scene.budget_end = cycles - cycles % PERIOD + PERIOD;
	}
	if (scene.hogs == BUDGETED_HOGS && !scene.budget) {
		hold(cpu, scene.budget_end);
		return;
	}
	memsys_execute(scene.m, cpu, 4);
	memsys_access(scene.m, cpu,
		      ((uint64_t)(cpu + 1) << 28) +
			      scene.hog_line[cpu] % HOG_LINES * LINE,
		      scene.hogs != READ_HOGS);
	scene.hog_line[cpu]++;
}

/* Lets each hog run that is not ahead of the slowest by more than the slack. */
static void hogs_run(void)
{
	for (unsigned int cpu = 0; scene.hogs && cpu < VICTIM; cpu++)
		for (unsigned int n = 0; n < 8 && !is_held(cpu); n++) {
			struct memsys_cpu regs = read_cpu(scene.m, cpu);

			if (regs.cycles > regs.limit_cycles)
				break;
			hog_step(cpu);
		}
}

static uint64_t victim_job(void)
{
	uint64_t start = read_cpu(scene.m, VICTIM).cycles;

	for (unsigned int step = 0; step < JOB_STEPS; step++) {
		struct memsys_cpu regs;

		memsys_execute(scene.m, VICTIM, 3);
		memsys_access(scene.m, VICTIM, scene.position * LINE, false);
		scene.position = scene.next[scene.position];
		do {
			hogs_run();
			regs = read_cpu(scene.m, VICTIM);
		} while (regs.cycles > regs.limit_cycles);
	}
	return read_cpu(scene.m, VICTIM).cycles - start;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct result {
	uint64_t median;
	uint64_t worst;
};

static struct result run(uint64_t chain_lines, enum hogs hogs)
{
	struct memsys_config_error error;
	struct memsys_config config;
	uint64_t cycles[JOBS];

	scene = (struct scene){ .hogs = hogs };
	make_chain(chain_lines);
	assert_int_equal(memsys_config_load("tools/memsys/machines/zcu102.conf",
					    &config, &error), 0);
	scene.m = memsys_create(&config, CPUS);
	assert_non_null(scene.m);
	memsys_observe_with(scene.m, count_budget, NULL);
	for (unsigned int job = 0; job < JOBS + WARM_UP_JOBS; job++) {
		uint64_t used = victim_job();

		if (job >= WARM_UP_JOBS)
			cycles[job - WARM_UP_JOBS] = used;
		hold(VICTIM, (job + 1) * PERIOD);
		while (is_held(VICTIM))
			hogs_run();
	}
	memsys_destroy(scene.m);
	qsort(cycles, JOBS, sizeof(cycles[0]), compare);
	return (struct result){ cycles[JOBS / 2], cycles[JOBS - 1] };
}

/* Slowdowns of the median and of the worst job, in percent. */
static struct result slowdown(uint64_t chain_lines, enum hogs hogs)
{
	struct result alone = run(chain_lines, NO_HOGS);
	struct result beside = run(chain_lines, hogs);

	return (struct result){ beside.median * 100 / alone.median,
				beside.worst * 100 / alone.worst };
}

static void report(const char *name, struct result result)
{
	print_message("%s: median %llu %%, worst %llu %% of alone\n", name,
		      (unsigned long long)result.median,
		      (unsigned long long)result.worst);
}

static void an_llc_victim_is_evicted(void **state)
{
	struct result read = slowdown(4096, READ_HOGS);
	struct result write = slowdown(4096, WRITE_HOGS);

	(void)state;
	report("256 KiB, read hogs", read);
	report("256 KiB, write hogs", write);
	assert_in_range(read.median, 500, 1500);
	assert_in_range(write.median, read.median, 1500);
}

static void a_dram_victim_queues_behind_writes(void **state)
{
	struct result read = slowdown(32768, READ_HOGS);
	struct result write = slowdown(32768, WRITE_HOGS);

	(void)state;
	report("2 MiB, read hogs", read);
	report("2 MiB, write hogs", write);
	assert_in_range(read.median, 100, 110);
	assert_in_range(write.median, 125, 140);
}

static void a_budget_gives_the_speed_back(void **state)
{
	struct result llc = slowdown(4096, BUDGETED_HOGS);
	struct result dram = slowdown(32768, BUDGETED_HOGS);

	(void)state;
	report("256 KiB, hogs at 200 MB/s", llc);
	report("2 MiB, hogs at 200 MB/s", dram);
	assert_in_range(llc.median, 100, 105);
	assert_in_range(llc.worst, 100, 110);
	assert_in_range(dram.median, 100, 105);
	assert_in_range(dram.worst, 100, 110);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_llc_victim_is_evicted),
		cmocka_unit_test(a_dram_victim_queues_behind_writes),
		cmocka_unit_test(a_budget_gives_the_speed_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
