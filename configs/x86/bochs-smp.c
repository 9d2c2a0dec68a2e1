/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A guest with two CPUs, in Bochs with three: CPUs 1 and 2. */
#define CELL_NAME	"smp"
#define CELL_ID		3
#define CELL_CPUS	0x6
#define CELL_RAM_BASE	(BOCHS_CELL_RAM_BASE + 0x800000)
#include "bochs-cell.h"
