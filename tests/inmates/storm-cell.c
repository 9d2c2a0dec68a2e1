/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The budgeted cell once more, with a timer interrupt that is critical: CPU 2. */
#define CELL_NAME	"storm"
#define CELL_ID		33
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	0x71000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_NO_MODEL
#define CELL_BUDGET	100000000
#define CELL_CRITICAL	27	/* the virtual timer */
#include "configs/arm64/qemu-virt-cell.h"
