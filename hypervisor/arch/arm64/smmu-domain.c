/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What devices reach: a table for each cell of its regions marked for DMA, made
 * by the calls that make its second stage, run by run where it is colored.
 */
#include "smmu-internal.h"

#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/string.h"
#include "lpae.h"

/* By slot; the VMID is one more. */
struct domain {
	const struct cell *cell;
	struct page_table table;
};

static struct {
	struct domain domain[HV_MAX_CELLS];
	struct paging_format format;
	unsigned int bits;		/* of addresses that devices use */
	uint64_t vtcr;
} domains;

/* By IDR5.OAS; more than 48 are used as 48. */
static const uint8_t address_bits[] = { 32, 36, 40, 42, 44, 48 };

static void entry_publish(const uint64_t *entry)
{
	smmu_publish(entry, sizeof(*entry));
}

int smmu_domains_init(struct reason *reason)
{
	unsigned int address = smmu.address < ARRAY_COUNT(address_bits) ?
				       smmu.address :
				       ARRAY_COUNT(address_bits) - 1;
	struct lpae_geometry geometry;

	memset(&domains, 0, sizeof(domains));
	domains.bits = address_bits[address];
	if (lpae_stage2_geometry(domains.bits, &geometry) < 0)
		return refuse(reason, -ENODEV,
			      "the SMMUs reach %u address bits, too few",
			      domains.bits);
	lpae_stage2_format(&domains.format, &geometry, entry_publish);
	domains.vtcr = geometry.t0sz |
		       (uint64_t)geometry.sl0 << VTCR_START_SHIFT |
		       (smmu.coherent ? VTCR_COHERENT : 0) |
		       (uint64_t)address << VTCR_ADDRESS_SHIFT;
	return 0;
}

static struct domain *domain_of(const struct cell *cell)
{
	for (unsigned int n = 0; n < HV_MAX_CELLS; n++) {
		if (domains.domain[n].cell == cell)
			return &domains.domain[n];
	}
	return NULL;
}

static unsigned int vmid_of(const struct domain *domain)
{
	return (unsigned int)(domain - domains.domain) + 1;
}

int smmu_cell_init(struct cell *cell, struct reason *reason)
{
	struct domain *domain;

	if (smmu.units_count == 0)
		return 0;
	domain = domain_of(NULL);
	if (!domain || page_table_init(&domain->table, &domains.format) < 0)
		return refuse(reason, -ENOMEM,
			      "no pages left for the tables of the cell's devices");
	smmu_publish(domain->table.root,
		     domains.format.root_pages * (size_t)PAGE_BYTES);
	domain->cell = cell;
	return 0;
}

void smmu_cell_exit(const struct cell *cell)
{
	struct domain *domain = smmu.units_count ? domain_of(cell) : NULL;

	if (!domain)
		return;
	/*
	 * The cell is none any more: its streams are others' first. A unit that
	 * does not answer may still walk the table, which is lost then.
	 */
	if (smmu_config_commit() == 0)
		page_table_free(&domain->table);
	domain->cell = NULL;
}

static bool out_of_reach(const struct memory_region *region)
{
	uint64_t last = region->size - 1;

	return (region->virt_start + last) >> domains.bits ||
	       (region->phys_start + last) >> domains.bits;
}

int smmu_map(const struct cell *cell, const struct memory_region *region)
{
	struct domain *domain = smmu.units_count ? domain_of(cell) : NULL;
	int error;

	if (!domain || !(region->flags & MEM_DMA) || region->size == 0)
		return 0;
	if (out_of_reach(region))
		return -ERANGE;
	error = page_table_map(&domain->table, region->virt_start,
			       hpa(region->phys_start), region->size,
			       region_map_flags(region->flags) |
				       smmu.no_blocks);
	return error ? error : smmu_forget_vmid(vmid_of(domain));
}

int smmu_unmap(const struct cell *cell, const struct memory_region *region)
{
	struct domain *domain = smmu.units_count ? domain_of(cell) : NULL;
	int error;

	if (!domain || region->size == 0 || out_of_reach(region))
		return 0;
	error = page_table_unmap(&domain->table, region->virt_start,
				 region->size);
	return error ? error : smmu_forget_vmid(vmid_of(domain));
}

static bool lists(const struct cell *cell, uint32_t stream)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_stream_ids; i++) {
		if (view.streams[i].id == stream)
			return true;
	}
	return false;
}

/* Other cells before the root. */
static const struct cell *stream_owner(uint32_t stream)
{
	for (unsigned int n = 1; n < HV_MAX_CELLS; n++) {
		const struct cell *cell = cell_slot(n);

		if (cell && lists(cell, stream))
			return cell;
	}
	return cell_root();
}

static void stream_wanted(uint32_t stream, uint64_t *words)
{
	const struct domain *domain = domain_of(stream_owner(stream));

	memset(words, 0, STREAM_WORDS * sizeof(*words));
	if (!domain)
		return;
	words[0] = STREAM_VALID | STREAM_STAGE2;
	words[1] = STREAM_SHARED_AS_IS;
	words[2] = vmid_of(domain) | domains.vtcr << STREAM_VTCR_SHIFT |
		   STREAM_AARCH64 | STREAM_RECORD;
	words[3] = hv_virt_to_phys(domain->table.root).value;
}

int smmu_config_commit(void)
{
	return smmu.units_count ? smmu_streams_set(stream_wanted) : 0;
}
