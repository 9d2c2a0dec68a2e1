/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bochs with three CPUs, whose guests use the APIC's timer counting down: the
 * system says how fast it does.
 */
#define BOCHS_CPUS	0x7
#define BOCHS_APIC_KHZ	BOCHS_TSC_KHZ
#include "bochs-root.h"
