/* SPDX-License-Identifier: GPL-2.0-only */
/* The order in which memory changes its colors. */
#include "coloring/move.h"

/* Colors only added: no page moves up. Colors only taken: none moves down. */
static bool is_part(const struct color_set *set, const struct color_set *of)
{
	uint64_t beyond = 0;

	for (unsigned int i = 0; i < ARRAY_COUNT(set->word); i++)
		beyond |= set->word[i] & ~of->word[i];
	return beyond == 0;
}

/* Passes in which nothing moves are not made. */
static void skip_empty(struct color_move *move)
{
	if (!move->down && is_part(&move->from.set, &move->to.set))
		move->at = 0;
	if (!move->down && move->at == 0)
		move->down = true;
	if (move->down && is_part(&move->to.set, &move->from.set))
		move->at = move->to.size;
}

void color_move_init(struct color_move *move, const struct colored *from,
		     const struct color_set *to)
{
	move->from = *from;
	move->to = *from;
	move->to.set = *to;
	move->down = false;
	move->at = from->size;
	skip_empty(move);
}

/* The piece that begins at `offset` and ends by `end`. */
static void piece_at(const struct color_move *move, uint64_t offset,
		     uint64_t end, struct color_piece *piece)
{
	struct color_run from, to;
	uint64_t bytes = end - offset;

	color_locate(&move->from, offset, &from);
	color_locate(&move->to, offset, &to);
	bytes = from.bytes < bytes ? from.bytes : bytes;
	piece->offset = offset;
	piece->bytes = to.bytes < bytes ? to.bytes : bytes;
	piece->from = from.phys;
	piece->to = to.phys;
}

bool color_move_next(const struct color_move *move, uint64_t block_bytes,
		     struct color_piece *piece)
{
	uint64_t block = block_bytes - 1;
	uint64_t size = move->to.size;
	uint64_t end;

	if (move->down) {
		end = (move->at | block) + 1;
		if (move->at == size)
			return false;
		piece_at(move, move->at, end < size ? end : size, piece);
		return true;
	}
	/* The last piece of the block below. */
	end = (move->at - 1) & ~block;
	do {
		piece_at(move, end, move->at, piece);
		end = piece->offset + piece->bytes;
	} while (end < move->at);
	return true;
}

bool color_piece_moves(const struct color_move *move,
		       const struct color_piece *piece)
{
	return move->down ? piece->to < piece->from : piece->to > piece->from;
}

void color_move_done(struct color_move *move, const struct color_piece *piece)
{
	if (move->down) {
		move->at = piece->offset + piece->bytes;
		return;
	}
	move->at = piece->offset;
	if (move->at == 0)
		skip_empty(move);
}

/*
 * What moved up moves down on the way back, and the other way round: what was
 * done of a pass is what is left of the other one.
 */
void color_move_turn(struct color_move *move)
{
	struct color_set set = move->from.set;

	move->from.set = move->to.set;
	move->to.set = set;
	move->down = !move->down;
	skip_empty(move);
}

uint64_t color_move_left(const struct color_move *move)
{
	uint64_t size = move->to.size;

	if (move->down)
		return size - move->at;
	if (is_part(&move->to.set, &move->from.set))
		return move->at;
	return move->at + size;
}
