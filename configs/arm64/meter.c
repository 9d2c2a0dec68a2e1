/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The meter: CPU 1, 16 MiB. */
#define CELL_NAME	"meter"
#define CELL_ID		4
#define CELL_CPUS	0x2
#define CELL_RAM_BASE	0x75000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_NO_MODEL
#include "qemu-virt-cell.h"
