/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The validator of configurations: one piece of C for hypervisor and tools.
 *
 * Pure: reads the blob, writes the reason. Every size, count and offset is
 * checked before use; nothing outside [blob, blob + size) is touched.
 */
#ifndef HV_CONFIG_CHECK_H
#define HV_CONFIG_CHECK_H

#include "abi/cell-config.h"
#include "abi/weir-config.h"
#include "reason.h"
#include "types.h"

/* Where the arrays of a checked descriptor are. */
struct config_view {
	const struct cell_desc *desc;
	const uint8_t *cpu_set;
	const struct memory_region *memory;
	const struct cache_region *cache;
	const struct irqchip *irqchips;
	const struct pio_region *pio;
	const struct pci_device *pci;
	const struct pci_capability *caps;
	const union stream_id *streams;
	const struct weir_block *weir;	/* NULL when there is none */
	size_t size;			/* of descriptor, arrays and block */
};

/* Of a descriptor that has passed a check. */
void config_view_init(struct config_view *view, const struct cell_desc *desc,
		      size_t size);
/* Bytes of a descriptor and its arrays, as its counts say; nothing checked. */
uint64_t config_bytes(const struct cell_desc *desc);
uint64_t config_cpus(const struct config_view *view);
/* The n-th record of a type, or NULL. */
const struct weir_record *config_record(const struct config_view *view,
					enum weir_record_type type,
					unsigned int n);

/* A system configuration by itself. */
int config_check_system(const void *blob, size_t size, enum config_arch arch,
			struct reason *reason);

/* A cell configuration by itself. */
int config_check_cell(const void *blob, size_t size, enum config_arch arch,
		      struct reason *reason);

/*
 * A checked cell against a checked system and the cells that exist already:
 * name, id, CPUs, memory overlaps with the hypervisor, the memory-system page
 * and other cells (regions both sides mark ROOTSHARED, comm regions and
 * ivshmem sections excepted), regions the root does not own, interrupts.
 */
int config_check_together(const struct system_desc *system, size_t system_size,
			  const struct config_view *cell,
			  const struct config_view *const *others,
			  unsigned int others_count, struct reason *reason);

#endif
