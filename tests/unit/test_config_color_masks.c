/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The root's colors, every mask, beside a cell on every mask: what is accepted
 * shares no page, by a look at each page, and what is refused had to be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "colored-blobs.h"
#include "hv/config-check.h"
#include "hv/errno.h"

#define COLORS		8u		/* 512 sets of 64 bytes */
#define MASKS		(1u << COLORS)
#define PAGES		(2 * RECOLOR_SPAN_BYTES / PAGE_BYTES)
#define ROOT_PAGES	(RECOLOR_RAM_BYTES / PAGE_BYTES)
#define CELL_PAGES	64u

static struct recolor_system sys;
static struct colored_cell cell;
static struct config_view root, view;
static struct color_geometry geometry;

/* Pages from RECOLOR_RAM on. */
struct pages {
	uint64_t word[PAGES / 64];
	unsigned int span;
};

static struct pages of_root[MASKS], of_cell[MASKS];

/* The first `count` pages of these colors from page `at` on. */
static void place(struct pages *pages, uint32_t mask, unsigned int at,
		  unsigned int count)
{
	*pages = (struct pages){ .span = 0 };
	for (unsigned int n = at; n < PAGES && count; n++) {
		if (!(mask >> n % COLORS & 1))
			continue;
		pages->word[n / 64] |= 1ull << n % 64;
		pages->span = n + 1;
		count--;
	}
	if (count)
		pages->span = PAGES + 1;
}

static bool meet(const struct pages *a, const struct pages *b)
{
	for (unsigned int i = 0; i < PAGES / 64; i++) {
		if (a->word[i] & b->word[i])
			return true;
	}
	return false;
}

/* The cell's memory begins in the span, on this page of it. */
static void place_all(unsigned int cell_at)
{
	for (uint32_t mask = 1; mask < MASKS; mask++) {
		place(&of_root[mask], mask, 0, ROOT_PAGES);
		place(&of_cell[mask], mask, cell_at, CELL_PAGES);
	}
	cell.memory[COLORED_OWN].phys_start = RECOLOR_RAM +
					      cell_at * PAGE_BYTES;
	cell.memory[COLORED_OWN].size = CELL_PAGES * PAGE_BYTES;
}

static int setup(void **state)
{
	(void)state;
	recolor_system_init(&sys);
	sys.coloring.llc_sets = 512;
	colored_cell_init(&cell, 1, 1);
	config_view_init(&root, &sys.system.root_cell,
			 sizeof(sys) - offsetof(struct system_desc, root_cell));
	config_view_init(&view, &cell.cell, sizeof(cell));
	return config_geometry(&root, &geometry, NULL);
}

/* Or which of the two it is that the mask cannot have. */
enum verdict { ACCEPTED, NO_SUCH_COLOR, SPANS_TOO_MUCH, REFUSED };

static enum verdict check_system(void)
{
	struct reason reason = { "" };
	int error = config_check_system(&sys, sizeof(sys), CONFIG_ARCH_ARM64,
					&reason);

	assert_int_equal(!error, reason.text[0] == '\0');
	if (!error)
		return ACCEPTED;
	if (strstr(reason.text, "does not exist: there are 8"))
		return NO_SUCH_COLOR;
	return strstr(reason.text, "of 8 colors: it has 0x1000000") ?
		       SPANS_TOO_MUCH : REFUSED;
}

/* Alone: a mask is refused when its colors do not exist, or span too much. */
static void test_every_mask_alone(void **state)
{
	(void)state;
	place_all(0);
	for (uint32_t mask = 0; mask < 4 * MASKS; mask++) {
		enum verdict wanted = ACCEPTED;

		sys.root.list[0] = mask;
		if (mask >= MASKS)
			wanted = NO_SUCH_COLOR;
		else if (mask && of_root[mask].span * PAGE_BYTES >
					 RECOLOR_SPAN_BYTES)
			wanted = SPANS_TOO_MUCH;
		assert_int_equal(check_system(), wanted);
	}
	sys.root.list[0] = 0;
	for (unsigned int color = 0; color < 128; color++) {
		sys.root.list[color / 64] = 1ull << color % 64;
		assert_int_equal(check_system(), color < COLORS ?
						 SPANS_TOO_MUCH : NO_SUCH_COLOR);
		sys.root.list[color / 64] = 0;
	}
}

/* The root asks for a mask beside a cell; all colors are asked for as none. */
static int check_move(uint32_t mask, uint32_t theirs, struct reason *reason)
{
	const struct config_view *others[] = { &view };
	const struct color_set set = { { mask == MASKS - 1 ? 0 : mask } };

	cell.colors.list[0] = theirs;
	reason->text[0] = '\0';
	return config_check_root_move(&root, &geometry, &set, others, 1,
				      reason);
}

static void expect_move(uint32_t mask, uint32_t theirs)
{
	bool apart = !(mask & theirs) || mask == MASKS - 1;
	struct reason reason;
	int error = check_move(mask, theirs, &reason);

	assert_int_equal(!error, reason.text[0] == '\0');
	if (!error)
		assert_false(meet(&of_root[mask], &of_cell[theirs]));
	if (of_root[mask].span * PAGE_BYTES > RECOLOR_SPAN_BYTES)
		assert_int_equal(error, -ENOSPC);
	else if (apart && !meet(&of_root[mask], &of_cell[theirs]))
		assert_int_equal(error, 0);
	else
		assert_int_equal(error, -EBUSY);
}

static void test_every_mask_beside_every_mask(void **state)
{
	/* From the first page, amid the root's, and behind it on all colors. */
	static const unsigned int places[] = { 0, 1003, ROOT_PAGES };

	(void)state;
	for (size_t n = 0; n < ARRAY_COUNT(places); n++) {
		place_all(places[n]);
		for (uint32_t mask = 1; mask < MASKS; mask++) {
			for (uint32_t theirs = 1; theirs < MASKS; theirs++)
				expect_move(mask, theirs);
		}
	}
}

/* A cell comes to a root that has colors already. */
static void test_every_cell_beside_every_root(void **state)
{
	(void)state;
	place_all(ROOT_PAGES);
	for (uint32_t mask = 1; mask < MASKS; mask++) {
		sys.root.list[0] = mask;
		if (check_system() != ACCEPTED)
			continue;
		for (uint32_t theirs = 1; theirs < MASKS; theirs += 3) {
			struct reason reason = { "" };
			int error;

			cell.colors.list[0] = theirs;
			error = config_check_together(&sys.system, sizeof(sys),
						      &view, NULL, 0, &reason);
			assert_int_equal(!error, reason.text[0] == '\0');
			if (!error)
				assert_false(meet(&of_root[mask],
						  &of_cell[theirs]));
			assert_int_equal(error, mask & theirs ? -EBUSY : 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_every_mask_alone, setup),
		cmocka_unit_test_setup(test_every_mask_beside_every_mask, setup),
		cmocka_unit_test_setup(test_every_cell_beside_every_root, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
