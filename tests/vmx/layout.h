/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses and selectors that assembly and C share. */
#ifndef VMX_LAYOUT_H
#define VMX_LAYOUT_H

/* As Linux lays itself out: the image and all memory, far from physical. */
#define ROOT_VIRT		0xffffffff80000000
#define DIRECT_VIRT		0xffff888000000000
#define DIRECT_SLOT		273	/* bits 47 to 39 of it */
#define ROOT_STACK_BYTES	16384

#define AP_START		0x8000	/* below 1 MiB, page aligned */

#define SELECTOR_CODE32		0x08
#define SELECTOR_CODE		0x10
#define SELECTOR_DATA		0x18
#define SELECTOR_TSS		0x40

#endif
