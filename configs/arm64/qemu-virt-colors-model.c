/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * QEMU virt, GICv3, four CPUs, the model; the root's colors can change, the
 * hypervisor has colors 0 and 1, and color 3 is for what cells share.
 */
#define VIRT_NAME	"qemu-virt"
#define VIRT_CPUS	0xf
#define VIRT_GIC	3
#define VIRT_MODEL
#define VIRT_RECOLOR
#define VIRT_OWN_COLORS	0x3
#define VIRT_SHARED_COLORS	0x8
#include "qemu-virt-root.h"
