/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator: colors of a cell, alone and beside others. */
#include "config-internal.h"
#include "hv/errno.h"

#define ULL(x)		((unsigned long long)(x))

_Static_assert(COLORING_WORDS * 64 == COLORS_MAX, "a list has all colors");
_Static_assert(COLORING_BANKS_MAX == COLOR_BANKS_MAX, "as many banks");

static const struct weir_record_coloring *
coloring_record(const struct config_view *root)
{
	return (const void *)config_record(root, WEIR_RECORD_COLORING, 0);
}

static const struct weir_record_colors *
colors_record(const struct config_view *cell)
{
	return (const void *)config_record(cell, WEIR_RECORD_COLORS, 0);
}

int config_geometry_of(const struct weir_record_coloring *record,
		       struct color_geometry *geometry, struct reason *reason)
{
	const struct color_cache cache = {
		record->llc_sets, record->llc_ways, record->llc_line_bytes,
	};
	bool has_cache = !(record->flags & COLORING_NO_LLC);
	bool asks = has_cache && !record->llc_sets;
	uint64_t banks[COLORING_BANKS_MAX];
	int error;

	for (unsigned int n = 0; n < COLORING_BANKS_MAX; n++)
		banks[n] = record->banks[n];
	error = color_geometry_init(geometry,
				    has_cache && !asks ? &cache : NULL, banks,
				    record->banks_count, reason);
	if (error)
		return error;
	return asks ? refuse(reason, -EAGAIN,
			     "the machine has not been asked for its cache") : 0;
}

int config_geometry(const struct config_view *root,
		    struct color_geometry *geometry, struct reason *reason)
{
	const struct weir_record_coloring *record = coloring_record(root);

	if (!record)
		return refuse(reason, -ENODATA,
			      "the system configuration has no record of colors");
	return config_geometry_of(record, geometry, reason);
}

void config_settle_cache(struct config_view *root,
			 const struct color_cache *cache)
{
	struct weir_record_coloring *record = (void *)coloring_record(root);

	record->llc_sets = cache->sets;
	record->llc_ways = (uint16_t)cache->ways;
	record->llc_line_bytes = (uint16_t)cache->line_bytes;
}

bool config_is_colored(const struct config_view *cell)
{
	return colors_record(cell) != NULL;
}

struct color_set config_colors(const struct config_view *cell)
{
	const struct weir_record_colors *record = colors_record(cell);
	struct color_set colors = { { 0 } };

	for (unsigned int i = 0; record && i < COLORING_WORDS; i++)
		colors.word[i] = record->list[i];
	return colors;
}

struct color_set config_own_colors(const struct config_view *root)
{
	const struct weir_record_own_colors *record =
		(const void *)config_record(root, WEIR_RECORD_OWN_COLORS, 0);
	struct color_set colors = { { 0 } };

	for (unsigned int i = 0; record && i < COLORING_WORDS; i++)
		colors.word[i] = record->list[i];
	return colors;
}

void config_settle_colors(struct config_view *cell,
			  const struct color_set *colors)
{
	struct weir_record_colors *record = (void *)colors_record(cell);

	record->how = COLORS_LIST;
	record->amount = 0;
	for (unsigned int i = 0; i < COLORING_WORDS; i++)
		record->list[i] = colors->word[i];
}

struct colored config_colored(const struct color_geometry *geometry,
			      const struct color_set *colors,
			      const struct memory_region *region)
{
	return (struct colored){
		.geometry = geometry,
		.set = *colors,
		.start = region->phys_start,
		.size = region->size,
	};
}

/* ---------------------------------------------------------------- alone */

/* What a colored cell writes or executes lies on its colors, or is shared. */
static bool must_be_colored(const struct memory_region *region)
{
	const uint64_t elsewhere = MEM_IO | MEM_COMM_REGION | MEM_ROOTSHARED |
				   MEM_COLORED;

	return (region->flags & (MEM_WRITE | MEM_EXECUTE)) &&
	       !(region->flags & elsewhere) &&
	       !((region->virt_start | region->size) & ~PAGE_MASK);
}

static int check_regions(const struct config_subject *subject)
{
	const struct config_view *view = &subject->view;
	bool colored = config_is_colored(view);
	unsigned int regions_count = 0;

	for (uint32_t i = 0; i < view->desc->num_memory_regions; i++) {
		const struct memory_region *region = &view->memory[i];

		if (config_is_shared_colored(region))
			continue;
		if (region->flags & MEM_COLORED)
			regions_count++;
		if (subject->is_root)
			continue;
		if (!colored && (region->flags & MEM_COLORED))
			return refuse(subject->reason, -EINVAL,
				      "memory region %u is colored, but the cell has no colors",
				      i);
		if (colored && must_be_colored(region))
			return refuse(subject->reason, -EINVAL,
				      "memory region %u: all memory of a colored cell is colored or shared",
				      i);
	}
	if (!colored)
		return 0;
	if (!regions_count)
		return refuse(subject->reason, -EINVAL,
			      "the cell has colors, but no memory region is colored");
	return 0;
}

int config_check_colors(const struct config_subject *subject)
{
	int error = check_regions(subject);

	return error ? error : config_check_shared(subject);
}

/* --------------------------------------------------------------- beside */

/* What shows devices the pages that the CPU sees; a word for it either way. */
static bool has_iommu(const struct system_desc *system,
		      const struct config_view *root, const char **what)
{
	if (system->architecture != CONFIG_ARCH_X86) {
		*what = "SMMUv3";
		return config_smmu(system, 0);
	}
	*what = "IOMMU";
	return config_iommu(system, root) == CONFIG_IOMMU_UNITS;
}

/* By their own addresses on x86, elsewhere by the stream ids that are listed. */
static int check_colored_pci(const struct system_desc *system,
			     const struct config_view *cell, bool translated,
			     const char *what, struct reason *reason)
{
	bool known = system->architecture == CONFIG_ARCH_X86 ||
		     cell->desc->num_stream_ids;

	for (uint32_t i = 0; i < cell->desc->num_pci_devices; i++) {
		if (cell->pci[i].type == PCI_TYPE_IVSHMEM)
			continue;
		if (!translated)
			return refuse(reason, -EINVAL,
				      "PCI device 0x%x in a colored cell: without an %s it does not find its memory",
				      cell->pci[i].bdf, what);
		if (!known)
			return refuse(reason, -EINVAL,
				      "PCI device 0x%x in a colored cell: the cell lists no stream id by which the SMMU knows it",
				      cell->pci[i].bdf);
	}
	return 0;
}

int config_check_colored_devices(const struct system_desc *system,
				 const struct config_view *root,
				 const struct config_view *cell,
				 struct reason *reason)
{
	const char *what;
	bool translated = has_iommu(system, root, &what);
	bool colored = config_is_colored(cell);
	int error = 0;

	if (colored)
		error = check_colored_pci(system, cell, translated, what,
					  reason);
	if (error || translated)
		return error;
	if (colored && cell->desc->num_stream_ids)
		return refuse(reason, -EINVAL,
			      "%u stream ids in a colored cell: without an %s no device finds its memory",
			      cell->desc->num_stream_ids, what);
	for (uint32_t i = 0; i < cell->desc->num_memory_regions; i++) {
		if ((cell->memory[i].flags & (MEM_COLORED | MEM_DMA)) ==
		    (MEM_COLORED | MEM_DMA))
			return refuse(reason, -EINVAL,
				      "memory region %u is colored: without an %s no device finds its pages",
				      i, what);
	}
	return 0;
}

static unsigned int amount_wanted(const struct weir_record_colors *record,
				  const struct color_geometry *geometry)
{
	if (record->how == COLORS_COUNT)
		return record->amount;
	return color_count(geometry) * record->amount / 1000;
}

static int choose_amount(const struct weir_record_colors *record,
			 const struct color_geometry *geometry,
			 const struct color_set *taken,
			 struct color_set *colors, struct reason *reason)
{
	unsigned int all = color_count(geometry);
	unsigned int wanted = amount_wanted(record, geometry);

	if (wanted == 0)
		return refuse(reason, -EINVAL,
			      "%u permille of %u colors are less than one",
			      record->amount, all);
	if (!color_set_choose(colors, geometry, taken, wanted))
		return refuse(reason, wanted > all ? -EINVAL : -EBUSY,
			      "%u colors are asked for: of %u, %u are free",
			      wanted, all, all - color_set_count(taken));
	return 0;
}

int config_choose_colors(const struct config_view *cell,
			 const struct config_view *root,
			 const struct color_geometry *geometry,
			 const struct config_view *const *others,
			 unsigned int others_count, struct color_set *colors,
			 struct reason *reason)
{
	const struct weir_record_colors *record = colors_record(cell);
	struct config_root_colors roots = { .set = { { 0 } } };
	struct color_set taken, shared;

	config_root_colors(root, &roots);
	taken = config_own_colors(root);
	shared = config_all_shared_colors(root);
	color_set_join(&taken, &shared);
	color_set_join(&taken, &roots.set);
	for (unsigned int i = 0; i < others_count; i++) {
		struct color_set theirs = config_colors(others[i]);

		color_set_join(&taken, &theirs);
	}
	if (record->how != COLORS_LIST)
		return choose_amount(record, geometry, &taken, colors, reason);
	*colors = config_colors(cell);
	if (color_set_beyond(colors, geometry) < COLORS_MAX)
		return refuse(reason, -EINVAL,
			      "color %u does not exist: there are %u, from 0",
			      color_set_beyond(colors, geometry),
			      color_count(geometry));
	return 0;
}

int config_check_overlap(const struct color_set *colors,
			 const struct color_set *theirs,
			 const struct config_view *other,
			 struct reason *reason)
{
	unsigned int common = color_set_common(colors, theirs);

	if (common == COLORS_MAX)
		return 0;
	return refuse(reason, -EBUSY, "color %u belongs to cell \"%s\"", common,
		      other->desc->name);
}

int config_check_not_own(const struct color_set *colors,
			 const struct config_view *root, struct reason *reason)
{
	struct color_set own = config_own_colors(root);
	unsigned int common = color_set_common(colors, &own);

	if (common == COLORS_MAX)
		return 0;
	return refuse(reason, -EBUSY, "color %u belongs to the hypervisor",
		      common);
}

/* Before the machine has been asked for its cache, colors may exist or not. */
int config_check_own_colors(const struct config_view *root,
			    struct reason *reason)
{
	struct color_set own = config_own_colors(root);
	struct config_root_colors roots;
	struct color_geometry geometry;
	int error;

	if (color_set_count(&own) == 0)
		return 0;
	error = config_geometry(root, &geometry, reason);
	if (error && error != -EAGAIN)
		return error;
	if (!error && color_set_beyond(&own, &geometry) < COLORS_MAX)
		return refuse(reason, -EINVAL,
			      "color %u of the hypervisor does not exist: there are %u, from 0",
			      color_set_beyond(&own, &geometry),
			      color_count(&geometry));
	if (!config_root_colors(root, &roots))
		return 0;
	return config_check_not_own(&roots.set, root, reason);
}

/* A root on all colors shares them with everybody. */
static int check_root_overlap(const struct color_set *colors,
			      const struct config_view *root,
			      struct reason *reason)
{
	struct config_root_colors roots;

	if (!config_root_colors(root, &roots))
		return 0;
	return config_check_overlap(colors, &roots.set, root, reason);
}

int config_check_palette(struct config_beside *beside,
			 const struct config_view *cell,
			 const struct config_view *const *others,
			 unsigned int others_count, struct reason *reason)
{
	int error = config_geometry(beside->root, &beside->geometry, reason);

	beside->geometry_known = !error;
	beside->colors = config_colors(cell);
	if (!config_is_colored(cell))
		return 0;
	if (error && error != -EAGAIN)
		return -EINVAL;
	if (!error)
		error = config_choose_colors(cell, beside->root,
					     &beside->geometry, others,
					     others_count, &beside->colors,
					     reason);
	else
		error = 0;
	for (unsigned int i = 0; i < others_count && !error; i++) {
		struct color_set theirs = config_colors(others[i]);

		error = config_check_overlap(&beside->colors, &theirs,
					     others[i], reason);
	}
	if (!error)
		error = config_check_not_own(&beside->colors, beside->root,
					     reason);
	if (!error)
		error = config_check_not_shared(&beside->colors, beside->root,
						reason);
	return error ? error : check_root_overlap(&beside->colors,
						  beside->root, reason);
}

static bool is_placed(const struct config_beside *beside,
		      const struct color_set *colors,
		      const struct memory_region *region)
{
	return (region->flags & MEM_COLORED) && beside->geometry_known &&
	       color_set_count(colors);
}

bool config_region_meets(const struct config_beside *beside,
			 const struct color_set *colors,
			 const struct memory_region *region, uint64_t start,
			 uint64_t size)
{
	struct colored memory;

	if (!region->size || !size)
		return false;
	if (!is_placed(beside, colors, region))
		return ranges_meet(region->phys_start, region->size, start,
				   size);
	memory = config_colored(&beside->geometry, colors, region);
	return color_meets(&memory, start, size);
}

int config_region_span(const struct config_beside *beside,
		       const struct memory_region *region, uint32_t n,
		       struct memory_region *span, struct reason *reason)
{
	struct colored memory;

	*span = *region;
	if (!is_placed(beside, &beside->colors, region))
		return 0;
	memory = config_colored(&beside->geometry, &beside->colors, region);
	span->size = color_span(&memory);
	if (!range_fits(span->phys_start, span->size))
		return refuse(reason, -EINVAL,
			      "memory region %u: on its colors 0x%llx bytes span 0x%llx: beyond %u address bits",
			      n, ULL(region->size), ULL(span->size),
			      CONFIG_ADDRESS_BITS);
	return 0;
}
