/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A bare-metal cell of QEMU's virt board: RAM at guest address 0, the
 * communication region, and the model's clock read-only. The file that
 * includes this says which: CELL_NAME, CELL_ID, CELL_CPUS (mask),
 * CELL_RAM_BASE, CELL_RAM_BYTES, and optionally CELL_FLAGS,
 * CELL_PERMISSIONS, CELL_OPTIONS, CELL_MSG_TIMEOUT_NS, CELL_NO_MODEL, and
 * CELL_BUDGET for a budget in bytes per second from the first instruction on,
 * CELL_COLORS (mask) for RAM on pages of these colors from CELL_RAM_BASE on,
 * CELL_CONTROLS for permission to hold back the cell with that id, down to
 * CELL_CONTROLS_DUTY (permille) and CELL_CONTROLS_BUDGET (bytes per second),
 * CELL_SHARED_BASE and CELL_SHARED_BYTES for memory shared with the root, or
 * CELL_SHARED_COLORS (mask) for what the board shares on these colors, and
 * CELL_CRITICAL for one interrupt that is taken in stalls, for 300 us of 1 ms.
 */
#include "qemu-virt.h"

#ifndef CELL_FLAGS
#define CELL_FLAGS		CELL_PASSIVE_COMMREG
#endif
#ifndef CELL_PERMISSIONS
#define CELL_PERMISSIONS	0
#endif
#ifndef CELL_OPTIONS
#define CELL_OPTIONS		0
#endif
#ifndef CELL_MSG_TIMEOUT_NS
#define CELL_MSG_TIMEOUT_NS	0
#endif
#ifdef CELL_BUDGET
#define CELL_POLICIES_COUNT	1
#else
#define CELL_POLICIES_COUNT	0
#endif
#ifdef CELL_CONTROLS
#define CELL_CONTROLS_COUNT	1
#else
#define CELL_CONTROLS_COUNT	0
#endif
#ifdef CELL_COLORS
#define CELL_COLORS_COUNT	1
#define CELL_RAM_COLORED	MEM_COLORED
#else
#define CELL_COLORS_COUNT	0
#define CELL_RAM_COLORED	0
#endif
#ifdef CELL_CRITICAL
#define CELL_CRITICAL_COUNT	1
#else
#define CELL_CRITICAL_COUNT	0
#endif
#define CELL_RECORDS_COUNT	(1 + CELL_POLICIES_COUNT + CELL_COLORS_COUNT + \
				 CELL_CONTROLS_COUNT + CELL_CRITICAL_COUNT + \
				 CELL_SHARED_RECORDS)
#ifdef CELL_SHARED_COLORS
#define CELL_SHARED_RECORDS	1
#else
#define CELL_SHARED_RECORDS	0
#endif
#if defined(CELL_SHARED_BASE) || defined(CELL_SHARED_COLORS)
#define CELL_SHARED_COUNT	1
#else
#define CELL_SHARED_COUNT	0
#endif
#ifdef CELL_NO_MODEL
#define CELL_REGIONS_COUNT	(2 + CELL_SHARED_COUNT)
#else
#define CELL_REGIONS_COUNT	(3 + CELL_SHARED_COUNT)
#endif

struct {
	struct cell_desc cell;
	uint64_t cpus[1];
	struct memory_region memory[CELL_REGIONS_COUNT];
	struct {
		struct weir_block head;
		struct weir_record_options options;
#ifdef CELL_BUDGET
		struct weir_record_policy policy;
#endif
#ifdef CELL_COLORS
		struct weir_record_colors colors;
#endif
#ifdef CELL_CONTROLS
		struct weir_record_control control;
#endif
#ifdef CELL_CRITICAL
		struct weir_record_critical critical;
#endif
#ifdef CELL_SHARED_COLORS
		struct weir_record_shared_colors shared_colors;
#endif
	} ABI_PACKED weir;
} ABI_PACKED config = {
	.cell = {
		CONFIG_HEAD(CELL, ARM64),
		.name = CELL_NAME,
		.id = CELL_ID,
		.flags = CELL_FLAGS | CELL_VIRTUAL_CONSOLE_PERMITTED |
			 CELL_VIRTUAL_CONSOLE_ACTIVE,
		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = CELL_REGIONS_COUNT,
	},
	.cpus = { CELL_CPUS },
	.memory = {
		{
			.phys_start = CELL_RAM_BASE,
			.virt_start = 0,
			.size = CELL_RAM_BYTES,
			.flags = MEM_RWX | MEM_LOADABLE | CELL_RAM_COLORED,
		},
		COMM_REGION,
#ifndef CELL_NO_MODEL
		{
			.phys_start = VIRT_MEMSYS_PAGE,
			.virt_start = INMATE_MEMSYS_PAGE,
			.size = 0x1000,
			.flags = MEM_READ,
		},
#endif
#ifdef CELL_SHARED_BASE
		SHARED_REGION(CELL_SHARED_BASE, CELL_SHARED_BYTES),
#endif
#ifdef CELL_SHARED_COLORS
		SHARED_COLORED_REGION(VIRT_SHARED_BASE, VIRT_SHARED_BYTES,
				      INMATE_SHARED_BASE, 0),
#endif
	},
	.weir = {
		.head = BLOCK_HEAD(CELL_RECORDS_COUNT),
		.options = {
			RECORD_HEAD(OPTIONS, struct weir_record_options),
			.permissions = CELL_PERMISSIONS,
			.options = CELL_OPTIONS,
			.msg_timeout_ns = CELL_MSG_TIMEOUT_NS,
		},
#ifdef CELL_BUDGET
		.policy = {
			RECORD_HEAD(POLICY, struct weir_record_policy),
			.settings = {
				.valid = REG_SET_BUDGET,
				.budget_bytes_per_s = CELL_BUDGET,
			},
		},
#endif
#ifdef CELL_COLORS
		.colors = RECORD_COLORS(CELL_COLORS),
#endif
#ifdef CELL_CONTROLS
		.control = {
			RECORD_HEAD(CONTROL, struct weir_record_control),
			.cell_id = CELL_CONTROLS,
			.what = CONTROL_DUTY | CONTROL_BUDGET,
			.duty_min_permille = CELL_CONTROLS_DUTY,
			.budget_min_bytes_per_s = CELL_CONTROLS_BUDGET,
		},
#endif
#ifdef CELL_CRITICAL
		.critical = {
			RECORD_HEAD(CRITICAL, struct weir_record_critical),
			.period_ns = 1000000,
			.bound_ns = 300000,
			.irqs_count = 1,
			.irqs = { CELL_CRITICAL },
		},
#endif
#ifdef CELL_SHARED_COLORS
		.shared_colors = RECORD_SHARED_COLORS(CELL_REGIONS_COUNT - 1,
						      CELL_SHARED_COLORS),
#endif
	},
};
