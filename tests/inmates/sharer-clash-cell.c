/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* It expects color 13 in what is shared as well: refused. */
#define CELL_NAME	"sharer-clash"
#define CELL_ID		43
#define CELL_CPUS	0x8
#define CELL_RAM_BASE	0x74000000
#define CELL_RAM_BYTES	0x00100000
#define CELL_COLORS	0x0f00
#define CELL_SHARED_COLORS	0xe000
#include "../../configs/arm64/qemu-virt-cell.h"
