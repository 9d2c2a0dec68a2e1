/* SPDX-License-Identifier: GPL-2.0-only */
/* Second stage of cells. */
#ifndef X86_STAGE2_H
#define X86_STAGE2_H

#include "hv/cell.h"

/* Once, master CPU. */
int stage2_init(void);
int stage2_cell_init(struct cell *cell, struct reason *reason);
void stage2_cell_exit(struct cell *cell);
/* The root of tables that map nothing, for parked CPUs. */
hpa_t stage2_empty_root(void);
/* The page that stands for the interrupt controller in every cell. */
hpa_t stage2_apic_page(void);

#endif
