/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bochs with three CPUs, whose guests use the APIC's timer counting down: the
 * system says how fast it does. Its memory controller is the root's memory: the
 * test counts in its place.
 */
#define BOCHS_CPUS	0x7
#define BOCHS_APIC_KHZ	BOCHS_TSC_KHZ
#define BOCHS_MCHBAR	(BOCHS_ROOT_BYTES - 0x8000)
#include "bochs-root.h"
