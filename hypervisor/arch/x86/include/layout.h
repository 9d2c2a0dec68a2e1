/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual addresses of the hypervisor, and what the linker script names.
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
#define HV_MEMORY_MAX_BYTES	0x40000000ull
#define HV_REMAP_BASE		0x0000700040000000ull
/* What the hypervisor's own memory is mapped by, but for its beginning. */
#define HV_BLOCK_BYTES		0x200000ull

extern uint8_t boot_start[], boot_end[];
extern uint8_t text_start[], rodata_start[], data_start[], image_end[];
extern uint8_t console_ring[];

/* The root of the tables: of four levels, and the one above. */
extern uint64_t hv_root[512];
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
