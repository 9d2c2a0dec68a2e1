/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * QEMU virt with -M iommu=smmuv3. QEMU 7.2's has stage 1 only: enabling is
 * refused, and says so.
 */
#define VIRT_NAME	"qemu-virt-smmu"
#define VIRT_CPUS	0xf
#define VIRT_GIC	3
#define VIRT_SMMU_UNIT							      \
	{								      \
		.type = IOMMU_SMMUV3, .base = 0x09050000, .size = 0x20000,    \
	}
#include "qemu-virt-root.h"
