/* SPDX-License-Identifier: GPL-2.0-only */
/* The pool of pages: what it gives, in which order, and when there are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"
#include "hv/arch/paging.h"
#include "hv/paging.h"

static int setup(void **state)
{
	(void)state;
	fake_machine();
	hv_memory_init(hpa(FAKE_HV_START), FAKE_HV_BYTES);
	page_pool_init(arch_hv_base(), FAKE_HV_BYTES / PAGE_BYTES);
	return 0;
}

static void test_pool_gives_and_takes(void **state)
{
	size_t size = page_pool_size();
	uint8_t *one, *four, *three;

	(void)state;
	assert_int_equal(page_pool_used(), 0);
	one = page_alloc(1);
	four = page_alloc(4);
	three = page_alloc(3);
	assert_non_null(one);
	assert_non_null(three);
	assert_int_equal(hv_virt_to_phys(four).value % (4 * PAGE_BYTES), 0);
	assert_int_equal(page_pool_used(), 8);
	for (size_t i = 0; i < 4 * PAGE_BYTES; i++)
		assert_int_equal(four[i], 0);
	memset(four, 0xff, 4 * PAGE_BYTES);
	page_free(four, 4);
	assert_ptr_equal(page_alloc(4), four);
	for (size_t i = 0; i < 4 * PAGE_BYTES; i++)
		assert_int_equal(four[i], 0);
	page_free(one, 1);
	page_free(three, 3);
	page_free(four, 4);
	page_free(NULL, 1);
	assert_int_equal(page_pool_used(), 0);
	assert_int_equal(page_pool_size(), size);
}

static void test_pool_ends(void **state)
{
	size_t size = page_pool_size();
	unsigned int count = 0;

	(void)state;
	assert_null(page_alloc(0));
	assert_null(page_alloc((unsigned int)size + 1));
	while (page_alloc(1))
		count++;
	assert_int_equal(count, size);
	assert_int_equal(page_pool_used(), size);
	assert_null(page_alloc(2));
}

#define POOL_PAGES	1000u	/* not a multiple of what is looked at at once */
#define TAKEN_MAX	200u

/* 's': free, of these colors, which repeat; 'x' is nobody's. */
static char pool_plan[POOL_PAGES];

static size_t plan_find(uint64_t first, unsigned int count)
{
	bool aligned = !(count & (count - 1));

	for (size_t page = 0; page + count <= page_pool_size(); page++) {
		unsigned int n = 0;

		if (aligned && (first + page) % count)
			continue;
		while (n < count && pool_plan[page + n] == 's')
			n++;
		if (n == count)
			return page;
	}
	return POOL_PAGES;
}

static void pool_steps(uint64_t colors, unsigned int steps)
{
	struct { uint8_t *pages; unsigned int count; } taken[TAKEN_MAX] = { 0 };
	struct color_geometry geometry;
	uint8_t *start = page_pool_start();
	uint64_t first = hv_virt_to_phys(start).value / PAGE_BYTES;
	const struct color_set own = { { colors } };

	assert_int_equal(color_geometry_init(&geometry,
			 &(struct color_cache){ 1024, 16, 64 }, NULL, 0, NULL),
			 0);
	page_pool_own(&geometry, &own);
	for (size_t page = 0; page < page_pool_size(); page++)
		pool_plan[page] = colors >> (first + page) % 16 & 1 ? 's' : 'x';
	for (unsigned int step = 0; step < steps; step++) {
		unsigned int n = (unsigned int)rand() % TAKEN_MAX;
		unsigned int count = 1 + (unsigned int)rand() % 8;
		size_t page;

		if (taken[n].pages) {
			page = (size_t)(taken[n].pages - start) / PAGE_BYTES;
			memset(pool_plan + page, 's', taken[n].count);
			page_free(taken[n].pages, taken[n].count);
			taken[n].pages = NULL;
			continue;
		}
		page = plan_find(first, count);
		taken[n].pages = page_alloc(count);
		taken[n].count = count;
		assert_ptr_equal(taken[n].pages, page == POOL_PAGES ? NULL :
				 start + page * PAGE_BYTES);
		if (taken[n].pages)
			memset(pool_plan + page, 't', count);
	}
}

/* The first place that fits, whatever lies before it and is not to be had. */
static void test_pool_first_fit(void **state)
{
	static const uint64_t colors[] = {
		0xffff, 0x0003, 0x8001, 0x00f0, 0xaaaa, 0x7fff, 0xfe7f, 0x0100,
	};

	(void)state;
	srand(11);
	for (size_t n = 0; n < ARRAY_COUNT(colors); n++) {
		page_pool_init(arch_hv_base(), POOL_PAGES);
		pool_steps(colors[n], 3000);
	}
}

static void test_pool_too_small(void **state)
{
	(void)state;
	page_pool_init(arch_hv_base(), 1);
	assert_int_equal(page_pool_size(), 0);
	assert_null(page_alloc(1));
	page_pool_init(arch_hv_base(), 0);
	assert_null(page_alloc(1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_pool_gives_and_takes, setup),
		cmocka_unit_test_setup(test_pool_ends, setup),
		cmocka_unit_test_setup(test_pool_first_fit, setup),
		cmocka_unit_test_setup(test_pool_too_small, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
