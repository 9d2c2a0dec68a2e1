/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A cell whose configuration gives it 100 MB/s: CPU 2. */
#define CELL_NAME	"budgeted"
#define CELL_ID		19
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	0x71000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_NO_MODEL
#define CELL_BUDGET	100000000
#include "configs/arm64/qemu-virt-cell.h"
