/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that changes from one set of colors to another while it is in use:
 * which bytes to move next, so that nothing is overwritten that has not moved.
 *
 * Page n of the memory is the n-th page of the old colors and shall become the
 * n-th of the new ones. Both rise with n. So a page that moves up only ever
 * waits for pages above it that move up too, and one that moves down for pages
 * below it that move down: first those that move up, the last one first, then
 * the others, the first one first. No page moves twice, and no room is needed
 * beside the two placements. README.md has the drawing.
 */
#ifndef COLORING_MOVE_H
#define COLORING_MOVE_H

#include "coloring.h"

struct color_move {
	struct colored from;
	struct colored to;	/* geometry, start and size are the same */
	bool down;		/* the second pass */
	uint64_t at;		/* done: what is above; second pass: below */
};

/* Bytes that are in one piece before and after. */
struct color_piece {
	uint64_t offset;	/* in the memory */
	uint64_t bytes;
	uint64_t from;		/* physical */
	uint64_t to;
};

/* Both sets have a color and none beyond the geometry. */
void color_move_init(struct color_move *move, const struct colored *from,
		     const struct color_set *to);
/*
 * The next piece to look at, which does not cross a multiple of `block_bytes`: a
 * power of two, at most 64 pages. False: all is where it shall be. The same again
 * until color_move_done().
 */
bool color_move_next(const struct color_move *move, uint64_t block_bytes,
		     struct color_piece *piece);
/*
 * Whether it is to be moved now. Its pages upwards from the last one on,
 * downwards from the first one on: the two places may overlap.
 */
bool color_piece_moves(const struct color_move *move,
		       const struct color_piece *piece);
/* It has been looked at, and moved if it was to be. */
void color_move_done(struct color_move *move, const struct color_piece *piece);
/* From here back to where it came from; and again, forward. */
void color_move_turn(struct color_move *move);
/* Bytes still to look at: each one once, or twice when pages move both ways. */
uint64_t color_move_left(const struct color_move *move);

#endif
