/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The memory bomb on colors 8 to 15: CPU 3, in the span of colored-victim. */
#define CELL_NAME	"colored-bomb"
#define CELL_ID		31
#define CELL_CPUS	0x8
#define CELL_RAM_BASE	0x74000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_COLORS	0xff00
#define CELL_NO_MODEL
#include "../../configs/arm64/qemu-virt-cell.h"
