/* SPDX-License-Identifier: GPL-2.0-only */
/* Remapping units in tests: kinds of them, and what devices reach. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "x86-vtd-checks.h"

#include "hypervisor/arch/x86/vtd.h"

const struct vtd_kind kinds[KINDS] = {
	{ .coherent = true, .blocks_2m = true, .blocks_1g = true,
	  .interrupts = true, .x2apic = true },
	{ .coherent = true, .blocks_2m = true, .interrupts = true,
	  .write_buffer = true, .latency = 3 },
	{ .three_levels = true, .blocks_2m = true, .interrupts = true,
	  .x2apic = true, .latency = 1 },
	{ .three_levels = true, .latency = 7, .write_buffer = true },
	{ .coherent = true },
};

void machine_init(struct blob_system *blob, unsigned int units)
{
	blob_system_init(blob);
	blob->memory[BLOB_REST].flags |= MEM_DMA;
	blob->system.platform.pci_mmconfig_base = 0x7f000000;
	for (unsigned int n = 0; n < units; n++)
		blob->system.platform.iommu_units[n] = (struct iommu_unit){
			.type = IOMMU_INTEL,
			.base = VTD_MODEL_BASE + n * PAGE_BYTES,
			.size = PAGE_BYTES };
}

void enable_units(const struct vtd_kind *kind)
{
	assert_int_equal(vtd_init(kind->x2apic), 0);
	assert_int_equal(vtd_cell_init(cell_root(), NULL), 0);
	device_map_all(&vtd_devices, cell_root());
	assert_int_equal(vtd_enable(APIC_ID), 0);
}

void lawful(void)
{
	if (vtd_model.violations)
		fail_msg("%u violations, the first: %s", vtd_model.violations,
			 vtd_model.violation);
}

static unsigned int dma(unsigned int unit, uint32_t source, uint64_t address,
			bool is_write, uint64_t *phys)
{
	return vtd_model_dma(unit, (uint16_t)source, address, is_write, phys);
}

const struct device_kind vtd_devices = {
	.units_count = VTD_MODEL_UNITS,
	.cell_init = vtd_cell_init,
	.map = vtd_map,
	.unmap = vtd_unmap,
	.commit = vtd_config_commit,
	.dma = dma,
};

void reaches(uint16_t source, uint64_t address, uint64_t wanted)
{
	device_reaches(&vtd_devices, source, address, wanted);
}

void refused(uint16_t source, uint64_t address)
{
	device_refused(&vtd_devices, source, address);
}
