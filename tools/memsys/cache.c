// SPDX-License-Identifier: GPL-2.0-only
/* Caches: creation and clearing. */
#include "lru.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int cache_create(struct cache *cache, uint64_t sets, uint32_t ways)
{
	cache->ways = ways;
	cache->room = (ways + 15) / 16 * 16;
	cache->set_mask = sets - 1;
	cache->set_bits = (uint32_t)__builtin_ctzll(sets);
	cache->set_bytes = cache->room * CACHE_WAY_BYTES + CACHE_SET_BYTES;
	cache->sets = calloc(sets, cache->set_bytes);
	if (!cache->sets)
		return -ENOMEM;
	cache_clear(cache);
	return 0;
}

void cache_destroy(struct cache *cache)
{
	free(cache->sets);
	cache->sets = NULL;
}

/* Free ways are older than any used one, the first one the oldest. */
static void set_clear(const struct cache_set *set, uint32_t ways)
{
	for (uint32_t way = 0; way < ways; way++) {
		set->newer[way] = (uint8_t)((way + 1) % ways);
		set->older[way] = (uint8_t)((way + ways - 1) % ways);
	}
	*set->newest = (uint8_t)(ways - 1);
}

void cache_clear(struct cache *cache)
{
	memset(cache->sets, 0, (cache->set_mask + 1) * cache->set_bytes);
	for (uint64_t n = 0; n <= cache->set_mask; n++) {
		struct cache_set set =
			cache_set(cache, cache_spot(cache, n).set);

		set_clear(&set, cache->ways);
	}
}

int lru_create(struct lru *lru, uint64_t sets, uint32_t ways)
{
	lru->set_mask = sets - 1;
	lru->ways = ways;
	lru->tags = calloc(sets * ways, sizeof(*lru->tags));
	return lru->tags ? 0 : -ENOMEM;
}

void lru_clear(struct lru *lru)
{
	memset(lru->tags, 0, (lru->set_mask + 1) * lru->ways *
			     sizeof(*lru->tags));
}

void lru_destroy(struct lru *lru)
{
	free(lru->tags);
	lru->tags = NULL;
}
