/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Identification registers of caches, decoded: CLIDR_EL1 and CCSIDR_EL1 (Arm
 * ARM DDI 0487, D19.2.27 and D19.2.25). Pure.
 */
#ifndef COLORING_CACHE_ID_H
#define COLORING_CACHE_ID_H

#include "coloring/coloring.h"

/* The last level, from 1, that has a data or unified cache; 0: none. */
unsigned int clidr_last_level(uint64_t clidr);
/* `is_wide`: FEAT_CCIDX, the 64-bit format. */
void ccsidr_decode(uint64_t ccsidr, bool is_wide, struct color_cache *cache);

#endif
