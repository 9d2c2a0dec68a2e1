/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A guest that tries what is forbidden, in Bochs: CPU 1. */
#define CELL_NAME	"hostile"
#define CELL_ID		2
#define CELL_RAM_BASE	(BOCHS_CELL_RAM_BASE + 0x400000)
#include "bochs-cell.h"
