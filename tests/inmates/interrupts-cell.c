/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A cell of two CPUs, 2 and 3, that owns interrupts: the real-time clock with
 * its SPI, 34, and SPIs 100 to 111, which no device of the board raises.
 */
#include "configs/arm64/qemu-virt.h"

#define RTC_BASE	0x09010000ull

struct {
	struct cell_desc cell;
	uint64_t cpus[1];
	struct memory_region memory[3];
	struct irqchip irqchips[1];
} ABI_PACKED config = {
	.cell = {
		CONFIG_HEAD(CELL, ARM64),
		.name = "interrupts",
		.id = 12,
		.flags = CELL_PASSIVE_COMMREG | CELL_VIRTUAL_CONSOLE_PERMITTED |
			 CELL_VIRTUAL_CONSOLE_ACTIVE,
		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = 3,
		.num_irqchips = 1,
	},
	.cpus = { 0xc },
	.memory = {
		{
			.phys_start = 0x76000000,
			.virt_start = 0,
			.size = 0x01000000,
			.flags = MEM_RWX | MEM_LOADABLE,
		},
		COMM_REGION,
		IO_REGION(RTC_BASE, 0x1000),
	},
	.irqchips = {
		{
			.address = VIRT_GICD_BASE,
			.pin_base = 32,
			.pin_bitmap = { 1u << 2, 0, 0xfffu << 4, 0 },
		},
	},
};
