/* SPDX-License-Identifier: GPL-2.0-only */
/* Configurations that unit tests take, change and feed to the hypervisor. */
#ifndef TEST_BLOBS_H
#define TEST_BLOBS_H

#include "abi/cell-config.h"
#include "abi/weir-config.h"
#include "fake.h"

#define MIB			0x100000ull

#define BLOB_MEMSYS_PAGE	0x7ffff000ull
#define BLOB_CELL_RAM		0x71000000ull	/* of cell 1; guest address 0 */
#define BLOB_CELL_RAM_BYTES	(2 * MIB)
#define BLOB_CELL_ROM		0x71400000ull	/* private, read-only */
#define BLOB_COMM		0x80000000ull
#define BLOB_UART		0x7e000010ull	/* sub-page, all cells */

enum blob_region { BLOB_RAM, BLOB_REST, BLOB_SHARED, BLOB_REGIONS };

enum blob_cell_region {
	BLOB_OWN,
	BLOB_ROM,
	BLOB_COMM_PAGE,
	BLOB_CELL_SHARED,
	BLOB_CELL_UART,
	BLOB_CELL_REGIONS,
};

/* The machine of the fake, four CPUs. */
struct blob_system {
	struct system_desc system;
	uint64_t cpus;
	struct memory_region memory[BLOB_REGIONS];
	struct irqchip irqchip;
	struct pci_device pci;
	struct weir_block block;
	struct weir_record_counter counter;
	struct weir_record_options options;
} ABI_PACKED;

/* A cell on one CPU. */
struct blob_cell {
	struct cell_desc cell;
	uint64_t cpus;
	struct memory_region memory[BLOB_CELL_REGIONS];
	struct cache_region cache;
	struct irqchip irqchip;
	struct pci_device pci;
	struct pci_capability cap;
	union stream_id stream;
	struct weir_block block;
	struct weir_record_policy policy;
	struct weir_record_options options;
} ABI_PACKED;

void blob_system_init(struct blob_system *blob);
/* Cell `id`, 1 to 3: CPU `id`, memory and interrupt of its own. */
void blob_cell_init(struct blob_cell *blob, unsigned int id);
/* The same without PCI device, capability, stream id, and Weir block. */
size_t blob_cell_plain(void *to, const struct blob_cell *blob);

#endif
