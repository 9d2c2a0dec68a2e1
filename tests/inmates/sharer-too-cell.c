/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The same on CPU 3, 1 MiB on colors 8 to 11 of the same span. */
#define CELL_NAME	"sharer-too"
#define CELL_ID		42
#define CELL_CPUS	0x8
#define CELL_RAM_BASE	0x74000000
#define CELL_RAM_BYTES	0x00100000
#define CELL_COLORS	0x0f00
#define CELL_SHARED_COLORS	0xc000
#include "../../configs/arm64/qemu-virt-cell.h"
