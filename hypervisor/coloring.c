/* SPDX-License-Identifier: GPL-2.0-only */
/* Colors of this machine, and memory regions in fragments. */
#include "hv/coloring.h"

#include "cell-internal.h"
#include "hv/arch/cache.h"
#include "hv/errno.h"
#include "hv/memsys.h"
#include "hv/paging.h"
#include "hv/printk.h"
#include "hv/setup.h"

static struct {
	bool present;
	struct color_geometry geometry;
	struct color_cache cache;	/* sets 0: none is colored */
} coloring;

/* The modelled machine's cache is the model's, whatever the CPU says. */
static bool cache_of_machine(struct color_cache *cache, bool *is_hashed)
{
	const struct memsys_page *page = memsys_page();

	if (!page)
		return arch_cache_last(cache, is_hashed);
	*is_hashed = false;
	*cache = (struct color_cache){ page->llc_sets, page->llc_ways,
				       page->line_bytes };
	return true;
}

static int ask_machine(struct config_view *root, struct reason *reason)
{
	struct color_cache cache;
	bool is_hashed;

	if (!cache_of_machine(&cache, &is_hashed))
		return refuse(reason, -ENODEV,
			      "the machine names no last-level cache: the configuration must");
	if (is_hashed)
		return refuse(reason, -ENODEV,
			      "a hash chooses the %u sets of the machine's cache: no page is promised any, color by banks alone",
			      cache.sets);
	if (cache.sets == 0 || cache.ways == 0 || cache.line_bytes == 0 ||
	    cache.ways > UINT16_MAX || cache.line_bytes > UINT16_MAX)
		return refuse(reason, -ENODEV,
			      "the machine names a cache of %u sets, %u ways, %u-byte lines",
			      cache.sets, cache.ways, cache.line_bytes);
	config_settle_cache(root, &cache);
	return config_geometry(root, &coloring.geometry, reason);
}

static void announce(const struct weir_record_coloring *record)
{
	struct color_cache machine;
	bool is_hashed;

	printk("colors: %u, %u of the cache\n",
	       color_count(&coloring.geometry), 1u << coloring.geometry.llc_bits);
	if (!record->llc_sets || !cache_of_machine(&machine, &is_hashed))
		return;
	if (is_hashed)
		printk("WARNING: a hash chooses the %u sets of the machine's cache: colors of it keep nobody apart\n",
		       machine.sets);
	else if (machine.sets != record->llc_sets ||
		 machine.line_bytes != record->llc_line_bytes)
		printk("colors: configured for %u sets of %u bytes, the machine names %u of %u\n",
		       record->llc_sets, record->llc_line_bytes, machine.sets,
		       machine.line_bytes);
}

int coloring_init(struct reason *reason)
{
	const struct weir_record_coloring *record;
	struct config_view root;
	int error;

	coloring.present = false;
	system_view(&root);
	record = (const void *)config_record(&root, WEIR_RECORD_COLORING, 0);
	if (!record)
		return 0;
	error = config_geometry(&root, &coloring.geometry, reason);
	if (error == -EAGAIN)
		error = ask_machine(&root, reason);
	if (!error)
		error = config_check_settled(system_config, &root, reason);
	if (error)
		return error;
	coloring.present = true;
	coloring.cache = (struct color_cache){ record->llc_sets,
					       record->llc_ways,
					       record->llc_line_bytes };
	announce(record);
	return 0;
}

const struct color_geometry *coloring_geometry(void)
{
	return coloring.present ? &coloring.geometry : NULL;
}

void coloring_report(const struct cell *cell, struct color_report *report)
{
	const struct color_geometry *geometry = &coloring.geometry;
	struct config_view root;
	struct color_set own, shared;

	if (!coloring.present)
		return;
	system_view(&root);
	own = config_own_colors(&root);
	shared = config_all_shared_colors(&root);
	report->llc_sets = coloring.cache.sets;
	report->llc_ways = (uint16_t)coloring.cache.ways;
	report->llc_line_bytes = (uint16_t)coloring.cache.line_bytes;
	report->colors_count = color_count(geometry);
	report->llc_colors_count = 1u << geometry->llc_bits;
	for (unsigned int n = 0; n < geometry->bits; n++)
		report->functions[n] = geometry->function[n];
	for (unsigned int i = 0; i < ARRAY_COUNT(report->colors); i++) {
		report->colors[i] = cell->colors.word[i];
		report->hypervisor[i] = own.word[i];
		report->shared[i] = shared.word[i];
	}
}

void coloring_settle(struct cell *cell, const struct config_view *const *others,
		     unsigned int others_count)
{
	struct config_view view, root;

	cell_view(cell, &view);
	cell->colors = (struct color_set){ { 0 } };
	if (!config_is_colored(&view))
		return;
	system_view(&root);
	CHECK(config_choose_colors(&view, &root, &coloring.geometry, others,
				   others_count, &cell->colors, NULL) == 0);
	config_settle_colors(&view, &cell->colors);
}

void *coloring_page(const struct cell *cell)
{
	if (color_set_count(&cell->colors) == 0)
		return page_alloc(1);
	return page_alloc_colored(&coloring.geometry, &cell->colors);
}

static struct color_set region_colors(const struct cell *cell,
				      const struct memory_region *region)
{
	struct config_view view;

	if (!config_is_shared_colored(region))
		return cell->colors;
	cell_view(cell, &view);
	return config_shared_colors(&view, region);
}

void fragments_init(struct fragments *fragments, const struct cell *cell,
		    const struct memory_region *region)
{
	struct color_set colors = region_colors(cell, region);

	fragments->region = region;
	fragments->virt = region->virt_start;
	fragments->colored = (region->flags & MEM_COLORED) &&
			     color_set_count(&colors);
	if (!fragments->colored)
		return;
	fragments->memory = config_colored(&coloring.geometry, &colors, region);
	color_walk_init(&fragments->walk, &fragments->memory);
}

bool fragments_next(struct fragments *fragments, struct memory_region *part)
{
	const struct memory_region *region = fragments->region;
	struct color_run run = { region->phys_start, region->size };
	uint64_t done = fragments->virt - region->virt_start;

	if (done == region->size)
		return false;
	if (fragments->colored)
		CHECK(color_walk_next(&fragments->walk, &run));
	*part = *region;
	part->phys_start = run.phys;
	part->virt_start = fragments->virt;
	part->size = run.bytes;
	part->flags &= ~MEM_COLORED;
	fragments->virt += run.bytes;
	return true;
}

uint64_t fragments_span(const struct cell *cell,
			const struct memory_region *region)
{
	struct fragments fragments;

	fragments_init(&fragments, cell, region);
	return fragments.colored ? color_span(&fragments.memory) : region->size;
}
