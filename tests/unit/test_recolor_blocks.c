/* SPDX-License-Identifier: GPL-2.0-only */
/* Blocks and groups of a root cell that changes its colors, and comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "recolor-root.h"
#include "hv/arch/paging.h"
#include "hv/coloring.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/recolor.h"
#include "hv/setup.h"
#include "hypervisor/arch/x86/include/pgtable.h"

static struct page_table_use root_use(void)
{
	struct page_table_use use;

	page_table_use(arch_cell_table(cell_root()), &use);
	return use;
}

/* There in pages, back in blocks; and no page of a table more. */
static void expect_blocks_again(void)
{
	struct page_table_use before = root_use(), there, after;
	size_t pool = page_pool_used();

	go(HIGH);
	there = root_use();
	assert_int_equal(there.pages, before.pages + 4);
	assert_int_equal(there.leaves[1], before.leaves[1] - 4);
	assert_int_equal(there.leaves[0], before.leaves[0] +
					  RECOLOR_RAM_BYTES / PAGE_BYTES);
	go(0);
	after = root_use();
	assert_memory_equal(&after, &before, sizeof(after));
	assert_int_equal(page_pool_used(), pool);
	expect_on(ALL);
}

static void test_blocks_again(void **state)
{
	(void)state;
	expect_blocks_again();
	/* Nothing else was away than what was joined, and each once. */
	go(HIGH);
	assert_int_equal(ask(0, 0, NULL), 0);
	fake.icache_flushes = 0;
	fake.cell_flushes = 0;
	run();
	assert_int_equal(fake.cell_flushes, fake.icache_flushes + 4);
}

/* The same where each CPU has to be told, and tables are x86's. */
static void test_blocks_again_without_broadcast(void **state)
{
	fake_stage2_format = &ept_format;
	assert_int_equal(setup(state), 0);
	fake_tlb_local = true;
	expect_blocks_again();
	fake_tlb_local = false;
	fake_stage2_format = NULL;
}

/* Sixteen adjacent pages are a group, on some colors too. */
static void test_groups_on_colors(void **state)
{
	struct page_table_use before, there, after;

	(void)state;
	sys.coloring.llc_sets = 8192;
	assert_int_equal(boot(), 0);
	root_fill();
	before = root_use();
	go(UINT64_MAX);
	there = root_use();
	assert_int_equal(there.grouped, before.grouped +
					RECOLOR_RAM_BYTES / PAGE_BYTES);
	assert_int_equal(there.leaves[0], before.leaves[0]);
	go(0);
	after = root_use();
	assert_memory_equal(&after, &before, sizeof(after));
	expect_on(ALL);
}

/* Memory that is to be mapped in pages is not joined. */
static void expect_pages_stay(void)
{
	struct page_table_use before, after;

	recolor_system_init(&sys);
	sys.memory[RECOLOR_OWN].flags |= MEM_NO_HUGEPAGES;
	assert_int_equal(boot(), 0);
	root_fill();
	before = root_use();
	go(HIGH);
	go(0);
	after = root_use();
	assert_memory_equal(&after, &before, sizeof(after));
	expect_on(ALL);
}

static void test_pages_stay_pages(void **state)
{
	(void)state;
	expect_pages_stay();
	fake_stage2_format = &ept_format;
	expect_pages_stay();
	fake_stage2_format = NULL;
}

/* From when all has moved there is no way back: the answer says what it has. */
static void test_turned_too_late(void **state)
{
	struct color_request answer;

	(void)state;
	go(HIGH);
	assert_int_equal(ask(0, 0, &answer), 0);
	assert_int_equal(answer.colors[0], 0);
	do {
		assert_true(step(0) > 0);
		assert_int_equal(ask(0, COLOR_REQUEST_LOOK, &answer), 0);
	} while (answer.left_bytes || answer.colors[0] == HIGH);
	assert_true(step(COLOR_STEP_TURN) > 0);
	cells_expect(ask(HIGH, 0, NULL), -EBUSY, "is changing its colors");
	run();
	assert_int_equal(ask(0, COLOR_REQUEST_LOOK, &answer), 0);
	assert_int_equal(answer.colors[0], 0);
	assert_int_equal(colors_of_root(), 0);
	expect_on(ALL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_blocks_again, setup),
		cmocka_unit_test_setup(test_blocks_again_without_broadcast,
				       setup),
		cmocka_unit_test_setup(test_groups_on_colors, setup),
		cmocka_unit_test_setup(test_pages_stay_pages, setup),
		cmocka_unit_test_setup(test_turned_too_late, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
