/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* QEMU's machine q35 with 512 MiB, used as Bochs is where both are the same. */
#ifndef CONFIGS_Q35_H
#define CONFIGS_Q35_H

#include "bochs.h"

#define Q35_PCI_SPACE		0xb0000000
#define Q35_PM_TIMER		0x608
#define Q35_TSC_KHZ		1000000	/* QEMU counts nanoseconds */
#define Q35_IOMMU		0xfed90000
#define Q35_IOAPIC_SOURCE	0xff00

#define Q35_DEVICE_ROOT		0x18	/* 00:03.0 */
#define Q35_DEVICE_CELL		0x20	/* 00:04.0, the root's without a cell */
#define Q35_DEVICE_TABLE	0x28	/* 00:05.0, likewise */
/* Where those two have their message: QEMU's device edu, capability list. */
#define Q35_MESSAGE		0x40
#define Q35_MESSAGE_BYTES	0x0e
/* QEMU's device e1000e, whose memory the root places here: a table of messages. */
#define Q35_NIC			0xc2000000
#define Q35_TABLE		0xc2040000
#define Q35_TABLE_MESSAGES	5
#define Q35_TABLE_CONTROL	0xa0	/* its capability */
#define Q35_TABLE_CONTROL_BYTES	12

#define Q35_PIN_CELL		3	/* the second serial port's */

/* 16 colors where the machine does not say otherwise, and the colored cell's. */
#ifndef Q35_CACHE_SETS
#define Q35_CACHE_SETS		1024
#endif
#define Q35_CACHE_WAYS		16
#define Q35_CACHE_LINE		64
#define Q35_COLORS		0x024c		/* 2, 3, 6, 9 */

/* What is shared on colors, and where the root has it: its device knows 32 bits. */
#define Q35_SHARED_BASE		0x1d000000
#define Q35_SHARED_BYTES	0x00008000
#define Q35_SHARED_WINDOW	0x40000000
#define Q35_SHARED_COLORS	0x3000		/* 12, 13 */

/* Behind it is memory that is nobody's. */
#define Q35_CELL_RAM_BYTES	0x04000000
#define Q35_NOBODYS		0x1f000000

#endif
