/* SPDX-License-Identifier: GPL-2.0-only */
/* Second stage of cells: extended page tables. */
#include "stage2.h"

#include "apic.h"
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "vcpu.h"
#include "msi.h"
#include "vtd.h"

static struct {
	struct page_table empty;
	void *apic_page;
} stage2;

int stage2_init(void)
{
	stage2.apic_page = page_alloc(1);
	if (!stage2.apic_page)
		return -ENOMEM;
	return page_table_init(&stage2.empty, vcpu_stage2()->format);
}

hpa_t stage2_empty_root(void)
{
	return hv_virt_to_phys(stage2.empty.root);
}

hpa_t stage2_apic_page(void)
{
	return hv_virt_to_phys(stage2.apic_page);
}

/*
 * The interrupt controller's page is never the cell's, whatever its regions
 * say: each access exits.
 */
static int cover_apic(struct cell *cell)
{
	if (!vcpu_stage2()->apic_page)
		return page_table_unmap(&cell->arch.stage2, APIC_PAGE,
					PAGE_BYTES);
	return page_table_map(&cell->arch.stage2, APIC_PAGE,
			      stage2_apic_page(), PAGE_BYTES,
			      MAP_READ | MAP_WRITE | MAP_DEVICE);
}

int stage2_cell_init(struct cell *cell, struct reason *reason)
{
	if (page_table_init(&cell->arch.stage2, vcpu_stage2()->format) < 0)
		return refuse(reason, -ENOMEM,
			      "no pages left for the cell's page tables");
	if (cover_apic(cell) < 0) {
		page_table_free(&cell->arch.stage2);
		return refuse(reason, -ENOMEM,
			      "no pages left for the cell's page tables");
	}
	return 0;
}

void stage2_cell_exit(struct cell *cell)
{
	page_table_free(&cell->arch.stage2);
}

static bool covers_apic(const struct memory_region *region)
{
	return region->virt_start <= APIC_PAGE &&
	       region->virt_start + region->size > APIC_PAGE;
}

/* Tables of messages trap, whatever region they are in. */
static int cover_messages(struct cell *cell, const struct memory_region *region)
{
	uint64_t virt, bytes;
	int error = 0;

	for (unsigned int n = 0; !error && n < msix_tables_count(); n++) {
		if (msix_page_within(n, region, &virt, &bytes))
			error = page_table_unmap(&cell->arch.stage2, virt,
						 bytes);
	}
	return error;
}

int arch_cell_map(struct cell *cell, const struct memory_region *region)
{
	int error = page_table_map(&cell->arch.stage2, region->virt_start,
				   hpa(region->phys_start), region->size,
				   region_map_flags(region->flags));

	if (!error)
		error = cover_messages(cell, region);
	if (!error)
		error = vtd_map(cell, region);
	return !error && covers_apic(region) ? cover_apic(cell) : error;
}

int arch_cell_unmap(struct cell *cell, const struct memory_region *region)
{
	int error = page_table_unmap(&cell->arch.stage2, region->virt_start,
				     region->size);

	if (!error)
		error = vtd_unmap(cell, region);
	return !error && covers_apic(region) ? cover_apic(cell) : error;
}

struct page_table *arch_cell_table(struct cell *cell)
{
	return &cell->arch.stage2;
}

/* Of this CPU only: the others take EVENT_FLUSH_TLB. */
void arch_cell_flush(uint64_t virt, uint64_t size)
{
	(void)virt;
	(void)size;
	arch_cpu_flush_tlb(this_cpu());
}

/* Caches of instructions are coherent. */
void arch_icache_flush(void)
{
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
		vcpu_park(cpu);
	else
		vcpu_load_cell(cpu);
}
