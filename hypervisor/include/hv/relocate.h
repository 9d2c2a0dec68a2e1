/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor moves to colors of its own, when the configuration has a record
 * of them (struct weir_record_own_colors).
 *
 * The driver has loaded it as it comes, page after page. Pages of its colors are
 * taken for image, per-CPU areas and configuration while it is set up; when all
 * CPUs have come they copy them, and go on at the same virtual addresses on other
 * tables. All that is taken from the pool is of these colors before that.
 */
#ifndef HV_RELOCATE_H
#define HV_RELOCATE_H

#include "percpu.h"
#include "reason.h"
#include "types.h"

/* Setup, master: after coloring_init(), before anything else takes pages. */
int relocate_prepare(struct reason *reason);
/* Where the page at this offset of hypervisor memory is to be. */
hpa_t relocate_phys(uint64_t offset);
/* Setup, master, the last that can fail: the tables. */
int relocate_map(struct reason *reason);
/* Each CPU, when it is settled that all stay: it returns on the new pages. */
void relocate_cpu(struct per_cpu *cpu, bool master);
/*
 * What the driver is to find where it loaded it, within a page; on a CPU that leaves.
 * As this_cpu() and hv_window().
 */
void relocate_bring_home(const void *start, uint64_t bytes);
/* The last CPU that leaves: the driver finds the console where it loaded it. */
void relocate_leave(void);

#endif
