/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A cell of q35 whose devices reach its memory, and may interrupt it. */
#include "q35.h"

struct {
	struct cell_desc cell;
	uint64_t cpus[1];
	struct memory_region memory[2];
	struct irqchip irqchips[1];
	struct pci_device devices[2];
	struct pci_capability caps[2];
} ABI_PACKED config = {
	.cell = {
		CONFIG_HEAD(CELL, X86),
		.name = "dma",
		.id = 1,
		.flags = CELL_PASSIVE_COMMREG,
		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = COUNT_OF(config.memory),
		.num_irqchips = 1,
		.num_pci_devices = COUNT_OF(config.devices),
		.num_pci_caps = COUNT_OF(config.caps),
	},
	.cpus = { 0x2 },
	.memory = {
		{
			.phys_start = BOCHS_CELL_RAM_BASE,
			.virt_start = 0,
			.size = INMATE_COMM_BASE,
			.flags = MEM_RWX | MEM_LOADABLE | MEM_DMA,
		},
		COMM_REGION,
	},
	.irqchips = {
		{
			.address = BOCHS_IOAPIC_BASE,
			.pin_bitmap = { 1u << Q35_PIN_CELL },
		},
	},
	.devices = {
		{
			.type = PCI_TYPE_DEVICE,
			.bdf = Q35_DEVICE_CELL,
			.num_caps = 1,
			.num_msi_vectors = 1,
			.msi_bits = 1,
		},
		{
			.type = PCI_TYPE_DEVICE,
			.bdf = Q35_DEVICE_TABLE,
			.caps_start = 1,
			.num_caps = 1,
			.num_msix_vectors = Q35_TABLE_MESSAGES,
			.msix_region_size = 0x1000,
			.msix_address = Q35_TABLE,
		},
	},
	.caps = {
		{
			.id = 5,
			.start = Q35_MESSAGE,
			.len = Q35_MESSAGE_BYTES,
			.flags = PCI_CAP_WRITABLE,
		},
		{
			.id = 17,
			.start = Q35_TABLE_CONTROL,
			.len = Q35_TABLE_CONTROL_BYTES,
			.flags = PCI_CAP_WRITABLE,
		},
	},
};
