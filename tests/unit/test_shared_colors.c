/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory on colors that cells share with the root: refused, mapped, gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "colored-blobs.h"
#include "hv/coloring.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/paging.h"

#define RW		(MAP_READ | MAP_WRITE)
#define SHARED		COLORED_REGIONS		/* the region of a cell */
#define ROOT_SHARED	RECOLOR_REGIONS

static struct shared_system sys;
static struct shared_cell cell;

static int setup(void **state)
{
	(void)state;
	shared_system_init(&sys);
	shared_cell_init(&cell, 1, 0x00f0);
	return 0;
}

static int boot(void **state)
{
	setup(state);
	fake_machine();
	return fake_boot(&sys, sizeof(sys));
}

static bool same_words(const struct reason *reason, const char *words)
{
	return strstr(reason->text, words) != NULL;
}

/* Of the system or the cell alone; what was changed is as before. */
static void refused_alone(bool is_system, const char *words)
{
	struct reason reason = { "" };
	int error = is_system ?
		config_check_system(&sys, sizeof(sys), CONFIG_ARCH_ARM64,
				    &reason) :
		config_check_cell(&cell, sizeof(cell), CONFIG_ARCH_ARM64,
				  &reason);

	if (error >= 0 || !same_words(&reason, words))
		fail_msg("wanted \"%s\", found %d: \"%s\"", words, error,
			 reason.text);
	setup(NULL);
}

static int check_together(struct reason *reason)
{
	struct config_view view;

	if (config_check_system(&sys, sizeof(sys), CONFIG_ARCH_ARM64, reason) ||
	    config_check_cell(&cell, sizeof(cell), CONFIG_ARCH_ARM64, reason))
		fail_msg("not valid alone: %s", reason->text);
	config_view_init(&view, &cell.cell, sizeof(cell));
	return config_check_together(&sys.system, sizeof(sys), &view, NULL, 0,
				     reason);
}

static void refused(int wanted, const char *words)
{
	struct reason reason = { "" };
	int error = check_together(&reason);

	if (error != wanted || !same_words(&reason, words))
		fail_msg("wanted %d with \"%s\", found %d: \"%s\"", wanted,
			 words, error, reason.text);
	setup(NULL);
}

static void test_good(void **state)
{
	(void)state;
	refused(0, "");
	/* A cell that has no colors of its own shares as well. */
	cell.colors.record.type = 200;
	cell.colors.record.flags = WEIR_RECORD_OPTIONAL;
	cell.memory[COLORED_OWN].flags &= ~MEM_COLORED;
	refused(0, "");
}

static void test_alone(void **state)
{
	(void)state;
	cell.shared.region = COLORED_OWN;
	refused_alone(false, "region 0, which is not shared and colored");
	cell.shared.region = COLORED_REGIONS + 1;
	refused_alone(false, "which is not shared and colored");
	cell.shared.region = UINT32_MAX;
	refused_alone(false, "which is not shared and colored");
	cell.shared.reserved = 1;
	refused_alone(false, "a reserved field is not 0");
	cell.shared.list[0] = 0;
	refused_alone(false, "is shared on no color");
	cell.shared.record.type = 200;
	cell.shared.record.flags = WEIR_RECORD_OPTIONAL;
	refused_alone(false, "0 records name its colors");
	cell.memory[COLORED_OWN].flags |= MEM_ROOTSHARED;
	refused_alone(false, "no memory region is colored");
	cell.memory[SHARED].flags |= MEM_IO;
	refused_alone(false, "do not suit colored memory");
	cell.memory[SHARED].size += 8;
	refused_alone(false, "memory region 5");
	sys.shared.list[0] = 0;
	refused_alone(true, "is shared on no color");
	sys.memory[ROOT_SHARED].flags |= MEM_DMA;
	refused_alone(true, "memory region 4 is colored: without an SMMUv3 no device finds its pages");
	sys.memory[RECOLOR_OWN].flags |= MEM_DMA;
	refused_alone(true, "memory region 1 is colored: devices do not follow");
}

/* With a unit, it is each one's own affair whether its devices reach it. */
static void test_devices(void **state)
{
	static const struct iommu_unit unit = {
		.type = IOMMU_SMMUV3, .base = 0x09050000, .size = 0x20000 };

	(void)state;
	for (unsigned int n = 0; n < 4; n++) {
		sys.system.platform.iommu_units[0] = unit;
		sys.memory[ROOT_SHARED].flags |= n & 1 ? MEM_DMA : 0;
		cell.memory[SHARED].flags |= n & 2 ? MEM_DMA : 0;
		refused(0, "");
	}
	/* That does not make memory movable that devices use. */
	sys.system.platform.iommu_units[0] = unit;
	sys.memory[RECOLOR_OWN].flags |= MEM_DMA;
	refused_alone(true, "memory region 1 is colored: devices do not follow");
}

/* Two regions of the root, on colors that are not the same ones. */
static void test_root_twice(void **state)
{
	struct memory_region *more = &sys.memory[RECOLOR_SHARED];

	(void)state;
	sys.own.record.type = WEIR_RECORD_SHARED_COLORS;
	*more = sys.memory[ROOT_SHARED];
	more->virt_start += SHARED_BYTES;
	/* Its record is too short: 24 bytes of 32. */
	refused_alone(true, "24 bytes, type 15 takes 32");
	*more = sys.memory[ROOT_SHARED];
	more->virt_start += SHARED_BYTES;
	refused_alone(true, "0 records name its colors");
}

static void test_root_alone(void **state)
{
	struct memory_region *region = &sys.memory[ROOT_SHARED];

	(void)state;
	sys.shared.list[0] = 0x11000;
	refused_alone(true, "color 16 of memory region 4 does not exist");
	sys.own.record.type = WEIR_RECORD_OWN_COLORS;
	sys.own.record.flags = 0;
	refused_alone(true, "color 13 belongs to the hypervisor");
	/* On the root's own colors. */
	sys.root.list[0] = 0x1fff;
	refused_alone(true, "color 12 belongs to cell");
	region->phys_start = RECOLOR_RAM + RECOLOR_SPAN_BYTES - 0x10000;
	refused_alone(true, "in the span of the root cell's colored memory");
	region->phys_start = FAKE_HV_START - 0x10000;
	refused_alone(true, "overlaps the hypervisor's");
	region->virt_start = FAKE_HV_START;
	refused_alone(true, "at virtual 0x70000000 overlaps the hypervisor's");
	region->virt_start = RECOLOR_WINDOW;
	refused_alone(true, "where the root cell's free pages are seen");
	region->virt_start = RECOLOR_RAM;
	refused_alone(true, "overlap at virtual");
	/* 64 pages on 2 of 16 colors span 512; the root's RAM ends there. */
	region->phys_start = 0x7e100000 - 0x1f0000;
	refused_alone(true,
		      "0x40000 bytes span 0x1fe000: 0x7e100000 is no RAM");
	sys.coloring.record.type = 201;
	sys.coloring.record.flags = WEIR_RECORD_OPTIONAL;
	refused_alone(true, "no record of colors");
}

static void test_disagreement(void **state)
{
	struct memory_region *region = &cell.memory[SHARED];

	(void)state;
	region->phys_start += PAGE_BYTES;
	refused(-EINVAL, "shared on colors from 0x78001000 on: the root cell shares nothing");
	region->size -= PAGE_BYTES;
	refused(-EINVAL, "shares 0x3f000 bytes, region 4 of the root cell 0x40000");
	cell.shared.list[0] = 0x7000;
	refused(-EINVAL, "only the cell has it on color 14");
	cell.shared.list[0] = 0x2000;
	refused(-EINVAL, "only the root cell has it on color 12");
	cell.shared.list[1] = 1;
	refused(-EINVAL, "only the cell has it on color 64");
	region->flags |= MEM_DMA;
	refused(-EINVAL, "no device finds its pages");
}

/* Who does not share has none of its colors, nor of its pages. */
static void test_others(void **state)
{
	struct memory_region *plain = &cell.memory[COLORED_SHARED];

	(void)state;
	cell.colors.list[0] = 0x10f0;
	refused(-EBUSY, "color 12 is for shared memory");
	cell.colors = (struct weir_record_colors){
		.record = cell.colors.record, .how = COLORS_COUNT,
		.amount = 15 };
	refused(-EBUSY, "15 colors are asked for: of 16, 14 are free");
	*plain = (struct memory_region){ SHARED_START + 0xb000, 0x30000000,
					 PAGE_BYTES, MEM_READ };
	refused(0, "");
	plain->phys_start += PAGE_BYTES;
	plain->virt_start = 0x30000000;
	plain->size = PAGE_BYTES;
	plain->flags = MEM_READ | MEM_ROOTSHARED;
	plain->phys_start = SHARED_START + 0xc000;
	refused(-EBUSY, "overlaps what region 4 of the root cell shares");
}

/* A color that only the machine can say does not exist. */
static void test_geometry_asked(void **state)
{
	(void)state;
	sys.coloring.llc_sets = 0;
	sys.coloring.llc_ways = 0;
	sys.coloring.llc_line_bytes = 0;
	refused(0, "");
	sys.coloring.llc_sets = 0;
	sys.coloring.llc_ways = 0;
	sys.coloring.llc_line_bytes = 0;
	fake_machine();
	fake.cache = (struct color_cache){ 512, 16, 64 };
	assert_int_equal(fake_boot(&sys, sizeof(sys)), -EINVAL);
}

/* ------------------------------------------------------------ while it runs */

static void expect_shared(const struct cell *who, uint64_t virt)
{
	for (uint64_t at = 0; at < SHARED_BYTES; at += PAGE_BYTES)
		assert_ptr_equal(fake_guest(who, virt + at, RW),
				 fake_ram(shared_phys(at)));
	assert_null(fake_guest(who, virt + SHARED_BYTES, MAP_READ));
}

static struct cell *make(unsigned int id, uint64_t colors)
{
	struct shared_cell blob;
	long error;

	shared_cell_init(&blob, id, colors);
	error = cells_create(&blob, sizeof(blob));
	if (error)
		fail_msg("create: %ld: %s", error, cells_last_reason());
	return cell_by_id(id);
}

static void test_all_see_it(void **state)
{
	struct cell *a, *b;
	size_t used;

	(void)state;
	expect_shared(cell_root(), SHARED_ROOT);
	memory_fill(SHARED_START, 16 * PAGE_BYTES, 0x5a);
	used = page_pool_used();
	a = make(1, 0x000f);
	b = make(2, 0x00f0);
	expect_shared(cell_root(), SHARED_ROOT);
	expect_shared(a, SHARED_CELL);
	expect_shared(b, SHARED_CELL);
	/* Nobody clears it, and what is beside it is nobody's. */
	assert_true(memory_is(SHARED_START, 16 * PAGE_BYTES, 0x5a));
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	expect_shared(b, SHARED_CELL);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 2, 0), 0);
	expect_shared(cell_root(), SHARED_ROOT);
	assert_true(memory_is(SHARED_START, 16 * PAGE_BYTES, 0x5a));
	assert_int_equal(page_pool_used(), used);
}

/* Colored memory of others in the same span does not touch it. */
static void test_span_of_others(void **state)
{
	struct shared_cell blob;

	(void)state;
	shared_cell_init(&blob, 1, 0x000f);
	blob.memory[COLORED_OWN].phys_start = SHARED_START;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	expect_shared(cell_by_id(1), SHARED_CELL);
	expect_shared(cell_root(), SHARED_ROOT);
	assert_null(fake_guest(cell_root(), SHARED_START, MAP_READ));
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	expect_shared(cell_root(), SHARED_ROOT);
	assert_ptr_equal(fake_guest(cell_root(), SHARED_START, RW),
			 fake_ram(SHARED_START));
}

static void test_failure_at_every_mapping(void **state)
{
	struct shared_cell blob;
	size_t used = page_pool_used();
	unsigned int n = 0;
	long error;

	(void)state;
	shared_cell_init(&blob, 1, 0x000f);
	do {
		fake.fail_map_after = ++n;
		error = cells_create(&blob, sizeof(blob));
		fake.fail_map_after = 0;
		expect_shared(cell_root(), SHARED_ROOT);
		if (error)
			assert_int_equal(page_pool_used(), used);
	} while (error);
	assert_true(n > SHARED_BYTES / PAGE_BYTES / 2);
	expect_shared(cell_by_id(1), SHARED_CELL);
}

static void test_report(void **state)
{
	struct color_report *report = fake_ram(BUFFER_GPA);

	(void)state;
	memset(report, 0, sizeof(*report));
	report->size = sizeof(*report);
	assert_int_equal(fake_hypercall(0, WEIR_HC_COLORS, BUFFER_GPA, 0), 0);
	assert_int_equal(report->shared[0], SHARED_COLORS);
	assert_int_equal(report->shared[1], 0);
	assert_int_equal(report->colors[0], 0);
}

/* The root's own memory does not move there. */
static void test_root_moves(void **state)
{
	(void)state;
	cells_expect(cells_ask_root_colors(0x1ff0), -EBUSY, "color 12 is for shared memory");
	make(1, 0x000f);
	assert_int_equal(cells_ask_root_colors(0x0ff0), 0);
}

/* --------------------------------------------------------------- random bytes */

static uint64_t random_state = 20261122;

static uint64_t random_next(void)
{
	random_state = random_state * 6364136223846793005ull +
		       1442695040888963407ull;
	return random_state >> 20;
}

/* What is accepted is the root's, page by page, and nobody else's. */
static void expect_sound(void)
{
	const struct memory_region *root = &sys.memory[ROOT_SHARED];

	for (unsigned int n = 0; n < cell.cell.num_memory_regions; n++) {
		const struct memory_region *region = &cell.memory[n];

		if (!region->size || (region->flags & MEM_COMM_REGION))
			continue;
		if (config_is_shared_colored(region)) {
			assert_int_equal(region->phys_start, root->phys_start);
			assert_int_equal(region->size, root->size);
			assert_memory_equal(cell.shared.list, sys.shared.list,
					    sizeof(cell.shared.list));
			continue;
		}
		if (region->flags & MEM_COLORED) {
			assert_int_equal(cell.colors.how == COLORS_LIST ?
					 cell.colors.list[0] & SHARED_COLORS :
					 0, 0);
			continue;
		}
		for (uint64_t at = 0; at < SHARED_BYTES; at += PAGE_BYTES)
			assert_false(region->phys_start <
				     shared_phys(at) + PAGE_BYTES &&
				     shared_phys(at) <
				     region->phys_start + region->size);
	}
}

static void change(void *blob, size_t from, size_t size)
{
	uint64_t value = random_next() >> random_next() % 44;
	size_t at = from + random_next() % (size - from - 8);

	memcpy((uint8_t *)blob + at, &value, 1 + random_next() % 8);
}

static void test_fuzz(void **state)
{
	unsigned int accepted = 0;

	(void)state;
	for (unsigned int i = 0; i < 200000; i++) {
		struct config_view view;
		struct reason reason = { "" };

		setup(NULL);
		change(&cell, offsetof(struct shared_cell, memory),
		       sizeof(cell));
		change(&cell, offsetof(struct shared_cell, options),
		       sizeof(cell));
		if (config_check_cell(&cell, sizeof(cell), CONFIG_ARCH_ARM64,
				      &reason))
			continue;
		config_view_init(&view, &cell.cell, sizeof(cell));
		if (config_check_together(&sys.system, sizeof(sys), &view, NULL,
					  0, &reason)) {
			assert_int_not_equal(reason.text[0], '\0');
			continue;
		}
		accepted++;
		expect_sound();
	}
	assert_in_range(accepted, 100, 150000);
}

/* Systems: refused, or their shared pages are where they may be. */
static void test_fuzz_systems(void **state)
{
	unsigned int accepted = 0;

	(void)state;
	for (unsigned int i = 0; i < 200000; i++) {
		const struct memory_region *region = &sys.memory[ROOT_SHARED];
		struct reason reason = { "" };
		struct color_geometry geometry;
		struct color_set colors = { { 0 } };
		struct config_view root;
		struct colored memory;

		setup(NULL);
		change(&sys, offsetof(struct shared_system,
				      memory[ROOT_SHARED]), sizeof(sys));
		change(&sys, offsetof(struct shared_system, shared),
		       sizeof(sys));
		if (config_check_system(&sys, sizeof(sys), CONFIG_ARCH_ARM64,
					&reason)) {
			assert_int_not_equal(reason.text[0], '\0');
			continue;
		}
		config_view_init(&root, &sys.system.root_cell, sizeof(sys) -
				 offsetof(struct system_desc, root_cell));
		if (!config_is_shared_colored(region) ||
		    config_geometry(&root, &geometry, NULL))
			continue;
		accepted++;
		colors = config_shared_colors(&root, region);
		memory = config_colored(&geometry, &colors, region);
		assert_true(region->phys_start + color_span(&memory) <=
			    0x7e100000);
		assert_false(color_meets(&memory, FAKE_HV_START,
					 FAKE_HV_BYTES));
	}
	assert_in_range(accepted, 100, 150000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_good, setup),
		cmocka_unit_test_setup(test_alone, setup),
		cmocka_unit_test_setup(test_devices, setup),
		cmocka_unit_test_setup(test_root_twice, setup),
		cmocka_unit_test_setup(test_root_alone, setup),
		cmocka_unit_test_setup(test_disagreement, setup),
		cmocka_unit_test_setup(test_others, setup),
		cmocka_unit_test_setup(test_geometry_asked, setup),
		cmocka_unit_test_setup(test_all_see_it, boot),
		cmocka_unit_test_setup(test_span_of_others, boot),
		cmocka_unit_test_setup(test_failure_at_every_mapping, boot),
		cmocka_unit_test_setup(test_report, boot),
		cmocka_unit_test_setup(test_root_moves, boot),
		cmocka_unit_test(test_fuzz),
		cmocka_unit_test(test_fuzz_systems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
