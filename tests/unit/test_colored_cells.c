/* SPDX-License-Identifier: GPL-2.0-only */
/* Colored cells from creation to destruction, on the fake machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "colored-blobs.h"
#include "hv/arch/paging.h"
#include "hv/coloring.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/setup.h"
#include "hypervisor/arch/x86/include/pgtable.h"

#define RW		(MAP_READ | MAP_WRITE)
#define SPAN_BYTES	(2 * COLORED_RAM_BYTES)	/* on 8 of 16 colors */

static unsigned int color(uint64_t phys)
{
	return (unsigned int)(phys / PAGE_BYTES) % 16;
}

static int boot(uint32_t sets)
{
	struct colored_system system;

	colored_system_init(&system);
	system.coloring.llc_sets = sets;
	if (!sets) {
		system.coloring.llc_ways = 0;
		system.coloring.llc_line_bytes = 0;
	}
	return fake_boot(&system, sizeof(system));
}

static int setup(void **state)
{
	(void)state;
	fake_machine();
	return boot(1024);
}

static struct cell *make(unsigned int id, uint64_t colors)
{
	struct colored_cell blob;
	long error;

	colored_cell_init(&blob, id, colors);
	error = cells_create(&blob, sizeof(blob));
	if (error)
		fail_msg("create: %ld: %s", error, cells_last_reason());
	return cell_by_id(id);
}

/* Page n of the guest is the n-th page of the colors, and it is the cell's. */
static void expect_placed(const struct cell *cell, uint64_t colors)
{
	uint64_t phys = COLORED_RAM;

	for (uint64_t at = 0; at < COLORED_RAM_BYTES; at += PAGE_BYTES) {
		while (!(colors >> color(phys) & 1)) {
			assert_ptr_not_equal(fake_guest(cell, at, RW),
					     fake_ram(phys));
			phys += PAGE_BYTES;
		}
		assert_ptr_equal(fake_guest(cell, at, RW | MAP_EXECUTE),
				 fake_ram(phys));
		phys += PAGE_BYTES;
	}
	assert_null(fake_guest(cell, COLORED_RAM_BYTES, MAP_READ));
}

/* Which colors of the span the root sees, each page where it is. */
static void expect_root_sees(uint64_t colors)
{
	for (uint64_t at = 0; at < SPAN_BYTES; at += PAGE_BYTES) {
		void *seen = fake_guest(cell_root(), COLORED_RAM + at, RW);

		if (colors >> color(COLORED_RAM + at) & 1)
			assert_ptr_equal(seen, fake_ram(COLORED_RAM + at));
		else
			assert_null(seen);
	}
}

static bool colors_are(uint64_t colors, uint8_t value)
{
	for (uint64_t at = 0; at < SPAN_BYTES; at += PAGE_BYTES) {
		if ((colors >> color(COLORED_RAM + at) & 1) &&
		    !memory_is(COLORED_RAM + at, PAGE_BYTES, value))
			return false;
	}
	return true;
}

static void test_create(void **state)
{
	struct cell *cell;

	(void)state;
	memory_fill(COLORED_RAM, SPAN_BYTES, 0xaa);
	cell = make(1, 0x0fc3);
	expect_placed(cell, 0x0fc3);
	expect_root_sees(0xf03c);
	assert_true(colors_are(0x0fc3, 0));
	/* Not a byte beside them. */
	assert_true(colors_are(0xf03c, 0xaa));
	/* Nor does the communication page leave the colors. */
	assert_true(0x0fc3 >> color(cell->comm_phys.value) & 1);
	assert_ptr_equal(fake_guest(cell, BLOB_COMM, RW),
			 fake_ram(cell->comm_phys.value));
}

static void test_two_in_one_span(void **state)
{
	struct cell *a = make(1, 0x00ff), *b = make(2, 0xff00);

	(void)state;
	expect_placed(a, 0x00ff);
	expect_placed(b, 0xff00);
	expect_root_sees(0);
	memset(fake_guest(a, 0, RW), 0x11, PAGE_BYTES);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 2, 0), 0);
	expect_root_sees(0xff00);
	assert_int_equal(*(uint8_t *)fake_guest(a, 0, RW), 0x11);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	expect_root_sees(0xffff);
	assert_true(colors_are(0xffff, 0));
}

/* What the root had in blocks it has in blocks again, and no table more. */
static void test_root_is_whole_again(void **state)
{
	struct page_table_use before, beside, after;
	size_t pool = page_pool_used();

	(void)state;
	page_table_use(arch_cell_table(cell_root()), &before);
	make(1, 0x00ff);
	make(2, 0x0f00);
	page_table_use(arch_cell_table(cell_root()), &beside);
	assert_true(beside.pages > before.pages);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	page_table_use(arch_cell_table(cell_root()), &after);
	assert_int_equal(after.pages, beside.pages);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 2, 0), 0);
	page_table_use(arch_cell_table(cell_root()), &after);
	assert_memory_equal(&after, &before, sizeof(after));
	assert_int_equal(page_pool_used(), pool);
}

/* A region of the root that is to be mapped in pages stays so, and only it. */
static void expect_pages_stay(void)
{
	struct page_table_use before, after;
	struct colored_system system;

	colored_system_init(&system);
	system.memory[BLOB_RAM].flags |= MEM_NO_HUGEPAGES;
	fake_machine();
	assert_int_equal(fake_boot(&system, sizeof(system)), 0);
	page_table_use(arch_cell_table(cell_root()), &before);
	assert_true(before.leaves[0] >= 16 * MIB / PAGE_BYTES);
	make(1, 0x00ff);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	page_table_use(arch_cell_table(cell_root()), &after);
	assert_memory_equal(&after, &before, sizeof(after));
}

static void test_pages_stay_pages(void **state)
{
	(void)state;
	expect_pages_stay();
}

/* The same tables as x86 has them. */
static void test_extended_tables(void **state)
{
	fake_stage2_format = &ept_format;
	expect_pages_stay();
	assert_int_equal(setup(state), 0);
	test_root_is_whole_again(state);
	fake_stage2_format = NULL;
}

static void test_load_and_start(void **state)
{
	struct cell *a = make(1, 0x00ff);

	(void)state;
	make(2, 0xff00);
	assert_int_equal(fake_hypercall(0, HC_CELL_SET_LOADABLE, 1, 0), 0);
	expect_root_sees(0x00ff);
	assert_int_equal(fake_hypercall(0, HC_CELL_SET_LOADABLE, 2, 0), 0);
	expect_root_sees(0xffff);
	memset(fake_guest(cell_root(), COLORED_RAM + 0x10000, RW), 0x22, 16);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	expect_root_sees(0xff00);
	/* Page 16 of the span is page 8 of the guest. */
	assert_int_equal(*(uint8_t *)fake_guest(a, 0x8000, RW), 0x22);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 2, 0), 0);
	expect_root_sees(0);
}

static void test_refusals_change_nothing(void **state)
{
	struct colored_cell blob;
	size_t pool;

	(void)state;
	make(1, 0x00ff);
	pool = page_pool_used();
	colored_cell_init(&blob, 2, 0x0180);
	cells_expect(cells_create(&blob, sizeof(blob)), -EBUSY,
		     "color 7 belongs to cell \"cell-1\"");
	colored_cell_init(&blob, 2, 0x10000);
	cells_expect(cells_create(&blob, sizeof(blob)), -EINVAL,
		     "color 16 does not exist: there are 16");
	blob.colors.how = COLORS_COUNT;
	blob.colors.list[0] = 0;
	blob.colors.amount = 9;
	cells_expect(cells_create(&blob, sizeof(blob)), -EBUSY,
		     "9 colors are asked for: of 16, 8 are free");
	assert_int_equal(page_pool_used(), pool);
	assert_int_equal(cell_count(), 2);
	expect_root_sees(0xff00);
}

static void report_of(uint32_t id, struct color_report *report)
{
	struct color_report *buffer = fake_ram(BUFFER_GPA);

	memset(buffer, 0xff, sizeof(*buffer));
	buffer->size = sizeof(*buffer);
	buffer->cell_id = id;
	assert_int_equal(fake_hypercall(0, WEIR_HC_COLORS, BUFFER_GPA, 0), 0);
	*report = *buffer;
}

static void test_counts_and_shares(void **state)
{
	struct color_report report;
	struct colored_cell blob;

	(void)state;
	make(1, 0x0ff2);
	colored_cell_init(&blob, 2, 0);
	blob.colors.how = COLORS_SHARE;
	blob.colors.amount = 250;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	report_of(2, &report);
	assert_int_equal(report.colors[0], 0x100d);
	assert_int_equal(report.colors[1], 0);
	/* What is free again is chosen again. */
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	colored_cell_init(&blob, 3, 0);
	blob.colors.how = COLORS_COUNT;
	blob.colors.amount = 2;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	report_of(3, &report);
	assert_int_equal(report.colors[0], 0x0012);
	expect_root_sees(0xffff & ~0x101f);
}

static void test_report(void **state)
{
	struct color_report report;

	(void)state;
	make(1, 0x00f0);
	report_of(0, &report);
	assert_int_equal(report.llc_sets, 1024);
	assert_int_equal(report.llc_ways, 16);
	assert_int_equal(report.llc_line_bytes, 64);
	assert_int_equal(report.colors_count, 16);
	assert_int_equal(report.llc_colors_count, 16);
	assert_int_equal(report.functions[0], 0x1000);
	assert_int_equal(report.functions[3], 0x8000);
	assert_int_equal(report.functions[4], 0);
	assert_int_equal(report.colors[0], 0);
	report_of(1, &report);
	assert_int_equal(report.colors[0], 0x00f0);
	/* Not for everybody. */
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	assert_int_equal(fake_hypercall(1, WEIR_HC_COLORS, 0, 0), -EPERM);
}

static void test_the_machine_is_asked(void **state)
{
	struct color_report report;
	struct colored_cell blob;

	(void)state;
	fake_machine();
	fake.cache = (struct color_cache){ 512, 8, 64 };
	assert_int_equal(boot(0), 0);
	report_of(0, &report);
	assert_int_equal(report.llc_sets, 512);
	assert_int_equal(report.llc_ways, 8);
	assert_int_equal(report.colors_count, 8);
	colored_cell_init(&blob, 1, 0x100);
	cells_expect(cells_create(&blob, sizeof(blob)), -EINVAL,
		     "color 8 does not exist: there are 8");
	/* One that knows nothing about its cache is not guessed at. */
	fake_machine();
	assert_int_equal(boot(0), -ENODEV);
	fake_machine();
	fake.cache = (struct color_cache){ 768, 12, 64 };
	assert_int_equal(boot(0), -EINVAL);
}

static bool ring_has(const char *text)
{
	const struct console_ring *ring =
		fake_ram(FAKE_HV_START + image_header.console_ring);

	/* Nothing has been lost so far, and the last byte of it is 0. */
	return ring->tail < CONSOLE_RING_BYTES && strstr(ring->content, text);
}

/* Sets that follow from no address bits: refused, or said if they are insisted on. */
static void test_a_hash_is_said(void **state)
{
	(void)state;
	fake_machine();
	fake.cache = (struct color_cache){ 2048, 16, 64 };
	fake.cache_is_hashed = true;
	assert_int_equal(boot(0), -ENODEV);
	fake_machine();
	fake.cache = (struct color_cache){ 1024, 16, 64 };
	assert_int_equal(boot(1024), 0);
	assert_false(ring_has("WARNING"));
	fake_machine();
	fake.cache = (struct color_cache){ 1024, 16, 64 };
	fake.cache_is_hashed = true;
	assert_int_equal(boot(1024), 0);
	assert_true(ring_has("WARNING: a hash chooses the 1024 sets"));
}

static void test_no_coloring(void **state)
{
	struct color_report report;
	struct colored_cell blob;

	(void)state;
	assert_int_equal(cells_setup(NULL), 0);
	report_of(0, &report);
	assert_int_equal(report.colors_count, 0);
	assert_int_equal(report.colors[0], 0);
	colored_cell_init(&blob, 1, 1);
	cells_expect(cells_create(&blob, sizeof(blob)), -EINVAL,
		     "no record of colors");
}

static void test_nothing_leaks(void **state)
{
	size_t pool = 0, remap = 0;

	(void)state;
	for (unsigned int i = 0; i < 5; i++) {
		make(1, 0x00ff);
		make(2, 0x5500);
		assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
		assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
		assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 2, 0), 0);
		/* The first ones split blocks of the root, which stay split. */
		if (i == 0) {
			pool = page_pool_used();
			remap = remap_pool_used();
		}
		assert_int_equal(page_pool_used(), pool);
		assert_int_equal(remap_pool_used(), remap);
		expect_root_sees(0xffff);
	}
}

/* Whichever mapping fails, the cell is not there and the root has all. */
static void test_every_mapping_fails_once(void **state)
{
	struct colored_cell blob;
	unsigned int failures = 0;
	size_t pool;

	(void)state;
	make(1, 0x00ff);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	pool = page_pool_used();
	colored_cell_init(&blob, 1, 0x33cc);
	/* 12 runs: 12 parts of the cell, 12 of the root; comm, shared page. */
	blob.memory[COLORED_OWN].size = 0x20000;
	for (unsigned int n = 1; n < 1000; n++) {
		long error;

		fake.fail_map_after = n;
		error = cells_create(&blob, sizeof(blob));
		fake.fail_map_after = 0;
		if (!error)
			break;
		failures++;
		assert_int_equal(error, -ENOMEM);
		assert_int_equal(cell_count(), 1);
		assert_int_equal(page_pool_used(), pool);
		expect_root_sees(0xffff);
	}
	assert_int_equal(failures, 26);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	expect_root_sees(0xffff);
	assert_int_equal(page_pool_used(), pool);
}

/* The same when the root is to see what it may load. */
static void test_every_loading_fails_once(void **state)
{
	unsigned int n;

	(void)state;
	make(1, 0x00ff);
	for (n = 1; n < 1000; n++) {
		long error;

		fake.fail_map_after = n;
		error = fake_hypercall(0, HC_CELL_SET_LOADABLE, 1, 0);
		fake.fail_map_after = 0;
		if (!error)
			break;
		assert_int_equal(error, -ENOMEM);
		expect_root_sees(0xff00);
	}
	assert_int_equal(n, COLORED_RAM_BYTES / 0x8000 + 1);
	expect_root_sees(0xffff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_create, setup),
		cmocka_unit_test_setup(test_two_in_one_span, setup),
		cmocka_unit_test_setup(test_root_is_whole_again, setup),
		cmocka_unit_test_setup(test_pages_stay_pages, setup),
		cmocka_unit_test_setup(test_extended_tables, setup),
		cmocka_unit_test_setup(test_load_and_start, setup),
		cmocka_unit_test_setup(test_refusals_change_nothing, setup),
		cmocka_unit_test_setup(test_counts_and_shares, setup),
		cmocka_unit_test_setup(test_report, setup),
		cmocka_unit_test_setup(test_the_machine_is_asked, setup),
		cmocka_unit_test_setup(test_a_hash_is_said, setup),
		cmocka_unit_test_setup(test_no_coloring, setup),
		cmocka_unit_test_setup(test_nothing_leaks, setup),
		cmocka_unit_test_setup(test_every_mapping_fails_once, setup),
		cmocka_unit_test_setup(test_every_loading_fails_once, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
