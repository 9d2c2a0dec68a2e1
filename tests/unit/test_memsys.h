/* SPDX-License-Identifier: GPL-2.0-only */
/* A machine with round figures for tests of the memory-system model. */
#ifndef TEST_MEMSYS_H
#define TEST_MEMSYS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tools/memsys/memsys.h"

#define LINE		64u
#define L1_LINES	16u	/* 8 sets, 2 ways */
#define LLC_SETS	64u
#define LLC_WAYS	4u
#define LLC_LINES	(LLC_SETS * LLC_WAYS)
#define HIT		12u
#define MISS		100u
#define OVERLAP		4u
#define SLACK		500u
#define EPOCH		1000u

/*
 * 1 GHz, so a cycle is a nanosecond: DDR serves 4 bytes per cycle (a line in
 * 16 cycles, 62.5 lines an epoch) and moves 16 at most (250 lines an epoch).
 */
static inline struct memsys_config small_machine(void)
{
	return (struct memsys_config){
		.machine = "small",
		.clock_hz = 1000000000,
		.base_cpi_milli = 1000,
		.line_bytes = LINE,
		.l1_bytes = L1_LINES * LINE,
		.l1_ways = 2,
		.llc_bytes = LLC_LINES * LINE,
		.llc_ways = LLC_WAYS,
		.llc_hit_cycles = HIT,
		.ddr_latency_cycles = MISS,
		.overlap_misses = OVERLAP,
		.stream_count = 2,
		.ddr_sustained_bytes_per_s = 4000000000,
		.ddr_peak_bytes_per_s = 16000000000,
		.slack_cycles = SLACK,
		.epoch_cycles = EPOCH,
	};
}

static inline struct memsys_cpu read_cpu(struct memsys *m, unsigned int cpu)
{
	struct memsys_cpu regs = { 0 };

	memsys_read_cpu(m, cpu, &regs);
	return regs;
}

/* Accesses `count` lines from line `first` on, `step` lines apart. */
static inline void touch_lines(struct memsys *m, unsigned int cpu,
			       uint64_t first, uint64_t count, uint64_t step,
			       bool is_store)
{
	for (uint64_t n = 0; n < count; n++)
		memsys_access(m, cpu, (first + n * step) * LINE, is_store);
}

/* What a CPU of a scenario does for each line it asks for. */
struct worker {
	unsigned int cpu;
	uint64_t insns;		/* before each access */
	uint64_t step_lines;	/* 1: a stream */
	bool is_store;
	uint64_t next_line;
};

/* Runs the worker whose clock is lowest, one line at a time. */
static inline void run_until(struct memsys *m, struct worker *workers,
		      unsigned int count, uint64_t end_cycles)
{
	while (memsys_now(m) < end_cycles) {
		struct worker *next = &workers[0];
		uint64_t lowest = UINT64_MAX;

		for (unsigned int n = 0; n < count; n++) {
			uint64_t cycles = read_cpu(m, workers[n].cpu).cycles;

			if (cycles < lowest) {
				lowest = cycles;
				next = &workers[n];
			}
		}
		memsys_execute(m, next->cpu, next->insns);
		memsys_access(m, next->cpu, next->next_line * LINE,
			      next->is_store);
		next->next_line += next->step_lines;
	}
}

static inline struct worker worker(unsigned int cpu, uint64_t insns, uint64_t step,
			    bool is_store)
{
	return (struct worker){
		.cpu = cpu,
		.insns = insns,
		.step_lines = step,
		.is_store = is_store,
		.next_line = (uint64_t)cpu << 24,
	};
}

#endif
