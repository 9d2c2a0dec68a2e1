/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Colors in the hypervisor: what this machine has, and memory regions as the
 * fragments they are made of. README.md of coloring/ explains colors.
 */
#ifndef HV_COLORING_H
#define HV_COLORING_H

#include "abi/cell-config.h"
#include "abi/hypercall.h"
#include "coloring/coloring.h"
#include "config-check.h"
#include "reason.h"
#include "types.h"

/*
 * Asks the machine for its cache if the system configuration says so, and
 * enters the answer there. Master, setup, after memsys_init().
 */
int coloring_init(struct reason *reason);

/* Fills all but size and cell_id. Any context. */
void coloring_report(const struct cell *cell, struct color_report *report);

/* Of this machine; NULL: nothing is colored. */
const struct color_geometry *coloring_geometry(void);

/*
 * Chooses the colors of a cell whose configuration, its own copy, has passed
 * all checks beside the others. Management lock.
 */
void coloring_settle(struct cell *cell, const struct config_view *const *others,
		     unsigned int others_count);

/* A page of the pool of the cell's colors, as page_alloc(1). */
void *coloring_page(const struct cell *cell);

/*
 * The physically contiguous parts of a region of the cell, in order of guest
 * addresses: the region itself unless it is colored.
 */
struct fragments {
	const struct memory_region *region;
	bool colored;
	struct colored memory;
	struct color_walk walk;
	uint64_t virt;
};

/* The region must outlive the walk, as must `fragments`, which do not move. */
void fragments_init(struct fragments *fragments, const struct cell *cell,
		    const struct memory_region *region);
bool fragments_next(struct fragments *fragments, struct memory_region *part);
/* Bytes from the region's start to the end of its last part. */
uint64_t fragments_span(const struct cell *cell,
			const struct memory_region *region);

#endif
