/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * QEMU's machine q35 with two CPUs, 512 MiB and a remapping unit, as
 * tests/iommu starts it: memory as in Bochs, two DMA devices and a network
 * card whose messages are in a table.
 */
#include "q35.h"

struct {
	struct system_desc header;
	uint64_t cpus[1];
	struct memory_region memory[4];
	struct irqchip irqchips[1];
	struct pio_region ports[1];
	struct pci_device devices[3];
	struct {
		struct weir_block head;
		struct weir_record_iommu iommu;
	} ABI_PACKED weir;
} ABI_PACKED config = {
	.header = {
		.signature = CONFIG_SYSTEM_SIGNATURE,
		.architecture = CONFIG_ARCH_X86,
		.revision = CONFIG_REVISION,
		.hypervisor_memory = {
			.phys_start = BOCHS_HYPERVISOR_BASE,
			.size = BOCHS_HYPERVISOR_BYTES,
		},
		.debug_console = {
			.address = BOCHS_COM2, .size = 8,
			.type = CONSOLE_8250, .divider = 1,
		},
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
			.signature = CONFIG_CELL_SIGNATURE,
			.architecture = CONFIG_ARCH_X86,
			.revision = CONFIG_REVISION,
			.name = "q35",
			.cpu_set_size = sizeof(config.cpus),
			.num_memory_regions = sizeof(config.memory) /
					      sizeof(config.memory[0]),
			.num_irqchips = 1,
			.num_pio_regions = 1,
			.num_pci_devices = sizeof(config.devices) /
					   sizeof(config.devices[0]),
		},
	},
	.cpus = { 0x3 },
	.memory = {
		RAM_REGION(0, BOCHS_ROOT_BYTES),
		RAM_REGION(BOCHS_CELL_RAM_BASE, Q35_CELL_RAM_BYTES),
		IO_REGION(0xc0000000, 0x3ec00000),	/* PCI memory */
		IO_REGION(0xfed00000, 0x1000),		/* HPET */
	},
	.irqchips = {
		{
			.address = BOCHS_IOAPIC_BASE,
			.pin_bitmap = { 0xffffff },
		},
	},
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
		.head = {
			.signature = WEIR_BLOCK_SIGNATURE,
			.revision = WEIR_BLOCK_REVISION,
			.num_records = 1,
			.size = sizeof(config.weir),
		},
		.iommu = {
			.record = {
				.type = WEIR_RECORD_IOMMU,
				.size = sizeof(struct weir_record_iommu),
			},
			.base = Q35_IOMMU, .size = 0x1000,
			.scope = {
				{ .type = IOMMU_SCOPE_IOAPIC, .id = 0,
				  .bdf = Q35_IOAPIC_SOURCE },
			},
		},
	},
};
