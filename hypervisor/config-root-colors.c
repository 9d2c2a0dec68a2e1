/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator: memory of the root cell whose colors can change. */
#include "config-internal.h"
#include "hv/errno.h"

#define ULL(x)		((unsigned long long)(x))

/* The second stage of such memory is split block by block. */
#define BLOCK_BYTES	0x200000ull

static const struct weir_record_root_colors *
root_record(const struct config_view *root)
{
	return (const void *)config_record(root, WEIR_RECORD_ROOT_COLORS, 0);
}

/* The n-th colored region of the root that it has alone; NULL. */
static const struct memory_region *
colored_region(const struct config_view *root, unsigned int n)
{
	for (uint32_t i = 0; i < root->desc->num_memory_regions; i++) {
		if ((root->memory[i].flags & MEM_COLORED) &&
		    !config_is_shared_colored(&root->memory[i]) && n-- == 0)
			return &root->memory[i];
	}
	return NULL;
}

bool config_root_colors(const struct config_view *root,
			struct config_root_colors *colors)
{
	const struct weir_record_root_colors *record = root_record(root);

	if (!record)
		return false;
	colors->region = colored_region(root, 0);
	colors->span_bytes = record->span_bytes;
	colors->window_address = record->window_address;
	for (unsigned int i = 0; i < COLORING_WORDS; i++)
		colors->set.word[i] = record->list[i];
	return true;
}

void config_settle_root_colors(struct config_view *root,
			       const struct color_set *colors)
{
	struct weir_record_root_colors *record = (void *)root_record(root);

	for (unsigned int i = 0; i < COLORING_WORDS; i++)
		record->list[i] = colors->word[i];
}

struct colored config_root_memory(const struct config_root_colors *root,
				  const struct color_geometry *geometry,
				  const struct color_set *set)
{
	struct color_set colors = *set;

	if (color_set_count(&colors) == 0)
		color_set_all(&colors, geometry);
	return config_colored(geometry, &colors, root->region);
}

uint64_t config_root_extent(const struct config_view *root,
			    const struct memory_region *region)
{
	struct config_root_colors colors;

	if (!config_root_colors(root, &colors) || region != colors.region)
		return region->size;
	return colors.span_bytes;
}

/* ---------------------------------------------------------------- alone */

/* Neither the span nor where it is seen is anything else of the root. */
static int check_alone(const struct config_view *root,
		       const struct config_root_colors *colors,
		       struct reason *reason)
{
	uint64_t window = colors->window_address, bytes = colors->span_bytes;

	for (uint32_t i = 0; i < root->desc->num_memory_regions; i++) {
		const struct memory_region *region = &root->memory[i];
		bool is_other = region != colors->region && region->size &&
				!(region->flags & MEM_COMM_REGION);

		if (is_other && ranges_meet(region->phys_start, region->size,
					    colors->region->phys_start, bytes))
			return refuse(reason, -EINVAL,
				      "memory region %u is in the span of the root cell's colored memory",
				      i);
		if (region->size && ranges_meet(region->virt_start,
						region->size, window, bytes))
			return refuse(reason, -EINVAL,
				      "memory region %u is where the root cell's free pages are seen, from 0x%llx on",
				      i, ULL(window));
	}
	return 0;
}

/* Nor is it the hypervisor's, nor the model's page. */
static int check_reserved(const struct system_desc *system,
			  const struct config_view *root,
			  const struct config_root_colors *colors,
			  struct reason *reason)
{
	const struct memory_region *own = &system->hypervisor_memory;
	const struct weir_record_memsys *memsys =
		(const void *)config_record(root, WEIR_RECORD_MEMSYS, 0);
	uint64_t start = colors->region->phys_start;

	if (ranges_meet(own->phys_start, own->size, start,
			colors->span_bytes) ||
	    ranges_meet(own->phys_start, own->size, colors->window_address,
			colors->span_bytes))
		return refuse(reason, -EINVAL,
			      "the span of the root cell's colored memory, or where it is seen, overlaps the hypervisor's memory");
	if (memsys && ranges_meet(memsys->page_address, PAGE_BYTES, start,
				  colors->span_bytes))
		return refuse(reason, -EINVAL,
			      "the span of the root cell's colored memory has the memory-system page");
	return 0;
}

static int check_shape(const struct config_root_colors *colors,
		       struct reason *reason)
{
	const struct memory_region *region = colors->region;

	if ((region->virt_start | region->size) & (BLOCK_BYTES - 1))
		return refuse(reason, -EINVAL,
			      "the root cell's colored memory, 0x%llx bytes at 0x%llx, is not of whole 0x%llx",
			      ULL(region->size), ULL(region->virt_start),
			      BLOCK_BYTES);
	if (colors->span_bytes < region->size ||
	    !range_fits(region->phys_start, colors->span_bytes))
		return refuse(reason, -EINVAL,
			      "the root cell's colored memory has 0x%llx bytes, its span 0x%llx",
			      ULL(region->size), ULL(colors->span_bytes));
	return 0;
}

static int check_set(const struct config_root_colors *colors,
		     const struct color_geometry *geometry,
		     const struct color_set *set, struct reason *reason)
{
	struct colored memory;
	uint64_t span;

	if (color_set_beyond(set, geometry) < COLORS_MAX)
		return refuse(reason, -EINVAL,
			      "color %u does not exist: there are %u, from 0",
			      color_set_beyond(set, geometry),
			      color_count(geometry));
	memory = config_root_memory(colors, geometry, set);
	span = color_span(&memory);
	if (span > colors->span_bytes)
		return refuse(reason, -ENOSPC,
			      "the root cell's 0x%llx bytes span 0x%llx on %u of %u colors: it has 0x%llx",
			      ULL(memory.size), ULL(span),
			      color_set_count(&memory.set),
			      color_count(geometry), ULL(colors->span_bytes));
	return 0;
}

int config_check_root_colors(const struct system_desc *system,
			     const struct config_view *root,
			     struct reason *reason)
{
	struct config_root_colors colors;
	struct color_geometry geometry;
	int error;

	if (!config_root_colors(root, &colors))
		return !colored_region(root, 0) ? 0 :
			refuse(reason, -EINVAL,
			       "the root cell's memory is not colored without a record of its span");
	if (!colors.region || colored_region(root, 1))
		return refuse(reason, -EINVAL,
			      "one memory region of the root cell is colored, no more and no less");
	error = config_geometry(root, &geometry, reason);
	if (error && error != -EAGAIN)
		return error;
	if (!error)
		error = check_set(&colors, &geometry, &colors.set,
				  reason);
	else
		error = 0;
	if (!error)
		error = check_shape(&colors, reason);
	if (!error)
		error = check_reserved(system, root, &colors, reason);
	return error ? error : check_alone(root, &colors, reason);
}

/* --------------------------------------------------------------- beside */

int config_check_root_pages(const struct config_beside *beside,
			    const struct memory_region *region, uint32_t n,
			    struct reason *reason)
{
	struct config_root_colors root;
	struct colored memory;
	bool meets;

	if (!config_root_colors(beside->root, &root))
		return 0;
	if (color_set_count(&root.set) == 0) {
		meets = config_region_meets(beside, &beside->colors, region,
					    root.region->phys_start,
					    root.region->size);
	} else {
		/* Of colored memory the colors have been compared. */
		if ((region->flags & MEM_COLORED) || !beside->geometry_known)
			return 0;
		memory = config_root_memory(&root, &beside->geometry,
					    &root.set);
		meets = color_meets(&memory, region->phys_start, region->size);
	}
	if (!meets)
		return 0;
	return refuse(reason, -EBUSY,
		      "memory region %u at 0x%llx: the root cell is using it, on %s",
		      n, ULL(region->phys_start),
		      color_set_count(&root.set) ? "its colors" : "all colors");
}

/* Pages of a cell where the root is to be. */
static int check_pages(const struct colored *memory,
		       const struct color_geometry *geometry,
		       const struct config_view *cell, struct reason *reason)
{
	const struct config_beside beside = {
		.geometry_known = true,
		.geometry = *geometry,
	};
	struct color_set colors = config_colors(cell);
	bool all = color_set_count(&memory->set) == color_count(geometry);

	for (uint32_t i = 0; i < cell->desc->num_memory_regions; i++) {
		const struct memory_region *region = &cell->memory[i];
		bool meets;

		if (!region->size || (region->flags & MEM_COMM_REGION) ||
		    config_is_shared_colored(region))
			continue;
		if (region->flags & MEM_COLORED)
			meets = all && config_region_meets(&beside, &colors,
							   region,
							   memory->start,
							   memory->size);
		else
			meets = color_meets(memory, region->phys_start,
					    region->size);
		if (meets)
			return refuse(reason, -EBUSY,
				      "cell \"%s\" has memory there: region %u at 0x%llx",
				      cell->desc->name, i,
				      ULL(region->phys_start));
	}
	return 0;
}

int config_check_root_move(const struct config_view *root,
			   const struct color_geometry *geometry,
			   const struct color_set *set,
			   const struct config_view *const *cells,
			   unsigned int cells_count, struct reason *reason)
{
	struct config_root_colors colors;
	struct colored memory;
	int error;

	if (!config_root_colors(root, &colors))
		return refuse(reason, -ENODEV,
			      "the configuration sets no span aside for other colors of the root cell");
	error = check_set(&colors, geometry, set, reason);
	if (!error)
		error = config_check_not_own(set, root, reason);
	if (!error)
		error = config_check_not_shared(set, root, reason);
	if (error)
		return error;
	memory = config_root_memory(&colors, geometry, set);
	for (unsigned int i = 0; i < cells_count && !error; i++) {
		struct color_set theirs = config_colors(cells[i]);

		error = config_check_overlap(set, &theirs, cells[i], reason);
		if (!error)
			error = check_pages(&memory, geometry, cells[i],
					    reason);
	}
	return error;
}
