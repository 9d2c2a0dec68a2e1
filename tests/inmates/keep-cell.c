/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A cell over the same memory, which leaves it as it is. */
#define CELL_NAME	"keep"
#define CELL_ID		18
#define CELL_CPUS	0x8
#define CELL_RAM_BASE	0x76000000
#define CELL_RAM_BYTES	0x00400000
#define CELL_NO_MODEL
#define CELL_OPTIONS	WEIR_OPTION_NO_SCRUB
#include "configs/arm64/qemu-virt-cell.h"
