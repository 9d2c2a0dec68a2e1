/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The real-time job on colors 2 and 3, which the root has left: CPU 2, 4 MiB. */
#define CELL_NAME	"apart-victim"
#define CELL_ID		36
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	0x40000000
#define CELL_RAM_BYTES	0x00400000
#define CELL_COLORS	0x000c
#include "../../configs/arm64/qemu-virt-cell.h"
