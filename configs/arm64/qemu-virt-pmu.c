/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * QEMU virt, GICv3, two CPUs; budgets by PMU overflow, 64 instructions a line:
 * 1 byte of budget is 1 instruction, of which this machine does 500 million a
 * second.
 */
#define VIRT_NAME	"qemu-virt"
#define VIRT_CPUS	0x3
#define VIRT_GIC	3
#define VIRT_PMU_WEIGHT_Q8	4
#include "qemu-virt-root.h"
