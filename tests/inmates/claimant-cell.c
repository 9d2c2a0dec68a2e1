/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A cell that may hold back the jitter cell, and claims all it can: CPU 1. */
#define CELL_NAME	"claimant"
#define CELL_ID		20
#define CELL_CPUS	0x2
#define CELL_RAM_BASE	0x74000000
#define CELL_RAM_BYTES	0x01000000
#define CELL_CONTROLS	3
#define CELL_CONTROLS_DUTY	100
#define CELL_CONTROLS_BUDGET	50000000
#include "configs/arm64/qemu-virt-cell.h"
