/* SPDX-License-Identifier: GPL-2.0-only */
/* What every architecture tells about its caches. */
#ifndef HV_ARCH_CACHE_H
#define HV_ARCH_CACHE_H

#include "coloring/coloring.h"

/*
 * The last-level data cache as this CPU's identification registers describe
 * it, and whether they say that a hash chooses its sets; false when they name none.
 */
bool arch_cache_last(struct color_cache *cache, bool *is_hashed);

#endif
