/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory-system model: private L1 caches, a shared last-level cache, DDR
 * with a latency and a service rate, and a clock per CPU. README.md has the
 * formulas.
 *
 * Integer arithmetic only, no allocation after memsys_create(): equal calls
 * give equal results on every host. Not thread-safe: one thread at a time.
 *
 * Who drives it calls, for each CPU in turn, memsys_execute() when instructions
 * begin, memsys_access() for each load and store, memsys_idle() when the CPU
 * waits for an interrupt, and memsys_set_control() for what a hypervisor asks.
 */
#ifndef MEMSYS_MODEL_H
#define MEMSYS_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/memsys.h"
#include "config.h"

struct memsys;

/* One access that needed DDR, for observers outside of the model. */
struct memsys_transfer {
	uint64_t cycles;	/* the CPU's clock when DDR took it on */
	unsigned int cpu;
	unsigned int fill_lines;	/* read from DDR */
	unsigned int writeback_lines;	/* written to DDR */
};

typedef void (*memsys_observe)(void *context,
			       const struct memsys_transfer *transfer);

/* Checks the configuration and builds a model of num_cpus (1..16) CPUs at
 * model time 0 with empty caches. NULL with errno EINVAL or ENOMEM. */
struct memsys *memsys_create(const struct memsys_config *config,
			     unsigned int num_cpus);
void memsys_destroy(struct memsys *m);

/* Back to time 0, empty caches, all CPUs off, no control words. The page and
 * the observer stay. */
void memsys_reset(struct memsys *m);

/* Publishes to this page from here on, its identification first. The model
 * only writes there. `page` outlives the model; NULL detaches. */
void memsys_attach(struct memsys *m, struct memsys_page *page);

/* Calls `observe` for each access that needs DDR; NULL stops that. */
void memsys_observe_with(struct memsys *m, memsys_observe observe,
			 void *context);

/* A CPU begins n_insns instructions: it is busy, its clock advances. */
void memsys_execute(struct memsys *m, unsigned int cpu, uint64_t n_insns);

/* The same instructions, for code that began but is charged separately. */
void memsys_charge_instructions(struct memsys *m, unsigned int cpu,
				uint64_t n_insns);

/* A load or store of a busy CPU, within one line. */
void memsys_access(struct memsys *m, unsigned int cpu, uint64_t phys,
		   bool is_store);

/*
 * The CPU waits for an interrupt, until its next memsys_execute(). Others see
 * it idle when they next execute: a wait that ends at once changes nothing.
 * A held CPU stays held.
 */
void memsys_idle(struct memsys *m, unsigned int cpu);

/* Control words of abi/memsys.h, in force at once. way_mask bits beyond the
 * LLC's ways are ignored; a mask that names no way means all. */
void memsys_set_control(struct memsys *m, unsigned int cpu, uint32_t control,
			uint64_t hold_until_cycles, uint64_t way_mask);

/* What the page would show, refreshed. `regs` may be any CPU's copy. */
void memsys_read_cpu(struct memsys *m, unsigned int cpu,
		     struct memsys_cpu *regs);
/* Brings the page's fields of a CPU and of the machine up to date. */
void memsys_publish(struct memsys *m, unsigned int cpu);

/* Clock of the slowest busy CPU: see abi/memsys.h. */
uint64_t memsys_now(struct memsys *m);
uint64_t memsys_epochs(const struct memsys *m);
/* Queueing delay per request that misses pay now, 8 fraction bits. */
uint64_t memsys_queue_delay_q8(const struct memsys *m);
/* Lines served beyond the sustained rate and not yet made up for, 8 bits. */
uint64_t memsys_backlog_q8(const struct memsys *m);
/* Requests of CPUs so far ahead that they fell beyond the horizon. */
uint64_t memsys_beyond_horizon_count(const struct memsys *m);

#endif
