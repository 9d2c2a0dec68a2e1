/* SPDX-License-Identifier: GPL-2.0-only */
/* Identification registers of caches, decoded. */
#include "coloring/cache-id.h"

#define CLIDR_LEVELS		7u
#define CLIDR_TYPE_BITS		3u
#define CLIDR_TYPE_DATA		2u	/* 2 data, 3 both apart, 4 unified */

unsigned int clidr_last_level(uint64_t clidr)
{
	unsigned int last = 0;

	for (unsigned int level = 1; level <= CLIDR_LEVELS; level++) {
		uint64_t type = clidr >> ((level - 1) * CLIDR_TYPE_BITS) & 7;

		/* What is beyond a level without a cache is not told. */
		if (type == 0)
			break;
		if (type >= CLIDR_TYPE_DATA)
			last = level;
	}
	return last;
}

void ccsidr_decode(uint64_t ccsidr, bool is_wide, struct color_cache *cache)
{
	cache->line_bytes = 16u << (ccsidr & 7);
	if (is_wide) {
		cache->ways = (uint32_t)(ccsidr >> 3 & 0x1fffff) + 1;
		cache->sets = (uint32_t)(ccsidr >> 32 & 0xffffff) + 1;
	} else {
		cache->ways = (uint32_t)(ccsidr >> 3 & 0x3ff) + 1;
		cache->sets = (uint32_t)(ccsidr >> 13 & 0x7fff) + 1;
	}
}
