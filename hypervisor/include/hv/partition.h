/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares of caches, bandwidth and clock: what each cell asked for, what that
 * comes to beside the others, and the CPUs' registers.
 *
 * Each cell has a class of service while there are enough, so that what holds
 * the root down holds nobody else; the last ones share the root's until they
 * want something of their own. One lock guards the whole; it is innermost but
 * for the console, any CPU, held for some hundred instructions.
 */
#ifndef HV_PARTITION_H
#define HV_PARTITION_H

#include "abi/partition.h"
#include "reason.h"
#include "types.h"

/* In struct cell. The lock in partition.c guards it. */
struct part_cell {
	bool used;
	struct part_settings boot;	/* the configuration's */
	struct part_settings requested;
	struct part_settings effective;
	uint32_t class;			/* 0: the root's */
	uint32_t delay;
	uint32_t clock_step;
	uint64_t generation;
	uint64_t flush_cpus;		/* who must look before a flush */
};

/*
 * Finds out what there is; after regulation_init(), with the checked system
 * configuration in place.
 */
void partition_init(void);

/* The cell's cache regions; cell not yet running, cell->config valid. */
int partition_cell_init(struct cell *cell, struct reason *reason);
/* The root has its ways again. Also after a failed init. */
void partition_cell_exit(struct cell *cell);

/* This CPU, before it runs its first guest; and when it goes back to Linux. */
void partition_cpu_init(struct per_cpu *cpu);
void partition_cpu_restore(struct per_cpu *cpu);
/* EVENT_PARTITION arrived, or the CPU has changed its cell. */
void partition_cpu_apply(struct per_cpu *cpu);

/* Hypercalls; caller has copied the request in and checked who may call. */
int partition_set(struct cell *cell, struct part_request *request);
int partition_get(struct cell *cell, struct part_status *status);

/* Bits for WEIR_FEATURE_REGULATORS. */
uint64_t partition_regulators(void);

#endif
