/* SPDX-License-Identifier: GPL-2.0-only */
/* What the bare-metal test programs of the plugins share. */
#ifndef BARE_H
#define BARE_H

#include <stdbool.h>

#include "abi/memsys.h"

#define PAGE	((volatile struct memsys_page *)0x7ffff000ull)
/* Scratch RAM beyond the program, on a boundary of every cache. */
#define BUFFER	0x48000000ull
#define MIB	(1ull << 20)

/* Which program to run; placed there by QEMU's loader device. */
#define MODE	(*(volatile uint64_t *)0x7fffe000ull)

/* How far the counters of CPU 0 moved, in the order start.S stores them. */
struct counts {
	uint64_t cycles;
	uint64_t instructions;
	uint64_t loads;
	uint64_t stores;
	uint64_t fills;
	uint64_t writebacks;
	uint64_t stalls;
};

/* Instructions of a loop's step, and of the block that reads at the end. */
#define LOOP_INSNS	4ull
#define END_INSNS	18ull

void measure_read(uint64_t from, uint64_t steps, uint64_t stride_bytes,
		  struct counts *counts);
void measure_write(uint64_t from, uint64_t steps, uint64_t stride_bytes,
		   struct counts *counts);
void measure_pair(uint64_t from, uint64_t steps, uint64_t stride_bytes,
		  struct counts *counts);
/* Follows pointers; stride_bytes is 0. */
void measure_chase(uint64_t from, uint64_t steps, uint64_t stride_bytes,
		   struct counts *counts);

uint64_t psci_cpu_on(uint64_t cpu);
void psci_system_off(void) __attribute__((noreturn));

/* el2.S: a guest at EL1 and its exits; ends in profile_done. */
void profile_main(void) __attribute__((noreturn));
void profile_done(void) __attribute__((noreturn));

void main(void);
void secondary_main(uint64_t cpu);
void unexpected(uint64_t syndrome, uint64_t address);

void print(const char *text);
void print_number(uint64_t value);
/* "ok NAME" or "FAIL NAME: got N, expected M". */
void check(const char *name, uint64_t got, uint64_t expected);
void check_within(const char *name, uint64_t got, uint64_t low, uint64_t high);

static inline void doorbell(void)
{
	__asm__ volatile("hint #96" ::: "memory");
}

static inline void cpu_yield(void)
{
	__asm__ volatile("yield" ::: "memory");
}

/* Starts and stops the model. */
void model_start(void);
void model_stop(void);
/* Stores a control word of a CPU, from that CPU. */
void control(unsigned int cpu, uint32_t flags, uint64_t hold_until_cycles,
	     uint64_t way_mask);

/* contention.c: several CPUs at a time; prints what each case gave. */
void contention_main(void);
void contention_secondary(unsigned int cpu);
/* Links a random cycle through every line of a buffer. */
void chain_create(uint64_t buffer, uint64_t bytes);

#endif
