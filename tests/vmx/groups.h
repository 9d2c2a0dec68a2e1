/* SPDX-License-Identifier: GPL-2.0-only */
/* The groups of tests; each is one boot. */
#ifndef VMX_GROUPS_H
#define VMX_GROUPS_H

#include <stdint.h>

/* The root alone, without a hypervisor. */
void group_machine(void);
/* Enabling and disabling. */
void group_enable(void);
/* nmi.c, of the same group */
void tests_nmi(void);
/* The life of a cell. */
void group_cell(void);
/* A cell that does what it must not. */
void group_hostile(void);
/* Exits and instructions. */
void group_cost(void);
/* Ways of the cache. */
void group_cat(void);
/* Calling a CPU out of its guest. */
void group_kick(void);
/* A cell with two CPUs. */
void group_smp(void);
/* Duty cycles. */
void group_throttle(void);
/* Its lines of the demo. */
void throttle_demo(void);
/* The guests of the tree, in both modes. */
void group_inmates(void);
/*
 * profiler.c, of the same group. `lines`: what a memory controller has read, and
 * written; or there is none.
 */
void tests_profiler(volatile uint32_t *lines);
void tests_profiler_refused(void);
/* The cost of ticks. */
void group_tick(void);
/* Shares of cache and clock in a table. */
void group_demo(void);
/* What devices reach; in QEMU, with an image of its own. */
void group_iommu(void);

#endif
