/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The same cell where the memory-system model is: its page is read-only. */
#define CELL_NAME	"traps"
#define CELL_ID		10
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	0x74000000
#define CELL_RAM_BYTES	0x01000000
#include "configs/arm64/qemu-virt-cell.h"
