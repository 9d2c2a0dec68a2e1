/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* QEMU virt, GICv2, four CPUs, with the memory-system model. */
#define VIRT_NAME	"qemu-virt"
#define VIRT_CPUS	0xf
#define VIRT_GIC	2
#define VIRT_MODEL
#include "qemu-virt-root.h"
