/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypervisor on colors of its own, on the fake machine. */
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
#include "hv/relocate.h"
#include "hv/setup.h"

#define OWN	0x3ull
#define GUARD	(image_header.core_size + PAGE_BYTES)

static struct own_system sys;

/* Foreign memory that is mapped before it moves: one page, several, not whole ones. */
static struct {
	uint64_t phys, bytes;
	uint8_t *virt;
} mapped[] = {
	{ 0x09000000, PAGE_BYTES, NULL },
	{ 0x09100000, 70 * PAGE_BYTES, NULL },
	{ 0x09203f80, 0x100, NULL },
	{ 0x0a000000, 3 * PAGE_BYTES, NULL },
};

static void map_foreign(void)
{
	for (size_t n = 0; n < ARRAY_COUNT(mapped); n++) {
		mapped[n].virt = hv_map(hpa(mapped[n].phys),
					 mapped[n].bytes,
					 MAP_READ | MAP_WRITE | MAP_DEVICE);
		assert_non_null(mapped[n].virt);
	}
	/* Gone again: between two that stay. */
	hv_unmap(mapped[1].virt, mapped[1].bytes);
}

static unsigned int color(uint64_t phys)
{
	return (unsigned int)(phys / PAGE_BYTES) % 16;
}

static bool is_own(uint64_t phys)
{
	return sys.own.list[0] >> color(phys) & 1;
}

static int boot(void)
{
	struct reason reason;
	int error;

	fake_machine();
	image_header.max_cpus = 4;
	fake.guard_offset = GUARD;
	error = fake_boot(&sys, sizeof(sys));
	if (!error)
		map_foreign();
	if (!error)
		error = relocate_map(&reason);
	if (error)
		return error;
	/* One thread: only the first CPU goes over. */
	image_header.online_cpus = 1;
	relocate_cpu(fake_cpu_area(0), true);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	own_system_init(&sys);
	return boot();
}

/* The tables that CPUs run on now: what they have at this address. */
static uint64_t phys_at(const void *virt)
{
	uint32_t flags;
	hpa_t phys;

	if (!page_table_translate(arch_hv_table(), (uintptr_t)virt, &phys,
				  &flags))
		return 0;
	return phys.value;
}

static const uint8_t *hv_page(uint64_t offset)
{
	return (const uint8_t *)arch_hv_base() + offset;
}

/* All that it has before the pool, and what the pool is left as it was. */
static void test_image_and_areas(void **state)
{
	uint64_t pool = (uint64_t)((uint8_t *)page_pool_start() -
				   (uint8_t *)arch_hv_base());

	(void)state;
	assert_int_equal(fake.switched_root,
			 hv_virt_to_phys(arch_hv_table()->root).value);
	for (uint64_t at = 0; at < pool; at += PAGE_BYTES) {
		uint64_t phys = phys_at(hv_page(at));

		if (at == GUARD) {
			assert_int_equal(phys, 0);
			continue;
		}
		assert_true(is_own(phys));
		assert_int_equal(phys, relocate_phys(at).value);
		assert_true(phys >= FAKE_HV_START + pool);
	}
	for (uint64_t at = pool; at < FAKE_HV_BYTES; at += PAGE_BYTES)
		assert_int_equal(phys_at(hv_page(at)), FAKE_HV_START + at);
}

/* What it had mapped it has where it was; what it had not, not. */
static void test_foreign_memory(void **state)
{
	const uint8_t *start = (uint8_t *)(uintptr_t)arch_hv_remap_base();
	unsigned int pages_count = 0;

	(void)state;
	for (size_t n = 0; n < ARRAY_COUNT(mapped); n++) {
		for (uint64_t at = 0; at < mapped[n].bytes; at += PAGE_BYTES)
			assert_int_equal(phys_at(mapped[n].virt + at),
					 n == 1 ? 0 : mapped[n].phys + at);
	}
	for (size_t page = 0; page < HV_REMAP_PAGES; page++)
		pages_count += phys_at(start + page * PAGE_BYTES) != 0;
	assert_int_equal(pages_count, 1 + 2 + 3);
}

/* What was there is there; the configuration is behind the areas. */
static void test_contents(void **state)
{
	uint64_t config = (uint64_t)((const uint8_t *)system_config -
				     hv_page(0));

	(void)state;
	assert_memory_equal(fake_ram(relocate_phys(config & PAGE_MASK).value),
			    hv_page(config & PAGE_MASK), PAGE_BYTES);
	assert_true(fake.icache_flushes >= 1);
}

static void expect_own(const uint64_t *tables, unsigned int level,
		       const struct paging_format *format)
{
	assert_true(is_own(hv_virt_to_phys(tables).value));
	for (unsigned int i = 0; level && i < 512; i++)
		if (format->is_table(level, tables[i]))
			expect_own(hv_phys_to_virt(format->address(tables[i])),
				   level - 1, format);
}

/* Tables of the hypervisor and of cells, those made later too. */
static void test_tables(void **state)
{
	const struct page_table *own = arch_hv_table();
	struct colored_cell blob;

	(void)state;
	expect_own(own->root, own->format->levels - 1, own->format);
	colored_cell_init(&blob, 1, 0x0c);
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	for (unsigned int id = 0; id < 2; id++) {
		const struct page_table *table =
			arch_cell_table(cell_by_id(id));

		expect_own(table->root, table->format->levels - 1,
			   table->format);
	}
	/* What a cell polls is on the cell's colors. */
	assert_int_equal(color(cell_by_id(1)->comm_phys.value), 2);
}

static void test_pool(void **state)
{
	size_t used = page_pool_used();
	void *pair, *page;

	(void)state;
	pair = page_alloc(2);
	assert_non_null(pair);
	assert_int_equal(color(hv_virt_to_phys(pair).value), 0);
	page_free(pair, 2);
	/* Three in a row there are none of. */
	assert_null(page_alloc(3));
	page = page_alloc(1);
	assert_true(is_own(hv_virt_to_phys(page).value));
	page_free(page, 1);
	assert_int_equal(page_pool_used(), used);
}

/* Nothing that was taken before the colors were known is still in use. */
static void test_foreign_pages(void **state)
{
	const struct color_geometry *geometry = coloring_geometry();
	uint64_t start = hv_virt_to_phys(page_pool_start()).value;
	struct color_set foreign;
	size_t left = 0;

	(void)state;
	color_set_all(&foreign, geometry);
	foreign.word[0] &= ~OWN;
	for (size_t page = 0; page < page_pool_size(); page++)
		left += !is_own(start + page * PAGE_BYTES);
	assert_true(left > 0);
	while (left && page_alloc_colored(geometry, &foreign))
		left--;
	assert_int_equal(left, 0);
}

/* A color that only the machine can say does not exist. */
static void test_geometry_asked(void **state)
{
	(void)state;
	own_system_init(&sys);
	sys.recolor.coloring.llc_sets = 0;
	sys.recolor.coloring.llc_ways = 0;
	sys.recolor.coloring.llc_line_bytes = 0;
	sys.own.list[0] = 0x30;
	fake_machine();
	fake.cache = (struct color_cache){ 256, 16, 64 };
	assert_int_equal(fake_boot(&sys, sizeof(sys)), -EINVAL);
	fake_machine();
	fake.cache = (struct color_cache){ 1024, 16, 64 };
	assert_int_equal(fake_boot(&sys, sizeof(sys)), 0);
}

/* Nobody else gets them, and all can know. */
static void test_others(void **state)
{
	struct color_report *report = fake_ram(BUFFER_GPA);
	struct colored_cell blob;

	(void)state;
	memset(report, 0, sizeof(*report));
	report->size = sizeof(*report);
	assert_int_equal(fake_hypercall(0, WEIR_HC_COLORS, BUFFER_GPA, 0), 0);
	assert_int_equal(report->hypervisor[0], OWN);
	colored_cell_init(&blob, 1, 0x06);
	cells_expect(cells_create(&blob, sizeof(blob)), -EBUSY,
		     "color 1 belongs to the hypervisor");
	cells_expect(cells_ask_root_colors(0xfffe), -EBUSY,
		     "color 1 belongs to the hypervisor");
	assert_int_equal(cells_ask_root_colors(0xfffc), 0);
	colored_cell_init(&blob, 1, 0);
	blob.colors.how = COLORS_COUNT;
	blob.colors.amount = 15;
	cells_expect(cells_create(&blob, sizeof(blob)), -EBUSY,
		     "15 colors are asked for: of 16, 14 are free");
	blob.colors.amount = 1;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	assert_int_equal(color(cell_by_id(1)->comm_phys.value), 2);
}

static void refused(enum config_arch arch, const char *words)
{
	struct reason reason = { "" };
	int error = config_check_system(&sys, sizeof(sys), arch, &reason);

	if (error >= 0 || !strstr(reason.text, words))
		fail_msg("wanted \"%s\", found %d: \"%s\"", words, error,
			 reason.text);
	own_system_init(&sys);
}

static void test_configurations(void **state)
{
	(void)state;
	sys.own.list[0] = 0;
	refused(CONFIG_ARCH_ARM64, "is given no color");
	sys.own.list[0] = 0x10000;
	refused(CONFIG_ARCH_ARM64,
		"color 16 of the hypervisor does not exist: there are 16");
	sys.recolor.root.list[0] = 0xfffe;
	refused(CONFIG_ARCH_ARM64, "color 1 belongs to the hypervisor");
	sys.own.record.size -= 8;
	refused(CONFIG_ARCH_ARM64, "16 bytes");
	sys.recolor.coloring.record.type = WEIR_RECORD_OPTIONS;
	refused(CONFIG_ARCH_ARM64, "record 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_image_and_areas, setup),
		cmocka_unit_test_setup(test_foreign_memory, setup),
		cmocka_unit_test_setup(test_contents, setup),
		cmocka_unit_test_setup(test_tables, setup),
		cmocka_unit_test_setup(test_pool, setup),
		cmocka_unit_test_setup(test_foreign_pages, setup),
		cmocka_unit_test_setup(test_geometry_asked, NULL),
		cmocka_unit_test_setup(test_others, setup),
		cmocka_unit_test_setup(test_configurations, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
