/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The root cell of QEMU's virt board. The file that includes this says which:
 * VIRT_NAME, VIRT_CPUS (mask), VIRT_GIC (2 or 3), VIRT_MODEL when the
 * memory-system model is loaded, VIRT_RECOLOR when the root's colors can
 * change, VIRT_OWN_COLORS, a mask, when the hypervisor has some of its own, and
 * VIRT_SMMU_UNIT when there is one, and VIRT_SHARED_COLORS, a mask, when cells share
 * memory with the root on colors.
 */
#include "qemu-virt.h"

#if VIRT_GIC == 3
#define VIRT_GIC_REGIONS_COUNT	1
#define VIRT_GIC_REGIONS	IO_REGION(0x08080000, 0x20000) /* ITS */
#define VIRT_GIC_PLATFORM                                                     \
	.gic_version = 3, .gicd_base = VIRT_GICD_BASE, .gicr_base = 0x080a0000
#else
#define VIRT_GIC_REGIONS_COUNT	1
#define VIRT_GIC_REGIONS	IO_REGION(0x08020000, 0x1000) /* GICv2m */
#define VIRT_GIC_PLATFORM                                                     \
	.gic_version = 2, .gicd_base = VIRT_GICD_BASE,                        \
	.gicc_base = 0x08010000, .gich_base = 0x08030000,                     \
	.gicv_base = 0x08040000
#endif

#ifdef VIRT_MODEL
#define VIRT_MODEL_RECORDS	3
#else
#define VIRT_MODEL_RECORDS	0
#endif
#ifdef VIRT_RECOLOR
#define VIRT_COLOR_RECORDS	1
#else
#define VIRT_COLOR_RECORDS	0
#endif
#ifdef VIRT_OWN_COLORS
#define VIRT_OWN_RECORDS	1
#else
#define VIRT_OWN_RECORDS	0
#endif
#ifdef VIRT_SHARED_COLORS
#define VIRT_SHARED_COUNT	1
#else
#define VIRT_SHARED_COUNT	0
#endif
#define VIRT_RECORDS_COUNT	(2 + VIRT_MODEL_RECORDS + VIRT_COLOR_RECORDS + \
				 VIRT_OWN_RECORDS + VIRT_SHARED_COUNT)
#define VIRT_FIXED_REGIONS	(VIRT_ROOT_REGIONS_COUNT + \
				 VIRT_GIC_REGIONS_COUNT)

struct {
	struct system_desc header;
	uint64_t cpus[1];
	struct memory_region memory[VIRT_FIXED_REGIONS + VIRT_SHARED_COUNT];
	struct irqchip irqchips[2];
	struct {
		struct weir_block head;
#ifdef VIRT_MODEL
		struct weir_record_memsys memsys;
		struct weir_record_counter counter_memsys;
		struct weir_record_bandwidth bandwidth;
#endif
		struct weir_record_counter counter_pmu;
		struct weir_record_coloring coloring;
#ifdef VIRT_RECOLOR
		struct weir_record_root_colors root_colors;
#endif
#ifdef VIRT_OWN_COLORS
		struct weir_record_own_colors own_colors;
#endif
#ifdef VIRT_SHARED_COLORS
		struct weir_record_shared_colors shared_colors;
#endif
	} ABI_PACKED weir;
} ABI_PACKED config = {
	.header = {
		CONFIG_HEAD(SYSTEM, ARM64),
		.flags = SYSTEM_VIRTUAL_DEBUG_CONSOLE,
		.hypervisor_memory = {
			.phys_start = VIRT_HYPERVISOR_BASE,
			.size = VIRT_HYPERVISOR_BYTES,
		},
		.debug_console = VIRT_DEBUG_CONSOLE,
		.platform = {
			.pci_mmconfig_base = 0x4010000000,
			.pci_mmconfig_end_bus = 0xff,
#ifdef VIRT_SMMU_UNIT
			.iommu_units = { VIRT_SMMU_UNIT },
#endif
			.arm = {
				.maintenance_irq = VIRT_MAINTENANCE_IRQ,
				VIRT_GIC_PLATFORM,
			},
		},
		.root_cell = {
			CONFIG_HEAD(CELL, ARM64),
			.name = VIRT_NAME,
			.cpu_set_size = sizeof(config.cpus),
			.num_memory_regions = COUNT_OF(config.memory),
			.num_irqchips = COUNT_OF(config.irqchips),
		},
	},
	.cpus = { VIRT_CPUS },
	.memory = {
		VIRT_ROOT_REGIONS, VIRT_GIC_REGIONS,
#ifdef VIRT_SHARED_COLORS
		SHARED_COLORED_REGION(VIRT_SHARED_BASE, VIRT_SHARED_BYTES,
				      VIRT_SHARED_WINDOW, 0),
#endif
	},
	.irqchips = { VIRT_ROOT_IRQCHIPS },
	.weir = {
		.head = BLOCK_HEAD(VIRT_RECORDS_COUNT),
#ifdef VIRT_MODEL
		.memsys = RECORD_MEMSYS,
		.counter_memsys = RECORD_COUNTER_MEMSYS,
		.bandwidth = RECORD_BANDWIDTH,
#endif
		.counter_pmu = RECORD_COUNTER_PMU,
		.coloring = RECORD_COLORING,
#ifdef VIRT_RECOLOR
		.root_colors = RECORD_ROOT_COLORS,
#endif
#ifdef VIRT_OWN_COLORS
		.own_colors = RECORD_OWN_COLORS(VIRT_OWN_COLORS),
#endif
#ifdef VIRT_SHARED_COLORS
		.shared_colors = RECORD_SHARED_COLORS(VIRT_FIXED_REGIONS,
						      VIRT_SHARED_COLORS),
#endif
	},
};
