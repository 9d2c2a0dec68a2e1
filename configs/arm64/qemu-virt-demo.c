/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* QEMU virt, GICv3, three CPUs, with the memory-system model. */
#define VIRT_NAME	"qemu-virt"
#define VIRT_CPUS	0x7
#define VIRT_GIC	3
#define VIRT_MODEL
#include "qemu-virt-root.h"
