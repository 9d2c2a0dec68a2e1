/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A cell of two CPUs, 2 and 3. */
#define CELL_NAME	"power"
#define CELL_ID		11
#define CELL_CPUS	0xc
#define CELL_RAM_BASE	0x75000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_NO_MODEL
#include "configs/arm64/qemu-virt-cell.h"
