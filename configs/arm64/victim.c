/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The real-time job: CPU 2, 16 MiB. */
#define CELL_NAME	"victim"
#define CELL_ID		1
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	VIRT_CELL_RAM_BASE
#define CELL_RAM_BYTES	0x01000000
#include "qemu-virt-cell.h"
