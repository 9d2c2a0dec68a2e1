/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bochs with 512 MiB, as tests/vmx starts it. The root cell is told of memory
 * below 384 MiB; the hypervisor and the cells live above.
 */
#ifndef CONFIGS_BOCHS_H
#define CONFIGS_BOCHS_H

#include "../config.h"

#define BOCHS_ROOT_BYTES	0x18000000
#define BOCHS_HYPERVISOR_BASE	0x18000000
#define BOCHS_HYPERVISOR_BYTES	0x00800000
#define BOCHS_CELL_RAM_BASE	0x1a000000
#define BOCHS_CELL_RAM_BYTES	0x06000000
#define BOCHS_IOAPIC_BASE	0xfec00000

#define BOCHS_COM2		0x2f8
#define BOCHS_PM_TIMER		0xb008
#define BOCHS_TSC_KHZ		200000

/* Where x86 inmates find their communication region. */
#define INMATE_COMM_BASE	0x100000
/* And what they share with the root. */
#define INMATE_SHARED_BASE	0x10000000

/* What a root has of a PC: memory, its own ports, the pins of the IOAPIC. */
#define PC_ROOT_REGIONS(cell_ram_bytes)                                       \
	RAM_REGION(0, BOCHS_ROOT_BYTES), /* video and BIOS included */        \
	RAM_REGION(BOCHS_CELL_RAM_BASE, cell_ram_bytes),                      \
	IO_REGION(0xc0000000, 0x3ec00000),	/* PCI memory */              \
	IO_REGION(0xfed00000, 0x1000)		/* HPET */
#define PC_ROOT_REGIONS_COUNT	4

#define PC_ROOT_IRQCHIP                                                       \
	{                                                                     \
		.address = BOCHS_IOAPIC_BASE, .pin_bitmap = { 0xffffff },     \
	}

#define PC_HYPERVISOR_MEMORY                                                  \
	{                                                                     \
		.phys_start = BOCHS_HYPERVISOR_BASE,                          \
		.size = BOCHS_HYPERVISOR_BYTES,                               \
	}

#define PC_DEBUG_CONSOLE                                                      \
	{                                                                     \
		.address = BOCHS_COM2, .size = 8, .type = CONSOLE_8250,       \
		.divider = 1,                                                 \
	}

/* What is shared on colors, and where the root has it in one piece. */
#define BOCHS_SHARED_BASE	0x1e000000
#define BOCHS_SHARED_BYTES	0x00010000
#define BOCHS_SHARED_WINDOW	0x30000000

/* A last-level cache of 16 ways: 1024 sets are 16 colors. */
#define RECORD_COLORING(sets)                                                 \
	{                                                                     \
		RECORD_HEAD(COLORING, struct weir_record_coloring),           \
		.llc_sets = (sets), .llc_ways = 16, .llc_line_bytes = 64,     \
	}

#endif
