/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the trial share. All of it runs on the first CPU. */
#ifndef IOMMU_TRIAL_H
#define IOMMU_TRIAL_H

#include <stdint.h>

#define TRIAL_ROOT_CPU		0u
#define TRIAL_CELL_CPU		1u

/* This page of physical memory, mapped; panics when there are too many. */
uint64_t *trial_memory(uint64_t phys);

/* pins.c: without a cell, with it and its CPU's APIC on, after it. */
void trial_pins_root(void);
void trial_pins_cell(void);
void trial_pins_gone(void);

/* table.c: the same, for messages in a device's memory. */
void trial_table_root(void);
void trial_table_cell(void);
void trial_table_gone(void);

#endif
