/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* QEMU virt, GICv3, four CPUs, the model; 64 KiB are shared on colors 14 and 15. */
#define VIRT_NAME	"qemu-virt"
#define VIRT_CPUS	0xf
#define VIRT_GIC	3
#define VIRT_MODEL
#define VIRT_SHARED_COLORS	0xc000
#include "qemu-virt-root.h"
