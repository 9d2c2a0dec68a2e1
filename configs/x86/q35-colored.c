/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A cell of q35 on 4 colors, whose device reaches its memory, and what it shares. */
#include "q35.h"

struct {
	struct cell_desc cell;
	uint64_t cpus[1];
	struct memory_region memory[3];
	struct pci_device device;
	struct {
		struct weir_block head;
		struct weir_record_colors colors;
		struct weir_record_shared_colors shared_colors;
	} ABI_PACKED weir;
} ABI_PACKED config = {
	.cell = {
		CONFIG_HEAD(CELL, X86),
		.name = "colored",
		.id = 1,
		.flags = CELL_PASSIVE_COMMREG,
		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = COUNT_OF(config.memory),
		.num_pci_devices = 1,
	},
	.cpus = { 0x2 },
	.memory = {
		{
			.phys_start = BOCHS_CELL_RAM_BASE,
			.virt_start = 0,
			.size = INMATE_COMM_BASE,
			.flags = MEM_RWX | MEM_LOADABLE | MEM_DMA |
				 MEM_COLORED,
		},
		COMM_REGION,
		SHARED_COLORED_REGION(Q35_SHARED_BASE, Q35_SHARED_BYTES,
				      INMATE_SHARED_BASE, MEM_DMA),
	},
	.device = { .type = PCI_TYPE_DEVICE, .bdf = Q35_DEVICE_CELL },
	.weir = {
		.head = BLOCK_HEAD(2),
		.colors = RECORD_COLORS(Q35_COLORS),
		.shared_colors = RECORD_SHARED_COLORS(2, Q35_SHARED_COLORS),
	},
};
