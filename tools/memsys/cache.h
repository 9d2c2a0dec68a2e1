/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set-associative write-back cache: tags, dirty bits, exact LRU.
 *
 * Addresses are line numbers (physical address / line size). The set is given
 * by their low bits, as in hardware without a hash.
 */
#ifndef MEMSYS_CACHE_H
#define MEMSYS_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#define CACHE_LINE_VALID	1ull
#define CACHE_LINE_DIRTY	2ull
#define CACHE_TAG_SHIFT		2

struct cache {
	uint64_t *tags;		/* [set][way]: line number, dirty, valid */
	uint64_t *stamps;	/* [set][way]: when it was last used */
	uint64_t tick;
	uint64_t set_mask;
	uint32_t ways;
};

/* What had to go for a new line. */
struct cache_victim {
	uint64_t line;
	bool dirty;		/* false also when the way was free */
};

/* Returns 0 or -ENOMEM. Sets are a power of two, ways at most 64. */
int cache_create(struct cache *cache, uint64_t sets, uint32_t ways);
void cache_destroy(struct cache *cache);

/* Empties the cache; dirty lines are forgotten. */
void cache_clear(struct cache *cache);

/*
 * Puts a line that is absent into the first free way of way_mask, or in place
 * of the least recently used line there. way_mask must name a way that exists.
 */
struct cache_victim cache_fill(struct cache *cache, uint64_t line, bool dirty,
			       uint64_t way_mask);

/* Looks a line up; when present it becomes the most recently used. */
static inline bool cache_touch(struct cache *cache, uint64_t line, bool dirty)
{
	uint64_t first = (line & cache->set_mask) * cache->ways;
	uint64_t *tags = &cache->tags[first];
	uint64_t wanted = line << CACHE_TAG_SHIFT | CACHE_LINE_VALID;

	for (uint32_t way = 0; way < cache->ways; way++) {
		if ((tags[way] & ~CACHE_LINE_DIRTY) != wanted)
			continue;
		tags[way] |= dirty ? CACHE_LINE_DIRTY : 0;
		cache->stamps[first + way] = ++cache->tick;
		return true;
	}
	return false;
}

#endif
