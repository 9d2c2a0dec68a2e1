/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Refused beside colored-victim: one of its colors, in memory of its own. */
#define CELL_NAME	"clash"
#define CELL_ID		32
#define CELL_CPUS	0x8
#define CELL_RAM_BASE	0x76000000
#define CELL_RAM_BYTES	0x00100000
#define CELL_COLORS	0x0180
#include "../../configs/arm64/qemu-virt-cell.h"
