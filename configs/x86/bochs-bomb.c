/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The memory bomb in Bochs with three CPUs: CPU 2. */
#define CELL_NAME	"bomb"
#define CELL_ID		5
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	(BOCHS_CELL_RAM_BASE + 0x2000000)
#define CELL_HIGH_BYTES	0x400000
#include "bochs-cell.h"
