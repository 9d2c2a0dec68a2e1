/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The memory bomb on color 4, which the root has left: CPU 3, 4 MiB. */
#define CELL_NAME	"apart-bomb"
#define CELL_ID		37
#define CELL_CPUS	0x8
#define CELL_RAM_BASE	0x40000000
#define CELL_RAM_BYTES	0x00400000
#define CELL_COLORS	0x0010
#define CELL_NO_MODEL
#include "../../configs/arm64/qemu-virt-cell.h"
