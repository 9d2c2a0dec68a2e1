/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A bare-metal cell of Bochs: 1 MiB of RAM at guest address 0, the
 * communication region behind it, more RAM from 2 MiB on. The file that
 * includes this says which: CELL_NAME, CELL_ID, CELL_RAM_BASE (4 MiB), and
 * optionally CELL_FLAGS, CELL_CPUS (mask), CELL_HIGH_BYTES, CELL_CONTROLS_DUTY for
 * permission to throttle the root, down to so many permille, or CELL_PERMISSIONS, and
 * CELL_SHARED_BASE and CELL_SHARED_BYTES for memory shared with the root, or
 * CELL_SHARED_COLORS (mask) for what the machine shares on these colors.
 */
#include "bochs.h"

#define CELL_LOW_BYTES		0x100000
#define CELL_HIGH_BASE		0x200000
#ifndef CELL_HIGH_BYTES
#define CELL_HIGH_BYTES		0x200000
#endif

#ifndef CELL_CPUS
#define CELL_CPUS		0x2
#endif
#ifndef CELL_FLAGS
#define CELL_FLAGS		CELL_PASSIVE_COMMREG
#endif
#if defined(CELL_SHARED_BASE) || defined(CELL_SHARED_COLORS)
#define CELL_REGIONS_COUNT	4
#else
#define CELL_REGIONS_COUNT	3
#endif
#if defined(CELL_CONTROLS_DUTY) || defined(CELL_PERMISSIONS) || \
	defined(CELL_SHARED_COLORS)
#define CELL_WEIR
#endif

struct {
	struct cell_desc cell;
	uint64_t cpus[1];
	struct memory_region memory[CELL_REGIONS_COUNT];
#ifdef CELL_WEIR
	struct {
		struct weir_block head;
#ifdef CELL_CONTROLS_DUTY
		struct weir_record_control control;
#elif defined(CELL_SHARED_COLORS)
		struct weir_record_shared_colors shared_colors;
#else
		struct weir_record_options options;
#endif
	} ABI_PACKED weir;
#endif
} ABI_PACKED config = {
	.cell = {
		CONFIG_HEAD(CELL, X86),
		.name = CELL_NAME,
		.id = CELL_ID,
		.flags = CELL_FLAGS | CELL_VIRTUAL_CONSOLE_PERMITTED |
			 CELL_VIRTUAL_CONSOLE_ACTIVE,
		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = COUNT_OF(config.memory),
	},
	.cpus = { CELL_CPUS },
	.memory = {
		{
			.phys_start = CELL_RAM_BASE,
			.virt_start = 0,
			.size = CELL_LOW_BYTES,
			.flags = MEM_RWX | MEM_LOADABLE,
		},
		COMM_REGION,
		{
			.phys_start = CELL_RAM_BASE + CELL_HIGH_BASE,
			.virt_start = CELL_HIGH_BASE,
			.size = CELL_HIGH_BYTES,
			.flags = MEM_RWX | MEM_LOADABLE,
		},
#ifdef CELL_SHARED_BASE
		SHARED_REGION(CELL_SHARED_BASE, CELL_SHARED_BYTES),
#endif
#ifdef CELL_SHARED_COLORS
		SHARED_COLORED_REGION(BOCHS_SHARED_BASE, BOCHS_SHARED_BYTES,
				      INMATE_SHARED_BASE, 0),
#endif
	},
#ifdef CELL_WEIR
	.weir = {
		.head = BLOCK_HEAD(1),
#ifdef CELL_CONTROLS_DUTY
		.control = {
			RECORD_HEAD(CONTROL, struct weir_record_control),
			.what = CONTROL_DUTY,
			.duty_min_permille = CELL_CONTROLS_DUTY,
		},
#elif defined(CELL_SHARED_COLORS)
		.shared_colors = RECORD_SHARED_COLORS(CELL_REGIONS_COUNT - 1,
						      CELL_SHARED_COLORS),
#else
		.options = {
			RECORD_HEAD(OPTIONS, struct weir_record_options),
			.permissions = CELL_PERMISSIONS,
		},
#endif
	},
#endif
};
