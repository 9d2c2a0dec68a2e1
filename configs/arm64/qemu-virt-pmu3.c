/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* qemu-virt-pmu with three CPUs: two of them may share a budget. */
#define VIRT_NAME	"qemu-virt"
#define VIRT_CPUS	0x7
#define VIRT_GIC	3
#define VIRT_PMU_WEIGHT_Q8	4
#include "qemu-virt-root.h"
