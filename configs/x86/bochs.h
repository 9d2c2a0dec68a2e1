/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Bochs with 512 MiB, as tests/vmx starts it. The root cell is told of memory
 * below 384 MiB; the hypervisor and the cells live above.
 */
#ifndef CONFIGS_BOCHS_H
#define CONFIGS_BOCHS_H

#include "abi/cell-config.h"
#include "abi/weir-config.h"

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

#define MEM_RWX			(MEM_READ | MEM_WRITE | MEM_EXECUTE)
#define MEM_DEVICE		(MEM_READ | MEM_WRITE | MEM_IO)

#define IO_REGION(base, bytes)                                                \
	{                                                                     \
		.phys_start = (base), .virt_start = (base), .size = (bytes),  \
		.flags = MEM_DEVICE,                                          \
	}

#define RAM_REGION(base, bytes)                                               \
	{                                                                     \
		.phys_start = (base), .virt_start = (base), .size = (bytes),  \
		.flags = MEM_RWX | MEM_DMA,                                   \
	}

#endif
