/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The jitter probe: CPU 3, 16 MiB. */
#define CELL_NAME	"jitter"
#define CELL_ID		3
#define CELL_CPUS	0x8
#define CELL_RAM_BASE	0x73000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_NO_MODEL
#include "qemu-virt-cell.h"
