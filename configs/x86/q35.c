/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * QEMU's machine q35 with two CPUs, 512 MiB and a remapping unit, as
 * tests/iommu starts it: memory as in Bochs, two DMA devices and a network
 * card whose messages are in a table. Some memory is shared on colors. With
 * Q35_OWN_COLORS, a mask, the hypervisor has colors for itself.
 */
#include "q35.h"

#ifdef Q35_OWN_COLORS
#define Q35_RECORDS	4
#else
#define Q35_RECORDS	3
#endif

struct {
	struct system_desc header;
	uint64_t cpus[1];
	struct memory_region memory[PC_ROOT_REGIONS_COUNT + 1];
	struct irqchip irqchips[1];
	struct pio_region ports[1];
	struct pci_device devices[3];
	struct {
		struct weir_block head;
		struct weir_record_iommu iommu;
		struct weir_record_coloring coloring;
		struct weir_record_shared_colors shared_colors;
#ifdef Q35_OWN_COLORS
		struct weir_record_own_colors own_colors;
#endif
	} ABI_PACKED weir;
} ABI_PACKED config = {
	.header = {
		CONFIG_HEAD(SYSTEM, X86),
		.hypervisor_memory = PC_HYPERVISOR_MEMORY,
		.debug_console = PC_DEBUG_CONSOLE,
		.platform = {
			/* As its firmware places it, and not the root's. */
			.pci_mmconfig_base = Q35_PCI_SPACE,
			.pci_mmconfig_end_bus = 0xff,
			.x86 = {
				.pm_timer_address = Q35_PM_TIMER,
				.tsc_khz = Q35_TSC_KHZ,
			},
		},
		.root_cell = {
			CONFIG_HEAD(CELL, X86),
			.name = "q35",
			.cpu_set_size = sizeof(config.cpus),
			.num_memory_regions = COUNT_OF(config.memory),
			.num_irqchips = 1,
			.num_pio_regions = 1,
			.num_pci_devices = COUNT_OF(config.devices),
		},
	},
	.cpus = { 0x3 },
	.memory = {
		PC_ROOT_REGIONS(Q35_CELL_RAM_BYTES),
		SHARED_COLORED_REGION(Q35_SHARED_BASE, Q35_SHARED_BYTES,
				      Q35_SHARED_WINDOW, MEM_DMA),
	},
	.irqchips = { PC_ROOT_IRQCHIP },
	.ports = { { .base = 0x0000, .length = BOCHS_COM2 } },
	.devices = {
		{ .type = PCI_TYPE_DEVICE, .bdf = Q35_DEVICE_ROOT },
		{ .type = PCI_TYPE_DEVICE, .bdf = Q35_DEVICE_CELL },
		{
			.type = PCI_TYPE_DEVICE,
			.bdf = Q35_DEVICE_TABLE,
			.num_msix_vectors = Q35_TABLE_MESSAGES,
			.msix_region_size = 0x1000,
			.msix_address = Q35_TABLE,
		},
	},
	.weir = {
		.head = BLOCK_HEAD(Q35_RECORDS),
		.iommu = {
			RECORD_HEAD(IOMMU, struct weir_record_iommu),
			.base = Q35_IOMMU, .size = 0x1000,
			.scope = {
				{ .type = IOMMU_SCOPE_IOAPIC, .id = 0,
				  .bdf = Q35_IOAPIC_SOURCE },
			},
		},
		.coloring = {
			RECORD_HEAD(COLORING, struct weir_record_coloring),
			.llc_sets = Q35_CACHE_SETS,
			.llc_ways = Q35_CACHE_WAYS,
			.llc_line_bytes = Q35_CACHE_LINE,
		},
		.shared_colors = RECORD_SHARED_COLORS(PC_ROOT_REGIONS_COUNT,
						      Q35_SHARED_COLORS),
#ifdef Q35_OWN_COLORS
		.own_colors = RECORD_OWN_COLORS(Q35_OWN_COLORS),
#endif
	},
};
