/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bochs with two CPUs, where the hypervisor has colors 4 to 7 of 16 for itself. */
#define BOCHS_CPUS		0x3
#define BOCHS_OWN_COLORS	0xf0
#include "bochs-root.h"
