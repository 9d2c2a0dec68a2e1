/* SPDX-License-Identifier: GPL-2.0-only */
/* Shares of a cache by masks of its ways. */
#include "cat.h"

#include "hv/errno.h"

#define WAYS_MAX	32u

unsigned int cat_count(uint64_t mask)
{
	unsigned int count = 0;

	for (unsigned int n = 0; n < WAYS_MAX; n++)
		count += mask >> n & 1;
	return count;
}

/* Adding the lowest bit carries through a single run of bits. */
static bool in_one_piece(uint64_t mask)
{
	uint64_t carried = mask + (mask & (0 - mask));

	return (carried & mask) == 0;
}

bool cat_legal(const struct cat_geometry *geometry, uint64_t mask)
{
	return mask != 0 && !(mask & ~cat_all(geometry)) &&
	       cat_count(mask) >= geometry->ways_min &&
	       (geometry->sparse || in_one_piece(mask));
}

int cat_check(const struct cat_geometry *geometry, uint64_t mask,
	      const char *what, struct reason *reason)
{
	if (mask & ~cat_all(geometry))
		return refuse(reason, -ERANGE,
			      "%s mask 0x%llx: there are %u ways, 0x%llx", what,
			      (unsigned long long)mask, geometry->ways,
			      (unsigned long long)cat_all(geometry));
	if (cat_count(mask) < geometry->ways_min)
		return refuse(reason, -ERANGE,
			      "%s mask 0x%llx: at least %u ways are needed",
			      what, (unsigned long long)mask,
			      geometry->ways_min);
	if (!cat_legal(geometry, mask))
		return refuse(reason, -EINVAL,
			      "%s mask 0x%llx: the ways must be in one piece",
			      what, (unsigned long long)mask);
	return 0;
}

/* The highest run of bits, and what is below it. */
static uint64_t highest_piece(uint64_t mask, uint64_t *rest)
{
	uint64_t piece = 0;

	for (unsigned int n = WAYS_MAX; n-- > 0;) {
		if (mask >> n & 1)
			piece |= BIT(n);
		else if (piece)
			break;
	}
	*rest = mask & ~piece;
	return piece;
}

uint64_t cat_shrink(const struct cat_geometry *geometry, uint64_t wanted,
		    uint64_t taken)
{
	uint64_t left = wanted & ~taken & cat_all(geometry);

	if (geometry->sparse)
		return cat_legal(geometry, left) ? left : 0;
	for (unsigned int n = 0; n < WAYS_MAX && left; n++) {
		uint64_t piece = highest_piece(left, &left);

		if (cat_legal(geometry, piece))
			return piece;
	}
	return 0;
}

uint64_t cat_place(const struct cat_geometry *geometry, unsigned int count,
		   uint64_t free, bool highest)
{
	unsigned int places;

	if (count == 0 || count > geometry->ways)
		return 0;
	places = geometry->ways - count + 1;
	for (unsigned int n = 0; n < places; n++) {
		unsigned int at = highest ? places - 1 - n : n;
		uint64_t mask = (BIT(count) - 1) << at;

		if ((mask & ~free) == 0)
			return mask;
	}
	return 0;
}
