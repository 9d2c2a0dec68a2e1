/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Shares 64 KiB on colors 12 and 13 with the root: CPU 1. */
#define CELL_NAME	"sharer"
#define CELL_ID		9
#define CELL_RAM_BASE	0x1a000000
#define CELL_SHARED_COLORS	0x3000
#include "bochs-cell.h"
