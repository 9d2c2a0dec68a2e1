/* SPDX-License-Identifier: GPL-2.0-only */
/* Remapping units and colored cells: a device finds the pages that the CPU finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "colored-blobs.h"
#include "hv/arch/paging.h"
#include "hv/coloring.h"
#include "hv/config-check.h"
#include "hypervisor/arch/x86/vtd.h"
#include "x86-vtd-checks.h"

/* The machine of the other test, with 16 colors, and a device of the root. */
struct colored_machine {
	struct blob_system plain;
	struct weir_record_coloring coloring;
} ABI_PACKED;

static void start_colored(const struct vtd_kind *kind)
{
	struct colored_machine blob;
	struct colored_system colored;

	fake_machine();
	fake.relax_ns = 1000;
	vtd_model_init(kind);
	memset(&blob, 0, sizeof(blob));
	machine_init(&blob.plain, VTD_MODEL_UNITS);
	colored_system_init(&colored);
	blob.coloring = colored.coloring;
	blob.plain.block.num_records++;
	blob.plain.block.size += sizeof(blob.coloring);
	assert_int_equal(fake_boot(&blob, sizeof(blob)), 0);
	enable_units(kind);
}

/* As arch_cell_map() and arch_cell_unmap() get it: run by run. */
static void each_run(struct cell *of, const struct memory_region *region,
		     struct cell *cell,
		     int (*action)(const struct cell *cell,
				   const struct memory_region *run))
{
	struct fragments fragments;
	struct memory_region run;

	fragments_init(&fragments, of, region);
	while (fragments_next(&fragments, &run)) {
		if (cell == cell_root())
			run.virt_start = run.phys_start;
		assert_int_equal(action(cell, &run), 0);
	}
}

/*
 * A colored cell whose device is checked elsewhere: this machine has units, but
 * is no x86.
 */
static struct cell *colored_cell(const struct memory_region **own)
{
	struct colored_cell blob, *config;
	struct config_view view;
	struct cell *cell;

	colored_cell_init(&blob, 1, 0x33c0);
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	cell = cell_by_id(1);
	config_view_init(&view, cell->config, cell->config_size);
	config = (struct colored_cell *)cell->config;
	config->memory[COLORED_OWN].flags |= MEM_DMA;
	config->pci.type = PCI_TYPE_DEVICE;
	config->pci.bdf = FAR_DEVICE;
	assert_int_equal(vtd_cell_init(cell, NULL), 0);
	*own = &view.memory[COLORED_OWN];
	return cell;
}

/* The device sees what the CPU sees, page by page, and the root's all the rest. */
static void expect_colored(const struct cell *cell,
			   const struct memory_region *own)
{
	uint64_t root_at = own->phys_start;

	for (uint64_t at = 0; at < own->size; at += PAGE_BYTES) {
		uint32_t flags;
		hpa_t phys;

		assert_true(arch_cell_translate(cell, gpa(own->virt_start + at),
						&phys, &flags));
		reaches(FAR_DEVICE, own->virt_start + at + 0x123,
			phys.value + 0x123);
		refused(DEVICE, phys.value);
		for (; root_at < phys.value; root_at += PAGE_BYTES)
			reaches(DEVICE, root_at, root_at);
		root_at += PAGE_BYTES;
	}
	refused(FAR_DEVICE, own->virt_start + own->size);
}

static void test_device_of_a_colored_cell(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
		const struct memory_region *own;
		struct cell *cell;

		start_colored(&kinds[k]);
		reaches(DEVICE, COLORED_RAM, COLORED_RAM);
		cell = colored_cell(&own);
		each_run(cell, own, cell, vtd_map);
		each_run(cell, own, cell_root(), vtd_unmap);
		assert_int_equal(vtd_config_commit(), 0);
		expect_colored(cell, own);
		each_run(cell, own, cell, vtd_unmap);
		refused(FAR_DEVICE, own->virt_start);
		lawful();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_device_of_a_colored_cell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
