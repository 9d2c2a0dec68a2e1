/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The root cell of Bochs: no IOMMU, messages on COM2, an L3 cache of 16 ways
 * that CPUID keeps silent about. The file that includes this says which:
 * BOCHS_CPUS (mask), and optionally BOCHS_APIC_KHZ, and BOCHS_COUNTER when the PMU
 * is a source of counts, or BOCHS_MCHBAR when a memory controller is one, or
 * BOCHS_OWN_COLORS and BOCHS_SHARED_COLORS, masks of 16, when the hypervisor has some
 * for itself and memory is shared on others.
 */
#include "bochs.h"

#ifndef BOCHS_APIC_KHZ
#define BOCHS_APIC_KHZ	0	/* guests use TSC deadlines */
#endif

#if defined(BOCHS_MCHBAR)
#define BOCHS_RECORDS	4
#elif defined(BOCHS_OWN_COLORS)
#define BOCHS_RECORDS	5
#elif defined(BOCHS_COUNTER)
#define BOCHS_RECORDS	3
#else
#define BOCHS_RECORDS	2
#endif

#ifdef BOCHS_SHARED_COLORS
#define BOCHS_SHARED_COUNT	1
#else
#define BOCHS_SHARED_COUNT	0
#endif

struct {
	struct system_desc header;
	uint64_t cpus[1];
	struct memory_region memory[PC_ROOT_REGIONS_COUNT + BOCHS_SHARED_COUNT];
	struct irqchip irqchips[1];
	struct pio_region ports[4];
	struct {
		struct weir_block head;
		struct weir_record_cache l3;
		struct weir_record_iommu iommu;
#ifdef BOCHS_COUNTER
		struct weir_record_counter counter;
#endif
#ifdef BOCHS_MCHBAR
		struct weir_record_counter lines;
		struct weir_record_imc imc;
#endif
#ifdef BOCHS_OWN_COLORS
		struct weir_record_coloring coloring;
		struct weir_record_own_colors own_colors;
		struct weir_record_shared_colors shared_colors;
#endif
	} ABI_PACKED weir;
} ABI_PACKED config = {
	.header = {
		CONFIG_HEAD(SYSTEM, X86),
		.flags = SYSTEM_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = PC_HYPERVISOR_MEMORY,
		.debug_console = PC_DEBUG_CONSOLE,
		.platform = {
			.x86 = {
				.pm_timer_address = BOCHS_PM_TIMER,
				.tsc_khz = BOCHS_TSC_KHZ,
				.apic_khz = BOCHS_APIC_KHZ,
			},
		},
		.root_cell = {
			CONFIG_HEAD(CELL, X86),
			.name = "bochs",
			.cpu_set_size = sizeof(config.cpus),
			.num_memory_regions = COUNT_OF(config.memory),
			.num_irqchips = 1,
			.num_pio_regions = COUNT_OF(config.ports),
		},
	},
	.cpus = { BOCHS_CPUS },
	.memory = {
		PC_ROOT_REGIONS(BOCHS_CELL_RAM_BYTES),
#ifdef BOCHS_SHARED_COLORS
		SHARED_COLORED_REGION(BOCHS_SHARED_BASE, BOCHS_SHARED_BYTES,
				      BOCHS_SHARED_WINDOW, 0),
#endif
	},
	.irqchips = { PC_ROOT_IRQCHIP },
	/* All but COM2, which is the hypervisor's. */
	.ports = {
		{ .base = 0x0000, .length = BOCHS_COM2 },
		{ .base = BOCHS_COM2 + 8, .length = 0x8000 - BOCHS_COM2 - 8 },
		{ .base = 0x8000, .length = 0x7fff },
		{ .base = 0xffff, .length = 1 },
	},
	.weir = {
		.head = BLOCK_HEAD(BOCHS_RECORDS),
		.l3 = {
			RECORD_HEAD(CACHE, struct weir_record_cache),
			.level = 3, .ways = 16, .ways_min = 1, .classes = 4,
		},
		.iommu = {
			RECORD_HEAD(IOMMU, struct weir_record_iommu),
			.flags = WEIR_IOMMU_NONE,
		},
#ifdef BOCHS_COUNTER
		.counter = {
			RECORD_HEAD(COUNTER, struct weir_record_counter),
			.source = COUNTER_X86_PMU,
			.event_read = 0x412e,	/* last-level cache misses */
			.event_write = 0xffff,
			.read_weight_q8 = 256,
			.event_name = "LONGEST_LAT_CACHE.MISS",
		},
#endif
#ifdef BOCHS_MCHBAR
		.lines = {
			RECORD_HEAD(COUNTER, struct weir_record_counter),
			.source = COUNTER_INTEL_IMC,
			.read_weight_q8 = 256,
			.write_weight_q8 = 256,
			.event_name = "lines",
		},
		.imc = {
			RECORD_HEAD(IMC, struct weir_record_imc),
			.kind = IMC_CLIENT,
			.address = BOCHS_MCHBAR,
		},
#endif
#ifdef BOCHS_OWN_COLORS
		.coloring = RECORD_COLORING(1024),
		.own_colors = RECORD_OWN_COLORS(BOCHS_OWN_COLORS),
		.shared_colors = RECORD_SHARED_COLORS(PC_ROOT_REGIONS_COUNT,
						      BOCHS_SHARED_COLORS),
#endif
	},
};
