/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract of regulators and counter sources.
 *
 * A regulator decides, from counter values and the clock it is handed, when a
 * CPU must stop and when it may go on. It touches no hardware, takes no time
 * source and no lock of its own but reg_cell.lock, so that the same object code
 * runs in the hypervisor, in the simulator and in unit tests.
 */
#ifndef REGULATOR_H
#define REGULATOR_H

#include "abi/regulation.h"
#include "hv/reason.h"
#include "hv/spinlock.h"
#include "hv/types.h"

struct reg_cell;
struct reg_cpu;

/* What a check may rely on: the machine as probed. */
struct reg_platform {
	uint32_t line_bytes;
	unsigned int cpus_count;	/* of the cell */
	const struct counter_source *source;
};

/*
 * A setting as a regulator uses it: lines instead of bytes. Rates that do not
 * come out in whole lines per period keep their remainder: lines owed after n
 * periods are exactly floor(n * numerator / denominator).
 */
struct reg_rate {
	uint64_t lines_per_period;	/* whole part */
	uint64_t numerator;		/* remainder per period, below ... */
	uint64_t denominator;		/* ... this; 1 when there is none */
};

struct reg_effective {
	struct reg_settings settings;	/* as reported, rounded */
	struct reg_rate total;
	struct reg_rate writes;
	uint64_t generation;
	bool active;			/* false: not regulated, no tick */
};

/* Lines drawn from and owed to, shared by the CPUs of a cell (or of one CPU). */
struct reg_pool {
	int64_t level_lines;		/* negative: debt */
	uint64_t remainder;		/* of the rate, in denominators */
	uint64_t next_ns;		/* boundary of the next refill */
	uint64_t refill;		/* number of the last refill */
};

/* In struct cell. `lock` guards everything. */
struct reg_cell {
	struct spinlock lock;
	const struct regulator *regulator;	/* NULL: none */
	const struct counter_source *source;
	struct reg_settings boot;		/* the configuration's policy */
	struct reg_settings requested;
	struct reg_effective effective;		/* the newest accepted */
	struct reg_pool pool;
	struct reg_pool write_pool;
	uint64_t reloads;
	uint64_t refusals;
	unsigned int cpus_count;
};

/* In struct per_cpu. Written by that CPU only. */
struct reg_cpu {
	unsigned int cpu;			/* logical number */
	unsigned int index;			/* among the CPUs of its cell */
	struct reg_cell *cell;			/* NULL: not in a cell */
	struct reg_effective active;		/* in force on this CPU */
	struct reg_pool own;			/* REG_MODE_PER_CPU */
	struct reg_pool own_writes;
	uint64_t seen_read_lines;		/* counter at the last look */
	uint64_t seen_write_lines;
	uint64_t grant_lines;			/* drawn, not yet settled */
	uint64_t grant_refill;			/* refill it was drawn in */
	uint64_t stall_since_ns;
	struct reg_cpu_stats stats;
};

enum reg_verdict {
	REG_RUN,		/* go on */
	REG_STALL,		/* hold until period() says REG_RUN */
};

enum reg_kind {
	REG_KIND_BANDWIDTH,
	REG_KIND_CPU_TIME,
	REG_KIND_CACHE,
	REG_KIND_BUS,
};

/* All operations are mandatory. */
struct regulator {
	const char *name;
	uint16_t id;			/* enum regulator_id */
	uint16_t order;			/* registry is sorted by this */
	enum reg_kind kind;

	/* 0, or -ENODEV with a constant text saying what is missing. */
	int (*probe)(const char **why);
	/* Pure: request and platform in, effective setting or reason out. */
	int (*check)(const struct reg_platform *platform,
		     const struct reg_settings *wanted,
		     struct reg_effective *effective, struct reason *reason);
	/* On the CPU concerned, at a boundary: `cpu->active` is the new setting. */
	void (*commit)(struct reg_cpu *cpu, uint64_t now_ns);
	/* A boundary passed. Returns what the CPU may do; sets the next one. */
	enum reg_verdict (*period)(struct reg_cpu *cpu, uint64_t now_ns,
				   uint64_t *next_ns);
	/* The counter was looked at, or overflowed. */
	enum reg_verdict (*poll)(struct reg_cpu *cpu, uint64_t now_ns);
	enum reg_verdict (*overflow)(struct reg_cpu *cpu, uint64_t now_ns);
	void (*cpu_reset)(struct reg_cpu *cpu, uint64_t now_ns);
	void (*cell_exit)(struct reg_cell *cell);
	void (*stats)(const struct reg_cpu *cpu, struct reg_cpu_stats *stats);
};

/* Records are found through pointers in a section, sorted by `order`. */
#define REGULATOR(record)                                                     \
	static const struct regulator *const record##_pointer                 \
		__attribute__((used, section("regulators"))) = &(record)

struct counter_caps {
	unsigned int bits;
	bool interrupts;	/* else it must be polled */
	bool counts_writes;
	uint64_t skid_lines;	/* counted after the overflow before it is seen */
};

/* All operations are mandatory; those with a CPU run on it, interrupts masked. */
struct counter_source {
	const char *name;
	uint16_t id;			/* enum counter_source_id */
	uint16_t order;

	int (*probe)(struct counter_caps *caps, const char **why);
	void (*start)(struct reg_cpu *cpu);
	void (*stop)(struct reg_cpu *cpu);
	/* Monotonic 64-bit counts of lines since start(). */
	void (*read)(struct reg_cpu *cpu, uint64_t *read_lines,
		     uint64_t *write_lines);
	/* Have overflow() or poll() called after `lines` more; UINT64_MAX: never. */
	void (*arm)(struct reg_cpu *cpu, uint64_t lines);
};

#define COUNTER_SOURCE(record)                                                \
	static const struct counter_source *const record##_pointer            \
		__attribute__((used, section("counter_sources"))) = &(record)

/* registry.c: NULL when unknown or absent on this machine. */
const struct regulator *regulator_by_id(uint16_t id);
const struct counter_source *counter_by_id(uint16_t id);

#endif
