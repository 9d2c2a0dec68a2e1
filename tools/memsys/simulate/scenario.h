/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scenarios: what machine, which cells with what load and what budget, and the
 * variants that are compared. README.md describes the file.
 */
#ifndef SIMULATE_SCENARIO_H
#define SIMULATE_SCENARIO_H

#include <limits.h>
#include <stdint.h>

#include "abi/regulation.h"
#include "engine.h"
#include "tools/regctl/units.h"

#define SCENARIO_MAX_CELLS	ENGINE_MAX_CORES
#define SCENARIO_MAX_VARIANTS	48u
#define SCENARIO_MAX_BYTES	65536u
#define SCENARIO_NAME_BYTES	32u
#define SCENARIO_TITLE_BYTES	96u

struct scenario_cell {
	char name[SCENARIO_NAME_BYTES];
	uint64_t cpus;
	struct reg_settings settings;	/* `valid` says which were given */
	/* As written: lines per period wait for the period and the machine. */
	struct rate budget, write_budget;
	uint64_t storm_ps;		/* an interrupt for each CPU so often; 0 */
	uint64_t storm_lines;		/* that its handler reads */
	uint64_t critical_ps;		/* of every ms for it when held; 0: none */
	/* Its jobs are bursts. When one took longer it asks this of another cell. */
	uint64_t deadline_ps;		/* 0: they are not timed */
	char guard[SCENARIO_NAME_BYTES];	/* "": nobody is asked */
	unsigned int guard_cell;	/* whose number that is */
	uint16_t guard_duty_permille;	/* 0: not asked for */
	uint64_t guard_budget_bytes_per_s;	/* 0: not asked for */
	uint64_t calm_jobs;		/* in time, and it releases; 0: never */
};

/* One run. Loads are by CPU; those of no cell are idle. */
struct variant {
	char name[SCENARIO_NAME_BYTES];
	struct scenario_cell cells[SCENARIO_MAX_CELLS];
	unsigned int cells_count;
	struct load loads[ENGINE_MAX_CORES];
	uint64_t seed;
	uint64_t warm_up_ps, duration_ps;	/* one after the other */
	bool polled;			/* else the counter interrupts ... */
	uint64_t delay_ns;		/* ... so late; or the poll interval */
	uint64_t handler_ns;		/* the hypervisor's time per interrupt */
	uint64_t kick_ns;		/* from one CPU to another */
};

struct scenario {
	char title[SCENARIO_TITLE_BYTES];
	char directory[PATH_MAX];	/* its files are relative to */
	struct memsys_config machine;
	struct variant variants[SCENARIO_MAX_VARIANTS];
	unsigned int variants_count;
	unsigned int baseline;		/* slowdowns are relative to */
	struct trace *traces[SCENARIO_MAX_CELLS];
	unsigned int traces_count;
};

struct scenario_error {
	unsigned int line;		/* from 1; 0: the whole file */
	char text[256];
};

/*
 * 0, or the negative errno with *error filled in, and nothing to free. A
 * scenario is large: it belongs on the heap.
 */
int scenario_parse(struct scenario *scenario, const char *text, size_t bytes,
		   const char *directory, struct scenario_error *error);
int scenario_load(struct scenario *scenario, const char *path,
		  struct scenario_error *error);
void scenario_free(struct scenario *scenario);

/* How many cores the machine of a variant needs. */
unsigned int variant_cores(const struct variant *variant);

/* Whether CPUs kick others while it runs: some watch, or a cell is guarded. */
bool variant_kicks(const struct variant *variant);

#endif
