/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The same with the permission to regulate others. */
#define CELL_NAME	"steward"
#define CELL_ID		14
#define CELL_CPUS	0x6
#define CELL_RAM_BASE	0x74000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_PERMISSIONS	WEIR_PERMIT_REGULATE
#include "configs/arm64/qemu-virt-cell.h"
