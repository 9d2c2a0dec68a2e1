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

#define RECOLOR_RAM		0x60000000ull	/* the root's; its span */
#define RECOLOR_RAM_BYTES	(8 * MIB)
#define RECOLOR_SPAN_BYTES	(16 * MIB)
#define RECOLOR_WINDOW		0x1000000000ull

enum recolor_region {
	RECOLOR_FIXED,
	RECOLOR_OWN,
	RECOLOR_REST,
	RECOLOR_SHARED,
	RECOLOR_REGIONS,
};

/* The same with memory of the root whose colors can change. */
struct recolor_system {
	struct system_desc system;
	uint64_t cpus;
	struct memory_region memory[RECOLOR_REGIONS];
	struct irqchip irqchip;
	struct weir_block block;
	struct weir_record_counter counter;
	struct weir_record_coloring coloring;
	struct weir_record_root_colors root;
} ABI_PACKED;

/* And the hypervisor has colors 0 and 1, unless it is told others. */
struct own_system {
	struct recolor_system recolor;
	struct weir_record_own_colors own;
} ABI_PACKED;

#define SHARED_START		0x78000000ull	/* what root and cells share */
#define SHARED_BYTES		0x40000ull
#define SHARED_COLORS		0x3000ull	/* 12 and 13 */
#define SHARED_ROOT		0x1800000000ull	/* where the root has it */
#define SHARED_CELL		0x20000000ull	/* and cells */

/* The same with memory shared on colors. */
struct shared_system {
	struct system_desc system;
	uint64_t cpus;
	struct memory_region memory[RECOLOR_REGIONS + 1];
	struct irqchip irqchip;
	struct weir_block block;
	struct weir_record_counter counter;
	struct weir_record_coloring coloring;
	struct weir_record_root_colors root;
	struct weir_record_shared_colors shared;
	struct weir_record_own_colors own; /* of no known type, optional */
} ABI_PACKED;

struct shared_cell {
	struct cell_desc cell;
	uint64_t cpus;
	struct memory_region memory[COLORED_REGIONS + 1];
	struct pci_device pci;
	struct weir_block block;
	struct weir_record_colors colors;
	struct weir_record_options options;
	struct weir_record_shared_colors shared;
} ABI_PACKED;

/* Where a byte of what is shared is. */
uint64_t shared_phys(uint64_t offset);
void shared_system_init(struct shared_system *blob);
void shared_cell_init(struct shared_cell *blob, unsigned int id,
		      uint64_t colors);
void own_system_init(struct own_system *blob);
void recolor_system_init(struct recolor_system *blob);
void colored_system_init(struct colored_system *blob);
/* Cell `id`, 1 to 3: CPU `id`, these colors from COLORED_RAM on. */
void colored_cell_init(struct colored_cell *blob, unsigned int id,
		       uint64_t colors);

#endif
