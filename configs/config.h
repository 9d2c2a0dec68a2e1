/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The words that configurations of every machine are written with. */
#ifndef CONFIGS_CONFIG_H
#define CONFIGS_CONFIG_H

#include "abi/cell-config.h"
#include "abi/weir-config.h"

#define COUNT_OF(array)		(sizeof(array) / sizeof((array)[0]))

#define MEM_RWX			(MEM_READ | MEM_WRITE | MEM_EXECUTE)
#define MEM_DEVICE		(MEM_READ | MEM_WRITE | MEM_IO)

/* At the same address for the guest. */
#define IO_REGION(base, bytes)                                                \
	{                                                                     \
		.phys_start = (base), .virt_start = (base), .size = (bytes),  \
		.flags = MEM_DEVICE,                                          \
	}

#define RAM_REGION(base, bytes)                                               \
	{                                                                     \
		.phys_start = (base), .virt_start = (base), .size = (bytes),  \
		.flags = MEM_RWX | MEM_DMA,                                   \
	}

/* Where an inmate finds them the machine's header says. */
#define COMM_REGION                                                           \
	{                                                                     \
		.virt_start = INMATE_COMM_BASE, .size = 0x1000,               \
		.flags = MEM_READ | MEM_WRITE | MEM_COMM_REGION,              \
	}

#define SHARED_REGION(base, bytes)                                            \
	{                                                                     \
		.phys_start = (base), .virt_start = INMATE_SHARED_BASE,       \
		.size = (bytes),                                              \
		.flags = MEM_READ | MEM_WRITE | MEM_ROOTSHARED,               \
	}

/*
 * The same on colors; where the root has it is the machine's to say. `more`: flags,
 * MEM_DMA or 0.
 */
#define SHARED_COLORED_REGION(base, bytes, virt, more)                        \
	{                                                                     \
		.phys_start = (base), .virt_start = (virt), .size = (bytes),  \
		.flags = MEM_READ | MEM_WRITE | MEM_ROOTSHARED |              \
			 MEM_COLORED | (more),                                \
	}

/* How a descriptor starts: SYSTEM or CELL, ARM64 or X86. */
#define CONFIG_HEAD(what, arch)                                               \
	.signature = CONFIG_##what##_SIGNATURE,                               \
	.architecture = CONFIG_ARCH_##arch, .revision = CONFIG_REVISION

/* How the block of a `config` starts. */
#define BLOCK_HEAD(records)                                                   \
	{                                                                     \
		.signature = WEIR_BLOCK_SIGNATURE,                            \
		.revision = WEIR_BLOCK_REVISION,                              \
		.num_records = (records), .size = sizeof(config.weir),        \
	}

/* And a record: IOMMU, struct weir_record_iommu. */
#define RECORD_HEAD(record_type, of)                                          \
	.record = {                                                           \
		.type = WEIR_RECORD_##record_type, .size = sizeof(of),        \
	}

/* A cell on these colors, a mask. */
#define RECORD_COLORS(mask)                                                   \
	{                                                                     \
		RECORD_HEAD(COLORS, struct weir_record_colors),               \
		.how = COLORS_LIST, .list = { (mask) },                       \
	}

/* Colors that are the hypervisor's own, as a mask. */
#define RECORD_OWN_COLORS(mask)                                               \
	{                                                                     \
		RECORD_HEAD(OWN_COLORS, struct weir_record_own_colors),       \
		.list = { (mask) },                                           \
	}

/* Colors, as a mask, of the shared region with this number. */
#define RECORD_SHARED_COLORS(number, mask)                                    \
	{                                                                     \
		RECORD_HEAD(SHARED_COLORS, struct weir_record_shared_colors), \
		.region = (number), .list = { (mask) },                       \
	}

#endif
