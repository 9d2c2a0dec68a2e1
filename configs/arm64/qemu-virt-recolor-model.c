/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* QEMU virt, GICv3, four CPUs, the model; the root's colors can change. */
#define VIRT_NAME	"qemu-virt"
#define VIRT_CPUS	0xf
#define VIRT_GIC	3
#define VIRT_MODEL
#define VIRT_RECOLOR
#include "qemu-virt-root.h"
