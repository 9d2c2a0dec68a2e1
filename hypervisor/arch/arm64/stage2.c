/* SPDX-License-Identifier: GPL-2.0-only */
/* Second stage of cells: geometry, VMIDs, mappings. */
#include "stage2.h"

#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/cell.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "lpae.h"
#include "smmu.h"
#include "sysregs.h"

/* VTCR_EL2 (DDI 0487, D19.2.166): write-back, inner shareable walks, 4 KiB. */
#define VTCR_VALUE		0x80003500ull
#define VTCR_SL0_SHIFT		6
#define VTCR_PS_SHIFT		16
#define VTTBR_VMID_SHIFT	48

/* Parked CPUs have VMID 0, cells what follows. */
#define VMIDS_COUNT		(HV_MAX_CELLS + 1)

static struct {
	struct paging_format format;
	unsigned int range;		/* PARange as used */
	uint64_t vtcr;
	struct page_table empty;
	uint32_t vmids;			/* bit n: in use */
} stage2;

_Static_assert(VMIDS_COUNT <= 32, "VMID bitmap");

/* By ID_AA64MMFR0_EL1.PARange. */
static const uint8_t range_bits[] = { 32, 36, 40, 42, 44, 48, 48 };

static unsigned int cpu_range(void)
{
	unsigned int range = read_sysreg(id_aa64mmfr0_el1) & 0xf;

	return range < ARRAY_COUNT(range_bits) ? range :
						 ARRAY_COUNT(range_bits) - 1;
}

static void publish(const uint64_t *entry)
{
	(void)entry;
	dsb(ishst);
}

int stage2_init(void)
{
	struct lpae_geometry geometry;
	int err;

	/* A 52-bit CPU is used with 48: the granule allows no more here. */
	stage2.range = cpu_range() < 5 ? cpu_range() : 5;
	err = lpae_stage2_geometry(range_bits[stage2.range], &geometry);
	if (err < 0)
		return err;
	lpae_stage2_format(&stage2.format, &geometry, publish);
	stage2.vtcr = VTCR_VALUE | geometry.t0sz |
		      (uint64_t)geometry.sl0 << VTCR_SL0_SHIFT |
		      (uint64_t)stage2.range << VTCR_PS_SHIFT;
	stage2.vmids = 1;
	return page_table_init(&stage2.empty, &stage2.format);
}

int stage2_cpu_check(void)
{
	return cpu_range() < stage2.range ? -ENODEV : 0;
}

static uint64_t vttbr_value(const struct page_table *table, unsigned int vmid)
{
	return hv_virt_to_phys(table->root).value |
	       (uint64_t)vmid << VTTBR_VMID_SHIFT;
}

int stage2_cell_init(struct cell *cell, struct reason *reason)
{
	unsigned int vmid = (unsigned int)__builtin_ctz(~stage2.vmids);

	if (vmid >= VMIDS_COUNT)
		return refuse(reason, -ENOMEM, "no VMID is left for the cell");
	if (page_table_init(&cell->arch.stage2, &stage2.format) < 0)
		return refuse(reason, -ENOMEM,
			      "no pages left for the cell's page tables");
	stage2.vmids |= 1u << vmid;
	cell->arch.vttbr = vttbr_value(&cell->arch.stage2, vmid);
	return 0;
}

/* Whoever gets the VMID next flushes it on each CPU that joins. */
void stage2_cell_exit(struct cell *cell)
{
	stage2.vmids &= ~(1u << (cell->arch.vttbr >> VTTBR_VMID_SHIFT));
	page_table_free(&cell->arch.stage2);
}

/* All of this CPU's translations for EL1 and EL0, whatever the VMID. */
static void load(uint64_t vttbr)
{
	write_sysreg(vtcr_el2, stage2.vtcr);
	write_sysreg(vttbr_el2, vttbr);
	isb();
	__asm__ volatile("tlbi alle1" : : : "memory");
	dsb(nsh);
	isb();
}

void stage2_load(const struct per_cpu *cpu)
{
	load(cpu->cell->arch.vttbr);
}

void stage2_load_empty(void)
{
	load(vttbr_value(&stage2.empty, 0));
}

int arch_cell_map(struct cell *cell, const struct memory_region *region)
{
	int err = page_table_map(&cell->arch.stage2, region->virt_start,
				 hpa(region->phys_start), region->size,
				 region_map_flags(region->flags));

	dsb(ish);
	return err ? err : smmu_map(cell, region);
}

int arch_cell_unmap(struct cell *cell, const struct memory_region *region)
{
	int err = page_table_unmap(&cell->arch.stage2, region->virt_start,
				   region->size);

	dsb(ish);
	return err ? err : smmu_unmap(cell, region);
}

struct page_table *arch_cell_table(struct cell *cell)
{
	return &cell->arch.stage2;
}

/* From so many pages on all of the VMID are forgotten at once. */
#define FLUSH_PAGES_MAX		16

/*
 * By address, second-stage entries only; what both stages made together goes with
 * all first-stage entries of the VMID (DDI 0487, D8.13.5). VTTBR_EL2 is the cell's.
 */
void arch_cell_flush(uint64_t virt, uint64_t size)
{
	dsb(ish);
	if (size > FLUSH_PAGES_MAX * PAGE_BYTES) {
		__asm__ volatile("tlbi vmalls12e1is" : : : "memory");
		dsb(ish);
		isb();
		return;
	}
	for (uint64_t at = virt; at < virt + size; at += PAGE_BYTES)
		__asm__ volatile("tlbi ipas2e1is, %0"
				 : : "r" (at >> PAGE_SHIFT) : "memory");
	dsb(ish);
	__asm__ volatile("tlbi vmalle1is" : : : "memory");
	dsb(ish);
	isb();
}

bool arch_cell_translate(const struct cell *cell, gpa_t address, hpa_t *phys,
			 uint32_t *flags)
{
	return page_table_translate(&cell->arch.stage2, address.value, phys,
				    flags);
}

void arch_cpu_flush_tlb(struct per_cpu *cpu)
{
	if (cpu->parked)
		stage2_load_empty();
	else
		stage2_load(cpu);
}
