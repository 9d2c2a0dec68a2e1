/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator on colors: a cell alone, and beside system and neighbours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "colored-blobs.h"
#include "hv/config-check.h"
#include "hv/errno.h"

static struct colored_system sys;
static struct colored_cell cell, other;
static struct blob_cell plain;
static bool beside_plain;

static int setup(void **state)
{
	(void)state;
	colored_system_init(&sys);
	colored_cell_init(&cell, 1, 0x00ff);
	colored_cell_init(&other, 2, 0xff00);
	blob_cell_init(&plain, 3);
	beside_plain = false;
	return 0;
}

static int check_alone(struct reason *reason)
{
	struct colored_cell *copy = malloc(sizeof(cell));
	int error;

	*copy = cell;
	reason->text[0] = '\0';
	error = config_check_cell(copy, sizeof(*copy), CONFIG_ARCH_ARM64,
				  reason);
	free(copy);
	return error;
}

static int check_system(struct reason *reason)
{
	struct colored_system *copy = malloc(sizeof(sys));
	int error;

	*copy = sys;
	reason->text[0] = '\0';
	error = config_check_system(copy, sizeof(*copy), CONFIG_ARCH_ARM64,
				    reason);
	free(copy);
	return error;
}

static int check_together(struct reason *reason)
{
	struct config_view view, views[2];
	const struct config_view *others[] = { &views[0], &views[1] };

	reason->text[0] = '\0';
	if (check_system(reason) || check_alone(reason))
		fail_msg("not valid alone: %s", reason->text);
	config_view_init(&view, &cell.cell, sizeof(cell));
	config_view_init(&views[0], &other.cell, sizeof(other));
	config_view_init(&views[1], &plain.cell, sizeof(plain));
	return config_check_together(&sys.system, sizeof(sys), &view, others,
				     beside_plain ? 2 : 1, reason);
}

static void expect(int (*check)(struct reason *reason), int error,
		   const char *words)
{
	struct reason reason;
	int found = check(&reason);

	if (found != error || !strstr(reason.text, words))
		fail_msg("wanted %d with \"%s\", found %d: \"%s\"", error,
			 words, found, reason.text);
}

static void test_good_ones(void **state)
{
	(void)state;
	expect(check_system, 0, "");
	expect(check_alone, 0, "");
	expect(check_together, 0, "");
}

static void test_records_alone(void **state)
{
	struct weir_record_colors *colors = &cell.colors;

	(void)state;
	colors->list[0] = 0;
	expect(check_alone, -EINVAL, "zero colors");
	colors->how = COLORS_COUNT;
	expect(check_alone, -EINVAL, "zero colors");
	colors->amount = 129;
	expect(check_alone, -EINVAL, "at most 128");
	colors->how = COLORS_SHARE;
	expect(check_alone, 0, "");
	colors->amount = 1001;
	expect(check_alone, -EINVAL, "at most 1000");
	colors->amount = 5;
	colors->list[1] = 1;
	expect(check_alone, -EINVAL, "as well");
	colors->how = COLORS_LIST;
	expect(check_alone, -EINVAL, "as well");
	colors->amount = 0;
	expect(check_alone, 0, "");
	colors->how = 4;
	expect(check_alone, -EINVAL, "way 4");
	colors->how = 0;
	expect(check_alone, -EINVAL, "way 0");
}

static void test_regions_alone(void **state)
{
	struct memory_region *own = &cell.memory[COLORED_OWN];
	struct memory_region *shared = &cell.memory[COLORED_SHARED];

	(void)state;
	own->flags |= MEM_DMA;
	expect(check_alone, 0, "");
	expect(check_together, -EINVAL,
	       "without an SMMUv3 no device finds its pages");
	own->flags &= ~MEM_DMA;
	own->flags ^= MEM_IO | MEM_LOADABLE;
	expect(check_alone, -EINVAL, "do not suit colored memory");
	own->flags ^= MEM_IO | MEM_LOADABLE;
	own->flags |= MEM_ROOTSHARED;
	expect(check_alone, -EINVAL, "no memory region is colored");
	own->flags &= ~(MEM_ROOTSHARED | MEM_COLORED);
	expect(check_alone, -EINVAL, "all memory of a colored cell");
	own->flags |= MEM_COLORED;
	shared->flags = MEM_READ;
	expect(check_alone, 0, "");
	shared->flags = MEM_READ | MEM_WRITE;
	expect(check_alone, -EINVAL, "memory region 2");
	own->flags = MEM_READ;
	shared->flags = MEM_READ | MEM_ROOTSHARED;
	expect(check_alone, -EINVAL, "no memory region is colored");
	own->flags = MEM_READ | MEM_COLORED;
	own->size += 8;
	expect(check_alone, -EINVAL, "");
}

static void test_colors_need_a_record(void **state)
{
	(void)state;
	cell.colors.record.type = 200;
	cell.colors.record.flags = WEIR_RECORD_OPTIONAL;
	expect(check_alone, -EINVAL, "the cell has no colors");
	cell.memory[COLORED_OWN].flags &= ~MEM_COLORED;
	expect(check_alone, 0, "");
}

/* A device needs an IOMMU of the machine's own kind. */
static void test_devices(void **state)
{
	struct iommu_unit *unit = &sys.system.platform.iommu_units[0];
	struct config_view view;
	struct reason reason;

	(void)state;
	config_view_init(&view, &cell.cell, sizeof(cell));
	cell.pci.type = PCI_TYPE_IVSHMEM;
	expect(check_together, 0, "");
	cell.pci.type = PCI_TYPE_DEVICE;
	expect(check_together, -EINVAL, "PCI device 0x8 in a colored cell");
	cell.pci.type = PCI_TYPE_BRIDGE;
	expect(check_together, -EINVAL, "PCI device 0x8 in a colored cell");
	unit->type = IOMMU_INTEL;
	unit->base = 0xfed90000;
	unit->size = 0x1000;
	expect(check_together, -EINVAL,
	       "PCI device 0x8 in a colored cell: without an SMMUv3");
	unit->type = IOMMU_MMU500;
	expect(check_together, -EINVAL, "without an SMMUv3");
	*unit = (struct iommu_unit){ .type = IOMMU_SMMUV3, .base = 0x9050000,
				     .size = 0x20000 };
	expect(check_together, -EINVAL, "lists no stream id");
	cell.pci.type = PCI_TYPE_IVSHMEM;
	cell.memory[COLORED_OWN].flags |= MEM_DMA;
	expect(check_together, 0, "");
	cell.memory[COLORED_OWN].flags &= ~MEM_DMA;
	cell.pci.type = PCI_TYPE_BRIDGE;
	*unit = (struct iommu_unit){ .type = IOMMU_INTEL, .base = 0xfed90000,
				     .size = 0x1000 };
	sys.system.architecture = CONFIG_ARCH_X86;
	cell.memory[COLORED_OWN].flags |= MEM_DMA;
	assert_int_equal(config_check_together(&sys.system, sizeof(sys), &view,
					       NULL, 0, &reason), 0);
	unit->base = 0;
	assert_int_equal(config_check_together(&sys.system, sizeof(sys), &view,
					       NULL, 0, &reason), -EINVAL);
	assert_non_null(strstr(reason.text, "without an IOMMU"));
	cell.pci.type = PCI_TYPE_IVSHMEM;
	assert_int_equal(config_check_together(&sys.system, sizeof(sys), &view,
					       NULL, 0, &reason), -EINVAL);
	assert_non_null(strstr(reason.text, "memory region 0 is colored"));
	/* Alone, no cell knows. */
	assert_int_equal(check_alone(&reason), 0);
	cell.cell.architecture = CONFIG_ARCH_X86;
	assert_int_equal(config_check_cell(&cell, sizeof(cell), CONFIG_ARCH_X86,
					   &reason), 0);
}

static void test_system_records(void **state)
{
	struct weir_record_coloring *coloring = &sys.coloring;

	(void)state;
	coloring->llc_ways = 0;
	expect(check_system, -EINVAL, "all three or none");
	coloring->llc_sets = 0;
	coloring->llc_line_bytes = 0;
	expect(check_system, 0, "");
	coloring->flags = 2;
	expect(check_system, -EINVAL, "not known");
	coloring->flags = COLORING_NO_LLC;
	expect(check_system, 0, "");
	coloring->llc_sets = 1000;
	expect(check_system, -EINVAL, "all three or none");
	coloring->flags = 0;
	coloring->llc_ways = 16;
	coloring->llc_line_bytes = 64;
	expect(check_system, -EINVAL, "powers of two");
	coloring->llc_sets = 1024;
	coloring->banks_count = 5;
	expect(check_system, -EINVAL, "at most 4");
	coloring->banks_count = 1;
	expect(check_system, -EINVAL, "bank function 0x0");
	coloring->banks[0] = 1 << 17;
	expect(check_system, 0, "");
	sys.memory[BLOB_RAM].flags |= MEM_COLORED;
	expect(check_system, -EINVAL, "while its pages move");
	sys.memory[BLOB_RAM].flags &= ~MEM_DMA;
	expect(check_system, -EINVAL, "root cell's memory is not colored");
}

static void test_colors_that_do_not_exist(void **state)
{
	(void)state;
	cell.colors.list[0] = 1 << 16;
	expect(check_together, -EINVAL, "color 16 does not exist: there are 16");
	cell.colors.list[0] = 1;
	cell.colors.list[1] = 1ull << 63;
	expect(check_together, -EINVAL, "color 127 does not exist");
	cell.colors.list[1] = 0;
	expect(check_together, 0, "");
}

static void test_overlap(void **state)
{
	(void)state;
	cell.colors.list[0] = 0x01ff;
	expect(check_together, -EBUSY, "color 8 belongs to cell \"cell-2\"");
	/* Wherever its memory is: the sets of the cache are the same. */
	cell.memory[COLORED_OWN].phys_start += 0x4000000;
	expect(check_together, -EBUSY, "color 8 belongs to cell \"cell-2\"");
}

static void test_amounts(void **state)
{
	(void)state;
	cell.colors.list[0] = 0;
	cell.colors.how = COLORS_COUNT;
	cell.colors.amount = 8;
	expect(check_together, 0, "");
	cell.colors.amount = 9;
	expect(check_together, -EBUSY, "9 colors are asked for: of 16, 8 are free");
	cell.colors.amount = 17;
	expect(check_together, -EINVAL, "17 colors are asked for: of 16, 8");
	cell.colors.how = COLORS_SHARE;
	cell.colors.amount = 500;
	expect(check_together, 0, "");
	cell.colors.amount = 563;
	expect(check_together, -EBUSY, "9 colors");
	cell.colors.amount = 62;
	expect(check_together, -EINVAL, "62 permille of 16 colors");
}

static void test_choice_is_the_lowest(void **state)
{
	struct config_view view, other_view, root;
	const struct config_view *others[] = { &other_view };
	struct color_geometry geometry;
	struct color_set colors;

	(void)state;
	cell.colors.list[0] = 0;
	cell.colors.how = COLORS_SHARE;
	cell.colors.amount = 250;
	other.colors.list[0] = 0x00f2;
	config_view_init(&view, &cell.cell, sizeof(cell));
	config_view_init(&other_view, &other.cell, sizeof(other));
	config_view_init(&root, &sys.system.root_cell,
			 sizeof(sys) - offsetof(struct system_desc, root_cell));
	assert_int_equal(config_geometry(&root, &geometry, NULL), 0);
	assert_int_equal(config_choose_colors(&view, &root, &geometry,
					      others, 1, &colors, NULL), 0);
	assert_int_equal(colors.word[0], 0x010d);
	config_settle_colors(&view, &colors);
	assert_int_equal(cell.colors.how, COLORS_LIST);
	assert_int_equal(cell.colors.list[0], 0x010d);
	expect(check_together, 0, "");
}

static void test_spans(void **state)
{
	struct memory_region *own = &cell.memory[COLORED_OWN];

	(void)state;
	/* 2 MiB on 8 of 16 colors span 4 MiB; the root's RAM ends at 0x7e100000. */
	other.memory[COLORED_SHARED] = (struct memory_region){ 0 };
	own->phys_start = 0x7e100000 - 0x400000;
	expect(check_together, 0, "");
	own->phys_start += 0x10000;
	expect(check_together, -EINVAL,
	       "0x200000 bytes span 0x3f8000: 0x7e100000 is no RAM");
	cell.colors.list[0] = 1;
	own->phys_start = 0x7e100000 - 0x2000000;
	expect(check_together, 0, "");
	own->phys_start += 0x10000;
	expect(check_together, -EINVAL, "0x200000 bytes span 0x1ff1000");
	own->virt_start = 1ull << 40;
	own->phys_start = 1ull << 47;
	own->size = 1ull << 46;
	expect(check_together, -EINVAL, "beyond 48 address bits");
	own->phys_start = 0x6fc00000;
	own->size = 0x200000;
	expect(check_together, -EINVAL, "overlaps the hypervisor's");
	/* The same span without the hypervisor's pages is none of the root's. */
	own->phys_start = FAKE_HV_START;
	own->size = 0x1000;
	cell.colors.list[0] = 0x80;
	expect(check_together, -EINVAL, "overlaps the hypervisor's");
}

/* An uncolored region amid the span is met only if pages of the colors do. */
static void test_beside_uncolored(void **state)
{
	struct memory_region *rom = &plain.memory[BLOB_ROM];

	(void)state;
	beside_plain = true;
	expect(check_together, 0, "");
	rom->phys_start = cell.memory[COLORED_OWN].phys_start + 0x8000;
	rom->size = 0x8000;
	expect(check_together, 0, "");
	rom->size = 0x9000;
	expect(check_together, -EBUSY, "overlaps region 1 of cell \"cell-3\"");
	rom->size = 0x8000;
	rom->phys_start -= 0x1000;
	expect(check_together, -EBUSY, "overlaps region 1 of cell \"cell-3\"");
}

static void test_uncolored_beside_colored(void **state)
{
	struct config_view view, other_view;
	const struct config_view *others[] = { &other_view };
	struct memory_region *rom = &plain.memory[BLOB_ROM];
	struct reason reason;

	(void)state;
	config_view_init(&view, &plain.cell, sizeof(plain));
	config_view_init(&other_view, &other.cell, sizeof(other));
	rom->phys_start = other.memory[COLORED_OWN].phys_start;
	rom->size = 0x8000;
	assert_int_equal(config_check_together(&sys.system, sizeof(sys), &view,
					       others, 1, &reason), 0);
	rom->size = 0x9000;
	assert_int_equal(config_check_together(&sys.system, sizeof(sys), &view,
					       others, 1, &reason), -EBUSY);
	assert_non_null(strstr(reason.text, "region 0 of cell \"cell-2\""));
}

static void test_no_geometry(void **state)
{
	struct config_view root;
	const struct color_cache cache = { 1024, 16, 64 };
	struct color_geometry geometry;

	(void)state;
	/* The machine decides: a list is compared, the rest is left to it. */
	sys.coloring.llc_sets = 0;
	sys.coloring.llc_ways = 0;
	sys.coloring.llc_line_bytes = 0;
	expect(check_together, 0, "");
	cell.colors.list[0] = 1 << 16 | 1;
	expect(check_together, 0, "");
	config_view_init(&root, &sys.system.root_cell,
			 sizeof(sys) - offsetof(struct system_desc, root_cell));
	assert_int_equal(config_geometry(&root, &geometry, NULL), -EAGAIN);
	config_settle_cache(&root, &cache);
	assert_int_equal(config_geometry(&root, &geometry, NULL), 0);
	assert_int_equal(color_count(&geometry), 16);
	expect(check_together, -EINVAL, "color 16 does not exist");
	cell.colors.list[0] = 0x0100;
	expect(check_together, -EBUSY, "color 8");
	sys.coloring.record.type = 200;
	sys.coloring.record.flags = WEIR_RECORD_OPTIONAL;
	expect(check_together, -EINVAL, "no record of colors");
}

/* Colored configurations with a few bytes changed: refused or walkable. */
static void test_fuzz(void **state)
{
	const struct colored_cell good = cell;
	uint64_t random = 20260101;
	unsigned int accepted = 0;

	(void)state;
	for (unsigned int i = 0; i < 200000; i++) {
		struct config_view view, other_view;
		const struct config_view *others[] = { &other_view };
		struct reason reason = { "" };

		cell = good;
		for (unsigned int n = 0; n < 2; n++) {
			size_t from = n ? offsetof(struct colored_cell, colors) :
					  offsetof(struct colored_cell, memory);
			size_t room = sizeof(cell) - from - 8;
			uint64_t value;

			random = random * 6364136223846793005ull +
				 1442695040888963407ull;
			value = random >> (random >> 58);
			memcpy((uint8_t *)&cell + from + (random >> 20) % room,
			       &value, 1 + (random >> 40) % 8);
		}
		if (check_alone(&reason))
			continue;
		config_view_init(&view, &cell.cell, sizeof(cell));
		config_view_init(&other_view, &other.cell, sizeof(other));
		if (!config_check_together(&sys.system, sizeof(sys), &view,
					   others, 1, &reason))
			accepted++;
		else
			assert_int_not_equal(reason.text[0], '\0');
	}
	assert_in_range(accepted, 100, 150000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_good_ones, setup),
		cmocka_unit_test_setup(test_records_alone, setup),
		cmocka_unit_test_setup(test_regions_alone, setup),
		cmocka_unit_test_setup(test_colors_need_a_record, setup),
		cmocka_unit_test_setup(test_devices, setup),
		cmocka_unit_test_setup(test_system_records, setup),
		cmocka_unit_test_setup(test_colors_that_do_not_exist, setup),
		cmocka_unit_test_setup(test_overlap, setup),
		cmocka_unit_test_setup(test_amounts, setup),
		cmocka_unit_test_setup(test_choice_is_the_lowest, setup),
		cmocka_unit_test_setup(test_spans, setup),
		cmocka_unit_test_setup(test_beside_uncolored, setup),
		cmocka_unit_test_setup(test_uncolored_beside_colored, setup),
		cmocka_unit_test_setup(test_no_geometry, setup),
		cmocka_unit_test_setup(test_fuzz, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
