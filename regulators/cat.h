/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares of a cache by masks of its ways. Pure: no registers, no cells.
 *
 * A cell that has ways of its own takes them from the root, which keeps what
 * is left of its wish; where masks must be in one piece it keeps the highest
 * piece that is large enough, so that cells are best placed at the low end.
 * What the root has follows from the cells there are, and nothing else: when
 * a cell goes the root has its ways again.
 */
#ifndef REGULATORS_CAT_H
#define REGULATORS_CAT_H

#include "hv/reason.h"
#include "hv/types.h"

/* A cache as its registers divide it. */
struct cat_geometry {
	unsigned int ways;	/* 1 to 32 */
	unsigned int ways_min;	/* fewest in a mask */
	bool sparse;		/* masks may have holes */
};

unsigned int cat_count(uint64_t mask);
static inline uint64_t cat_all(const struct cat_geometry *geometry)
{
	return BIT(geometry->ways) - 1;
}

/* Whether the hardware takes it. `what` names the mask in the reason. */
int cat_check(const struct cat_geometry *geometry, uint64_t mask,
	      const char *what, struct reason *reason);
/* The same without words. */
bool cat_legal(const struct cat_geometry *geometry, uint64_t mask);

/* What is left of `wanted` beside what others took; 0: nothing of use. */
uint64_t cat_shrink(const struct cat_geometry *geometry, uint64_t wanted,
		    uint64_t taken);

/*
 * So many ways in a row among the free ones, at the lowest place or the
 * highest; 0: there is no such row.
 */
uint64_t cat_place(const struct cat_geometry *geometry, unsigned int count,
		   uint64_t free, bool highest);

#endif
