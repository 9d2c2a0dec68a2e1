/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A cell that starts in AArch32, on CPU 2. */
#define CELL_NAME	"aarch32"
#define CELL_ID		12
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	0x74000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_NO_MODEL
#define CELL_FLAGS	(CELL_PASSIVE_COMMREG | CELL_AARCH32)
#include "configs/arm64/qemu-virt-cell.h"
