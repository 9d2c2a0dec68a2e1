/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bitmaps of ports and MSRs: a bit that is set makes the access exit. Intel SDM
 * vol. 3, 24.6.4 and 24.6.9. Pure.
 */
#ifndef X86_BITMAPS_H
#define X86_BITMAPS_H

#include "abi/cell-config.h"
#include "hv/types.h"

#define BITMAP_BYTES		4096u

/* What a guest may do with an MSR. */
#define MSR_DIRECT_READ		0x1u
#define MSR_DIRECT_WRITE	0x2u
/* Without effect, without harm: reads are the hardware's. */
#define MSR_IGNORE_WRITE	0x4u

struct msr_viewer {
	bool is_root;
	bool x2apic;		/* the machine's interrupt controllers are */
	bool counters;		/* all of the machine's are the guests' */
};

/* By the list alone; 0 for an MSR that is not on it. */
unsigned int msr_policy(const struct msr_viewer *viewer, uint32_t msr);

/*
 * Fills the 4 KiB from msr_policy(). `counter_use` says of an MSR that it may
 * be read and written (above 0), or that it exits whatever the list says (below
 * 0); NULL: nothing of any.
 */
void msr_bitmap_build(uint8_t *bitmap, const struct msr_viewer *viewer,
		      int (*counter_use)(uint32_t msr));
/* Whether the access would exit. */
bool msr_bitmap_exits(const uint8_t *bitmap, uint32_t msr, bool is_write);

/* Ports of PCI configuration: never direct. */
#define PORT_PCI_FIRST		0xcf8u
#define PORT_PCI_LAST		0xcffu

/* Fills the 8 KiB: the ranges are direct, all other ports exit. */
void io_bitmap_build(uint8_t *bitmap, const struct pio_region *ranges,
		     uint32_t count);
bool io_bitmap_exits(const uint8_t *bitmap, uint16_t port);

#endif
