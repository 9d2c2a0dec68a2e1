/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The DDR profiler: CPU 3, 1 MiB, and 8 MiB shared with the root for the ring. */
#define CELL_NAME	"profiler"
#define CELL_ID		6
#define CELL_CPUS	0x8
#define CELL_RAM_BASE	0x73000000
#define CELL_RAM_BYTES	0x00100000
#define CELL_SHARED_BASE	0x73800000
#define CELL_SHARED_BYTES	0x00800000
/* It looks at what is counted of other cells. */
#define CELL_PERMISSIONS	WEIR_PERMIT_REGULATE
#include "qemu-virt-cell.h"
