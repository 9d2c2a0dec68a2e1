/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The real-time job with an input from the root: 8 MiB that both see. */
#define CELL_NAME	"reader"
#define CELL_ID		26
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	VIRT_CELL_RAM_BASE
#define CELL_RAM_BYTES	0x01000000
#define CELL_SHARED_BASE	0x77000000
#define CELL_SHARED_BYTES	0x00800000
#include "qemu-virt-cell.h"
