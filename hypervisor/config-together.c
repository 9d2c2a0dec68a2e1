/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator: a cell against the system and the cells beside it. */
#include "config-internal.h"
#include "hv/errno.h"
#include "hv/string.h"

#define ULL(x)		((unsigned long long)(x))
#define MAX_SPIS	1024

static void root_view(struct config_view *root, const struct system_desc *system,
		      size_t system_size)
{
	config_view_init(root, &system->root_cell,
			 system_size - offsetof(struct system_desc, root_cell));
}

static bool region_meets(const struct memory_region *region, uint64_t start,
			 uint64_t size)
{
	return region->size &&
	       ranges_meet(region->phys_start, region->size, start, size);
}

/* Physical address of the memory-system page; 0 when there is none. */
static uint64_t memsys_address(const struct config_view *root)
{
	const struct weir_record_memsys *memsys =
		(const void *)config_record(root, WEIR_RECORD_MEMSYS, 0);

	return memsys ? memsys->page_address : 0;
}

/* A cell may look at the memory-system page and no more. */
static bool is_memsys_window(const struct memory_region *region, uint64_t page)
{
	return page && region->phys_start == page &&
	       region->size == PAGE_BYTES &&
	       !(region->flags & (MEM_WRITE | MEM_EXECUTE | MEM_DMA |
				  MEM_LOADABLE));
}

int config_check_reserved(const struct system_desc *system,
			  const struct config_beside *beside,
			  const struct memory_region *region, uint32_t n,
			  struct reason *reason)
{
	const struct memory_region *own = &system->hypervisor_memory;
	const struct iommu_unit *smmu;
	uint64_t memsys = beside->memsys;

	smmu = config_smmu_within(system, region->phys_start, region->size);
	if (smmu)
		return refuse(reason, -EINVAL,
			      "memory region %u at 0x%llx overlaps the SMMU at 0x%llx",
			      n, ULL(region->phys_start), ULL(smmu->base));
	if (config_region_meets(beside, &beside->colors, region,
				own->phys_start, own->size))
		return refuse(reason, -EINVAL,
			      "memory region %u at 0x%llx overlaps the hypervisor's, 0x%llx to 0x%llx",
			      n, ULL(region->phys_start), ULL(own->phys_start),
			      ULL(own->phys_start + own->size - 1));
	if (memsys && !is_memsys_window(region, memsys) &&
	    config_region_meets(beside, &beside->colors, region, memsys,
				PAGE_BYTES))
		return refuse(reason, -EINVAL,
			      "memory region %u overlaps the memory-system page at 0x%llx (only reading is allowed)",
			      n, ULL(memsys));
	return 0;
}

int config_check_root(const struct system_desc *system,
		      const struct config_view *root, struct reason *reason)
{
	uint64_t memsys = memsys_address(root);
	const struct config_beside beside = { .root = root, .memsys = memsys };

	if (memsys && region_meets(&system->hypervisor_memory, memsys,
				   PAGE_BYTES))
		return refuse(reason, -EINVAL,
			      "memory-system page 0x%llx lies in the hypervisor's memory",
			      ULL(memsys));
	if (config_check_root_colors(system, root, reason) < 0 ||
	    config_check_own_colors(root, reason) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < root->desc->num_memory_regions; i++) {
		const struct memory_region *region = &root->memory[i];
		int error;

		if ((region->flags & MEM_COMM_REGION) ||
		    config_is_shared_colored(region))
			continue;
		error = config_check_reserved(system, &beside, region, i,
					      reason);
		if (error)
			return error;
		if (memsys && is_memsys_window(region, memsys))
			return refuse(reason, -EINVAL,
				      "memory region %u: the root cell does not get the memory-system page",
				      i);
	}
	return config_check_shared_root(system, root, memsys, reason);
}

int config_check_settled(const struct system_desc *system,
			 const struct config_view *root, struct reason *reason)
{
	int error = config_check_own_colors(root, reason);

	return error ? error :
		       config_check_shared_root(system, root,
						memsys_address(root), reason);
}

static int check_identity(const struct config_view *cell,
			  const struct config_view *other,
			  struct reason *reason)
{
	if (cell->desc->id == other->desc->id)
		return refuse(reason, -EEXIST, "cell id %u is in use by \"%s\"",
			      cell->desc->id, other->desc->name);
	if (!strncmp(cell->desc->name, other->desc->name, CONFIG_NAME_BYTES))
		return refuse(reason, -EEXIST, "cell name \"%s\" is in use",
			      cell->desc->name);
	return 0;
}

static unsigned int lowest_bit(uint64_t bits)
{
	return (unsigned int)__builtin_ctzll(bits);
}

static int check_cpus(const struct config_view *cell,
		      const struct config_view *other, struct reason *reason)
{
	uint64_t both = config_cpus(cell) & config_cpus(other);

	if (both)
		return refuse(reason, -EBUSY, "CPU %u belongs to cell \"%s\"",
			      lowest_bit(both), other->desc->name);
	return 0;
}

static int check_root_cpus(const struct config_view *cell,
			   const struct config_view *root,
			   struct reason *reason)
{
	uint64_t missing = config_cpus(cell) & ~config_cpus(root);

	if (missing)
		return refuse(reason, -EINVAL,
			      "CPU %u is none of the root cell's",
			      lowest_bit(missing));
	if (config_cpus(cell) == config_cpus(root))
		return refuse(reason, -EINVAL,
			      "the cell asks for all CPUs, the root cell needs one");
	return 0;
}

/* Regions that several cells may have. */
static bool may_share(const struct memory_region *a,
		      const struct memory_region *b, uint64_t memsys)
{
	if ((a->flags | b->flags) & MEM_COMM_REGION)
		return true;
	if ((a->flags & MEM_ROOTSHARED) && (b->flags & MEM_ROOTSHARED))
		return true;
	return is_memsys_window(a, memsys) && is_memsys_window(b, memsys);
}

/*
 * Pages of both: colored ones never, as their colors differ. Shared ones are looked
 * at beside the root's.
 */
static bool regions_share(const struct config_beside *beside,
			  const struct memory_region *a,
			  const struct memory_region *b,
			  const struct color_set *b_colors)
{
	if (!a->size || !b->size || (a->flags & b->flags & MEM_COLORED) ||
	    config_is_shared_colored(a) || config_is_shared_colored(b))
		return false;
	if (b->flags & MEM_COLORED)
		return config_region_meets(beside, b_colors, b, a->phys_start,
					   a->size);
	return config_region_meets(beside, &beside->colors, a, b->phys_start,
				   b->size);
}

static int check_neighbour(const struct config_view *cell,
			   const struct config_view *other,
			   const struct config_beside *beside,
			   struct reason *reason)
{
	struct color_set colors = config_colors(other);

	for (uint32_t i = 0; i < cell->desc->num_memory_regions; i++) {
		const struct memory_region *a = &cell->memory[i];

		for (uint32_t j = 0; j < other->desc->num_memory_regions; j++) {
			const struct memory_region *b = &other->memory[j];

			if (!may_share(a, b, beside->memsys) &&
			    regions_share(beside, a, b, &colors))
				return refuse(reason, -EBUSY,
					      "memory region %u at 0x%llx overlaps region %u of cell \"%s\"",
					      i, ULL(a->phys_start), j,
					      other->desc->name);
		}
	}
	return 0;
}

/* Where the root's regions, without those, stop covering `address`. */
static uint64_t covered_to(const struct config_view *root, uint64_t address,
			   uint64_t without_flags)
{
	for (uint32_t i = 0; i < root->desc->num_memory_regions; i++) {
		const struct memory_region *region = &root->memory[i];

		if (region->size && !(region->flags & without_flags) &&
		    !config_is_shared_colored(region) &&
		    address >= region->phys_start &&
		    address - region->phys_start <
			    config_root_extent(root, region))
			return region->phys_start +
			       config_root_extent(root, region);
	}
	return address;
}

/* The first address of a range that the root cannot give; its end: none. */
static uint64_t owned_to(const struct config_view *root, uint64_t address,
			 uint64_t end, uint64_t without_flags)
{
	for (uint32_t i = 0; i <= root->desc->num_memory_regions; i++) {
		uint64_t next = covered_to(root, address, without_flags);

		if (next >= end)
			return end;
		if (next == address)
			break;
		address = next;
	}
	return address;
}

int config_check_span(const struct config_beside *beside,
		      const struct memory_region *region, uint32_t n,
		      struct reason *reason)
{
	struct memory_region span;
	uint64_t address, end;
	int error = config_region_span(beside, region, n, &span, reason);

	if (error)
		return error;
	end = span.phys_start + span.size;
	address = owned_to(beside->root, span.phys_start, end,
			   MEM_COMM_REGION | MEM_IO);
	if (address == end)
		return 0;
	return refuse(reason, -EINVAL,
		      "memory region %u: on its colors 0x%llx bytes span 0x%llx: 0x%llx is no RAM of the root cell",
		      n, ULL(region->size), ULL(span.size), ULL(address));
}

static int check_owned(const struct config_beside *beside,
		       const struct memory_region *region, uint32_t n,
		       struct reason *reason)
{
	uint64_t end = region->phys_start + region->size;
	uint64_t address;

	if (region->flags & MEM_COLORED)
		return config_check_span(beside, region, n, reason);
	address = owned_to(beside->root, region->phys_start, end,
			   MEM_COMM_REGION);
	if (address == end)
		return 0;
	return refuse(reason, -EINVAL,
		      "memory region %u: 0x%llx is none of the root cell's memory",
		      n, ULL(address));
}

/*
 * A private region smaller than a page must be the root's to give: a page
 * that the root maps whole cannot be taken from it in part.
 */
static int check_private_part(const struct config_view *root,
			      const struct memory_region *region, uint32_t n,
			      struct reason *reason)
{
	if (!((region->virt_start | region->size) & ~PAGE_MASK) ||
	    (region->flags & MEM_ROOTSHARED))
		return 0;
	for (uint32_t i = 0; i < root->desc->num_memory_regions; i++) {
		const struct memory_region *theirs = &root->memory[i];

		if (theirs->phys_start == region->phys_start &&
		    theirs->size == region->size)
			return 0;
	}
	return refuse(reason, -EINVAL,
		      "memory region %u is smaller than a page: the root cell needs the same one, or it is shared",
		      n);
}

static int check_region(const struct system_desc *system,
			const struct config_beside *beside,
			const struct memory_region *region, uint32_t n,
			struct reason *reason)
{
	int error = config_check_reserved(system, beside, region, n, reason);

	if (!error && !is_memsys_window(region, beside->memsys))
		error = check_owned(beside, region, n, reason);
	if (!error)
		error = check_private_part(beside->root, region, n, reason);
	if (!error)
		error = config_check_root_pages(beside, region, n, reason);
	return error ? error :
		       config_check_beside_shared(beside, region, n, reason);
}

static int check_memory(const struct system_desc *system,
			const struct config_beside *beside,
			const struct config_view *cell, struct reason *reason)
{
	int error = 0;

	for (uint32_t i = 0; i < cell->desc->num_memory_regions && !error; i++) {
		const struct memory_region *region = &cell->memory[i];

		if (region->size == 0 || (region->flags & MEM_COMM_REGION))
			continue;
		if (config_is_shared_colored(region))
			error = config_check_sharing(beside->root, cell, i,
						     reason);
		else
			error = check_region(system, beside, region, i, reason);
	}
	return error;
}

/* Interrupts of a configuration as one bitmap; arm only. */
static void spis_collect(const struct config_view *view, uint32_t *spis)
{
	memset(spis, 0, MAX_SPIS / 8);
	for (uint32_t i = 0; i < view->desc->num_irqchips; i++) {
		const struct irqchip *chip = &view->irqchips[i];

		for (unsigned int word = 0; word < 4; word++) {
			if (chip->pin_base / 32 + word < MAX_SPIS / 32)
				spis[chip->pin_base / 32 + word] |=
					chip->pin_bitmap[word];
		}
	}
}

static int check_interrupts(const struct config_view *cell,
			    const struct config_view *other, bool is_root,
			    struct reason *reason)
{
	uint32_t mine[MAX_SPIS / 32], theirs[MAX_SPIS / 32];

	spis_collect(cell, mine);
	spis_collect(other, theirs);
	for (unsigned int i = 0; i < MAX_SPIS / 32; i++) {
		uint32_t wrong = mine[i] & (is_root ? ~theirs[i] : theirs[i]);

		if (wrong)
			return refuse(reason, is_root ? -EINVAL : -EBUSY,
				      "interrupt %u %s cell \"%s\"",
				      i * 32 + lowest_bit(wrong),
				      is_root ? "is none of" : "belongs to",
				      other->desc->name);
	}
	return 0;
}

static int check_pci(const struct config_view *cell,
		     const struct config_view *other, struct reason *reason)
{
	for (uint32_t i = 0; i < cell->desc->num_pci_devices; i++) {
		const struct pci_device *a = &cell->pci[i];

		for (uint32_t j = 0; j < other->desc->num_pci_devices; j++) {
			const struct pci_device *b = &other->pci[j];

			if (a->domain == b->domain && a->bdf == b->bdf &&
			    a->type != PCI_TYPE_IVSHMEM &&
			    b->type != PCI_TYPE_IVSHMEM)
				return refuse(reason, -EBUSY,
					      "PCI device 0x%x belongs to cell \"%s\"",
					      a->bdf, other->desc->name);
		}
	}
	return 0;
}

static int check_other(const struct system_desc *system,
		       const struct config_view *cell,
		       const struct config_view *other,
		       const struct config_beside *beside, bool arm,
		       struct reason *reason)
{
	int error = check_identity(cell, other, reason);

	if (!error)
		error = check_cpus(cell, other, reason);
	if (!error)
		error = check_neighbour(cell, other, beside, reason);
	if (!error && arm)
		error = check_interrupts(cell, other, false, reason);
	if (!error)
		error = check_pci(cell, other, reason);
	if (!error)
		error = config_check_streams(system, cell, other, false,
					     reason);
	return error;
}

int config_check_together(const struct system_desc *system, size_t system_size,
			  const struct config_view *cell,
			  const struct config_view *const *others,
			  unsigned int others_count, struct reason *reason)
{
	bool arm = system->architecture != CONFIG_ARCH_X86;
	struct config_beside beside;
	struct config_view root;
	int error;

	root_view(&root, system, system_size);
	beside.root = &root;
	beside.memsys = memsys_address(&root);
	error = check_identity(cell, &root, reason);
	if (!error)
		error = check_root_cpus(cell, &root, reason);
	if (!error)
		error = config_check_colored_devices(system, &root, cell,
						     reason);
	if (!error)
		error = config_check_palette(&beside, cell, others,
					     others_count, reason);
	if (!error)
		error = check_memory(system, &beside, cell, reason);
	if (!error && arm)
		error = check_interrupts(cell, &root, true, reason);
	if (!error)
		error = config_check_streams(system, cell, &root, true, reason);
	for (unsigned int i = 0; i < others_count && !error; i++)
		error = check_other(system, cell, others[i], &beside, arm,
				    reason);
	return error;
}
