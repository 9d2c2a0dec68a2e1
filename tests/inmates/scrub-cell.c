/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A cell whose memory is cleared when it changes hands: CPU 3, 4 MiB. */
#define CELL_NAME	"scrub"
#define CELL_ID		17
#define CELL_CPUS	0x8
#define CELL_RAM_BASE	0x76000000
#define CELL_RAM_BYTES	0x00400000
#define CELL_NO_MODEL
#include "configs/arm64/qemu-virt-cell.h"
