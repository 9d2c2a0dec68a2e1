/* SPDX-License-Identifier: GPL-2.0-only */
/* Configurations of a simulated machine and its cells, for arch/fake. */
#ifndef SIMULATE_MACHINE_H
#define SIMULATE_MACHINE_H

#include "abi/cell-config.h"
#include "abi/weir-config.h"

/*
 * A machine with CPUs 0 to `cpus_count` - 1, all in the root cell, of which so
 * much bandwidth may be guaranteed.
 */
struct machine_blob {
	struct system_desc system;
	uint64_t cpus;
	struct memory_region memory[2];
	struct irqchip irqchip;
	struct weir_block block;
	struct weir_record_counter counter;
	struct weir_record_bandwidth bandwidth;
} ABI_PACKED;

/* Cell `id`, from 1, on CPUs of its own. */
struct cell_blob {
	struct cell_desc cell;
	uint64_t cpus;
	struct memory_region memory[2];
	struct irqchip irqchip;
	struct weir_block block;	/* when there is a record */
	uint8_t records[sizeof(struct weir_record_critical) +
			sizeof(struct weir_record_control)];
} ABI_PACKED;

void machine_blob_init(struct machine_blob *blob, unsigned int cpus_count,
		       uint64_t sustainable_bytes_per_s);
void cell_blob_init(struct cell_blob *blob, unsigned int id, const char *name,
		    uint64_t cpus);
/* Where a cell may write: its requests. */
#define MACHINE_BUFFER_GPA	0x1000u

/* One interrupt is critical, for so long in every ms. */
void cell_blob_critical(struct cell_blob *blob, uint64_t bound_ns);
/* It may hold back another cell, down to this: CONTROL_* with a limit above 0. */
void cell_blob_control(struct cell_blob *blob, unsigned int id,
		       uint16_t duty_permille, uint64_t budget_bytes_per_s);
size_t cell_blob_size(const struct cell_blob *blob);

#endif
