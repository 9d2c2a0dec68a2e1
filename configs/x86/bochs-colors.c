/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bochs with two CPUs, where the hypervisor has colors 4 to 7 of 16 for itself, and
 * 64 KiB are shared on colors 12 and 13.
 */
#define BOCHS_CPUS		0x3
#define BOCHS_OWN_COLORS	0xf0
#define BOCHS_SHARED_COLORS	0x3000
#include "bochs-root.h"
