/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hypervisor on colors of its own: what the unit reads for itself is of these
 * colors, beginning with what its registers say.
 */
#include "trial.h"

#include "configs/x86/q35.h"
#include "hv/coloring.h"
#include "hv/paging.h"
#include "hv/setup.h"
#include "hypervisor/arch/x86/vtd-internal.h"
#include "places.h"
#include "tests/vmx/test.h"

#define TABLE_PAGES		16u		/* that of interrupts */

static struct color_set own;

static void expect_own(uint64_t entry, unsigned int pages)
{
	for (unsigned int n = 0; n < pages; n++)
		expect(color_set_has(&own,
				     color_of(coloring_geometry(),
					      (entry & SECOND_ADDRESS) +
						      n * PAGE_BYTES)));
}

static uint64_t entry_of(uint64_t entry, uint64_t index)
{
	hpa_t table = hpa(entry & SECOND_ADDRESS);

	return table.value ? ((uint64_t *)hv_phys_to_virt(table))[index] : 0;
}

static uint64_t unit_has(unsigned int reg)
{
	return vtd_read64(vtd.unit[0].registers, reg);
}

/* On the way to the page that the device finds there. */
static uint64_t walk(uint16_t bdf, uint64_t address)
{
	uint64_t entry = unit_has(VTD_ROOT);
	unsigned int level = vtd.levels;

	expect_own(entry, 1);
	entry = entry_of(entry, 2 * (bdf >> 8));
	expect_own(entry, 1);
	entry = entry_of(entry, 2 * (bdf & 0xff));
	do {
		expect_own(entry, 1);
		level--;
		entry = entry_of(entry, address >> (12 + 9 * level) & 511);
	} while (level > 0 && !(entry & SECOND_BLOCK));
	return (entry & SECOND_ADDRESS) +
	       (address & ((PAGE_BYTES << 9 * level) - 1));
}

void trial_own_colors(uint64_t cell_phys)
{
	struct config_view root;

	system_view(&root);
	own = config_own_colors(&root);
	if (color_set_count(&own) == 0)
		return;
	test_begin("what the unit reads is of the hypervisor's colors");
	expect_own(unit_has(VTD_QUEUE_ADDRESS), 1);
	expect_own(unit_has(VTD_INTERRUPT_TABLE), TABLE_PAGES);
	expect_equal(walk(Q35_DEVICE_ROOT, PLACE_PATTERN), PLACE_PATTERN);
	expect_equal(walk(Q35_DEVICE_CELL, 0), cell_phys);
	test_end();
}
