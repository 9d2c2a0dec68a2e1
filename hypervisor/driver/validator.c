// SPDX-License-Identifier: GPL-2.0-only
/* Between the driver and the hypervisor's validator of configurations. */
#include "validator.h"

#include "hv/config-check.h"
#include "hv/errno.h"

/* Too large for a stack; the command lock guards them. */
static struct config_view views[HV_MAX_CELLS];
static const struct config_view *view_pointers[HV_MAX_CELLS];

static void root_view(struct config_view *root,
		      const struct validator_blob *system)
{
	const struct system_desc *desc = system->config;

	config_view_init(root, &desc->root_cell,
			 system->size - offsetof(struct system_desc, root_cell));
}

/* What the hypervisor would choose is chosen here, where it is known as well. */
static void colors_settle(const struct validator_blob *system,
			  struct config_view *view, unsigned int others_count)
{
	struct color_geometry geometry;
	struct color_set colors;
	struct config_view root;

	root_view(&root, system);
	if (config_is_colored(view) && !config_geometry(&root, &geometry, NULL) &&
	    !config_choose_colors(view, &root, &geometry, view_pointers,
				  others_count, &colors, NULL))
		config_settle_colors(view, &colors);
}

int validator_check_system(const struct validator_blob *system,
			   enum config_arch arch, char *reason)
{
	return config_check_system(system->config, system->size, arch,
				   (struct reason *)reason);
}

int validator_check_cell(const struct validator_blob *cell,
			 enum config_arch arch, char *reason)
{
	return config_check_cell(cell->config, cell->size, arch,
				 (struct reason *)reason);
}

int validator_check_together(const struct validator_blob *system,
			     const struct validator_blob *cell,
			     const struct validator_blob *others,
			     unsigned int others_count, char *reason)
{
	struct config_view view;
	int error;

	if (others_count > HV_MAX_CELLS)
		return refuse((struct reason *)reason, -ENOMEM,
			      "%u cells exist, no more fit", others_count);
	for (unsigned int i = 0; i < others_count; i++) {
		config_view_init(&views[i], others[i].config, others[i].size);
		view_pointers[i] = &views[i];
	}
	config_view_init(&view, cell->config, cell->size);
	error = config_check_together(system->config, system->size, &view,
				      view_pointers, others_count,
				      (struct reason *)reason);
	if (!error)
		colors_settle(system, &view, others_count);
	return error;
}

void validator_settle_cache(const struct validator_blob *system, uint32_t sets,
			    uint32_t ways, uint32_t line_bytes)
{
	const struct color_cache cache = { sets, ways, line_bytes };
	struct config_view root;

	root_view(&root, system);
	config_settle_cache(&root, &cache);
}

void validator_settle_root(const struct validator_blob *system,
			   const uint64_t colors[2])
{
	const struct color_set set = { { colors[0], colors[1] } };
	struct config_view root;

	root_view(&root, system);
	config_settle_root_colors(&root, &set);
}

static bool in_root_span(const struct validator_blob *system, uint64_t phys,
			 struct config_root_colors *colors)
{
	struct config_view root;

	root_view(&root, system);
	return config_root_colors(&root, colors) &&
	       phys >= colors->region->phys_start &&
	       phys - colors->region->phys_start < colors->span_bytes;
}

int validator_in_root_span(const struct validator_blob *system,
			    const struct memory_region *region)
{
	struct config_root_colors colors;

	return in_root_span(system, region->phys_start, &colors);
}

/* False for a region that lies in one piece. */
static bool colored_region(const struct validator_blob *system,
			   const struct validator_blob *cell,
			   const struct memory_region *region,
			   struct colored *memory)
{
	static struct color_geometry geometry;
	struct config_view root, view;
	struct color_set colors;

	if (!(region->flags & MEM_COLORED))
		return false;
	root_view(&root, system);
	config_view_init(&view, cell->config, cell->size);
	colors = config_colors(&view);
	if (config_geometry(&root, &geometry, NULL) ||
	    !color_set_count(&colors))
		return false;
	*memory = config_colored(&geometry, &colors, region);
	return true;
}

/* Where the root has what it shares on colors: in one piece. */
static bool locate_shared(const struct validator_blob *system,
			  const struct memory_region *region, uint64_t offset,
			  struct validator_place *place)
{
	const struct memory_region *same;
	struct config_view root;

	root_view(&root, system);
	same = config_shared_of_root(&root, region);
	if (!same)
		return false;
	place->phys = same->virt_start + offset;
	place->size = region->size - offset;
	return true;
}

void validator_locate(const struct validator_blob *system,
		      const struct validator_blob *cell,
		      const struct memory_region *region, uint64_t offset,
		      struct validator_place *place)
{
	struct color_run run = { region->phys_start + offset,
				 region->size - offset };
	struct config_root_colors root;
	struct colored memory;

	if (locate_shared(system, region, offset, place))
		return;
	if (colored_region(system, cell, region, &memory))
		color_locate(&memory, offset, &run);
	place->phys = run.phys;
	if (in_root_span(system, run.phys, &root))
		place->phys += root.window_address - root.region->phys_start;
	place->size = run.bytes;
}

uint64_t validator_span(const struct validator_blob *system,
			const struct validator_blob *cell,
			const struct memory_region *region)
{
	struct colored memory;

	if (!colored_region(system, cell, region, &memory))
		return region->size;
	return color_span(&memory);
}
