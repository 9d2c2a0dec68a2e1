/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* On memory that the root cell has left by its colors: CPU 3, 16 MiB. */
#define CELL_NAME	"freed"
#define CELL_ID		33
#define CELL_CPUS	0x8
#define CELL_RAM_BASE	0x40000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_COLORS	0x000f
#define CELL_NO_MODEL
#include "../../configs/arm64/qemu-virt-cell.h"
