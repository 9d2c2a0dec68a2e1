/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page colors: which sets of the last-level cache, and which DRAM banks, a
 * page of physical memory uses; and the walk over the pages of given colors.
 *
 * Pure C without state, shared by hypervisor, driver and tools. Addresses and
 * sizes are bytes. Bit n of a color is the parity of the address bits in
 * function[n]; README.md has the drawing.
 */
#ifndef COLORING_COLORING_H
#define COLORING_COLORING_H

#include "hv/reason.h"
#include "hv/types.h"

#define COLOR_BITS_MAX		7u
#define COLORS_MAX		(1u << COLOR_BITS_MAX)
#define COLOR_BANKS_MAX		4u
/* Highest address bit that may choose a color: it bounds every loop here. */
#define COLOR_TOP_BIT		33u

/* A cache whose sets are chosen by the address bits above the line. */
struct color_cache {
	uint32_t sets;
	uint32_t ways;
	uint32_t line_bytes;
};

struct color_geometry {
	unsigned int bits;	/* 1 << bits colors */
	unsigned int llc_bits;	/* the lower ones: LLC sets; the rest: banks */
	uint64_t function[COLOR_BITS_MAX];
};

/* Bit n % 64 of word n / 64: color n. */
struct color_set {
	uint64_t word[COLORS_MAX / 64];
};

/* Adjacent pages, all of them of the colors asked for. */
struct color_run {
	uint64_t phys;
	uint64_t bytes;
};

/*
 * Colors of a cache (NULL: of none) and of the DRAM banks, each chosen by the
 * parity of the address bits in banks[n]. A bank function that is a sum of
 * those before it adds no color and is left out. -EINVAL with the reason.
 */
int color_geometry_init(struct color_geometry *geometry,
			const struct color_cache *cache, const uint64_t *banks,
			unsigned int banks_count, struct reason *reason);
unsigned int color_count(const struct color_geometry *geometry);
unsigned int color_of(const struct color_geometry *geometry, uint64_t phys);

/* Sets. */
bool color_set_has(const struct color_set *set, unsigned int color);
void color_set_add(struct color_set *set, unsigned int color);
void color_set_join(struct color_set *set, const struct color_set *other);
unsigned int color_set_count(const struct color_set *set);
void color_set_all(struct color_set *set, const struct color_geometry *geometry);
/* The lowest color in both, COLORS_MAX when there is none. */
unsigned int color_set_common(const struct color_set *a,
			      const struct color_set *b);
/* The lowest color that the geometry does not have, or COLORS_MAX. */
unsigned int color_set_beyond(const struct color_set *set,
			      const struct color_geometry *geometry);
/* The `count` lowest colors that are not taken; false: so many are not left. */
bool color_set_choose(struct color_set *set,
		      const struct color_geometry *geometry,
		      const struct color_set *taken, unsigned int count);

/*
 * Colored memory: `size` bytes on the pages of the set's colors from `start`
 * on, lowest first. `start` and `size` are whole pages below 1 << 48; the set
 * has a color and none beyond the geometry.
 */
struct colored {
	const struct color_geometry *geometry;
	struct color_set set;
	uint64_t start;
	uint64_t size;
};

struct color_walk {
	const struct colored *memory;
	uint64_t next;		/* where to look */
	uint64_t left;		/* bytes to place */
};

void color_walk_init(struct color_walk *walk, const struct colored *memory);
/* The next run, ascending, as long as it can be; false behind the last. */
bool color_walk_next(struct color_walk *walk, struct color_run *run);
/* Bytes from `start` to the end of the last page. */
uint64_t color_span(const struct colored *memory);
/* Where byte `offset` (below size) lies, and how many follow it there. */
void color_locate(const struct colored *memory, uint64_t offset,
		  struct color_run *run);
/* Whether any of its pages meets [start, start + size). */
bool color_meets(const struct colored *memory, uint64_t start, uint64_t size);

#endif
