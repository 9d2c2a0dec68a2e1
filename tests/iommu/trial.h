/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the trial share. All of it runs on the first CPU. */
#ifndef IOMMU_TRIAL_H
#define IOMMU_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#define TRIAL_ROOT_CPU		0u
#define TRIAL_CELL_CPU		1u

/* This page of physical memory, mapped; panics when there are too many. */
uint64_t *trial_memory(uint64_t phys);

/* The root's device writes a pattern there; whether memory has it then. */
bool trial_root_writes(uint64_t address);
/* It does neither write nor read there, and the hypervisor says so. */
void trial_refused_to_root(uint64_t address);
/* Whether the hypervisor has printed this since the other was called. */
bool trial_said(const char *text);
void trial_forget_said(void);

/* colored.c: a cell on colors, from its creation to its end, with these devices. */
void trial_colored(volatile uint8_t *device, volatile uint8_t *root_device);

/* own.c: while there is a colored cell, whose first page is there. */
void trial_own_colors(uint64_t cell_phys);

/* pins.c: without a cell, with it and its CPU's APIC on, after it. */
void trial_pins_root(void);
void trial_pins_cell(void);
void trial_pins_gone(void);

/* table.c: the same, for messages in a device's memory. */
void trial_table_root(void);
void trial_table_cell(void);
void trial_table_gone(void);

#endif
