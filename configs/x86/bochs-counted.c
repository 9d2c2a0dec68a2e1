/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bochs with one CPU, and with the counters it announces as a source. */
#define BOCHS_CPUS	0x1
#define BOCHS_COUNTER
#include "bochs-root.h"
