/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine inside an ordinary host process, for unit tests.
 *
 * Physical memory is one anonymous file, sparse, mapped whole for the tests to
 * look at. The hypervisor's own mappings are made with mmap() from its page
 * tables, so hv_map() and the windows are the real ones. Guests execute
 * nothing: tests make their hypercalls and memory accesses for them.
 *
 * There is one thread. A kick handles the target's events on the spot; waiting
 * loops advance time and let suspended CPUs look at their events.
 */
#ifndef FAKE_H
#define FAKE_H

#include "abi/cell-config.h"
#include "hv/arch/pmu.h"
#include "hv/cell.h"
#include "hv/percpu.h"
#include "hv/types.h"

#define FAKE_RAM_START		0x40000000ull
#define FAKE_RAM_BYTES		0x40000000ull
#define FAKE_HV_START		0x70000000ull
#define FAKE_HV_BYTES		0x00800000ull
#define FAKE_RELAX_NS		1000u	/* a turn of a waiting loop, by default */

/* What tests turn and look at. All zero after fake_machine(). */
struct fake {
	uint64_t now_ns;
	uint64_t relax_ns;		/* a turn of a waiting loop; 0: default */
	uint64_t timer_ns;		/* deadline armed last, any CPU */
	/* Called in every turn of a waiting loop, as the world outside. */
	void (*on_relax)(void);
	struct color_cache cache;	/* the last level; sets 0: none named */
	bool cache_is_hashed;
	/* Failures to inject. */
	bool fail_cell_init;
	bool fail_early;
	bool fail_late;
	uint32_t fail_cpus;		/* bit n: CPU n cannot be set up */
	unsigned int fail_map_after;	/* n: the n-th mapping fails; 0: none */
	bool deaf;			/* kicks are lost */
	/* Critical interrupts, bit n: one waits on CPU n; it gets only those. */
	uint64_t critical;
	uint64_t critical_only;
	/* What happened. */
	unsigned int irq_polls;
	unsigned int config_commits;
	unsigned int cell_resets;
	uint64_t flushed_bytes;
	unsigned int cell_flushes;
	unsigned int hv_syncs;
	unsigned int icache_flushes;
	uint64_t guard_offset;		/* a page that is not mapped; 0: none */
	uint64_t switched_root;		/* tables that CPUs went over to */
};

extern struct fake fake;

/*
 * Second stages of cells: of another format than Arm's, from the next
 * fake_machine() on, when not NULL.
 */
extern const struct paging_format *fake_stage2_format;

/* Counters of one CPU, 32 bits each, bits of masks by counter. */
struct fake_pmu {
	uint64_t value[ARCH_PMU_RESERVED];
	uint16_t event[ARCH_PMU_RESERVED];
	uint32_t running;
	uint32_t irqs;
	uint32_t overflows;
};

extern struct fake_pmu fake_pmu[HV_MAX_CPUS];

/* So many events happened. True: the overflow interrupt is pending. */
bool fake_pmu_count(unsigned int cpu, uint16_t event, uint32_t events);

/* Shares: what there is to be found, and what each CPU was told to take. */
struct fake_shares {
	uint64_t data[4];		/* by cache level */
	uint64_t code[4];
	unsigned int class_of_masks;
	unsigned int class;
	unsigned int delay;
	unsigned int clock_step;
	unsigned int flushes;
};

struct fake_partition {
	unsigned int ways[4];		/* by cache level; 0: no such cache */
	unsigned int classes;
	unsigned int clock_steps;
	bool code_data;
	bool sparse;
	bool delays;
	bool silent;			/* caches do not announce themselves */
	unsigned int split;
	unsigned int restores;
	struct fake_shares cpu[HV_MAX_CPUS];
};

/* For tests to fill in before fake_boot(). */
extern struct fake_partition fake_partition;

/* Fresh memory, no CPU, no cell. */
void fake_machine(void);
/* How descriptions of this machine and of cells on it begin; the rest is 0. */
void fake_system_desc(struct system_desc *system);
void fake_cell_desc(struct cell_desc *cell, unsigned int id);
/*
 * A running root cell from this system configuration (which must pass the
 * validator) with all its CPUs; CPU 0 is current. Returns 0 or the error.
 */
int fake_boot(const void *config, size_t size);

/* As the driver places it, for fake_enter(). */
void fake_place_config(const void *config, size_t size);

/* One CPU that enables, or with `leave` disables. */
struct fake_entry {
	unsigned int cpu;
	bool leave;
	int result;		/* 0: its guest runs, or it has left */
};

/*
 * Every CPU on a thread of its own through setup_enter() or HC_DISABLE. Its
 * state outlives the machine: once a process.
 */
void fake_enter(struct fake_entry *entries, unsigned int count);

struct per_cpu *fake_cpu_area(unsigned int cpu);

/* Which CPU executes from now on. */
void fake_on_cpu(unsigned int cpu);
/* All CPUs look at their events, as they would on their way to the guest. */
void fake_settle(void);

/* A hypercall of the guest on `cpu`; events are handled behind it. */
long fake_hypercall(unsigned int cpu, uint64_t number, uint64_t arg1,
		    uint64_t arg2);

/* Physical memory as it is; NULL outside. */
void *fake_ram(uint64_t phys);
/* What the guest of this cell reaches at `address`; NULL when it may not. */
void *fake_guest(const struct cell *cell, uint64_t address, uint32_t wanted);

#endif
