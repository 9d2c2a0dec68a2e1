/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set-associative write-back cache: tags, dirty bits, exact LRU.
 *
 * Addresses are line numbers (physical address / line size). The set is given
 * by their low bits, as in hardware without a hash.
 *
 * A lookup compares 16 ways at a time by a byte of their tags, and only
 * those that agree by the whole tag. The ways of a set are a ring in the order of
 * their last use: behind the newest comes the oldest, so that the oldest becomes
 * the newest by moving one mark. All of a set lies side by side.
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
	uint8_t *sets;		/* of set_bytes each: see struct cache_set */
	uint64_t set_mask;
	uint32_t set_bits;
	uint64_t set_bytes;
	uint32_t ways;
	uint32_t room;		/* for ways: a multiple of 16 */
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

/* One set: tags, a byte of each, the ways used after and before each. */
struct cache_set {
	uint8_t *newest;
	uint8_t *bytes;
	uint8_t *newer;		/* of the newest: the oldest */
	uint8_t *older;
	uint64_t *tags;		/* line number, dirty, valid */
};

/* Of each way, and of a set beside them. */
#define CACHE_WAY_BYTES		(sizeof(uint64_t) + 3)
#define CACHE_SET_BYTES		8

/* Where a line is looked for and filled in; the same as long as the cache is. */
struct cache_spot {
	uint8_t *set;
	uint8_t byte;		/* of the line's tag */
};

static inline struct cache_set cache_set(const struct cache *cache,
					 uint8_t *at)
{
	uint64_t room = cache->room;
	uint8_t *bytes = at + CACHE_SET_BYTES;

	return (struct cache_set){ at, bytes, bytes + room, bytes + 2 * room,
				   (uint64_t *)(void *)(bytes + 3 * room) };
}

/* Lines of one set differ in what is above the set's bits; all of it counts. */
static inline uint8_t cache_byte(const struct cache *cache, uint64_t line)
{
	return (uint8_t)((line >> cache->set_bits) * 0x9e3779b97f4a7c15ull >>
			 56);
}

static inline struct cache_spot cache_spot(const struct cache *cache,
					   uint64_t line)
{
	return (struct cache_spot){
		cache->sets + (line & cache->set_mask) * cache->set_bytes,
		cache_byte(cache, line),
	};
}

static inline void cache_set_renew(const struct cache_set *set, uint32_t way)
{
	uint32_t newest = *set->newest;
	uint32_t oldest = set->newer[newest];
	uint32_t newer, older;

	if (way == newest)
		return;
	*set->newest = (uint8_t)way;
	if (way == oldest)
		return;
	newer = set->newer[way];
	older = set->older[way];
	set->newer[older] = (uint8_t)newer;
	set->older[newer] = (uint8_t)older;
	set->newer[newest] = (uint8_t)way;
	set->older[way] = (uint8_t)newest;
	set->newer[way] = (uint8_t)oldest;
	set->older[oldest] = (uint8_t)way;
}

typedef uint8_t cache_bytes __attribute__((vector_size(16)));

/* Of bytes that are 0 or 255, a bit each, the first one's lowest. */
#ifdef __SSE2__
static inline uint32_t cache_bits(cache_bytes bytes)
{
	typedef char chars __attribute__((vector_size(16)));

	return (uint32_t)__builtin_ia32_pmovmskb128((chars)bytes);
}
#else
static inline uint32_t cache_low_bits(uint64_t bytes)
{
	return (uint32_t)((bytes & 0x0101010101010101ull) *
			  0x0102040810204080ull >> 56);
}

static inline uint32_t cache_bits(cache_bytes bytes)
{
	uint64_t halves[2];

	memcpy(halves, &bytes, sizeof(halves));
	return cache_low_bits(halves[0]) | cache_low_bits(halves[1]) << 8;
}
#endif

/* The way of `set` that holds a line, or UINT32_MAX. */
static inline uint32_t cache_way(const struct cache *cache,
				 const struct cache_set *set, uint64_t line,
				 uint8_t byte)
{
	uint64_t wanted = line << CACHE_TAG_SHIFT | CACHE_LINE_VALID;
	uint32_t at = 0;

	do {
		cache_bytes bytes;

		memcpy(&bytes, &set->bytes[at], sizeof(bytes));
		for (uint32_t found = cache_bits((cache_bytes)(bytes == byte));
		     found; found &= found - 1) {
			uint32_t way = at + (uint32_t)__builtin_ctz(found);

			if ((set->tags[way] & ~CACHE_LINE_DIRTY) == wanted)
				return way;
		}
		at += 16;
	} while (at < cache->room);
	return UINT32_MAX;
}

/* Of a line and its spot, here and in what follows. */
static inline bool cache_spot_holds(const struct cache *cache,
				    struct cache_spot spot, uint64_t line)
{
	struct cache_set set = cache_set(cache, spot.set);

	return cache_way(cache, &set, line, spot.byte) != UINT32_MAX;
}

static inline bool cache_holds(const struct cache *cache, uint64_t line)
{
	return cache_spot_holds(cache, cache_spot(cache, line), line);
}

static inline void cache_set_hit(const struct cache_set *set, uint32_t way,
				 bool dirty)
{
	set->tags[way] |= dirty ? CACHE_LINE_DIRTY : 0;
	cache_set_renew(set, way);
}

/* Looks a line up; when present it becomes the most recently used. */
static inline bool cache_spot_touch(const struct cache *cache,
				    struct cache_spot spot, uint64_t line,
				    bool dirty)
{
	struct cache_set set = cache_set(cache, spot.set);
	uint32_t way = cache_way(cache, &set, line, spot.byte);

	if (way == UINT32_MAX)
		return false;
	cache_set_hit(&set, way, dirty);
	return true;
}

/*
 * Puts a line that is absent into the first free way of way_mask, or in place
 * of the least recently used line there. way_mask must name a way that exists.
 */
static inline struct cache_victim cache_spot_fill(const struct cache *cache,
						  struct cache_spot spot,
						  uint64_t line, bool dirty,
						  uint64_t way_mask)
{
	struct cache_set set = cache_set(cache, spot.set);
	uint32_t oldest = set.newer[*set.newest], way = oldest;
	uint64_t out;

	while (!(way_mask >> way & 1))
		way = set.newer[way];
	out = set.tags[way];
	set.tags[way] = line << CACHE_TAG_SHIFT | CACHE_LINE_VALID |
			(dirty ? CACHE_LINE_DIRTY : 0);
	set.bytes[way] = spot.byte;
	if (way == oldest)
		*set.newest = (uint8_t)way;
	else
		cache_set_renew(&set, way);
	return (struct cache_victim){ out >> CACHE_TAG_SHIFT,
				      out & CACHE_LINE_DIRTY };
}

static inline bool cache_touch(struct cache *cache, uint64_t line, bool dirty)
{
	return cache_spot_touch(cache, cache_spot(cache, line), line, dirty);
}

static inline struct cache_victim cache_fill(struct cache *cache, uint64_t line,
					     bool dirty, uint64_t way_mask)
{
	return cache_spot_fill(cache, cache_spot(cache, line), line, dirty,
			       way_mask);
}

#endif
