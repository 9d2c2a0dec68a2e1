/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Another cell that is told of changes: CPU 1. */
#define CELL_NAME	"witness"
#define CELL_ID		16
#define CELL_CPUS	0x2
#define CELL_RAM_BASE	0x75000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_NO_MODEL
#define CELL_FLAGS	0
#include "configs/arm64/qemu-virt-cell.h"
