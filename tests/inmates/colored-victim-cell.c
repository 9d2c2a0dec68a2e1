/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The real-time job on colors 0 to 7: CPU 2, 16 MiB, beside colored-bomb. */
#define CELL_NAME	"colored-victim"
#define CELL_ID		30
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	0x74000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_COLORS	0x00ff
#include "../../configs/arm64/qemu-virt-cell.h"
