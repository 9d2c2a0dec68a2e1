/* SPDX-License-Identifier: GPL-2.0-only */
/* Page colors: the walk against looking at every page, one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "coloring/cache-id.h"
#include "coloring/coloring.h"
#include "hv/errno.h"

#define PAGE	PAGE_BYTES

static struct color_geometry llc_of(unsigned int colors)
{
	struct color_cache cache = { colors * 64, 16, 64 };
	struct color_geometry geometry;

	assert_int_equal(color_geometry_init(&geometry, &cache, NULL, 0, NULL),
			 0);
	assert_int_equal(color_count(&geometry), colors);
	assert_int_equal(geometry.llc_bits, geometry.bits);
	return geometry;
}

static struct color_set set_of(uint64_t low, uint64_t high)
{
	return (struct color_set){ { low, high } };
}

/* The walk, the span, and locate, against the definition. */
static void compare(const struct colored *memory)
{
	struct color_run run = { 0, 0 }, found;
	uint64_t placed = 0, page = memory->start;
	struct color_walk walk;

	color_walk_init(&walk, memory);
	while (placed < memory->size) {
		uint64_t end = run.phys + run.bytes;

		assert_true(color_walk_next(&walk, &run));
		assert_true(run.bytes && run.bytes % PAGE == 0);
		/* As long as it can be: the page between was not of the set. */
		assert_true(placed == 0 || run.phys > end);
		for (uint64_t at = 0; at < run.bytes; at += PAGE) {
			while (!color_set_has(&memory->set,
					      color_of(memory->geometry, page)))
				page += PAGE;
			assert_int_equal(run.phys + at, page);
			color_locate(memory, placed + at + 5, &found);
			assert_int_equal(found.phys, page + 5);
			assert_int_equal(found.bytes, run.bytes - at - 5);
			page += PAGE;
		}
		placed += run.bytes;
	}
	assert_int_equal(placed, memory->size);
	assert_false(color_walk_next(&walk, &run));
	assert_int_equal(color_span(memory), page - memory->start);
}

/* Every window of up to three pages around the memory. */
static void compare_meets(const struct colored *memory)
{
	uint64_t end = memory->start + color_span(memory);

	for (uint64_t from = memory->start - PAGE; from <= end; from += PAGE) {
		bool meets = false;

		for (unsigned int pages = 1; pages <= 3; pages++) {
			uint64_t page = from + (pages - 1) * PAGE;

			meets |= page >= memory->start && page < end &&
				 color_set_has(&memory->set,
					       color_of(memory->geometry, page));
			assert_int_equal(color_meets(memory, from,
						     pages * PAGE), meets);
		}
		assert_false(color_meets(memory, from, 0));
	}
}

/* Every set of a small geometry, from every color, several sizes. */
static void compare_all(const struct color_geometry *geometry)
{
	unsigned int colors = color_count(geometry);

	for (uint64_t mask = 1; mask < BIT(colors); mask++) {
		for (unsigned int from = 0; from < colors; from++) {
			uint64_t size = 1 + (mask + from) % (3 * colors);
			struct colored memory = {
				geometry, set_of(mask, 0),
				0x40000000 + from * PAGE, size * PAGE,
			};

			compare(&memory);
			if (colors <= 8)
				compare_meets(&memory);
		}
	}
}

static void test_small_geometries_whole(void **state)
{
	(void)state;
	for (unsigned int colors = 1; colors <= 8; colors *= 2) {
		struct color_geometry geometry = llc_of(colors);

		compare_all(&geometry);
		for (uint64_t mask = 1; mask < BIT(colors); mask++) {
			for (uint64_t size = 1; size <= 4 * colors; size++) {
				struct colored memory = {
					&geometry, set_of(mask, 0),
					0x71000000 + size * PAGE, size * PAGE,
				};

				compare(&memory);
			}
		}
	}
}

static void test_bank_functions_whole(void **state)
{
	static const uint64_t banks[][2] = {
		{ 1 << 14, 1 << 15 },
		{ 1 << 13 | 1 << 16, 1 << 14 | 1 << 17 },
		{ 1 << 12 | 1 << 15, 1 << 16 },
		{ 1 << 18, 1 << 13 | 1 << 14 | 1 << 18 },
	};
	struct color_cache cache = { 128, 4, 64 };
	struct color_geometry geometry;

	(void)state;
	for (size_t n = 0; n < ARRAY_COUNT(banks); n++) {
		assert_int_equal(color_geometry_init(&geometry, NULL, banks[n],
						     2, NULL), 0);
		assert_int_equal(color_count(&geometry), 4);
		assert_int_equal(geometry.llc_bits, 0);
		compare_all(&geometry);
		assert_int_equal(color_geometry_init(&geometry, &cache,
						     banks[n], 2, NULL), 0);
		assert_int_equal(color_count(&geometry), 8);
		assert_int_equal(geometry.llc_bits, 1);
		compare_all(&geometry);
	}
}

/* Page n has color n: the natural order, for each number of colors. */
static void test_every_geometry(void **state)
{
	(void)state;
	for (unsigned int colors = 1; colors <= COLORS_MAX; colors *= 2) {
		struct color_geometry geometry = llc_of(colors);
		const struct color_set sets[] = {
			set_of(1, 0),
			set_of(BIT((colors - 1) % 64) * (colors <= 64),
			       BIT(63) * (colors == 128)),
			set_of(0x5555555555555555, 0),
			set_of(UINT64_MAX, UINT64_MAX),
			set_of(0xf0f0f0f00f0f0f01, 0x00ff00ff00ff00ff),
			set_of(0x8000000000000001, 0x8000000000000001),
		};

		for (unsigned int page = 0; page < 300; page++)
			assert_int_equal(color_of(&geometry, page * PAGE + 77),
					 page % colors);
		for (size_t n = 0; n < ARRAY_COUNT(sets); n++) {
			struct colored memory = { .geometry = &geometry };

			for (unsigned int color = 0; color < colors; color++) {
				if (color_set_has(&sets[n], color))
					color_set_add(&memory.set, color);
			}
			for (unsigned int from = 0; from < 5; from++) {
				memory.start = 0x71000000 + from * 37 * PAGE;
				memory.size = (1 + from * 61) * PAGE;
				compare(&memory);
			}
		}
	}
}

static void expect_refusal(const struct color_cache *cache,
			   const uint64_t *banks, unsigned int count,
			   const char *words)
{
	struct color_geometry geometry;
	struct reason reason = { "" };

	assert_int_equal(color_geometry_init(&geometry, cache, banks, count,
					     &reason), -EINVAL);
	if (!strstr(reason.text, words))
		fail_msg("\"%s\" does not say \"%s\"", reason.text, words);
}

static void test_refusals(void **state)
{
	static const struct color_cache odd = { 768, 12, 64 };
	static const struct color_cache line = { 1024, 16, 48 };
	static const struct color_cache huge = { 32768, 16, 64 };
	static const struct color_cache most = { 8192, 16, 64 };
	const uint64_t low = 1 << 11 | 1 << 13, high = BIT(34), none = 0;
	const uint64_t five[5] = { 1 << 20, 1 << 21, 1 << 22, 1 << 23, 1 << 24 };

	(void)state;
	expect_refusal(&odd, NULL, 0, "768 sets");
	expect_refusal(&line, NULL, 0, "48-byte lines");
	expect_refusal(&huge, NULL, 0, "512 colors, at most 128");
	expect_refusal(NULL, &low, 1, "address bits 12 to 33");
	expect_refusal(NULL, &high, 1, "address bits 12 to 33");
	expect_refusal(NULL, &none, 1, "address bits 12 to 33");
	expect_refusal(NULL, five, 5, "at most 4");
	expect_refusal(&most, five, 1, "more than 128 colors");
}

/* A bank bit that the cache has already chosen is no color of its own. */
static void test_dependent_functions(void **state)
{
	static const struct color_cache cache = { 1024, 16, 64 };
	const uint64_t banks[] = { 1 << 13, 1 << 12 | 1 << 15, 1 << 14 | 1 << 16,
				   1 << 15 | 1 << 16 };
	struct color_geometry geometry;

	(void)state;
	assert_int_equal(color_geometry_init(&geometry, &cache, banks, 4, NULL),
			 0);
	assert_int_equal(geometry.llc_bits, 4);
	assert_int_equal(geometry.bits, 5);
	assert_int_equal(geometry.function[4], 1 << 14 | 1 << 16);
}

static void test_sets(void **state)
{
	struct color_geometry geometry = llc_of(16);
	struct color_set taken = set_of(0x00f1, 0), chosen;
	struct color_set high = set_of(0, 1);

	(void)state;
	assert_true(color_set_choose(&chosen, &geometry, &taken, 4));
	assert_int_equal(chosen.word[0], 0x010e);
	assert_int_equal(color_set_count(&chosen), 4);
	assert_int_equal(color_set_common(&chosen, &taken), COLORS_MAX);
	color_set_join(&chosen, &taken);
	assert_int_equal(chosen.word[0], 0x01ff);
	assert_int_equal(color_set_common(&chosen, &taken), 0);
	assert_true(color_set_choose(&chosen, &geometry, &taken, 11));
	assert_false(color_set_choose(&chosen, &geometry, &taken, 12));
	assert_int_equal(color_set_beyond(&taken, &geometry), COLORS_MAX);
	assert_int_equal(color_set_beyond(&high, &geometry), 64);
	color_set_add(&taken, 16);
	assert_int_equal(color_set_beyond(&taken, &geometry), 16);
	assert_false(color_set_has(&taken, 4096));
}

/* The greatest sizes and the longest period take no longer than a period. */
static void test_walks_are_bounded(void **state)
{
	const uint64_t banks[] = { BIT(33), BIT(12) | BIT(32) };
	struct color_geometry geometry;
	struct colored memory = {
		.geometry = &geometry,
		.set = set_of(8, 0),
		.start = PAGE,
		.size = BIT(48) - PAGE,
	};

	(void)state;
	assert_int_equal(color_geometry_init(&geometry, NULL, banks, 2, NULL),
			 0);
	memory.set = set_of(1, 0);
	assert_in_range(color_span(&memory), 4 * (memory.size - BIT(33)),
			4 * (memory.size + BIT(33)));
	assert_true(color_meets(&memory, BIT(47), BIT(34)));
	memory.set = set_of(15, 0);
	assert_int_equal(color_span(&memory), memory.size);
}

/* Registers of Cortex-A53 (1 MiB), Cortex-A57 (2 MiB), and wide ones. */
static void test_cache_registers(void **state)
{
	struct color_cache cache;

	(void)state;
	assert_int_equal(clidr_last_level(0x0a200023), 2);
	assert_int_equal(clidr_last_level(0), 0);
	/* Instructions only; both apart and a data cache behind it. */
	assert_int_equal(clidr_last_level(1), 0);
	assert_int_equal(clidr_last_level(4 << 6 | 2 << 3 | 3), 3);
	/* Beyond a gap nothing is told. */
	assert_int_equal(clidr_last_level(4 << 6 | 3), 1);
	assert_int_equal(clidr_last_level(04444443), 7);
	ccsidr_decode(0x707fe07a, false, &cache);
	assert_int_equal(cache.sets, 1024);
	assert_int_equal(cache.ways, 16);
	assert_int_equal(cache.line_bytes, 64);
	ccsidr_decode(0x70ffe07a, false, &cache);
	assert_int_equal(cache.sets, 2048);
	ccsidr_decode(4095ull << 32 | 11 << 3 | 2, true, &cache);
	assert_int_equal(cache.sets, 4096);
	assert_int_equal(cache.ways, 12);
	assert_int_equal(cache.line_bytes, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_geometries_whole),
		cmocka_unit_test(test_bank_functions_whole),
		cmocka_unit_test(test_every_geometry),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_dependent_functions),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_walks_are_bounded),
		cmocka_unit_test(test_cache_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
