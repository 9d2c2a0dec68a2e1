// SPDX-License-Identifier: GPL-2.0-only
/* Cache arrays: creation and replacement. */
#include "cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t order_bytes(const struct cache *cache)
{
	return 3 * 8 * cache->words + CACHE_ENDS;
}

int cache_create(struct cache *cache, uint64_t sets, uint32_t ways)
{
	cache->ways = ways;
	cache->words = (ways + 7) / 8;
	cache->set_mask = sets - 1;
	cache->set_bits = (uint32_t)__builtin_ctzll(sets);
	cache->tags = calloc(sets * 8 * cache->words, sizeof(*cache->tags));
	cache->orders = calloc(sets, order_bytes(cache));
	if (cache->tags && cache->orders) {
		cache_clear(cache);
		return 0;
	}
	cache_destroy(cache);
	return -ENOMEM;
}

void cache_destroy(struct cache *cache)
{
	free(cache->tags);
	free(cache->orders);
	cache->tags = NULL;
	cache->orders = NULL;
}

/* Free ways are older than any used one, the first one the oldest. */
static void order_clear(const struct cache_order *order, uint32_t ways)
{
	for (uint32_t way = 0; way < ways; way++) {
		order->newer[way] = (uint8_t)(way + 1);
		order->older[way] = (uint8_t)(way - 1);
	}
	order->ends[CACHE_NEWEST] = (uint8_t)(ways - 1);
	order->ends[CACHE_OLDEST] = 0;
}

void cache_clear(struct cache *cache)
{
	memset(cache->tags, 0, (cache->set_mask + 1) * 8 * cache->words *
			       sizeof(*cache->tags));
	memset(cache->orders, 0, (cache->set_mask + 1) * order_bytes(cache));
	for (uint64_t set = 0; set <= cache->set_mask; set++) {
		struct cache_order order = cache_order(cache, set);

		order_clear(&order, cache->ways);
	}
}

struct cache_victim cache_fill(struct cache *cache, uint64_t line, bool dirty,
			       uint64_t way_mask)
{
	uint64_t set = line & cache->set_mask;
	struct cache_order order = cache_order(cache, set);
	uint32_t way = order.ends[CACHE_OLDEST];
	struct cache_victim victim;
	uint64_t *slot;

	while (!(way_mask >> way & 1))
		way = order.newer[way];
	slot = &cache_tags(cache, set)[way];
	victim = (struct cache_victim){
		.line = *slot >> CACHE_TAG_SHIFT,
		.dirty = *slot & CACHE_LINE_DIRTY,
	};
	*slot = line << CACHE_TAG_SHIFT | CACHE_LINE_VALID |
		(dirty ? CACHE_LINE_DIRTY : 0);
	order.bytes[way] = cache_byte(cache, line);
	cache_order_renew(&order, way);
	return victim;
}
