/* SPDX-License-Identifier: GPL-2.0-only */
/* Remapping units and colored cells: a device finds the pages that the CPU finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "colored-blobs.h"
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
	cell_view(cell, &view);
	config = (struct colored_cell *)cell->config;
	config->memory[COLORED_OWN].flags |= MEM_DMA;
	config->pci.type = PCI_TYPE_DEVICE;
	config->pci.bdf = FAR_DEVICE;
	assert_int_equal(vtd_cell_init(cell, NULL), 0);
	*own = &view.memory[COLORED_OWN];
	return cell;
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
		device_give_colored(&vtd_devices, cell, own);
		assert_int_equal(vtd_config_commit(), 0);
		device_expect_colored(&vtd_devices, cell, own, FAR_DEVICE,
				      DEVICE);
		device_take_colored(&vtd_devices, cell, own);
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
