/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Table formats of the long-descriptor translation, 4 KiB granule: stage 2 and
 * EL2 stage 1 (Arm ARM DDI 0487, D8.3). Pure: also runs on the host.
 */
#ifndef ARM64_LPAE_H
#define ARM64_LPAE_H

#include "hv/paging.h"

/* The indices that EL2 stage-1 entries use: what MAIR_EL2 must hold. */
#define LPAE_MAIR_DEVICE	0	/* attribute 0x04, Device-nGnRE */
#define LPAE_MAIR_NORMAL	1	/* attribute 0xff, write-back */
#define LPAE_MAIR		0x000000000000ff04ull

/* Translation-table geometry for an address width. */
struct lpae_geometry {
	unsigned int levels;		/* 3 or 4 */
	unsigned int root_pages;	/* 1 to 16, a power of two */
	unsigned int start_level;	/* in Arm's counting: 0 or 1 */
	unsigned int t0sz;
	unsigned int sl0;		/* VTCR_EL2.SL0 for this start */
};

/*
 * Stage 2 for `bits` of guest-physical address (32 to 48): three levels with
 * up to 16 concatenated root tables as far as they reach (43 bits), else four.
 * -EINVAL outside.
 */
int lpae_stage2_geometry(unsigned int bits, struct lpae_geometry *geometry);
/* Stage 1 never concatenates. `bits` 31 to 48. */
int lpae_stage1_geometry(unsigned int bits, struct lpae_geometry *geometry);

/* `publish` makes an entry visible to the walkers (DSB ISHST); may be NULL. */
void lpae_stage2_format(struct paging_format *format,
			const struct lpae_geometry *geometry,
			void (*publish)(const uint64_t *entry));
void lpae_stage1_format(struct paging_format *format,
			const struct lpae_geometry *geometry,
			void (*publish)(const uint64_t *entry));

#endif
