/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bochs with one CPU, whose time stamp counts instructions. */
#define BOCHS_CPUS	0x1
#include "bochs-root.h"
