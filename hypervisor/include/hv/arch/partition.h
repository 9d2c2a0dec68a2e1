/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers by which a CPU takes its shares of caches, bandwidth and clock.
 *
 * A CPU belongs to a class of service, 0 at first. Masks and delays are set
 * per class, for the caches and links of the CPU that sets them: each CPU sets
 * those of its own class. Interrupts masked.
 */
#ifndef HV_ARCH_PARTITION_H
#define HV_ARCH_PARTITION_H

#include "../types.h"

/* Levels of caches. */
#define ARCH_CACHE_L2		2u
#define ARCH_CACHE_L3		3u

struct arch_cache_caps {
	unsigned int ways;	/* bits of a mask, at most 32 */
	unsigned int ways_min;	/* fewest bits in a mask, 1 or more */
	unsigned int classes;
	uint64_t shared_ways;	/* used by devices as well */
	bool code_data;		/* code can have masks of its own */
	bool sparse;		/* masks may have holes */
};

/* Memory bandwidth of a CPU, held down by delays. */
struct arch_delay_caps {
	unsigned int classes;
	unsigned int delay_max;	/* in percent; steps below it */
	bool linear;		/* steps of 100 - delay_max, else powers of 2 */
};

/* The clock of a CPU, stopped for some steps of so many. */
struct arch_clock_caps {
	unsigned int steps;
};

/* Each: 0, or -ENODEV with a constant text saying what is missing. */
int arch_cache_probe(unsigned int level, struct arch_cache_caps *caps,
		     const char **why);
int arch_delay_probe(struct arch_delay_caps *caps, const char **why);
int arch_clock_probe(struct arch_clock_caps *caps, const char **why);
/*
 * The configuration says there is one though the CPU is silent. 0, or -ENODEV
 * where the architecture has no such registers. Master CPU, before guests run.
 */
int arch_cache_assume(unsigned int level);

/*
 * On each CPU, before any runs a guest: keeps what the registers of so many
 * classes hold, for arch_partition_restore(). `split`: bit `level` set where
 * code gets masks of its own.
 */
void arch_partition_cpu_init(unsigned int split, unsigned int classes);
void arch_partition_restore(void);

/* Legal masks only; `code` is for split levels. */
void arch_cache_set(unsigned int level, unsigned int class, uint64_t data,
		    uint64_t code);
void arch_delay_set(unsigned int class, unsigned int delay);
void arch_class_set(unsigned int class);
/* Runs `step` steps of caps.steps; caps.steps: not held up at all. */
void arch_clock_set(unsigned int step);

/* CPUs with the same number share the last cache. This CPU's. */
unsigned int arch_cache_domain(void);
/* Writes back and drops all that the caches of this CPU's domain hold. */
void arch_cache_flush(void);

#endif
