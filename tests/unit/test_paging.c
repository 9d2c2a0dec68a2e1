/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page-table walker against a naive model: one entry for every 4 KiB page
 * of a small space, changed by the same random operations.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"
#include "hv/arch/paging.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hypervisor/arch/arm64/include/lpae.h"

#define MIB		0x100000ull
#define GIB		0x40000000ull
#define MODEL_PAGES	(16 * MIB / PAGE_BYTES)
#define ALL		(MAP_READ | MAP_WRITE | MAP_EXECUTE)

static struct paging_format format;

static void use_format(unsigned int bits, bool stage2)
{
	struct lpae_geometry geometry;

	if (stage2) {
		assert_int_equal(lpae_stage2_geometry(bits, &geometry), 0);
		lpae_stage2_format(&format, &geometry, NULL);
	} else {
		assert_int_equal(lpae_stage1_geometry(bits, &geometry), 0);
		lpae_stage1_format(&format, &geometry, NULL);
	}
}

static int setup(void **state)
{
	(void)state;
	fake_machine();
	hv_memory_init(hpa(FAKE_HV_START), FAKE_HV_BYTES);
	page_pool_init(arch_hv_base(), FAKE_HV_BYTES / PAGE_BYTES);
	use_format(40, true);
	return 0;
}

static unsigned int page_table_pages(const struct page_table *table)
{
	struct page_table_use use;

	page_table_use(table, &use);
	return use.pages;
}

static void expect(const struct page_table *table, uint64_t virt, uint64_t phys,
		   uint32_t flags)
{
	uint32_t found_flags;
	hpa_t found;

	assert_true(page_table_translate(table, virt, &found, &found_flags));
	assert_int_equal(found.value, phys);
	assert_int_equal(found_flags, flags);
}

static void expect_nothing(const struct page_table *table, uint64_t virt)
{
	uint32_t flags;
	hpa_t phys;

	assert_false(page_table_translate(table, virt, &phys, &flags));
}

static void test_blocks_are_used(void **state)
{
	struct page_table table;

	(void)state;
	assert_int_equal(page_table_init(&table, &format), 0);
	assert_int_equal(page_table_pages(&table), 2);
	/* 1 GiB fits a block in the root itself. */
	assert_int_equal(page_table_map(&table, GIB, hpa(2 * GIB), GIB, ALL), 0);
	assert_int_equal(page_table_pages(&table), 2);
	expect(&table, GIB, 2 * GIB, ALL);
	expect(&table, 2 * GIB - 1, 3 * GIB - 1, ALL);
	expect_nothing(&table, GIB - 1);
	expect_nothing(&table, 2 * GIB);
	/* 2 MiB takes one table, whatever the number of blocks. */
	assert_int_equal(page_table_map(&table, 4 * GIB, hpa(8 * MIB), 64 * MIB,
					MAP_READ), 0);
	assert_int_equal(page_table_pages(&table), 3);
	/* Physical misalignment forbids blocks. */
	assert_int_equal(page_table_map(&table, 8 * GIB, hpa(PAGE_BYTES),
					2 * MIB, ALL), 0);
	assert_int_equal(page_table_pages(&table), 5);
	page_table_free(&table);
	assert_int_equal(page_pool_used(), 0);
}

static void test_no_blocks_when_told(void **state)
{
	struct page_table table;

	(void)state;
	assert_int_equal(page_table_init(&table, &format), 0);
	assert_int_equal(page_table_map(&table, 0, hpa(0), 4 * MIB,
					ALL | MAP_NO_BLOCKS), 0);
	/* Root pages, one table of 2 MiB entries, two of pages. */
	assert_int_equal(page_table_pages(&table), 2 + 1 + 2);
	expect(&table, 3 * MIB + 5, 3 * MIB + 5, ALL);
	page_table_free(&table);
	assert_int_equal(page_pool_used(), 0);
}

static void test_hole_in_a_block(void **state)
{
	struct page_table table;

	(void)state;
	assert_int_equal(page_table_init(&table, &format), 0);
	assert_int_equal(page_table_map(&table, 0, hpa(GIB), GIB,
					MAP_READ | MAP_DEVICE), 0);
	assert_int_equal(page_table_unmap(&table, 5 * PAGE_BYTES, PAGE_BYTES),
			 0);
	expect_nothing(&table, 5 * PAGE_BYTES);
	expect_nothing(&table, 6 * PAGE_BYTES - 1);
	expect(&table, 5 * PAGE_BYTES - 1, GIB + 5 * PAGE_BYTES - 1,
	       MAP_READ | MAP_DEVICE);
	expect(&table, 6 * PAGE_BYTES, GIB + 6 * PAGE_BYTES,
	       MAP_READ | MAP_DEVICE);
	expect(&table, GIB - 1, 2 * GIB - 1, MAP_READ | MAP_DEVICE);
	assert_int_equal(page_table_pages(&table), 2 + 2);
	/* What is empty goes. */
	assert_int_equal(page_table_unmap(&table, 0, GIB), 0);
	assert_int_equal(page_table_pages(&table), 2);
	page_table_free(&table);
	assert_int_equal(page_pool_used(), 0);
}

static void test_block_replaces_tables(void **state)
{
	struct page_table table;

	(void)state;
	assert_int_equal(page_table_init(&table, &format), 0);
	for (uint64_t at = 0; at < GIB; at += 64 * MIB)
		assert_int_equal(page_table_map(&table, at, hpa(at), PAGE_BYTES,
						ALL), 0);
	assert_int_equal(page_table_pages(&table), 2 + 1 + 16);
	assert_int_equal(page_table_map(&table, 0, hpa(0), GIB, MAP_READ), 0);
	assert_int_equal(page_table_pages(&table), 2);
	expect(&table, 64 * MIB, 64 * MIB, MAP_READ);
	page_table_free(&table);
	assert_int_equal(page_pool_used(), 0);
}

static void test_unmapping_nothing(void **state)
{
	struct page_table table;

	(void)state;
	assert_int_equal(page_table_init(&table, &format), 0);
	assert_int_equal(page_table_unmap(&table, 0, 1024 * GIB), 0);
	assert_int_equal(page_table_unmap(&table, 3 * PAGE_BYTES, 7 * GIB), 0);
	assert_int_equal(page_table_pages(&table), 2);
	page_table_free(&table);
}

static void test_refuses_bad_ranges(void **state)
{
	static const struct {
		uint64_t virt, phys, size;
	} bad[] = {
		{ 1, 0, PAGE_BYTES },
		{ 0, 8, PAGE_BYTES },
		{ 0, 0, PAGE_BYTES + 1 },
		{ 1024 * GIB, 0, PAGE_BYTES },
		{ 1024 * GIB - PAGE_BYTES, 0, 2 * PAGE_BYTES },
		{ PAGE_BYTES, 0, 0ull - PAGE_BYTES },
		{ 0, 0ull - PAGE_BYTES, 2 * PAGE_BYTES },
	};
	struct page_table table;

	(void)state;
	assert_int_equal(page_table_init(&table, &format), 0);
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		assert_int_equal(page_table_map(&table, bad[i].virt,
						hpa(bad[i].phys), bad[i].size,
						ALL), -EINVAL);
	assert_int_equal(page_table_unmap(&table, 1, PAGE_BYTES), -EINVAL);
	assert_int_equal(page_table_pages(&table), 2);
	page_table_free(&table);
}

static void test_out_of_memory(void **state)
{
	struct page_table table;
	void *pages[16384];
	size_t count = 0;

	(void)state;
	assert_int_equal(page_table_init(&table, &format), 0);
	assert_int_equal(page_table_map(&table, 0, hpa(0), 2 * MIB, ALL), 0);
	while (count < ARRAY_COUNT(pages) && (pages[count] = page_alloc(1)))
		count++;
	/* Neither a split nor a new table; the old mapping stays. */
	assert_int_equal(page_table_map(&table, 0, hpa(GIB), PAGE_BYTES, ALL),
			 -ENOMEM);
	assert_int_equal(page_table_unmap(&table, 0, PAGE_BYTES), -ENOMEM);
	assert_int_equal(page_table_map(&table, GIB, hpa(GIB), PAGE_BYTES, ALL),
			 -ENOMEM);
	expect(&table, 0, 0, ALL);
	expect(&table, 2 * MIB - 1, 2 * MIB - 1, ALL);
	/* Whole blocks need nothing. */
	assert_int_equal(page_table_unmap(&table, 0, 2 * MIB), 0);
	while (count)
		page_free(pages[--count], 1);
	page_table_free(&table);
	assert_int_equal(page_pool_used(), 0);
}

static void test_reserved_tables_stay(void **state)
{
	struct page_table table;
	size_t used;

	(void)state;
	assert_int_equal(page_table_init(&table, &format), 0);
	table.keep_tables = true;
	assert_int_equal(page_table_reserve(&table, 0, 4 * MIB), 0);
	used = page_pool_used();
	assert_int_equal(used, 2 + 1 + 2);
	assert_int_equal(page_table_map(&table, PAGE_BYTES, hpa(GIB),
					3 * MIB, ALL | MAP_NO_BLOCKS), 0);
	assert_int_equal(page_table_unmap(&table, 0, 4 * MIB), 0);
	expect_nothing(&table, PAGE_BYTES);
	expect_nothing(&table, 3 * MIB);
	assert_int_equal(page_pool_used(), used);
	page_table_free(&table);
	assert_int_equal(page_pool_used(), 0);
}

/* One page of the model: 0 when unmapped, else address and flags. */
static uint64_t model[MODEL_PAGES];
static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
	random_state = random_state * 6364136223846793005ull +
		       1442695040888963407ull;
	return (random_state >> 33) % limit;
}

static void model_set(uint64_t page, uint64_t count, uint64_t phys,
		      uint32_t flags)
{
	for (uint64_t i = 0; i < count; i++)
		model[page + i] = flags ? phys + i * PAGE_BYTES + flags : 0;
}

static void model_compare(const struct page_table *table)
{
	for (uint64_t page = 0; page < MODEL_PAGES; page++) {
		uint64_t found = 0;
		uint32_t flags;
		hpa_t phys;

		if (page_table_translate(table, page * PAGE_BYTES, &phys,
					 &flags))
			found = phys.value + flags;
		assert_int_equal(found, model[page]);
	}
}

static void random_step(struct page_table *table)
{
	/* Sizes around those of blocks make splits and merges likely. */
	static const uint64_t grain[] = { 1, 8, 256, 512 };
	static const uint32_t flags[] = { MAP_READ, MAP_READ | MAP_WRITE, ALL,
					  MAP_READ | MAP_DEVICE };
	uint64_t step = grain[random_below(4)];
	uint64_t page = random_below(MODEL_PAGES / step) * step;
	uint64_t count = 1 + random_below(2048 / step);
	uint64_t phys = (1024 + random_below(64) * step) * PAGE_BYTES;
	uint32_t chosen = flags[random_below(4)];
	uint32_t blocks = random_below(8) ? 0 : MAP_NO_BLOCKS;

	count *= step;
	if (page + count > MODEL_PAGES)
		count = MODEL_PAGES - page;
	if (random_below(3)) {
		assert_int_equal(page_table_map(table, page * PAGE_BYTES,
						hpa(phys), count * PAGE_BYTES,
						chosen | blocks), 0);
		model_set(page, count, phys, chosen);
	} else {
		assert_int_equal(page_table_unmap(table, page * PAGE_BYTES,
						  count * PAGE_BYTES), 0);
		model_set(page, count, 0, 0);
	}
}

static void against_the_model(unsigned int bits, bool stage2, uint64_t seed)
{
	struct page_table table;

	use_format(bits, stage2);
	memset(model, 0, sizeof(model));
	random_state = seed;
	assert_int_equal(page_table_init(&table, &format), 0);
	for (unsigned int i = 0; i < 600; i++) {
		random_step(&table);
		if (i % 10 == 0)
			model_compare(&table);
	}
	model_compare(&table);
	assert_int_equal(page_table_pages(&table), page_pool_used());
	assert_int_equal(page_table_unmap(&table, 0, MODEL_PAGES * PAGE_BYTES),
			 0);
	assert_int_equal(page_table_pages(&table), format.root_pages);
	page_table_free(&table);
	assert_int_equal(page_pool_used(), 0);
}

static void test_model_three_levels(void **state)
{
	(void)state;
	against_the_model(40, true, 1);
	against_the_model(32, true, 2);
	against_the_model(43, true, 3);
}

static void test_model_four_levels(void **state)
{
	(void)state;
	against_the_model(44, true, 4);
	against_the_model(48, true, 5);
}

static void test_model_stage1(void **state)
{
	(void)state;
	against_the_model(39, false, 6);
	against_the_model(48, false, 7);
}

static void test_geometry(void **state)
{
	static const struct {
		unsigned int bits, levels, root_pages, t0sz, sl0;
	} want[] = {
		{ 32, 3, 1, 32, 1 },  { 36, 3, 1, 28, 1 },
		{ 39, 3, 1, 25, 1 },  { 40, 3, 2, 24, 1 },
		{ 42, 3, 8, 22, 1 },  { 43, 3, 16, 21, 1 },
		{ 44, 4, 1, 20, 2 },  { 48, 4, 1, 16, 2 },
	};
	struct lpae_geometry geometry;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(want); i++) {
		assert_int_equal(lpae_stage2_geometry(want[i].bits, &geometry),
				 0);
		assert_int_equal(geometry.levels, want[i].levels);
		assert_int_equal(geometry.root_pages, want[i].root_pages);
		assert_int_equal(geometry.t0sz, want[i].t0sz);
		assert_int_equal(geometry.sl0, want[i].sl0);
	}
	assert_int_equal(lpae_stage2_geometry(31, &geometry), -EINVAL);
	assert_int_equal(lpae_stage2_geometry(49, &geometry), -EINVAL);
	assert_int_equal(lpae_stage1_geometry(30, &geometry), -EINVAL);
	assert_int_equal(lpae_stage1_geometry(40, &geometry), 0);
	assert_int_equal(geometry.levels, 4);
	assert_int_equal(geometry.root_pages, 1);
}

/* Bit by bit, from the Arm ARM. */
static void test_descriptors(void **state)
{
	(void)state;
	use_format(40, true);
	assert_int_equal(format.leaf(0, hpa(0x40001000), ALL),
			 0x40001000ull | 3 | 0xf << 2 | 3 << 6 | 3 << 8 |
				 1 << 10);
	assert_int_equal(format.leaf(1, hpa(0x40200000), MAP_READ),
			 0x40200000ull | 1 | 0xf << 2 | 1 << 6 | 3 << 8 |
				 1 << 10 | BIT(54));
	assert_int_equal(format.leaf(0, hpa(0x9000000),
				     MAP_READ | MAP_WRITE | MAP_DEVICE),
			 0x9000000ull | 3 | 1 << 2 | 3 << 6 | 1 << 10 |
				 BIT(54));
	assert_int_equal(format.table(hpa(0x70001000)), 0x70001003ull);
	use_format(48, false);
	assert_int_equal(format.leaf(0, hpa(0x70001000), MAP_READ | MAP_WRITE),
			 0x70001000ull | 3 | 1 << 2 | 1 << 6 | 3 << 8 |
				 1 << 10 | BIT(54));
	assert_int_equal(format.leaf(2, hpa(0x40000000),
				     MAP_READ | MAP_EXECUTE),
			 0x40000000ull | 1 | 1 << 2 | 1 << 6 | 1 << 7 |
				 3 << 8 | 1 << 10);
}

static void test_remap_area(void **state)
{
	uint8_t *a, *b;
	size_t used;

	(void)state;
	assert_int_equal(hv_remap_init(), 0);
	used = remap_pool_used();
	assert_int_equal(remap_pool_size(), HV_REMAP_PAGES);
	a = hv_map(hpa(0x41000010), 3 * PAGE_BYTES, MAP_READ | MAP_WRITE);
	assert_non_null(a);
	assert_int_equal((uintptr_t)a % PAGE_BYTES, 0x10);
	assert_int_equal(remap_pool_used(), used + 4);
	memset(a, 0x5a, 3 * PAGE_BYTES);
	assert_int_equal(*(uint8_t *)fake_ram(0x4100000f), 0);
	assert_int_equal(*(uint8_t *)fake_ram(0x41000010), 0x5a);
	assert_int_equal(*(uint8_t *)fake_ram(0x4100300f), 0x5a);
	assert_int_equal(*(uint8_t *)fake_ram(0x41003010), 0);
	b = hv_map(hpa(0x41001000), PAGE_BYTES, MAP_READ);
	assert_int_equal(*b, 0x5a);
	hv_unmap(a, 3 * PAGE_BYTES);
	hv_unmap(b, PAGE_BYTES);
	hv_unmap(NULL, 7);
	assert_int_equal(remap_pool_used(), used);
}

/* Shows one page and then another, never both, and in the end none. */
static void test_window(void **state)
{
	uint8_t *window;
	unsigned int syncs;
	uint32_t flags;
	hpa_t phys;

	(void)state;
	fake_on_cpu(0);
	assert_int_equal(hv_remap_init(), 0);
	*(uint8_t *)fake_ram(0x41000005) = 1;
	*(uint8_t *)fake_ram(0x41002005) = 2;
	syncs = fake.hv_syncs;
	window = hv_window(hpa(0x41000010), MAP_READ);
	assert_int_equal(window[5], 1);
	assert_int_equal(fake.hv_syncs, syncs + 1);
	assert_ptr_equal(hv_window(hpa(0x41002000), MAP_READ | MAP_WRITE),
			 window);
	assert_int_equal(fake.hv_syncs, syncs + 3);
	assert_int_equal(window[5], 2);
	window[5] = 3;
	assert_int_equal(*(uint8_t *)fake_ram(0x41002005), 3);
	hv_window_close();
	assert_int_equal(fake.hv_syncs, syncs + 4);
	assert_false(page_table_translate(arch_hv_table(), (uintptr_t)window,
					  &phys, &flags));
	hv_window_close();
	assert_int_equal(fake.hv_syncs, syncs + 4);
}

static void test_remap_area_ends(void **state)
{
	uint64_t size = (HV_REMAP_PAGES - HV_MAX_CPUS) * PAGE_BYTES;
	size_t pool;
	void *all;

	(void)state;
	assert_int_equal(hv_remap_init(), 0);
	pool = page_pool_used();
	assert_null(hv_map(hpa(0x40000000), 0, MAP_READ));
	assert_null(hv_map(hpa(0x40000000), UINT64_MAX, MAP_READ));
	assert_null(hv_map(hpa(0x40000000), size + 1, MAP_READ));
	all = hv_map(hpa(0x40000000), size, MAP_READ);
	assert_non_null(all);
	assert_null(hv_map(hpa(0x40000000), 1, MAP_READ));
	hv_unmap(all, size);
	assert_non_null(hv_map(hpa(0x40000000), 1, MAP_READ));
	assert_int_equal(page_pool_used(), pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_blocks_are_used, setup),
		cmocka_unit_test_setup(test_no_blocks_when_told, setup),
		cmocka_unit_test_setup(test_hole_in_a_block, setup),
		cmocka_unit_test_setup(test_block_replaces_tables, setup),
		cmocka_unit_test_setup(test_unmapping_nothing, setup),
		cmocka_unit_test_setup(test_refuses_bad_ranges, setup),
		cmocka_unit_test_setup(test_out_of_memory, setup),
		cmocka_unit_test_setup(test_reserved_tables_stay, setup),
		cmocka_unit_test_setup(test_model_three_levels, setup),
		cmocka_unit_test_setup(test_model_four_levels, setup),
		cmocka_unit_test_setup(test_model_stage1, setup),
		cmocka_unit_test_setup(test_geometry, setup),
		cmocka_unit_test_setup(test_descriptors, setup),
		cmocka_unit_test_setup(test_remap_area, setup),
		cmocka_unit_test_setup(test_window, setup),
		cmocka_unit_test_setup(test_remap_area_ends, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
