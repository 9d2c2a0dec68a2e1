/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tables: what second-stage tables of colored memory take. Maps regions as the
 * hypervisor does, by its walker and formats, and counts what is in the tables.
 * Prints a data line for each: name, entries of a TLB and bytes of tables for
 * a MiB. Then the same of a root cell's memory before it changes its colors, on
 * other ones, and back on all, all entries of it and all bytes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "coloring/coloring.h"
#include "fake.h"
#include "hv/arch/paging.h"
#include "hv/paging.h"
#include "hypervisor/arch/arm64/include/lpae.h"
#include "hypervisor/arch/x86/include/pgtable.h"

#define MIB		0x100000ull
#define REGION_BYTES	(64 * MIB)
#define ROOT_BYTES	(512 * MIB)
#define ROOT_COLORS	0xfff0ull
#define REGION_PHYS	0x40000000ull
#define ALL		(MAP_READ | MAP_WRITE | MAP_EXECUTE)

struct share {
	const char *name;
	struct color_cache cache;	/* no sets: banks only */
	uint64_t banks[2];
	struct color_set set;
};

/* 16 colors: 1 MiB of 16 ways; 128: 8 MiB. Each cell has adjacent colors. */
static const struct share shares[] = {
	{ "all", { 1024, 16, 64 }, { 0 }, { { 0xffff } } },
	{ "8of16", { 1024, 16, 64 }, { 0 }, { { 0x00ff } } },
	{ "4of16", { 1024, 16, 64 }, { 0 }, { { 0x000f } } },
	{ "1of16", { 1024, 16, 64 }, { 0 }, { { 0x0001 } } },
	{ "64of128", { 8192, 16, 64 }, { 0 }, { { UINT64_MAX } } },
	{ "16of128", { 8192, 16, 64 }, { 0 }, { { 0xffff } } },
	{ "8of128", { 8192, 16, 64 }, { 0 }, { { 0xff } } },
	{ "banks17", { 0, 0, 0 }, { BIT(17), BIT(18) }, { { 0x3 } } },
	{ "banks21", { 0, 0, 0 }, { BIT(21), BIT(22) }, { { 0x3 } } },
};

static void give_up(const char *what)
{
	fprintf(stderr, "tables: %s\n", what);
	exit(2);
}

static void map_share(struct page_table *table, const struct share *share)
{
	struct color_geometry geometry;
	struct colored memory = {
		.geometry = &geometry,
		.set = share->set,
		.start = REGION_PHYS,
		.size = REGION_BYTES,
	};
	uint64_t virt = 0;
	struct color_walk walk;
	struct color_run run;

	if (color_geometry_init(&geometry,
				share->cache.sets ? &share->cache : NULL,
				share->banks, share->cache.sets ? 0 : 2, NULL))
		give_up("no such geometry");
	color_walk_init(&walk, &memory);
	while (color_walk_next(&walk, &run)) {
		if (page_table_map(table, virt, hpa(run.phys), run.bytes, ALL))
			give_up("no page left");
		virt += run.bytes;
	}
}

static uint64_t entries_of(const struct page_table_use *use)
{
	return use->leaves[0] + use->leaves[1] + use->leaves[2] +
	       use->grouped / (PAGING_GROUP_BYTES / PAGE_BYTES);
}

static void measure(const char *format_name, const struct paging_format *format,
		    const struct share *share)
{
	const double region_mib = (double)(REGION_BYTES / MIB);
	struct page_table_use empty, use;
	struct page_table table;

	if (page_table_init(&table, format))
		give_up("no page left");
	page_table_use(&table, &empty);
	map_share(&table, share);
	page_table_use(&table, &use);
	printf("data: %s.%s %.4f %.1f\n", format_name, share->name,
	       (double)entries_of(&use) / region_mib,
	       (double)((use.pages - empty.pages) * PAGE_BYTES) / region_mib);
	page_table_free(&table);
}

static void print_root(const char *format_name, const char *when,
		       const struct page_table *table)
{
	struct page_table_use use;

	page_table_use(table, &use);
	printf("data: root.%s.%s %llu %llu\n", format_name, when,
	       (unsigned long long)entries_of(&use),
	       (unsigned long long)((use.pages - table->format->root_pages) *
				    PAGE_BYTES));
}

/* Each page to its place on these colors; then what can be joined is. */
static void root_move(struct page_table *table, const struct colored *memory)
{
	const struct page_range all = { REGION_PHYS, ROOT_BYTES };
	struct page_change change;
	struct color_run run;

	for (uint64_t at = 0; at < ROOT_BYTES; at += PAGE_BYTES) {
		if (!page_table_is_split(table, REGION_PHYS + at)) {
			if (page_table_split_plan(table, REGION_PHYS + at,
						  &change))
				give_up("no page left");
			page_table_change_make(table, &change);
		}
		color_locate(memory, at, &run);
		page_table_leaves_make(table, REGION_PHYS + at, hpa(run.phys), 1,
				       ALL);
	}
	page_table_join(table, &all, &all);
}

static void measure_root(const char *format_name,
			 const struct paging_format *format)
{
	const struct color_cache cache = { 1024, 16, 64 };
	struct color_geometry geometry;
	struct colored memory = {
		.geometry = &geometry,
		.set = { { ROOT_COLORS } },
		.start = REGION_PHYS,
		.size = ROOT_BYTES,
	};
	struct page_table table;

	if (color_geometry_init(&geometry, &cache, NULL, 0, NULL) ||
	    page_table_init(&table, format) ||
	    page_table_map(&table, REGION_PHYS, hpa(REGION_PHYS), ROOT_BYTES,
			   ALL))
		give_up("no root");
	print_root(format_name, "before", &table);
	root_move(&table, &memory);
	print_root(format_name, "colored", &table);
	memory.set.word[0] = 0xffff;
	root_move(&table, &memory);
	print_root(format_name, "back", &table);
	page_table_free(&table);
}

int main(void)
{
	struct paging_format arm64, without;
	struct lpae_geometry geometry;

	fake_machine();
	hv_memory_init(hpa(FAKE_HV_START), FAKE_HV_BYTES);
	page_pool_init(arch_hv_base(), FAKE_HV_BYTES / PAGE_BYTES);
	if (lpae_stage2_geometry(40, &geometry))
		give_up("no such address size");
	lpae_stage2_format(&arm64, &geometry, NULL);
	without = arm64;
	without.group = 0;
	for (size_t i = 0; i < ARRAY_COUNT(shares); i++) {
		measure("arm64", &arm64, &shares[i]);
		measure("arm64-without", &without, &shares[i]);
		measure("x86", &ept_format, &shares[i]);
	}
	measure_root("arm64", &arm64);
	measure_root("x86", &ept_format);
	return 0;
}
