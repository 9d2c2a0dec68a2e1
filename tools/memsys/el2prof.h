/* SPDX-License-Identifier: GPL-2.0-only */
/* State of the EL2 profiler plugin, shared by its source files. */
#ifndef MEMSYS_EL2PROF_H
#define MEMSYS_EL2PROF_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "histogram.h"

#define PROFILE_MAX_CPUS	16u
#define PROFILE_MAX_CLASSES	64u
#define PROFILE_MAX_PROBES	128u
#define PROFILE_MAX_PARTS	16u
#define PROFILE_MAX_BRACKETS	256u
#define PROFILE_NAME_BYTES	32u

/* Classes that an exit has by its vector, unless a probe names it. */
enum vector_class {
	VECTOR_SYNC,
	VECTOR_IRQ,
	VECTOR_FIQ,
	VECTOR_SERROR,
	VECTOR_CLASSES,
};

/* An instruction that names the class of the exit it is executed in. */
struct probe {
	uint64_t address;
	unsigned int class;
};

/* Code whose instructions count for itself, not for the exit around it. */
struct part {
	char name[PROFILE_NAME_BYTES];
	uint64_t low;
	uint64_t high;		/* first address beyond */
};

struct class_total {
	uint64_t exits;
	uint64_t instructions;
};

/* Instructions of one CPU. */
struct counts {
	uint64_t outside_low;	/* not at EL2, lower half: EL0, cells */
	uint64_t outside_high;	/* not at EL2, upper half: the Linux kernel */
	uint64_t el2_other;	/* at EL2, but in no exit of a guest */
	uint64_t parts[PROFILE_MAX_PARTS];
	struct class_total classes[PROFILE_MAX_CLASSES];
};

struct bracket {
	unsigned int cpu;
	struct counts counts;
};

struct profiled_cpu {
	struct counts counts;
	uint64_t exit_insns;	/* of the exit under way */
	unsigned int class;	/* of it, so far */
	unsigned int rank;	/* probe that named it + 1; 0: its vector */
	bool in_exit;
	bool returning;		/* an ERET was executed at EL2 */
	bool bracket_open;
	struct counts bracket_start;
};

struct profile {
	/* Added to by every instruction, in the translated code itself. */
	uint64_t executed;
	uint64_t attributed;	/* part of it that has found its counter */
	uint64_t *sink;		/* counter of what is executing now */

	uint64_t low;		/* text of the hypervisor: [low, high) */
	uint64_t high;
	uint64_t vectors;
	unsigned int num_cpus;
	unsigned int probes_count;
	unsigned int parts_count;
	unsigned int classes_count;
	unsigned int brackets_count;
	uint64_t brackets_lost;	/* ends without a beginning, or no room */
	uint64_t exits_unfinished; /* left EL2 without an ERET */
	struct probe probes[PROFILE_MAX_PROBES];
	struct part parts[PROFILE_MAX_PARTS];
	char classes[PROFILE_MAX_CLASSES][PROFILE_NAME_BYTES];
	struct histogram exits[PROFILE_MAX_CLASSES];
	struct profiled_cpu cpus[PROFILE_MAX_CPUS];
	struct bracket brackets[PROFILE_MAX_BRACKETS];
};

/* el2prof-count.c: what an execution means. All from the one vCPU thread. */

/* Prepares an empty profile. */
void profile_init(struct profile *profile, unsigned int num_cpus);
/* The class of that name, made if need be; -ENOSPC. */
int profile_class(struct profile *profile, const char *name);
/* A block that begins at this address is about to execute. */
void profile_block(struct profile *profile, unsigned int cpu, uint64_t address);
/* An ERET within the hypervisor's text. */
void profile_return(struct profile *profile, unsigned int cpu);
/* The probe of that index. */
void profile_probe(struct profile *profile, unsigned int cpu,
		   unsigned int probe);
/* The markers around a piece of user code. */
void profile_bracket_begin(struct profile *profile, unsigned int cpu);
void profile_bracket_end(struct profile *profile, unsigned int cpu);

/* el2prof-output.c: 0 or negative errno. */
int profile_write(struct profile *profile, const char *path);

#endif
