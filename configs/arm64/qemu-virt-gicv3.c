/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* QEMU virt, GICv3, four CPUs, no memory-system model. */
#define VIRT_NAME	"qemu-virt"
#define VIRT_CPUS	0xf
#define VIRT_GIC	3
#include "qemu-virt-root.h"
