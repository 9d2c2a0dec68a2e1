/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that moves between the root cell and another one. */
#include "cell-internal.h"
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/coloring.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/printk.h"
#include "hv/relocate.h"
#include "hv/setup.h"
#include "hv/statistics.h"
#include "hv/subpage.h"

#define ULL(x)	((unsigned long long)(x))

bool region_is_private_ram(const struct memory_region *region)
{
	return region->size &&
	       !(region->flags & (MEM_IO | MEM_COMM_REGION | MEM_ROOTSHARED)) &&
	       !region_is_subpage(region);
}

static int map_fragments(struct cell *cell, const struct memory_region *region)
{
	struct memory_region part;
	struct fragments parts;
	int error = 0;

	fragments_init(&parts, cell, region);
	while (!error && fragments_next(&parts, &part))
		error = arch_cell_map(cell, &part);
	return error;
}

static int map_own(struct cell *cell, const struct memory_region *region)
{
	struct memory_region comm = *region;

	if (region->size == 0)
		return 0;
	if (region_is_subpage(region))
		return subpage_register(cell, region);
	if (!(region->flags & MEM_COMM_REGION))
		return map_fragments(cell, region);
	comm.phys_start = cell->comm_phys.value;
	return arch_cell_map(cell, &comm);
}

int cell_map_all(struct cell *cell, struct reason *reason)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_memory_regions; i++) {
		int error = map_own(cell, &view.memory[i]);

		if (error)
			return refuse(reason, error,
				      "memory region %u: cannot be mapped (error %d)",
				      i, error);
	}
	return 0;
}

/*
 * Where colors change, addresses say nothing about pages: those that the root does not
 * use it sees in the window, in their order.
 */
static struct memory_region seen_region(const struct memory_region *root)
{
	struct memory_region seen = *root;
	struct config_root_colors colors;
	struct config_view view;

	if (!(root->flags & MEM_COLORED) || config_is_shared_colored(root))
		return seen;
	cell_view(cell_root(), &view);
	CHECK(config_root_colors(&view, &colors));
	seen.virt_start = colors.window_address;
	seen.size = colors.span_bytes;
	return seen;
}

/* The part of a root region that is in [start, start + size), in pages. */
static bool root_part(const struct memory_region *region, uint64_t start,
		      uint64_t size, struct memory_region *part)
{
	const struct memory_region seen = seen_region(region), *root = &seen;
	uint64_t end = start + size;
	uint64_t root_end = root->phys_start + root->size;

	if (root->size == 0 || (root->flags & MEM_COMM_REGION) ||
	    config_is_shared_colored(root) || region_is_subpage(root) ||
	    start >= root_end ||
	    end <= root->phys_start)
		return false;
	*part = *root;
	if (start > root->phys_start)
		part->phys_start = start;
	part->size = (end < root_end ? end : root_end) - part->phys_start;
	part->virt_start += part->phys_start - root->phys_start;
	return true;
}

typedef int (*part_action)(struct cell *cell, const struct memory_region *part);

/* All parts of the root's memory in this range. */
static int root_each_part(const struct memory_region *region,
			  part_action action)
{
	struct config_view view;

	cell_view(cell_root(), &view);
	for (uint32_t i = 0; i < view.desc->num_memory_regions; i++) {
		struct memory_region part;
		int error;

		if (!root_part(&view.memory[i], region->phys_start,
			       region->size, &part))
			continue;
		error = action(cell_root(), &part);
		if (error)
			return error;
	}
	return 0;
}

/* The same for the pages that a region of a cell lies on. */
static int root_each_fragment(const struct cell *cell,
			      const struct memory_region *region,
			      part_action action)
{
	struct memory_region fragment;
	struct fragments fragments;
	int error = 0;

	fragments_init(&fragments, cell, region);
	while (!error && fragments_next(&fragments, &fragment))
		error = root_each_part(&fragment, action);
	return error;
}

/* The root's own moderated region of the same extent; NULL when none. */
static const struct memory_region *
root_subpage(const struct memory_region *region)
{
	struct config_view view;

	cell_view(cell_root(), &view);
	for (uint32_t i = 0; i < view.desc->num_memory_regions; i++) {
		const struct memory_region *root = &view.memory[i];

		if (region_is_subpage(root) &&
		    root->phys_start == region->phys_start &&
		    root->size == region->size)
			return root;
	}
	return NULL;
}

static bool leaves_root(const struct memory_region *region)
{
	return region->size &&
	       !(region->flags & (MEM_ROOTSHARED | MEM_COMM_REGION));
}

static int root_give_region(const struct cell *cell,
			    const struct memory_region *region)
{
	const struct memory_region *root;

	if (!region_is_subpage(region))
		return root_each_fragment(cell, region, arch_cell_unmap);
	root = root_subpage(region);
	if (root)
		mmio_unregister(&cell_root()->mmio, root->virt_start);
	return 0;
}

/* What may become the root's by its colors is not shown to it as such. */
static int take_part(struct cell *root, const struct memory_region *part)
{
	if (part->flags & MEM_COLORED)
		return arch_cell_unmap(root, part);
	return arch_cell_map(root, part);
}

static int root_take_region(const struct cell *cell,
			    const struct memory_region *region)
{
	const struct memory_region *root;

	if (!region_is_subpage(region))
		return root_each_fragment(cell, region, take_part);
	root = root_subpage(region);
	return root ? subpage_register(cell_root(), root) : 0;
}

/*
 * The root has whole blocks again where it has all of their pages. The tables of
 * devices keep their entries: devices use them meanwhile.
 */
static void root_join(const struct cell *cell,
		      const struct memory_region *region)
{
	struct page_table *table = arch_cell_table(cell_root());
	struct config_view view;

	if (region_is_subpage(region))
		return;
	cell_view(cell_root(), &view);
	for (uint32_t i = 0; i < view.desc->num_memory_regions; i++) {
		const struct memory_region *root = &view.memory[i];
		struct memory_region part;

		if ((root->flags & (MEM_COLORED | MEM_NO_HUGEPAGES)) ||
		    !root_part(root, region->phys_start,
			       fragments_span(cell, region), &part))
			continue;
		page_table_join(table,
			&(struct page_range){ part.virt_start, part.size },
			&(struct page_range){ root->virt_start, root->size });
	}
}

static void root_take_first(const struct cell *cell, uint32_t count)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < count; i++) {
		const struct memory_region *region = &view.memory[i];

		if (leaves_root(region) && root_take_region(cell, region))
			printk("root: no tables for region %u of \"%s\" at 0x%llx: it stays out\n",
			       i, cell->config->name, ULL(region->phys_start));
		if (leaves_root(region))
			root_join(cell, region);
	}
}

int root_give(const struct cell *cell, struct reason *reason)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_memory_regions; i++) {
		int error;

		if (!leaves_root(&view.memory[i]))
			continue;
		error = root_give_region(cell, &view.memory[i]);
		if (!error)
			continue;
		root_take_first(cell, i + 1);
		return refuse(reason, error,
			      "memory region %u: cannot be taken from the root cell (error %d)",
			      i, error);
	}
	return 0;
}

void root_take_back(const struct cell *cell)
{
	root_take_first(cell, cell->config->num_memory_regions);
}

int root_map_loadable(const struct cell *cell, struct reason *reason)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_memory_regions; i++) {
		const struct memory_region *region = &view.memory[i];
		int error;

		if (!(region->flags & MEM_LOADABLE) || !leaves_root(region))
			continue;
		error = root_each_fragment(cell, region, arch_cell_map);
		if (!error)
			continue;
		root_unmap_loadable(cell);
		return refuse(reason, error,
			      "memory region %u: cannot be shown to the root cell (error %d)",
			      i, error);
	}
	return 0;
}

void root_unmap_loadable(const struct cell *cell)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_memory_regions; i++) {
		const struct memory_region *region = &view.memory[i];

		if ((region->flags & MEM_LOADABLE) && leaves_root(region))
			CHECK(root_each_fragment(cell, region,
						 arch_cell_unmap) == 0);
	}
}

/*
 * What the hypervisor shows the root is behind its own addresses, read-only, and
 * nothing else.
 */
static int root_hide_hypervisor(struct cell *root, hpa_t empty)
{
	const struct memory_region *memory = &system_config->hypervisor_memory;
	bool console = system_config->flags & SYSTEM_VIRTUAL_DEBUG_CONSOLE;
	uint64_t ring = image_header.console_ring;

	for (uint64_t at = 0; at < memory->size; at += PAGE_BYTES) {
		struct memory_region page = {
			.phys_start = empty.value,
			.virt_start = memory->phys_start + at,
			.size = PAGE_BYTES,
			.flags = MEM_READ | MEM_NO_HUGEPAGES,
		};
		int error;

		if ((console && at == ring) || statistics_here(at))
			page.phys_start = relocate_phys(at).value;
		error = arch_cell_map(root, &page);
		if (error)
			return error;
	}
	return 0;
}

int root_map_all(struct cell *root, struct reason *reason)
{
	void *empty = page_alloc(1);
	int error;

	if (!empty)
		return refuse(reason, -ENOMEM, "no page left for the root cell");
	error = cell_map_all(root, reason);
	if (error)
		return error;
	error = root_hide_hypervisor(root, hv_virt_to_phys(empty));
	if (error)
		return refuse(reason, error,
			      "hypervisor memory cannot be hidden from the root cell");
	return 0;
}
