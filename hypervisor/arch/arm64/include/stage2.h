/* SPDX-License-Identifier: GPL-2.0-only */
/* Second stage of cells: what stage2.c keeps besides the contract. */
#ifndef ARM64_STAGE2_H
#define ARM64_STAGE2_H

#include "hv/reason.h"
#include "hv/types.h"

/* Master CPU, once: chooses the geometry, makes the empty second stage. */
int stage2_init(void);
/* -ENODEV when this CPU reaches less memory than the geometry assumes. */
int stage2_cpu_check(void);

int stage2_cell_init(struct cell *cell, struct reason *reason);
/* No CPU uses the tables any more, nor walks them. */
void stage2_cell_exit(struct cell *cell);

/* This CPU translates by its cell's tables, or by empty ones while parked. */
void stage2_load(const struct per_cpu *cpu);
void stage2_load_empty(void);

#endif
