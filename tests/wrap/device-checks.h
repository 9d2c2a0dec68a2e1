/* SPDX-License-Identifier: GPL-2.0-only */
/* What devices reach, whatever unit stands before them: tests of several kinds. */
#ifndef DEVICE_CHECKS_H
#define DEVICE_CHECKS_H

#include "hv/cell.h"

typedef int (*device_map)(const struct cell *cell,
			  const struct memory_region *region);

/* A kind of unit, and a model of it. */
struct device_kind {
	device_map map;
	device_map unmap;
	/* Reads and writes there arrive at `wanted`; or are refused. */
	void (*reaches)(uint32_t source, uint64_t address, uint64_t wanted);
	void (*refused)(uint32_t source, uint64_t address);
	/* One access: 0 and where it goes, or why not. */
	unsigned int (*access)(uint32_t source, uint64_t address,
			       bool is_write, uint64_t *phys);
};

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
/*
 * Regions come and go on a small stage, of which the cell has nothing; each page
 * is compared with a plan. Returns how many accesses were.
 */
unsigned int device_random_regions(const struct device_kind *kind,
				   const struct cell *cell, uint32_t source,
				   unsigned int steps);

#endif
