// SPDX-License-Identifier: GPL-2.0-only
/* Cache arrays: creation and replacement. */
#include "cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int cache_create(struct cache *cache, uint64_t sets, uint32_t ways)
{
	cache->ways = ways;
	cache->set_mask = sets - 1;
	cache->tick = 0;
	cache->tags = calloc(sets * ways, sizeof(*cache->tags));
	cache->stamps = calloc(sets * ways, sizeof(*cache->stamps));
	if (cache->tags && cache->stamps)
		return 0;
	cache_destroy(cache);
	return -ENOMEM;
}

void cache_destroy(struct cache *cache)
{
	free(cache->tags);
	free(cache->stamps);
	cache->tags = NULL;
	cache->stamps = NULL;
}

void cache_clear(struct cache *cache)
{
	uint64_t lines = (cache->set_mask + 1) * cache->ways;

	memset(cache->tags, 0, lines * sizeof(*cache->tags));
	memset(cache->stamps, 0, lines * sizeof(*cache->stamps));
	cache->tick = 0;
}

/* A free way has stamp 0 and so is older than any used one. */
static uint32_t oldest_way(const uint64_t *stamps, uint32_t ways,
			   uint64_t way_mask)
{
	uint64_t oldest = UINT64_MAX;
	uint32_t chosen = 0;

	for (uint32_t way = 0; way < ways; way++) {
		if (!(way_mask >> way & 1) || stamps[way] >= oldest)
			continue;
		oldest = stamps[way];
		chosen = way;
	}
	return chosen;
}

struct cache_victim cache_fill(struct cache *cache, uint64_t line, bool dirty,
			       uint64_t way_mask)
{
	uint64_t first = (line & cache->set_mask) * cache->ways;
	uint64_t slot = first + oldest_way(&cache->stamps[first], cache->ways,
					   way_mask);
	uint64_t old = cache->tags[slot];
	struct cache_victim victim = {
		.line = old >> CACHE_TAG_SHIFT,
		.dirty = old & CACHE_LINE_DIRTY,
	};

	cache->tags[slot] = line << CACHE_TAG_SHIFT | CACHE_LINE_VALID |
			    (dirty ? CACHE_LINE_DIRTY : 0);
	cache->stamps[slot] = ++cache->tick;
	return victim;
}
