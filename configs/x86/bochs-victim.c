/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The victim in Bochs: CPU 1. */
#define CELL_NAME	"victim"
#define CELL_ID		4
#define CELL_RAM_BASE	(BOCHS_CELL_RAM_BASE + 0x1000000)
#define CELL_HIGH_BYTES	0x400000
#define CELL_CONTROLS_DUTY	100
#include "bochs-cell.h"
