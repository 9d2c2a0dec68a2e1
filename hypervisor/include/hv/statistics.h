/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The statistics pages (abi/statistics.h), which are part of struct reg_cpu.
 *
 * A page is written by its CPU only, interrupts masked.
 */
#ifndef HV_STATISTICS_H
#define HV_STATISTICS_H

#include "regulators/regulator.h"
#include "types.h"

/* Heads of all pages; from setup, with the clock in place, before any cell. */
void statistics_init(void);

/*
 * Where in hypervisor memory the page of CPU 0 is; those of the others follow
 * at image_header.percpu_size.
 */
uint64_t statistics_offset(void);
/* Whether a statistics page is there: the root cell may read that page. */
bool statistics_here(uint64_t offset);

/* Around changes of values that belong together; not nested. */
static inline void statistics_begin(struct reg_cpu *reg)
{
	__atomic_store_n(&reg->shown.sequence, reg->shown.sequence + 1,
			 __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static inline void statistics_end(struct reg_cpu *reg)
{
	__atomic_store_n(&reg->shown.sequence, reg->shown.sequence + 1,
			 __ATOMIC_RELEASE);
}

static inline bool statistics_framed(const struct reg_cpu *reg)
{
	return reg->shown.sequence & 1;
}

/* Between both: what this CPU has counted until now. */
void statistics_seen(struct per_cpu *cpu, uint64_t now_ns);
/* Between both: the setting in force is a new one, or the cell. */
void statistics_adopt(struct per_cpu *cpu);
/* Between both: all of the CPU's state and counts begin anew. */
void statistics_clear(struct reg_cpu *reg);

/*
 * What another CPU has counted. It is looked for a moment in which the page is
 * not being changed, a few times; a page that is changed all the same gives
 * counts that are whole each, of moments close to each other.
 */
struct counters_cpu;
void statistics_look(const struct per_cpu *cpu, struct counters_cpu *seen);

/* Now and then, from whoever has the CPU anyway: seen, unless it just was. */
void statistics_refresh(struct per_cpu *cpu, uint64_t now_ns);

#endif
