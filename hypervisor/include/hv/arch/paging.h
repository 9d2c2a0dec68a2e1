/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every architecture supplies about address translation.
 *
 * The architecture enters setup_enter() on tables of its own making, which map
 * hypervisor memory linearly (all of it: image, per-CPU areas, configuration,
 * page pool). The core extends these same tables in the remap area.
 */
#ifndef HV_ARCH_PAGING_H
#define HV_ARCH_PAGING_H

#include "../paging.h"
#include "../types.h"

/* Size of the virtual range that hv_map() uses. */
#define HV_REMAP_PAGES	8192u

/* Where hypervisor memory starts in the linear map: &image_header. */
void *arch_hv_base(void);

/* The tables all CPUs run on at the hypervisor's level. */
struct page_table *arch_hv_table(void);

/*
 * Start of HV_REMAP_PAGES pages of virtual space, 2 MiB aligned, in which
 * nothing is mapped.
 */
uint64_t arch_hv_remap_base(void);

/*
 * Entries of the hypervisor's own tables for this range changed: when it
 * returns no CPU uses an old one (broadcast invalidation and barriers).
 */
void arch_hv_sync(uint64_t virt, uint64_t size);
/* Entries there that were none are valid now: this CPU uses them. */
void arch_hv_publish(uint64_t virt, uint64_t size);

/* The hypervisor goes over to other tables: relocate.c. */
/* How a page of hypervisor memory before the pool is mapped; 0: not at all. */
uint32_t arch_hv_flags(uint64_t offset);
/* Maps what CPUs come and go by, beside the linear map. -ENOMEM. */
int arch_hv_map_fixed(struct page_table *table);
/*
 * Copies `count` pages from `from` on to place[] (0: leaves one out), the stack it
 * is called on among them, and goes on at the same addresses with the tables at
 * `root`, which have the copies there.
 */
void arch_hv_switch(const uint64_t *place, uint64_t count, const void *from,
		    hpa_t root);

/*
 * Whether arch_cell_flush() reaches all CPUs of a cell; where it does not they are
 * suspended, and flush themselves: ARCH_TLB_BROADCAST of arch_types.h.
 */
struct page_table *arch_cell_table(struct cell *cell);
/*
 * Entries of the cell's second stage for this range changed: when it returns no CPU
 * of the cell uses an old one. On a CPU of the cell.
 */
void arch_cell_flush(uint64_t virt, uint64_t size);
/* Instructions were written by copying: no CPU executes what it fetched before. */
void arch_icache_flush(void);

/*
 * Second stage of a cell, from its tables: false when nothing is mapped at
 * `address`. Flags are MAP_*. On a CPU of the cell, or under the management
 * lock.
 */
bool arch_cell_translate(const struct cell *cell, gpa_t address, hpa_t *phys,
			 uint32_t *flags);

#endif
