/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sub-page regions: not page aligned, or not whole pages. They are not mapped
 * into the cell; every access traps and is performed for the cell when the
 * region's flags name its direction and width, and, unless MEM_IO_UNALIGNED is
 * set, when it is aligned. Anything else parks the CPU.
 */
#ifndef HV_SUBPAGE_H
#define HV_SUBPAGE_H

#include "abi/cell-config.h"
#include "mmio.h"
#include "types.h"

bool region_is_subpage(const struct memory_region *region);

/* Pure. `access->address` is the offset from the region's start. */
bool subpage_allows(const struct memory_region *region,
		    const struct mmio_access *access);

/* As mmio_register(). `region` must live as long as the cell. */
int subpage_register(struct cell *cell, const struct memory_region *region);

#endif
