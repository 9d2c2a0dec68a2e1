/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What devices reach: a table for each cell of its regions marked for DMA, and
 * for each device the cell's table, or nothing.
 */
#include "vtd-internal.h"

#include "hv/config-check.h"
#include "hv/errno.h"

#define BUSES			256u
#define FUNCTIONS		256u	/* of a bus: devices and functions */

/* By slot of the cell. Number 0 is not used: some units reserve it. */
struct domain {
	const struct cell *cell;
	struct page_table table;
};

static struct {
	uint64_t *root;			/* one page, two words for each bus */
	uint64_t *bus[BUSES];		/* one page each, once it is needed */
	struct domain domain[HV_MAX_CELLS];
	struct paging_format format;
} domains;

static uint64_t second_leaf(unsigned int level, hpa_t phys, uint32_t flags)
{
	uint64_t entry = phys.value & SECOND_ADDRESS;

	if (!(flags & (MAP_READ | MAP_WRITE)))
		return 0;
	if (flags & MAP_READ)
		entry |= SECOND_READ;
	if (flags & MAP_WRITE)
		entry |= SECOND_WRITE;
	return level ? entry | SECOND_BLOCK : entry;
}

static uint64_t second_table(hpa_t next)
{
	return (next.value & SECOND_ADDRESS) | SECOND_READ | SECOND_WRITE;
}

static bool second_valid(uint64_t entry)
{
	return entry & (SECOND_READ | SECOND_WRITE);
}

static bool second_is_table(unsigned int level, uint64_t entry)
{
	return level > 0 && second_valid(entry) && !(entry & SECOND_BLOCK);
}

static hpa_t second_address(uint64_t entry)
{
	return hpa(entry & SECOND_ADDRESS);
}

static uint32_t second_flags(uint64_t entry)
{
	return (entry & SECOND_READ ? MAP_READ : 0) |
	       (entry & SECOND_WRITE ? MAP_WRITE : 0);
}

static void second_publish(const uint64_t *entry)
{
	vtd_publish(entry);
}

static void page_publish(const void *page)
{
	const uint8_t *bytes = page;

	for (unsigned int at = 0; at < PAGE_BYTES; at += 64)
		vtd_publish(bytes + at);
}

int vtd_domains_init(void)
{
	for (unsigned int n = 0; n < HV_MAX_CELLS; n++)
		domains.domain[n].cell = NULL;
	for (unsigned int n = 0; n < BUSES; n++)
		domains.bus[n] = NULL;
	domains.format = (struct paging_format){
		.levels = vtd.levels,
		.root_pages = 1,
		/* Blocks only as large as every unit knows them. */
		.block_level = vtd.block_1g ? 2 : 1,
		.leaf = second_leaf,
		.table = second_table,
		.valid = second_valid,
		.is_table = second_is_table,
		.address = second_address,
		.flags = second_flags,
		.publish = second_publish,
	};
	domains.root = page_alloc(1);
	if (!domains.root)
		return -ENOMEM;
	page_publish(domains.root);
	return 0;
}

hpa_t vtd_root_table(void)
{
	return hv_virt_to_phys(domains.root);
}

static struct domain *domain_of(const struct cell *cell)
{
	for (unsigned int n = 0; n < HV_MAX_CELLS; n++) {
		if (domains.domain[n].cell == cell)
			return &domains.domain[n];
	}
	return NULL;
}

/* The word that makes an entry present comes last. */
static void entry_write(uint64_t *entry, uint64_t low, uint64_t high)
{
	volatile uint64_t *words = entry;

	if (words[0] == low && words[1] == high)
		return;
	words[0] = 0;
	words[1] = high;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	words[0] = low;
	vtd_publish(entry);
}

/* A page for the bus, empty; it stays. */
static int bus_need(unsigned int bus)
{
	uint64_t *page;

	if (domains.bus[bus])
		return 0;
	page = page_alloc(1);
	if (!page)
		return -ENOMEM;
	page_publish(page);
	domains.bus[bus] = page;
	entry_write(&domains.root[2 * bus],
		    hv_virt_to_phys(page).value | ENTRY_PRESENT, 0);
	return 0;
}

/* Real hardware of this segment. */
static bool is_function(const struct pci_device *device)
{
	return device->type != PCI_TYPE_IVSHMEM && device->domain == 0;
}

static int buses_need(const struct cell *cell)
{
	struct config_view view;
	int error = 0;

	cell_view(cell, &view);
	for (uint32_t i = 0; !error && i < view.desc->num_pci_devices; i++) {
		if (is_function(&view.pci[i]))
			error = bus_need(view.pci[i].bdf >> 8);
	}
	return error;
}

int vtd_cell_init(struct cell *cell, struct reason *reason)
{
	struct domain *domain;

	if (vtd.units_count == 0)
		return 0;
	domain = domain_of(NULL);
	if (!domain || buses_need(cell) < 0 ||
	    page_table_init(&domain->table, &domains.format) < 0)
		return refuse(reason, -ENOMEM,
			      "no pages left for the tables of the cell's devices");
	page_publish(domain->table.root);
	domain->cell = cell;
	return 0;
}

void vtd_cell_exit(const struct cell *cell)
{
	struct domain *domain = vtd.units_count ? domain_of(cell) : NULL;

	if (!domain)
		return;
	/* The cell is none any more: its devices are others' first. */
	if (vtd_config_commit() == 0)
		page_table_free(&domain->table);
	domain->cell = NULL;
}

static bool out_of_reach(const struct memory_region *region)
{
	unsigned int bits = vtd.levels == 4 ? 48 : 39;

	if (vtd.address_bits < bits)
		bits = vtd.address_bits;
	return (region->virt_start + region->size - 1) >> bits;
}

int vtd_map(const struct cell *cell, const struct memory_region *region)
{
	struct domain *domain = vtd.units_count ? domain_of(cell) : NULL;
	uint32_t flags = vtd.no_blocks;
	int error;

	if (!domain || !(region->flags & MEM_DMA) || region->size == 0)
		return 0;
	if (out_of_reach(region))
		return -ERANGE;
	if (region->flags & MEM_READ)
		flags |= MAP_READ;
	if (region->flags & MEM_WRITE)
		flags |= MAP_WRITE;
	error = page_table_map(&domain->table, region->virt_start,
			       hpa(region->phys_start), region->size, flags);
	return error ? error : vtd_invalidate();
}

int vtd_unmap(const struct cell *cell, const struct memory_region *region)
{
	struct domain *domain = vtd.units_count ? domain_of(cell) : NULL;
	int error;

	if (!domain || region->size == 0 || out_of_reach(region))
		return 0;
	error = page_table_unmap(&domain->table, region->virt_start,
				 region->size);
	return error ? error : vtd_invalidate();
}

static bool lists(const struct cell *cell, uint16_t bdf)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_pci_devices; i++) {
		if (view.pci[i].bdf == bdf && is_function(&view.pci[i]))
			return true;
	}
	return false;
}

/* Other cells before the root. */
static const struct cell *function_owner(uint16_t bdf)
{
	for (unsigned int n = 1; n < HV_MAX_CELLS; n++) {
		const struct cell *cell = cell_slot(n);

		if (cell && lists(cell, bdf))
			return cell;
	}
	return lists(cell_root(), bdf) ? cell_root() : NULL;
}

static void function_apply(uint64_t *entry, uint16_t bdf)
{
	const struct cell *owner = function_owner(bdf);
	const struct domain *domain = owner ? domain_of(owner) : NULL;
	uint64_t number;

	if (!domain) {
		entry_write(entry, 0, 0);
		return;
	}
	number = (uint64_t)(domain - domains.domain) + 1;
	entry_write(entry,
		    hv_virt_to_phys(domain->table.root).value | ENTRY_PRESENT,
		    CONTEXT_WIDTH(vtd.levels) | number << CONTEXT_DOMAIN_SHIFT);
}

int vtd_config_commit(void)
{
	if (vtd.units_count == 0)
		return 0;
	for (unsigned int bus = 0; bus < BUSES; bus++) {
		uint64_t *page = domains.bus[bus];

		for (unsigned int n = 0; page && n < FUNCTIONS; n++)
			function_apply(&page[2 * n],
				       (uint16_t)(bus << 8 | n));
	}
	return vtd_invalidate();
}
