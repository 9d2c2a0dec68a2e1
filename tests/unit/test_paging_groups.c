/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Groups of pages that a TLB may keep as one: all colored regions of small
 * geometries, and what becomes of groups when some of them changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "coloring/coloring.h"
#include "fake.h"
#include "hv/arch/paging.h"
#include "hv/paging.h"
#include "hypervisor/arch/arm64/include/lpae.h"
#include "hypervisor/arch/x86/include/pgtable.h"

#define MIB		0x100000ull
#define GROUP		PAGING_GROUP_BYTES
#define HINT		BIT(52)
#define REGION_BYTES	(4 * MIB)
#define REGION_PHYS	0x40000000ull
#define REGION_VIRT	0x80000000ull
#define RW		(MAP_READ | MAP_WRITE)

static struct paging_format format;
static struct page_table table;

static void use(bool contiguous)
{
	struct lpae_geometry geometry;

	fake_machine();
	hv_memory_init(hpa(FAKE_HV_START), FAKE_HV_BYTES);
	page_pool_init(arch_hv_base(), FAKE_HV_BYTES / PAGE_BYTES);
	assert_int_equal(lpae_stage2_geometry(40, &geometry), 0);
	lpae_stage2_format(&format, &geometry, NULL);
	if (!contiguous)
		format = ept_format;
	assert_int_equal(page_table_init(&table, &format), 0);
}

static int setup(void **state)
{
	(void)state;
	use(true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	page_table_free(&table);
	assert_int_equal(page_pool_used(), 0);
	return 0;
}

/* The entry that maps `virt`, and its level. */
static uint64_t entry_at(uint64_t virt, unsigned int *level)
{
	const uint64_t *at = table.root;

	*level = format.levels - 1;
	for (;;) {
		uint64_t entries = *level == format.levels - 1 ?
					   512 * format.root_pages : 512;
		uint64_t entry = at[(virt >> (12 + 9 * *level)) % entries];

		if (!format.is_table(*level, entry))
			return entry;
		at = hv_phys_to_virt(format.address(entry));
		--*level;
	}
}

static bool hinted(uint64_t virt)
{
	unsigned int level;

	return entry_at(virt, &level) & HINT;
}

/* What the hint says is so: all sixteen, aligned, adjacent, the same flags. */
static unsigned int groups_checked(uint64_t virt, uint64_t size)
{
	unsigned int count = 0;

	for (uint64_t at = virt; at < virt + size; at += PAGE_BYTES) {
		unsigned int level;
		uint64_t entry = entry_at(at, &level);
		uint64_t first = at & ~(GROUP - 1);

		if (!(entry & HINT))
			continue;
		count++;
		assert_int_equal(level, 0);
		assert_int_equal(entry_at(first, &level) + (at - first), entry);
		assert_int_equal(format.address(entry).value % GROUP, at % GROUP);
		for (uint64_t n = 0; n < GROUP; n += PAGE_BYTES)
			assert_true(hinted(first + n));
	}
	assert_int_equal(count % 16, 0);
	return count / 16;
}

static void expect(uint64_t virt, uint64_t phys)
{
	uint32_t flags;
	hpa_t found;

	assert_true(page_table_translate(&table, virt, &found, &flags));
	assert_int_equal(found.value, phys);
	assert_int_equal(flags, RW);
}

/* As a cell's region is mapped: run by run. */
static void map_colored(const struct colored *memory)
{
	uint64_t virt = REGION_VIRT;
	struct color_walk walk;
	struct color_run run;

	color_walk_init(&walk, memory);
	while (color_walk_next(&walk, &run)) {
		assert_int_equal(page_table_map(&table, virt, hpa(run.phys),
						run.bytes, RW), 0);
		virt += run.bytes;
	}
	assert_int_equal(virt, REGION_VIRT + memory->size);
}

/* Sixteen pages, aligned on both sides, in one piece. */
static bool could_be_group(const struct colored *memory, uint64_t offset)
{
	struct color_run run;

	color_locate(memory, offset, &run);
	return run.phys % GROUP == 0 && run.bytes >= GROUP;
}

static bool could_be_block(const struct colored *memory, uint64_t offset)
{
	struct color_run run;

	color_locate(memory, offset & ~(2 * MIB - 1), &run);
	return run.phys % (2 * MIB) == 0 && run.bytes >= 2 * MIB;
}

/* Each page where the walk has it, with the largest hint there can be. */
static void check_colored(const struct colored *memory)
{
	uint64_t groups = 0, pages = 0, blocks = 0;
	struct page_table_use took;

	for (uint64_t at = 0; at < memory->size; at += GROUP) {
		bool block = could_be_block(memory, at);
		bool group = !block && could_be_group(memory, at);

		for (uint64_t n = 0; n < GROUP; n += PAGE_BYTES) {
			struct color_run run;

			color_locate(memory, at + n, &run);
			expect(REGION_VIRT + at + n, run.phys);
			assert_int_equal(hinted(REGION_VIRT + at + n),
					 group && format.group);
		}
		blocks += block;
		groups += group && format.group;
		pages += !block && !(group && format.group);
	}
	page_table_use(&table, &took);
	assert_int_equal(took.grouped, groups * 16);
	assert_int_equal(took.leaves[0], pages * 16);
	assert_int_equal(took.leaves[1] * 32, blocks);
	assert_int_equal(took.pages, page_pool_used());
	assert_int_equal(groups_checked(REGION_VIRT, memory->size), groups);
}

static void every_set_of(const struct color_geometry *geometry)
{
	for (uint64_t set = 1; set >> color_count(geometry) == 0; set++) {
		struct colored memory = {
			.geometry = geometry,
			.set = { { set } },
			.start = REGION_PHYS,
			.size = REGION_BYTES,
		};

		map_colored(&memory);
		check_colored(&memory);
		assert_int_equal(page_table_unmap(&table, REGION_VIRT,
						  REGION_BYTES), 0);
	}
}

static const uint64_t functions[][3] = {
	{ BIT(12), BIT(13), BIT(14) },	/* no run has sixteen, but with all */
	{ BIT(15), BIT(16), BIT(17) },	/* two together have */
	{ BIT(16), BIT(17), BIT(18) },	/* each has */
	{ BIT(17), BIT(18), BIT(21) },
	{ BIT(21), BIT(22), BIT(23) },	/* blocks of 2 MiB */
	{ BIT(16) | BIT(19), BIT(17) | BIT(20), BIT(14) },
};

static void test_every_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(functions); i++) {
		struct color_geometry geometry;

		assert_int_equal(color_geometry_init(&geometry, NULL,
						     functions[i], 3, NULL), 0);
		assert_int_equal(color_count(&geometry), 8);
		every_set_of(&geometry);
	}
}

/* The other architecture: no such hint, but blocks. */
static void test_every_set_without(void **state)
{
	teardown(state);
	use(false);
	test_every_set(state);
}

/* A cache of 128 colors: 16 adjacent ones from a multiple of 16 on make groups. */
static void test_adjacent_colors(void **state)
{
	const struct color_cache cache = { 8192, 16, 64 };
	struct color_geometry geometry;

	(void)state;
	assert_int_equal(color_geometry_init(&geometry, &cache, NULL, 0, NULL),
			 0);
	assert_int_equal(color_count(&geometry), 128);
	for (unsigned int from = 0; from < 64; from++) {
		struct page_table_use took;
		struct colored memory = {
			.geometry = &geometry,
			.set = { { 0xffffull << from } },
			.start = REGION_PHYS,
			.size = MIB,
		};

		if (from > 48)
			memory.set.word[1] = 0xffffull >> (64 - from);
		map_colored(&memory);
		page_table_use(&table, &took);
		assert_int_equal(took.grouped, from % 16 ? 0 : 256);
		check_colored(&memory);
		page_table_unmap(&table, REGION_VIRT, MIB);
	}
}

/* Any part of two groups goes or is mapped elsewhere: the rest stays, hintless. */
static void test_any_part(void **state)
{
	(void)state;
	for (unsigned int from = 0; from < 32; from++) {
		for (unsigned int to = from + 1; to <= 32; to++) {
			uint64_t virt = REGION_VIRT + from * PAGE_BYTES;
			uint64_t bytes = (to - from) * PAGE_BYTES;
			unsigned int cut = (from < 16 && (from || to < 16)) +
					   (to > 16 && (to < 32 || from > 16));
			unsigned int gone = (from == 0 && to >= 16) +
					    (from <= 16 && to == 32);

			assert_int_equal(page_table_map(&table, REGION_VIRT,
				hpa(REGION_PHYS), 2 * GROUP, RW), 0);
			assert_int_equal(groups_checked(REGION_VIRT, 2 * GROUP),
					 2);
			/* Elsewhere, and misaligned: no groups there. */
			assert_int_equal(page_table_map(&table, virt,
				hpa(2 * REGION_PHYS + from * PAGE_BYTES + PAGE_BYTES),
				bytes, RW), 0);
			assert_int_equal(groups_checked(REGION_VIRT, 2 * GROUP),
					 2 - cut - gone);
			expect(virt, 2 * REGION_PHYS + (from + 1) * PAGE_BYTES);
			assert_int_equal(page_table_map(&table, REGION_VIRT,
				hpa(REGION_PHYS), 2 * GROUP, RW), 0);
			assert_int_equal(page_table_unmap(&table, virt, bytes), 0);
			assert_int_equal(groups_checked(REGION_VIRT, 2 * GROUP),
					 2 - cut - gone);
			for (unsigned int n = 0; n < 32; n++) {
				if (n < from || n >= to)
					expect(REGION_VIRT + n * PAGE_BYTES,
					       REGION_PHYS + n * PAGE_BYTES);
			}
		}
	}
}

/* A hole in a block leaves 31 groups and 15 pages. */
static void test_hole_in_a_block(void **state)
{
	struct page_table_use took;

	(void)state;
	assert_int_equal(page_table_map(&table, REGION_VIRT, hpa(REGION_PHYS),
					2 * MIB, RW), 0);
	assert_int_equal(page_table_unmap(&table, REGION_VIRT + GROUP + 0x3000,
					  PAGE_BYTES), 0);
	page_table_use(&table, &took);
	assert_int_equal(took.grouped, 31 * 16);
	assert_int_equal(took.leaves[0], 15);
	assert_int_equal(groups_checked(REGION_VIRT, 2 * MIB), 31);
	/* Whoever wants pages has them. */
	assert_int_equal(page_table_map(&table, REGION_VIRT, hpa(REGION_PHYS),
					2 * GROUP, RW | MAP_NO_BLOCKS), 0);
	assert_int_equal(groups_checked(REGION_VIRT, 2 * MIB), 30);
}

/*
 * Under a running guest all of a group goes away before any of it comes back
 * without the hint; only then single pages move.
 */
static void test_group_gives_way(void **state)
{
	struct page_change split;
	uint64_t page = REGION_VIRT + GROUP + 5 * PAGE_BYTES;

	(void)state;
	assert_int_equal(page_table_map(&table, REGION_VIRT, hpa(REGION_PHYS),
					4 * GROUP, RW), 0);
	assert_false(page_table_is_split(&table, page));
	assert_int_equal(page_table_split_plan(&table, page, &split), 0);
	assert_int_equal(split.virt, REGION_VIRT + GROUP);
	assert_int_equal(split.bytes, GROUP);
	page_table_change_break(&table, &split);
	for (uint64_t at = 0; at < 4 * GROUP; at += PAGE_BYTES) {
		unsigned int level;

		assert_int_equal(entry_at(REGION_VIRT + at, &level) != 0,
				 at < GROUP || at >= 2 * GROUP);
	}
	page_table_change_make(&table, &split);
	assert_true(page_table_is_split(&table, page));
	assert_int_equal(groups_checked(REGION_VIRT, 4 * GROUP), 3);
	for (uint64_t at = 0; at < 4 * GROUP; at += PAGE_BYTES)
		expect(REGION_VIRT + at, REGION_PHYS + at);
	page_table_leaves_break(&table, page, 1);
	page_table_leaves_make(&table, page, hpa(2 * REGION_PHYS), 1, RW);
	expect(page, 2 * REGION_PHYS);
}

/* A block that gives way has no groups: its pages are about to move. */
static void test_block_gives_way(void **state)
{
	struct page_change split;

	(void)state;
	assert_int_equal(page_table_map(&table, REGION_VIRT, hpa(REGION_PHYS),
					2 * MIB, RW), 0);
	assert_int_equal(page_table_split_plan(&table, REGION_VIRT, &split), 0);
	assert_int_equal(split.bytes, PAGE_BYTES);
	page_table_change_break(&table, &split);
	page_table_change_make(&table, &split);
	assert_int_equal(groups_checked(REGION_VIRT, 2 * MIB), 0);
	expect(REGION_VIRT + 2 * MIB - 1, REGION_PHYS + 2 * MIB - 1);
}

/* Blocks up to `level` again, of what has some of this page. */
static void join(uint64_t virt, unsigned int level)
{
	const struct page_range page = { virt, PAGE_BYTES };
	const struct page_range all = { 0, BIT(39) };

	format.block_level = level;
	page_table_join(&table, &page, &all);
	format.block_level = 2;
}

static void test_joins(void **state)
{
	struct page_table_use whole, took;
	uint64_t hole = REGION_VIRT + 3 * PAGE_BYTES;

	(void)state;
	assert_int_equal(page_table_map(&table, REGION_VIRT, hpa(REGION_PHYS),
					0x40000000, RW), 0);
	page_table_use(&table, &whole);
	assert_int_equal(whole.leaves[2], 1);
	assert_int_equal(page_table_unmap(&table, hole, PAGE_BYTES), 0);
	/* With a hole, what is left of it. */
	join(hole, 2);
	assert_int_equal(groups_checked(REGION_VIRT, 2 * MIB), 31);
	/* Pages that do not belong there are no piece. */
	page_table_map(&table, hole, hpa(REGION_PHYS), PAGE_BYTES, RW);
	join(hole, 2);
	assert_int_equal(groups_checked(REGION_VIRT, 2 * MIB), 31);
	page_table_map(&table, hole, hpa(REGION_PHYS + 0x3000), PAGE_BYTES,
		       MAP_READ);
	join(hole, 2);
	assert_int_equal(groups_checked(REGION_VIRT, 2 * MIB), 31);
	page_table_map(&table, hole, hpa(REGION_PHYS + 0x3000), PAGE_BYTES, RW);
	join(hole, 0);
	page_table_use(&table, &took);
	assert_int_equal(took.pages, whole.pages + 2);
	join(hole, 1);
	page_table_use(&table, &took);
	assert_int_equal(took.leaves[1], 512);
	assert_int_equal(took.pages, whole.pages + 1);
	join(hole, 2);
	page_table_use(&table, &took);
	assert_memory_equal(&took, &whole, sizeof(took));
	expect(hole, REGION_PHYS + 0x3000);
}

static void test_joined_groups(void **state)
{
	(void)state;
	for (uint64_t at = 0; at < 2 * GROUP; at += PAGE_BYTES)
		page_table_map(&table, REGION_VIRT + at, hpa(REGION_PHYS + at),
			       PAGE_BYTES, RW);
	assert_int_equal(groups_checked(REGION_VIRT, 2 * GROUP), 0);
	join(REGION_VIRT, 2);
	assert_int_equal(groups_checked(REGION_VIRT, 2 * GROUP), 2);
	/* Nothing is mapped here, and nothing is made. */
	join(2 * REGION_VIRT, 2);
}

/* Somebody else's part of a table stays as it is, and so does the table. */
static void test_joins_within(void **state)
{
	const struct page_range all = { REGION_VIRT, 4 * MIB };
	struct page_range within = { REGION_VIRT, 2 * MIB - PAGE_BYTES };
	struct page_table_use took;

	(void)state;
	page_table_map(&table, REGION_VIRT, hpa(REGION_PHYS), 4 * MIB,
		       RW | MAP_NO_BLOCKS);
	page_table_join(&table, &all, &within);
	assert_int_equal(groups_checked(REGION_VIRT, 4 * MIB),
			 format.group ? 31 : 0);
	within.virt += PAGE_BYTES;
	within.bytes = 4 * MIB - PAGE_BYTES;
	page_table_join(&table, &all, &within);
	page_table_use(&table, &took);
	assert_int_equal(took.leaves[1], 1);
	assert_int_equal(groups_checked(REGION_VIRT, 2 * MIB),
			 format.group ? 32 : 0);
	/* The first page was not in it, but its group was there before. */
	page_table_join(&table, &all, &all);
	page_table_use(&table, &took);
	assert_int_equal(took.leaves[1], 2);
}

static void test_joins_within_without(void **state)
{
	teardown(state);
	use(false);
	test_joins_within(state);
}

/* Under a running guest: each change is away at once, and comes back joined. */
static void test_joins_step_by_step(void **state)
{
	const struct page_range all = { REGION_VIRT, 0x40000000 };
	struct page_table_use before, after;
	struct page_change change;
	unsigned int changes = 0;
	uint32_t flags;
	hpa_t phys;

	(void)state;
	page_table_map(&table, REGION_VIRT, hpa(REGION_PHYS), all.bytes, RW);
	page_table_use(&table, &before);
	page_table_map(&table, REGION_VIRT, hpa(REGION_PHYS), 6 * MIB,
		       RW | MAP_NO_BLOCKS);
	for (uint64_t at = REGION_VIRT; at < REGION_VIRT + all.bytes;) {
		if (!page_table_join_plan(&table, at, &all, &change, &at))
			continue;
		changes++;
		page_table_change_break(&table, &change);
		assert_false(page_table_translate(&table, change.virt, &phys,
						  &flags));
		assert_false(page_table_translate(&table, change.virt +
						  change.bytes - 1, &phys,
						  &flags));
		page_table_change_make(&table, &change);
		expect(change.virt + change.bytes - 1,
		       change.virt + change.bytes - 1 - REGION_VIRT +
		       REGION_PHYS);
	}
	/* Three blocks of 2 MiB, and with the last one that of 1 GiB. */
	assert_int_equal(changes, 4);
	page_table_use(&table, &after);
	assert_memory_equal(&before, &after, sizeof(after));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_set),
		TEST(test_every_set_without),
		TEST(test_adjacent_colors),
		TEST(test_any_part),
		TEST(test_hole_in_a_block),
		TEST(test_group_gives_way),
		TEST(test_block_gives_way),
		TEST(test_joins),
		TEST(test_joined_groups),
		TEST(test_joins_within),
		TEST(test_joins_within_without),
		TEST(test_joins_step_by_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
