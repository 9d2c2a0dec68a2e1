/* SPDX-License-Identifier: GPL-2.0-only */
/* What devices reach, whatever unit stands before them: tests of several kinds. */
#ifndef DEVICE_CHECKS_H
#define DEVICE_CHECKS_H

#include "blobs.h"
#include "hv/cell.h"

typedef int (*device_map)(const struct cell *cell,
			  const struct memory_region *region);

/* A kind of unit, and a model of it. */
struct device_kind {
	unsigned int units_count;
	int (*cell_init)(struct cell *cell, struct reason *reason);
	device_map map;
	device_map unmap;
	int (*commit)(void);
	/* One access: 0 and where it goes, or why not. */
	unsigned int (*dma)(unsigned int unit, uint32_t source,
			    uint64_t address, bool is_write, uint64_t *phys);
};

/* What cells of device_cell_create() have at 0. */
extern const struct memory_region device_cell_ram;

/* A device reads and writes there, by all units; or it does not, and is told. */
void device_reaches(const struct device_kind *kind, uint32_t source,
		    uint64_t address, uint64_t wanted);
void device_refused(const struct device_kind *kind, uint32_t source,
		    uint64_t address);

void device_map_all(const struct device_kind *kind, struct cell *cell);
/*
 * As cell_create() goes about it: a cell of blob_cell_init(), with DMA to its own
 * memory, and with the devices that `blob` says.
 */
struct cell *device_cell_create(const struct device_kind *kind,
				struct blob_cell *blob);

/*
 * A colored region of `cell` as arch_cell_map() and arch_cell_unmap() get it, run
 * by run: to the cell's device, from the root's.
 */
void device_give_colored(const struct device_kind *kind, struct cell *cell,
			 const struct memory_region *own);
/* The device sees what the CPU sees, page by page, and the root's all the rest. */
void device_expect_colored(const struct device_kind *kind,
			   const struct cell *cell,
			   const struct memory_region *own, uint32_t source,
			   uint32_t root_source);
void device_take_colored(const struct device_kind *kind, struct cell *cell,
			 const struct memory_region *own);
/* What shared_system_init() shares, page by page, and nothing beside it. */
void device_expect_shared(const struct device_kind *kind, uint32_t source,
			  uint64_t virt);
/*
 * Regions come and go on a small stage, of which the cell has nothing; each page
 * is compared with a plan. Returns how many accesses were.
 */
unsigned int device_random_regions(const struct device_kind *kind,
				   const struct cell *cell, uint32_t source,
				   unsigned int steps);

#endif
