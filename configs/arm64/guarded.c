/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The real-time job that may hold back the root: CPU 2, 16 MiB. It goes down to a
 * tenth of the root's time, and to 50 MB/s.
 */
#define CELL_NAME	"guarded"
#define CELL_ID		25
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	VIRT_CELL_RAM_BASE
#define CELL_RAM_BYTES	0x01000000
#define CELL_CONTROLS	0
#define CELL_CONTROLS_DUTY	100
#define CELL_CONTROLS_BUDGET	50000000
#include "qemu-virt-cell.h"
