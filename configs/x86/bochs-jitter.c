/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The jitter probe in Bochs: CPU 1. */
#define CELL_NAME	"jitter"
#define CELL_ID		1
#define CELL_RAM_BASE	BOCHS_CELL_RAM_BASE
#include "bochs-cell.h"
