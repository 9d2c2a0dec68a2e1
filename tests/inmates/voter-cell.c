/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A cell that is asked before it is stopped: CPU 2, 200 ms to answer. */
#define CELL_NAME	"voter"
#define CELL_ID		15
#define CELL_CPUS	0x4
#define CELL_RAM_BASE	0x74000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_NO_MODEL
#define CELL_FLAGS	0
#define CELL_MSG_TIMEOUT_NS	200000000
#include "configs/arm64/qemu-virt-cell.h"
