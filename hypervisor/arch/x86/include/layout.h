/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual addresses of the hypervisor.
 *
 * below 64 TiB         one page of boot code at its physical address, and the
 * or above 2^47        page of launch code where the kernel has it
 * 0x0000700000000000   hypervisor memory, linear, at most 1 GiB
 * 0x0000700040000000   remap area: devices, foreign memory, windows
 *
 * With five levels of paging the fifth has two entries for the same table: the
 * layout is that of four levels.
 */
#ifndef X86_LAYOUT_H
#define X86_LAYOUT_H

#ifdef WEIR_LINKER
#define HV_BASE			0x0000700000000000
#define PAGE_BYTES_LD		4096
#else
#define HV_BASE_SLOT		224	/* bits 47 to 39 of it */

#ifndef __ASSEMBLY__
#include <stdint.h>

#define HV_BASE			0x0000700000000000ull
#define HV_REMAP_BASE		0x0000700040000000ull

/* The root above hv_root, for five levels. */
extern uint64_t hv_root5[512];
#endif
#endif

/* arch_percpu.nmi_hold. */
#define NMIS_FREE		0
#define NMIS_WANTED		1	/* the next one is not returned from */
#define NMIS_HELD		2	/* nor from exceptions by IRETQ */

/* Selectors of the hypervisor's own GDT. */
#define HV_SELECTOR_CODE	0x08
#define HV_SELECTOR_DATA	0x10
#define HV_SELECTOR_TSS		0x18

#endif
