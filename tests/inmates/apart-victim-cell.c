/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The real-time job on color 2, which the root has left: CPU 2, 4 MiB; and what it
 * shares with the root on color 3.
 */
#define CELL_NAME	"apart-victim"
#define CELL_ID		36
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	0x40000000
#define CELL_RAM_BYTES	0x00400000
#define CELL_COLORS	0x0004
#define CELL_SHARED_COLORS	0x0008
#include "../../configs/arm64/qemu-virt-cell.h"
