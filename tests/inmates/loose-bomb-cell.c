/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The memory bomb without colors: CPU 1 of the root, 16 MiB. */
#define CELL_NAME	"loose-bomb"
#define CELL_ID		35
#define CELL_CPUS	0x2
#define CELL_RAM_BASE	0x72000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_NO_MODEL
#include "../../configs/arm64/qemu-virt-cell.h"
