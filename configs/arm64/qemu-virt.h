/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * QEMU's `virt` board with 1 GiB of RAM at 0x40000000 and a root kernel booted
 * with mem=768M. Addresses and interrupt numbers: QEMU hw/arm/virt.c, memory
 * and interrupt maps of the board.
 *
 * 0x40000000  root Linux, 768 MiB
 * 0x70000000  hypervisor, 8 MiB; 16 MiB when it has colors of its own
 * 0x71000000  RAM for cells, up to 0x7feeffff; the root owns it until then
 * 0x7ffff000  memory-system page; belongs to the hypervisor
 */
#ifndef CONFIGS_QEMU_VIRT_H
#define CONFIGS_QEMU_VIRT_H

#include "../config.h"

#define VIRT_HYPERVISOR_BASE	0x70000000ull
#ifdef VIRT_OWN_COLORS
#define VIRT_HYPERVISOR_BYTES	0x01000000ull
#else
#define VIRT_HYPERVISOR_BYTES	0x00800000ull
#endif
#define VIRT_CELL_RAM_BASE	0x71000000ull
#define VIRT_CELL_RAM_BYTES	0x0eef0000ull
#define VIRT_MEMSYS_PAGE	0x7ffff000ull
/* What is shared on colors, and where the root has it in one piece. */
#define VIRT_SHARED_BASE	0x7a000000ull
#define VIRT_SHARED_BYTES	0x00010000ull
#define VIRT_SHARED_WINDOW	0x2000000000ull
#define VIRT_UART_BASE		0x09000000ull
#define VIRT_GICD_BASE		0x08000000ull

#define VIRT_MAINTENANCE_IRQ	25
#define VIRT_PMU_IRQ		23

/* Where an inmate finds things, in its own address space. */
#define INMATE_COMM_BASE	0x80000000ull
#define INMATE_MEMSYS_PAGE	0x80001000ull
#define INMATE_SHARED_BASE	0x80100000ull

/*
 * With VIRT_RECOLOR the root kernel is booted with mem=512M, no device does DMA, and
 * the root can be on 11 to 16 of 16 colors of the 768 MiB.
 */
#define VIRT_ROOT_BASE		0x40000000ull
#define VIRT_ROOT_SPAN_BYTES	0x30000000ull
#define VIRT_WINDOW_BASE	0x1000000000ull

#ifdef VIRT_RECOLOR
#define VIRT_ROOT_RAM                                                         \
	{                                                                     \
		.phys_start = VIRT_ROOT_BASE, .virt_start = VIRT_ROOT_BASE,   \
		.size = 0x20000000, .flags = MEM_RWX | MEM_COLORED,           \
	}
#else
#define VIRT_ROOT_RAM	RAM_REGION(VIRT_ROOT_BASE, VIRT_ROOT_SPAN_BYTES)
#endif

/* What root Linux needs of the board; the GIC itself is emulated. */
#define VIRT_ROOT_REGIONS                                                     \
	VIRT_ROOT_RAM,                                                        \
	RAM_REGION(VIRT_CELL_RAM_BASE, VIRT_CELL_RAM_BYTES),                  \
	IO_REGION(0x00000000, 0x08000000),      /* flash */                   \
	IO_REGION(VIRT_UART_BASE, 0x1000),      /* PL011 */                   \
	IO_REGION(0x09010000, 0x1000),          /* RTC */                     \
	IO_REGION(0x09020000, 0x1000),          /* fw_cfg */                  \
	IO_REGION(0x09030000, 0x1000),          /* GPIO */                    \
	IO_REGION(0x0a000000, 0x4000),          /* virtio-mmio */             \
	IO_REGION(0x0c000000, 0x02000000),      /* platform bus */            \
	IO_REGION(0x10000000, 0x2eff0000),      /* PCIe memory, 32 bit */     \
	IO_REGION(0x3eff0000, 0x10000),         /* PCIe ports */              \
	IO_REGION(0x4010000000, 0x10000000),    /* PCIe ECAM */               \
	IO_REGION(0x8000000000, 0x8000000000)   /* PCIe memory, 64 bit */
#define VIRT_ROOT_REGIONS_COUNT	13

/* All 256 SPIs of the board, INTID 32 to 287. */
#define VIRT_ROOT_IRQCHIPS                                                    \
	{                                                                     \
		.address = VIRT_GICD_BASE, .pin_base = 32,                    \
		.pin_bitmap = { ~0u, ~0u, ~0u, ~0u },                         \
	},                                                                    \
	{                                                                     \
		.address = VIRT_GICD_BASE, .pin_base = 160,                   \
		.pin_bitmap = { ~0u, ~0u, ~0u, ~0u },                         \
	}

#ifdef VIRT_NO_UART
#define VIRT_DEBUG_CONSOLE	{ .type = CONSOLE_NONE }
#else
#define VIRT_DEBUG_CONSOLE                                                    \
	{                                                                     \
		.address = VIRT_UART_BASE, .size = 0x1000,                    \
		.type = CONSOLE_PL011,                                        \
		.flags = CONSOLE_MMIO | CONSOLE_REGDIST_4,                    \
	}
#endif

/* Lines are counted as such: weight 1. */
#define WEIGHT_ONE_Q8		256

#define RECORD_MEMSYS                                                         \
	{                                                                     \
		RECORD_HEAD(MEMSYS, struct weir_record_memsys),               \
		.page_address = VIRT_MEMSYS_PAGE,                             \
		.heartbeat_ns = 20000, .heartbeat_min_ns = 1000,              \
	}

/* The machine, or its model, says what its cache is like: QEMU has 32 colors. */
#ifdef VIRT_RECOLOR
#define VIRT_LLC	.llc_sets = 1024, .llc_ways = 16, .llc_line_bytes = 64,
#else
#define VIRT_LLC
#endif

#define RECORD_COLORING                                                       \
	{                                                                     \
		RECORD_HEAD(COLORING, struct weir_record_coloring),           \
		VIRT_LLC                                                      \
	}

#define RECORD_ROOT_COLORS                                                    \
	{                                                                     \
		RECORD_HEAD(ROOT_COLORS, struct weir_record_root_colors),     \
		.span_bytes = VIRT_ROOT_SPAN_BYTES,                           \
		.window_address = VIRT_WINDOW_BASE,                           \
	}

/*
 * What the modelled memory serves whatever the accesses are: every one of them
 * in another row of the same bank, 64 bytes in 47 ns.
 */
#define RECORD_BANDWIDTH                                                      \
	{                                                                     \
		RECORD_HEAD(BANDWIDTH, struct weir_record_bandwidth),         \
		.sustainable_bytes_per_s = 1360000000,                        \
	}

#define RECORD_COUNTER_MEMSYS                                                 \
	{                                                                     \
		RECORD_HEAD(COUNTER, struct weir_record_counter),             \
		.source = COUNTER_MEMSYS,                                     \
		.read_weight_q8 = WEIGHT_ONE_Q8,                              \
		.write_weight_q8 = WEIGHT_ONE_Q8,                             \
		.event_name = "llc-fills+write-backs",                        \
	}

/*
 * QEMU has no cache events: retired instructions (0x08) stand in for line
 * refills, one "line" each unless the file says otherwise. Real machines name
 * 0x17 and 0x18 here.
 */
#ifndef VIRT_PMU_WEIGHT_Q8
#define VIRT_PMU_WEIGHT_Q8	WEIGHT_ONE_Q8
#endif

#define RECORD_COUNTER_PMU                                                    \
	{                                                                     \
		RECORD_HEAD(COUNTER, struct weir_record_counter),             \
		.source = COUNTER_PMUV3, .overflow_irq = VIRT_PMU_IRQ,        \
		.event_read = 0x08, .event_write = 0xffff,                    \
		.read_weight_q8 = VIRT_PMU_WEIGHT_Q8,                              \
		.event_name = "INST_RETIRED",                                 \
	}

#endif
