/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A cell that may nothing and tries everything: CPUs 1 and 2. */
#define CELL_NAME	"hostile"
#define CELL_ID		13
#define CELL_CPUS	0x6
#define CELL_RAM_BASE	0x74000000
#define CELL_RAM_BYTES	0x01000000
#include "configs/arm64/qemu-virt-cell.h"
