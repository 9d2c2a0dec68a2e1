/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bochs with three CPUs. */
#define BOCHS_CPUS	0x7
#include "bochs-root.h"
