/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that changes its colors: every order of moves against a real memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "coloring/move.h"

#define PAGE		PAGE_BYTES
#define START		(64 * PAGE)
#define PAGES_MAX	64u
#define PHYS_MAX	4096u	/* pages from START on */
#define NOTHING		0xffffu

/* What is in each page: the number of a page of the memory. */
static uint16_t content[PHYS_MAX];
static unsigned int moved[PAGES_MAX];

static struct color_geometry llc_of(unsigned int colors)
{
	struct color_cache cache = { colors * 64, 16, 64 };
	struct color_geometry geometry;

	assert_int_equal(color_geometry_init(&geometry, &cache, NULL, 0, NULL),
			 0);
	return geometry;
}

static unsigned int page_of(uint64_t phys)
{
	assert_true(phys >= START && phys < START + PHYS_MAX * PAGE);
	return (unsigned int)((phys - START) / PAGE);
}

static unsigned int place(const struct colored *memory, unsigned int page)
{
	struct color_run run;

	color_locate(memory, page * PAGE, &run);
	return page_of(run.phys);
}

static void fill(const struct colored *memory)
{
	memset(content, 0xff, sizeof(content));
	memset(moved, 0, sizeof(moved));
	for (unsigned int n = 0; n < memory->size / PAGE; n++)
		content[place(memory, n)] = (uint16_t)n;
}

static void expect_all(const struct colored *memory)
{
	for (unsigned int n = 0; n < memory->size / PAGE; n++)
		assert_int_equal(content[place(memory, n)], n);
}

static void move_page(const struct color_piece *piece, uint64_t at)
{
	unsigned int from = page_of(piece->from + at);
	unsigned int to = page_of(piece->to + at);
	unsigned int n = (unsigned int)((piece->offset + at) / PAGE);

	assert_int_equal(content[from], n);
	/* Nobody is there any more. */
	assert_int_equal(content[to], NOTHING);
	content[to] = (uint16_t)n;
	content[from] = NOTHING;
	moved[n]++;
}

static void move_piece(const struct color_move *move,
		       const struct color_piece *piece)
{
	bool up = piece->to > piece->from;

	if (!color_piece_moves(move, piece))
		return;
	for (uint64_t at = 0; at < piece->bytes; at += PAGE)
		move_page(piece, up ? piece->bytes - PAGE - at : at);
}

/* At most `steps` of them; how many there were. */
static unsigned int run(struct color_move *move, uint64_t block,
			unsigned int steps)
{
	struct color_piece piece;
	unsigned int n = 0;

	while (n < steps && color_move_next(move, block, &piece)) {
		uint64_t left = color_move_left(move);

		assert_true(piece.bytes && piece.bytes % PAGE == 0);
		assert_true(piece.offset / block ==
			    (piece.offset + piece.bytes - 1) / block);
		move_piece(move, &piece);
		color_move_done(move, &piece);
		assert_true(color_move_left(move) < left);
		n++;
	}
	return n;
}

static struct colored memory_of(const struct color_geometry *geometry,
				uint64_t set, unsigned int pages,
				unsigned int start)
{
	return (struct colored){
		.geometry = geometry,
		.set = { { set, 0 } },
		.start = START + start * PAGE,
		.size = pages * PAGE,
	};
}

static void there(const struct colored *from, uint64_t to, uint64_t block)
{
	const struct color_set set = { { to, 0 } };
	struct color_move move;

	fill(from);
	color_move_init(&move, from, &set);
	run(&move, block, UINT32_MAX);
	assert_int_equal(color_move_left(&move), 0);
	expect_all(&move.to);
	for (unsigned int n = 0; n < from->size / PAGE; n++)
		assert_true(moved[n] == (place(from, n) != place(&move.to, n)));
}

/* Turned after each number of steps: all is as before, or goes on. */
static void turned(const struct colored *from, uint64_t to, bool again)
{
	const struct color_set set = { { to, 0 } };
	struct color_move move;
	unsigned int steps = 0, done;

	do {
		fill(from);
		color_move_init(&move, from, &set);
		done = run(&move, 2 * PAGE, steps);
		color_move_turn(&move);
		if (again) {
			run(&move, 4 * PAGE, steps / 2);
			color_move_turn(&move);
		}
		run(&move, 2 * PAGE, UINT32_MAX);
		assert_int_equal(color_move_left(&move), 0);
		expect_all(again ? &move.to : from);
	} while (done == steps++);
}

static void every_pair(unsigned int colors, unsigned int pages,
		       unsigned int starts)
{
	struct color_geometry geometry = llc_of(colors);

	for (unsigned int start = 0; start < starts; start++) {
		for (uint64_t a = 1; a < 1ull << colors; a++) {
			struct colored from = memory_of(&geometry, a, pages,
							start);

			for (uint64_t b = 1; b < 1ull << colors; b++)
				there(&from, b, PAGE << (b + start) % 4);
		}
	}
}

static void test_every_pair_of_sets(void **state)
{
	(void)state;
	every_pair(1, 9, 2);
	every_pair(2, 13, 3);
	every_pair(4, 33, 5);
	every_pair(8, 19, 1);
}

static void test_turned_at_every_step(void **state)
{
	struct color_geometry geometry = llc_of(4);

	(void)state;
	for (uint64_t a = 1; a < 16; a++) {
		struct colored from = memory_of(&geometry, a, 13, (a & 3));

		for (uint64_t b = 1; b < 16; b++) {
			turned(&from, b, false);
			turned(&from, b, true);
		}
	}
}

/* Half the way, and on from there to a third set and back: as a user would. */
static void test_one_after_the_other(void **state)
{
	static const uint64_t sets[] = { 0xffff, 0xfff0, 0x0fff, 0x5555, 0x8001,
					 0xfff0, 0xffff };
	struct color_geometry geometry = llc_of(16);
	struct colored memory = memory_of(&geometry, 0xffff, PAGES_MAX, 3);

	(void)state;
	fill(&memory);
	for (unsigned int i = 0; i < ARRAY_COUNT(sets); i++) {
		const struct color_set set = { { sets[i], 0 } };
		struct color_move move;

		color_move_init(&move, &memory, &set);
		run(&move, 4 * PAGE, UINT32_MAX);
		memory.set = set;
		expect_all(&memory);
	}
}

static void test_banks(void **state)
{
	const uint64_t banks[] = { 0x22000, 0x11000 };
	struct color_geometry geometry;
	struct colored memory;

	(void)state;
	assert_int_equal(color_geometry_init(&geometry, NULL, banks, 2, NULL),
			 0);
	memory = memory_of(&geometry, 0xf, 50, 7);
	for (uint64_t a = 1; a < 16; a++) {
		memory.set.word[0] = a;
		for (uint64_t b = 1; b < 16; b++)
			there(&memory, b, 4 * PAGE);
	}
}

/* Large blocks take few steps, and only pages that move are counted twice. */
static void test_steps(void **state)
{
	struct color_geometry geometry = llc_of(16);
	struct colored memory = memory_of(&geometry, 0xffff, 48, 0);
	const struct color_set high = { { 0xfff0, 0 } };
	const struct color_set low = { { 0x0fff, 0 } };
	struct color_move move;

	(void)state;
	fill(&memory);
	color_move_init(&move, &memory, &high);
	assert_int_equal(color_move_left(&move), 48 * PAGE);
	assert_int_equal(run(&move, 4 * PAGE, UINT32_MAX), 12);
	color_move_init(&move, &move.to, &low);
	assert_int_equal(color_move_left(&move), 96 * PAGE);
	color_move_turn(&move);
	assert_int_equal(color_move_left(&move), 0);
	color_move_turn(&move);
	assert_int_equal(color_move_left(&move), 96 * PAGE);
	color_move_init(&move, &memory, &memory.set);
	assert_int_equal(color_move_left(&move), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_pair_of_sets),
		cmocka_unit_test(test_turned_at_every_step),
		cmocka_unit_test(test_one_after_the_other),
		cmocka_unit_test(test_banks),
		cmocka_unit_test(test_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
