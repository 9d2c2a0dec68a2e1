/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bochs with two CPUs. */
#define BOCHS_CPUS	0x3
#include "bochs-root.h"
