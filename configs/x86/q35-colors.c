/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The same machine, where the hypervisor has colors 16 to 31 of 64 for itself: the
 * table of interrupts is 16 pages in a row.
 */
#define Q35_CACHE_SETS	4096
#define Q35_OWN_COLORS	0xffff0000
#include "q35.c"
