/* SPDX-License-Identifier: GPL-2.0-only */
/* All remapping units of the machine: what they have in common, on and off. */
#include "vtd-internal.h"

#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/printk.h"
#include "hv/setup.h"
#include "hv/spinlock.h"

#define ULL(x)			((unsigned long long)(x))

struct vtd vtd;

/* Faults are looked at by whoever is told of them. */
static struct spinlock faults_lock;

void vtd_publish(const volatile void *address)
{
	if (!vtd.coherent)
		vtd_flush_line(address);
}

/* What all units have. */
static void features_narrow(const struct vtd_unit *unit)
{
	unsigned int bits = CAP_ADDRESS_BITS(unit->cap);
	unsigned int domains = CAP_DOMAINS(unit->cap);

	if (!(unit->cap & CAP_WIDTH_48))
		vtd.levels = 3;
	if (bits < vtd.address_bits)
		vtd.address_bits = bits;
	if (domains < vtd.domains)
		vtd.domains = domains;
	if (!(unit->cap & CAP_BLOCK_2M))
		vtd.no_blocks = MAP_NO_BLOCKS;
	vtd.block_1g &= !!(unit->cap & CAP_BLOCK_1G);
	vtd.coherent &= !!(unit->ecap & ECAP_COHERENT);
	vtd.remaps &= (unit->ecap & ECAP_INTERRUPTS) &&
		      (!vtd.x2apic || (unit->ecap & ECAP_X2APIC));
}

static int unit_lacks(const struct vtd_unit *unit, const char *what)
{
	printk("IOMMU 0x%llx lacks %s\n", ULL(unit->base), what);
	return -ENODEV;
}

static int units_suit(void)
{
	for (unsigned int n = 0; n < vtd.units_count; n++) {
		const struct vtd_unit *unit = &vtd.unit[n];

		if (!(unit->ecap & ECAP_QUEUE))
			return unit_lacks(unit, "queued invalidation");
		if (!(unit->cap & (vtd.levels == 4 ? CAP_WIDTH_48 :
						     CAP_WIDTH_39)))
			return unit_lacks(unit, "tables of the others' depth");
	}
	if (vtd.domains <= HV_MAX_CELLS)
		return unit_lacks(&vtd.unit[0], "domains for all cells");
	return 0;
}

static bool unit_record(unsigned int n, struct weir_record_iommu *record)
{
	struct config_view view;

	system_view(&view);
	return config_iommu_unit(system_config, &view, n, record);
}

static int units_find(void)
{
	struct weir_record_iommu record;
	int error = 0;

	while (!error && unit_record(vtd.units_count, &record)) {
		if (vtd.units_count == VTD_UNITS_MAX) {
			printk("more than %u IOMMUs\n", VTD_UNITS_MAX);
			return -ENODEV;
		}
		error = vtd_unit_init(&vtd.unit[vtd.units_count++], &record);
	}
	return error;
}

int vtd_init(bool x2apic)
{
	int error;

	vtd = (struct vtd){
		.remaps = true, .x2apic = x2apic, .coherent = true,
		.levels = 4, .address_bits = 64, .domains = 1u << 16,
		.block_1g = true,
	};
	error = units_find();
	if (error)
		return error;
	if (vtd.units_count == 0) {
		vtd.remaps = false;
		printk("WARNING: no IOMMU: a device reaches the memory of every cell\n");
		return 0;
	}
	for (unsigned int n = 0; n < vtd.units_count; n++)
		features_narrow(&vtd.unit[n]);
	error = units_suit();
	if (!error)
		error = vtd_domains_init();
	if (!error && vtd.remaps)
		error = vtd_interrupts_init();
	if (error)
		return error;
	printk("%u IOMMUs, tables of %u levels%s\n", vtd.units_count,
	       vtd.levels,
	       vtd.remaps ? "" : "; WARNING: they do not remap interrupts");
	return 0;
}

static int unit_enable(struct vtd_unit *unit, uint32_t apic_id)
{
	int error = vtd_unit_start_queue(unit);

	if (!error)
		error = vtd_unit_set(unit, VTD_ROOT, vtd_root_table().value,
				     COMMAND_SET_ROOT, COMMAND_TRANSLATE);
	if (!error && vtd.remaps)
		error = vtd_unit_set(unit, VTD_INTERRUPT_TABLE,
				     vtd_interrupt_table(), COMMAND_SET_TABLE,
				     COMMAND_INTERRUPTS);
	if (!error)
		vtd_unit_report_faults(unit, apic_id);
	return error;
}

int vtd_enable(uint32_t apic_id)
{
	int error;

	if (vtd.units_count == 0)
		return 0;
	error = vtd_config_commit();
	vtd.translates = true;
	for (unsigned int n = 0; !error && n < vtd.units_count; n++)
		error = unit_enable(&vtd.unit[n], apic_id);
	if (error)
		vtd_restore();
	return error;
}

void vtd_report_to(uint32_t apic_id)
{
	for (unsigned int n = 0; vtd.translates && n < vtd.units_count; n++)
		vtd_unit_report_faults(&vtd.unit[n], apic_id);
}

void vtd_restore(void)
{
	if (!__atomic_exchange_n(&vtd.translates, false, __ATOMIC_SEQ_CST))
		return;
	for (unsigned int n = 0; n < vtd.units_count; n++)
		vtd_unit_stop(&vtd.unit[n]);
}

/* All of them, even if one fails. */
int vtd_invalidate(void)
{
	int error = 0;

	for (unsigned int n = 0; n < vtd.units_count; n++) {
		int failed = vtd_unit_invalidate(&vtd.unit[n]);

		error = failed ? failed : error;
	}
	return error;
}

bool vtd_faults_report(void)
{
	bool any = false;

	if (!vtd.translates)
		return false;
	spin_lock(&faults_lock);
	for (unsigned int n = 0; n < vtd.units_count; n++)
		any |= vtd_unit_faults(&vtd.unit[n]);
	spin_unlock(&faults_lock);
	return any;
}

bool vtd_remaps_interrupts(void)
{
	return vtd.translates && vtd.remaps;
}

/* By its number; configurations without scopes have it in the id itself. */
uint16_t vtd_pin_source(uint32_t id)
{
	struct weir_record_iommu record;

	for (unsigned int n = 0; n < vtd.units_count; n++) {
		for (unsigned int i = 0; unit_record(n, &record) &&
					 i < IOMMU_SCOPES_MAX; i++) {
			if (record.scope[i].type == IOMMU_SCOPE_IOAPIC &&
			    record.scope[i].id == id)
				return record.scope[i].bdf;
		}
	}
	return (uint16_t)id;
}
