/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The memory bomb: CPU 3, 16 MiB. */
#define CELL_NAME	"bomb"
#define CELL_ID		2
#define CELL_CPUS	0x8
#define CELL_RAM_BASE	0x72000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_NO_MODEL
#include "qemu-virt-cell.h"
