/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Shares 64 KiB on colors 14 and 15: CPU 2, 1 MiB on colors 0 to 3. */
#define CELL_NAME	"sharer"
#define CELL_ID		41
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	0x74000000
#define CELL_RAM_BYTES	0x00100000
#define CELL_COLORS	0x000f
#define CELL_SHARED_COLORS	0xc000
#include "../../configs/arm64/qemu-virt-cell.h"
