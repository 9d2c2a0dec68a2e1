/* SPDX-License-Identifier: GPL-2.0-only */
/* The demo's measurement: from its records to the figures of the report. */
#ifndef REPORT_DEMO_H
#define REPORT_DEMO_H

#include "observer.h"
#include "stats.h"
#include "victim-log.h"

#include <stdint.h>

enum demo_phase_id { PHASE_ALONE, PHASE_HOGS, PHASE_REGULATED, PHASES };
enum demo_kind { KIND_LLC, KIND_DRAM, KINDS };

extern const char *const demo_phase_names[PHASES];
extern const char *const demo_kind_names[KINDS];

struct demo_instructions {
	uint64_t tick, hypercall, irq_inject, mmio_exit;
};

/* What is given: files read, and what was asked of the hypervisor. */
struct demo_input {
	struct victim_log victim;
	struct observer observer;
	struct demo_instructions instructions;
	uint64_t clock_hz;
	uint64_t budget_bytes_per_s;
	uint64_t period_ns;
	uint64_t root_cpus;		/* bit n: CPU n */
	uint64_t requested_ns, effective_ns;
};

struct demo_victim {
	const struct victim_run *run;
	size_t first_job;		/* earlier ones ran before the reload */
	struct summary cycles;
	double slowdown;		/* median against the phase "alone" */
};

struct demo_phase {
	struct demo_victim victim[KINDS];
	uint64_t root_bytes_per_s;
	uint64_t root_worst_window_bytes; /* in any period, on a window grid */
};

struct demo_result {
	struct demo_phase phase[PHASES];
};

/* 0, or -ENODATA with the tag of the run that is missing in *missing. */
int demo_evaluate(const struct demo_input *input, struct demo_result *result,
		  const char **missing);

/* demo-output.c: 0 or negative errno. Byte-identical for identical data. */
int demo_write_summary(const struct demo_input *input,
		       const struct demo_result *result, const char *path);
int demo_write_svg(const struct demo_input *input,
		   const struct demo_result *result, const char *path);
void demo_print_table(const struct demo_input *input,
		      const struct demo_result *result);

#endif
