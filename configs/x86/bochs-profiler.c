/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The DDR profiler in Bochs: CPU 1, and 1 MiB shared with the root for the ring. */
#define CELL_NAME	"profiler"
#define CELL_ID		7
#define CELL_RAM_BASE	(BOCHS_CELL_RAM_BASE + 0x3000000)
#define CELL_SHARED_BASE	(BOCHS_CELL_RAM_BASE + 0x3800000)
#define CELL_SHARED_BYTES	0x100000
/* It looks at what is counted of other cells. */
#define CELL_PERMISSIONS	WEIR_PERMIT_REGULATE
#include "bochs-cell.h"
