/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual addresses at EL2, 48 bits.
 *
 * 0x0000000000000000  one page: boot code at its physical address
 * 0x0000080000000000  hypervisor memory, linear, at most 1 GiB
 * 0x0000080040000000  remap area: devices, foreign memory, windows
 */
#ifndef ARM64_LAYOUT_H
#define ARM64_LAYOUT_H

#ifdef WEIR_LINKER
#define HV_BASE			0x0000080000000000
#define PAGE_BYTES_LD		4096
#else
#include <stdint.h>

#define HV_BASE			0x0000080000000000ull
#define HV_REMAP_BASE		0x0000080040000000ull

extern uint8_t leave_unmapped[], switch_unmapped[];
extern uint8_t el2_vectors[];

/* As arch_hv_switch(); `unmapped` is where switch_unmapped lies. entry.S. */
void tables_switch(const uint64_t *place, uint64_t count, const void *from,
		   uint64_t root, uint64_t unmapped);
#endif

#endif
