/* SPDX-License-Identifier: GPL-2.0-only */
/* Colored configurations for the fake machine: 16 colors of 64 KiB each. */
#ifndef TEST_COLORED_BLOBS_H
#define TEST_COLORED_BLOBS_H

#include "blobs.h"

#define COLORED_RAM		0x74000000ull	/* the span of all colored cells */
#define COLORED_RAM_BYTES	(2 * MIB)

enum colored_region {
	COLORED_OWN,
	COLORED_COMM,
	COLORED_SHARED,
	COLORED_ABSENT,	/* of an ivshmem section */
	COLORED_ABSENT_TOO,
	COLORED_REGIONS,
};

/* The blob system with a record of a 1 MiB 16-way cache. */
struct colored_system {
	struct system_desc system;
	uint64_t cpus;
	struct memory_region memory[BLOB_REGIONS];
	struct irqchip irqchip;
	struct weir_block block;
	struct weir_record_counter counter;
	struct weir_record_coloring coloring;
} ABI_PACKED;

struct colored_cell {
	struct cell_desc cell;
	uint64_t cpus;
	struct memory_region memory[COLORED_REGIONS];
	struct pci_device pci;
	struct weir_block block;
	struct weir_record_colors colors;
	struct weir_record_options options;
} ABI_PACKED;

void colored_system_init(struct colored_system *blob);
/* Cell `id`, 1 to 3: CPU `id`, these colors from COLORED_RAM on. */
void colored_cell_init(struct colored_cell *blob, unsigned int id,
		       uint64_t colors);

#endif
