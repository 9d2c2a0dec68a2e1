/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry formats for the walker of hv/paging.h: the hypervisor's own tables
 * (Intel SDM vol. 3, 4.5) and extended page tables (28.3). Four levels. Pure.
 */
#ifndef X86_PGTABLE_H
#define X86_PGTABLE_H

#include "hv/paging.h"

extern const struct paging_format x86_format;

/* Its entries, for code that runs before pointers in it are valid. */
uint64_t x86_leaf(unsigned int level, hpa_t phys, uint32_t flags);
uint64_t x86_table(hpa_t next);

/*
 * Memory without MEM_IO is write-back whatever the MTRRs say; devices are
 * uncached, or write-combining where the guest's PAT says so. An entry that
 * may be written may be read, since hardware knows no other.
 */
extern const struct paging_format ept_format;

/* EPTP for a root: write-back walks of four levels. */
uint64_t ept_pointer(hpa_t root);

#endif
