/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator: memory on colors that cells share with the root. */
#include "config-internal.h"
#include "hv/errno.h"
#include "hv/string.h"

#define ULL(x)		((unsigned long long)(x))

_Static_assert(sizeof(struct color_set) ==
	       sizeof(((struct weir_record_shared_colors *)0)->list),
	       "a list is a set");

static const struct weir_record_shared_colors *
shared_record(const struct config_view *view, unsigned int n)
{
	return (const void *)config_record(view, WEIR_RECORD_SHARED_COLORS, n);
}

static uint32_t region_number(const struct config_view *view,
			      const struct memory_region *region)
{
	return (uint32_t)(region - view->memory);
}

struct color_set config_shared_colors(const struct config_view *view,
				      const struct memory_region *region)
{
	const struct weir_record_shared_colors *record;
	struct color_set colors = { { 0 } };

	for (unsigned int n = 0; (record = shared_record(view, n)); n++) {
		if (record->region == region_number(view, region))
			memcpy(&colors, record->list, sizeof(colors));
	}
	return colors;
}

struct color_set config_all_shared_colors(const struct config_view *root)
{
	const struct weir_record_shared_colors *record;
	struct color_set all = { { 0 } };

	for (unsigned int n = 0; (record = shared_record(root, n)); n++) {
		struct color_set colors;

		memcpy(&colors, record->list, sizeof(colors));
		color_set_join(&all, &colors);
	}
	return all;
}

/* ---------------------------------------------------------------- alone */

static int check_record(const struct config_subject *subject,
			const struct weir_record_shared_colors *record)
{
	const struct config_view *view = &subject->view;

	if (record->region >= view->desc->num_memory_regions ||
	    !config_is_shared_colored(&view->memory[record->region]))
		return refuse(subject->reason, -EINVAL,
			      "colors of memory region %u, which is not shared and colored",
			      record->region);
	if (record->reserved || !(record->list[0] | record->list[1]))
		return refuse(subject->reason, -EINVAL,
			      "memory region %u is shared on no color, or a reserved field is not 0",
			      record->region);
	return 0;
}

/* Each region has a record, and its colors to itself. */
static int check_region(const struct config_subject *subject, uint32_t n)
{
	const struct config_view *view = &subject->view;
	const struct weir_record_shared_colors *record;
	struct color_set colors =
		config_shared_colors(view, &view->memory[n]);
	unsigned int records_count = 0;

	for (unsigned int i = 0; (record = shared_record(view, i)); i++)
		records_count += record->region == n;
	if (records_count != 1)
		return refuse(subject->reason, -EINVAL,
			      "memory region %u is shared and colored: %u records name its colors",
			      n, records_count);
	for (uint32_t i = 0; i < n; i++) {
		struct color_set theirs =
			config_shared_colors(view, &view->memory[i]);
		unsigned int common = color_set_common(&colors, &theirs);

		if (common < COLORS_MAX)
			return refuse(subject->reason, -EINVAL,
				      "color %u is of memory regions %u and %u: shared ones have their own",
				      common, i, n);
	}
	return 0;
}

int config_check_shared(const struct config_subject *subject)
{
	const struct config_view *view = &subject->view;
	const struct weir_record_shared_colors *record;
	int error = 0;

	for (unsigned int n = 0; !error && (record = shared_record(view, n)); n++)
		error = check_record(subject, record);
	for (uint32_t i = 0; i < view->desc->num_memory_regions && !error; i++) {
		if (config_is_shared_colored(&view->memory[i]))
			error = check_region(subject, i);
	}
	return error;
}

/* ------------------------------------------------------------ of the root */

static int check_colors(const struct config_view *root,
			const struct config_beside *beside, uint32_t n,
			struct reason *reason)
{
	const struct color_set *colors = &beside->colors;
	struct config_root_colors roots;
	int error;

	if (color_set_beyond(colors, &beside->geometry) < COLORS_MAX)
		return refuse(reason, -EINVAL,
			      "color %u of memory region %u does not exist: there are %u, from 0",
			      color_set_beyond(colors, &beside->geometry), n,
			      color_count(&beside->geometry));
	error = config_check_not_own(colors, root, reason);
	if (error || !config_root_colors(root, &roots))
		return error;
	return config_check_overlap(colors, &roots.set, root, reason);
}

/* Its pages are RAM that the root uses for nothing else. */
static int check_pages(const struct system_desc *system,
		       const struct config_beside *beside,
		       const struct memory_region *region, uint32_t n,
		       struct reason *reason)
{
	const struct memory_region *own = &system->hypervisor_memory;
	struct config_root_colors roots;
	struct memory_region span;
	int error = config_region_span(beside, region, n, &span, reason);

	if (error)
		return error;
	if (config_root_colors(beside->root, &roots) &&
	    ranges_meet(roots.region->phys_start, roots.span_bytes,
			span.phys_start, span.size))
		return refuse(reason, -EINVAL,
			      "memory region %u is shared, and in the span of the root cell's colored memory",
			      n);
	if (ranges_meet(region->virt_start, region->size, own->phys_start,
			own->size))
		return refuse(reason, -EINVAL,
			      "memory region %u at virtual 0x%llx overlaps the hypervisor's memory",
			      n, ULL(region->virt_start));
	error = config_check_reserved(system, beside, region, n, reason);
	return error ? error : config_check_span(beside, region, n, reason);
}

int config_check_shared_root(const struct system_desc *system,
			     const struct config_view *root, uint64_t memsys,
			     struct reason *reason)
{
	struct config_beside beside = { .root = root, .memsys = memsys };
	int error;

	if (!shared_record(root, 0))
		return 0;
	error = config_check_colored_devices(system, root, root, reason);
	if (error)
		return error;
	error = config_geometry(root, &beside.geometry, reason);
	beside.geometry_known = true;
	for (uint32_t i = 0; i < root->desc->num_memory_regions && !error; i++) {
		const struct memory_region *region = &root->memory[i];

		if (!config_is_shared_colored(region))
			continue;
		beside.colors = config_shared_colors(root, region);
		error = check_colors(root, &beside, i, reason);
		if (!error)
			error = check_pages(system, &beside, region, i, reason);
	}
	return error == -EAGAIN ? 0 : error;
}

/* --------------------------------------------------------------- beside */

static const struct memory_region *
same_of_root(const struct config_view *root, const struct memory_region *region)
{
	for (uint32_t i = 0; i < root->desc->num_memory_regions; i++) {
		if (config_is_shared_colored(&root->memory[i]) &&
		    root->memory[i].phys_start == region->phys_start)
			return &root->memory[i];
	}
	return NULL;
}

const struct memory_region *
config_shared_of_root(const struct config_view *root,
		      const struct memory_region *region)
{
	return config_is_shared_colored(region) ? same_of_root(root, region) :
						  NULL;
}

/* The first color that only one of the two has. */
static int check_same_colors(const struct color_set *mine,
			     const struct color_set *theirs, uint32_t n,
			     uint32_t root_n, struct reason *reason)
{
	for (unsigned int color = 0; color < COLORS_MAX; color++) {
		bool is_mine = color_set_has(mine, color);

		if (is_mine != color_set_has(theirs, color))
			return refuse(reason, -EINVAL,
				      "memory region %u is shared with region %u of the root cell: only %s has it on color %u",
				      n, root_n, is_mine ? "the cell" :
				      "the root cell", color);
	}
	return 0;
}

int config_check_sharing(const struct config_view *root,
			 const struct config_view *cell, uint32_t n,
			 struct reason *reason)
{
	const struct memory_region *region = &cell->memory[n];
	const struct memory_region *theirs = same_of_root(root, region);
	struct color_set mine, other;

	if (!theirs)
		return refuse(reason, -EINVAL,
			      "memory region %u is shared on colors from 0x%llx on: the root cell shares nothing from there on",
			      n, ULL(region->phys_start));
	if (theirs->size != region->size)
		return refuse(reason, -EINVAL,
			      "memory region %u shares 0x%llx bytes, region %u of the root cell 0x%llx",
			      n, ULL(region->size), region_number(root, theirs),
			      ULL(theirs->size));
	mine = config_shared_colors(cell, region);
	other = config_shared_colors(root, theirs);
	return check_same_colors(&mine, &other, n, region_number(root, theirs),
				 reason);
}

/* Of colored ones the colors are compared. */
int config_check_beside_shared(const struct config_beside *beside,
			       const struct memory_region *region, uint32_t n,
			       struct reason *reason)
{
	const struct config_view *root = beside->root;

	if (region->flags & MEM_COLORED)
		return 0;
	for (uint32_t i = 0; i < root->desc->num_memory_regions; i++) {
		const struct memory_region *theirs = &root->memory[i];
		struct color_set colors = config_shared_colors(root, theirs);

		if (config_is_shared_colored(theirs) &&
		    config_region_meets(beside, &colors, theirs,
					region->phys_start, region->size))
			return refuse(reason, -EBUSY,
				      "memory region %u at 0x%llx overlaps what region %u of the root cell shares on colors",
				      n, ULL(region->phys_start), i);
	}
	return 0;
}

int config_check_not_shared(const struct color_set *colors,
			    const struct config_view *root,
			    struct reason *reason)
{
	struct color_set shared = config_all_shared_colors(root);
	unsigned int common = color_set_common(colors, &shared);

	if (common == COLORS_MAX)
		return 0;
	return refuse(reason, -EBUSY, "color %u is for shared memory", common);
}
