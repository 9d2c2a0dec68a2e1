/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of cache and bandwidth allocation and of clock modulation, for
 * tests: registers per CPU, per core and per package, CPUID, and a count of
 * the accesses that the hardware would answer with #GP.
 */
#ifndef X86_CAT_MODEL_H
#define X86_CAT_MODEL_H

#include "fake.h"
#include "hypervisor/arch/x86/cat.h"

#define CAT_CPUS		4u
#define CAT_MASKS		128u

struct cat_kind {
	unsigned int l3_ways;		/* 0: not announced */
	unsigned int l2_ways;
	unsigned int classes;
	unsigned int ways_min;		/* fewer are refused */
	bool code_data;			/* L3 only */
	bool sparse;
	bool linear;			/* delays */
	unsigned int delay_max;		/* 0: none */
	bool fine_clock;
	bool silent;			/* it has all that, and does not say so */
};

struct cat_machine {
	struct cat_kind kind;
	uint64_t l3_mask[CAT_CPUS / 2][CAT_MASKS];	/* two CPUs share one */
	uint64_t l3_config[CAT_CPUS / 2];
	uint64_t l2_mask[CAT_CPUS][CAT_MASKS];
	uint64_t delay[CAT_CPUS / 2][CAT_MASKS];
	uint64_t assoc[CAT_CPUS];
	uint64_t clock[CAT_CPUS];
	unsigned int flushes[CAT_CPUS];
	unsigned int faults;
	unsigned int writes;
	uint32_t fault_msr;
	uint64_t fault_value;
};

extern struct cat_machine cat;

void cat_init(const struct cat_kind *kind);

/* Ways that `cpu` fills with data, and with code. */
uint64_t cat_data_ways(unsigned int cpu, unsigned int level);
uint64_t cat_code_ways(unsigned int cpu, unsigned int level);

#endif
