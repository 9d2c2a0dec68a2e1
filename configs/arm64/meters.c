/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The meter with a second CPU to share its budget: CPUs 1 and 2, 16 MiB. */
#define CELL_NAME	"meters"
#define CELL_ID		4
#define CELL_CPUS	0x6
#define CELL_RAM_BASE	0x75000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_NO_MODEL
#include "qemu-virt-cell.h"
