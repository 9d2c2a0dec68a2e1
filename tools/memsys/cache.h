/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set-associative write-back cache: tags, dirty bits, exact LRU.
 *
 * Addresses are line numbers (physical address / line size). The set is given
 * by their low bits, as in hardware without a hash.
 *
 * A lookup compares eight ways at a time by a byte of their tags, and only
 * those that agree by the whole tag. The ways of a set are a list in the order
 * of their last use. Bytes and list of a set lie side by side.
 */
#ifndef MEMSYS_CACHE_H
#define MEMSYS_CACHE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define CACHE_LINE_VALID	1ull
#define CACHE_LINE_DIRTY	2ull
#define CACHE_TAG_SHIFT		2

struct cache {
	uint64_t *tags;		/* [set][8 x words]: line number, dirty, valid */
	uint8_t *orders;	/* [set]: see cache_order() */
	uint64_t set_mask;
	uint32_t set_bits;
	uint32_t ways;
	uint32_t words;		/* of eight ways each */
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

/* Of one set: a byte of each tag, the ways used after and before each. */
struct cache_order {
	uint8_t *bytes;
	uint8_t *newer;
	uint8_t *older;
	uint8_t *ends;		/* the newest way, the oldest one */
};

enum { CACHE_NEWEST, CACHE_OLDEST, CACHE_ENDS = 8 };

static inline struct cache_order cache_order(const struct cache *cache,
					     uint64_t set)
{
	uint32_t ways = 8 * cache->words;
	uint8_t *at = cache->orders + set * (3 * ways + CACHE_ENDS);

	return (struct cache_order){ at, at + ways, at + 2 * ways,
				     at + 3 * ways };
}

/* Lines of one set differ in what is above the set's bits. */
static inline uint8_t cache_byte(const struct cache *cache, uint64_t line)
{
	uint64_t above = line >> cache->set_bits;

	return (uint8_t)(above ^ above >> 8);
}

static inline void cache_order_renew(const struct cache_order *order,
				     uint32_t way)
{
	uint32_t newest = order->ends[CACHE_NEWEST];
	uint32_t newer = order->newer[way];
	uint32_t older = order->older[way];

	if (way == newest)
		return;
	order->older[newer] = (uint8_t)older;
	if (way == order->ends[CACHE_OLDEST])
		order->ends[CACHE_OLDEST] = (uint8_t)newer;
	else
		order->newer[older] = (uint8_t)newer;
	order->older[way] = (uint8_t)newest;
	order->newer[newest] = (uint8_t)way;
	order->ends[CACHE_NEWEST] = (uint8_t)way;
}

/* Bit 8n + 7: byte n is zero; a higher one may be set without that. */
static inline uint64_t cache_zero_bytes(uint64_t bytes)
{
	return (bytes - 0x0101010101010101ull) & ~bytes & 0x8080808080808080ull;
}

static inline uint64_t *cache_tags(const struct cache *cache, uint64_t set)
{
	return &cache->tags[set * 8 * cache->words];
}

/* The way that holds a line, or UINT32_MAX. */
static inline uint32_t cache_find(const struct cache *cache, uint64_t line)
{
	uint64_t set = line & cache->set_mask;
	const uint8_t *bytes = cache_order(cache, set).bytes;
	const uint64_t *tags = cache_tags(cache, set);
	uint64_t wanted = line << CACHE_TAG_SHIFT | CACHE_LINE_VALID;
	uint64_t byte = cache_byte(cache, line) * 0x0101010101010101ull;

	for (uint32_t word = 0; word < cache->words; word++) {
		uint64_t eight, found;

		memcpy(&eight, &bytes[8 * word], sizeof(eight));
		for (found = cache_zero_bytes(eight ^ byte); found;
		     found &= found - 1) {
			uint32_t way = 8 * word +
				       (uint32_t)__builtin_ctzll(found) / 8;

			if ((tags[way] & ~CACHE_LINE_DIRTY) == wanted)
				return way;
		}
	}
	return UINT32_MAX;
}

/* Looks a line up; when present it becomes the most recently used. */
static inline bool cache_touch(struct cache *cache, uint64_t line, bool dirty)
{
	uint64_t set = line & cache->set_mask;
	uint32_t way = cache_find(cache, line);
	struct cache_order order;

	if (way == UINT32_MAX)
		return false;
	order = cache_order(cache, set);
	cache_tags(cache, set)[way] |= dirty ? CACHE_LINE_DIRTY : 0;
	cache_order_renew(&order, way);
	return true;
}

#endif
