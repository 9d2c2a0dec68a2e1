/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A load that holds a rate by the model's clock: CPU 3, 16 MiB. */
#define CELL_NAME	"load"
#define CELL_ID		5
#define CELL_CPUS	0x8
#define CELL_RAM_BASE	0x72000000
#define CELL_RAM_BYTES	0x01000000
#include "qemu-virt-cell.h"
