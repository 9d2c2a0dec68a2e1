/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small write-back cache of which all ways may be filled: a set lists its lines
 * in the order of their last use, the newest first. For few ways that is less
 * work than the sets of cache.h, which keep a line in its way.
 */
#ifndef MEMSYS_LRU_H
#define MEMSYS_LRU_H

#include "cache.h"

struct lru {
	uint64_t *tags;		/* line number, dirty, valid; 0: free */
	uint64_t set_mask;
	uint32_t ways;
};

/* Returns 0 or -ENOMEM. Sets are a power of two. */
int lru_create(struct lru *lru, uint64_t sets, uint32_t ways);
void lru_destroy(struct lru *lru);

/* Empties the cache; dirty lines are forgotten. */
void lru_clear(struct lru *lru);

#define LRU_FEW_WAYS	4

static inline bool lru_is(uint64_t tag, uint64_t wanted)
{
	return (tag & ~CACHE_LINE_DIRTY) == wanted;
}

/* lru_enter() in a set of so many, which most have; `dirty`: the mark or 0. */
static inline bool lru_enter_few(uint64_t *tags, uint64_t wanted, uint64_t dirty,
				 struct cache_victim *out)
{
	uint64_t first = tags[0], second = tags[1], third = tags[2];
	uint64_t fourth = tags[3];
	uint64_t newest = wanted | dirty;

	if (lru_is(first, wanted)) {
		tags[0] = first | dirty;
		return true;
	}
	tags[1] = first;
	if (lru_is(second, wanted)) {
		tags[0] = second | dirty;
		return true;
	}
	tags[2] = second;
	if (lru_is(third, wanted)) {
		tags[0] = third | dirty;
		return true;
	}
	tags[3] = third;
	if (lru_is(fourth, wanted)) {
		tags[0] = fourth | dirty;
		return true;
	}
	tags[0] = newest;
	*out = (struct cache_victim){ fourth >> CACHE_TAG_SHIFT,
				      fourth & CACHE_LINE_DIRTY };
	return false;
}

/*
 * Looks a line up; it becomes the most recently used. When it was absent: false,
 * and the least recently used one made room for it.
 */
static inline bool lru_enter(struct lru *lru, uint64_t line, bool dirty,
			     struct cache_victim *out)
{
	uint64_t *tags, set = line & lru->set_mask;
	uint64_t wanted = line << CACHE_TAG_SHIFT | CACHE_LINE_VALID;
	uint64_t moved = wanted | (dirty ? CACHE_LINE_DIRTY : 0);

	if (lru->ways == LRU_FEW_WAYS)
		return lru_enter_few(lru->tags + set * LRU_FEW_WAYS, wanted,
				     moved ^ wanted, out);
	tags = lru->tags + set * lru->ways;
	/* Each moves one place down, as far as the line was. */
	for (uint32_t n = 0; n < lru->ways; n++) {
		uint64_t tag = tags[n];

		tags[n] = moved;
		if ((tag & ~CACHE_LINE_DIRTY) == wanted) {
			tags[0] |= tag & CACHE_LINE_DIRTY;
			return true;
		}
		moved = tag;
	}
	*out = (struct cache_victim){ moved >> CACHE_TAG_SHIFT,
				      moved & CACHE_LINE_DIRTY };
	return false;
}

#endif
