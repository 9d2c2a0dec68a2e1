/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a core's walk over its memory begins. */
#include "load.h"

#include <errno.h>
#include <stdlib.h>

#define PAGE_SHIFT	12
#define CPU_LINES_SHIFT	24

static uint64_t order_mask(uint64_t steps)
{
	uint64_t mask = 1;

	while (mask + 1 < steps)
		mask = mask << 1 | 1;
	/* The permutation wants a multiple of four. */
	return mask | 3;
}

void walk_init(struct walk *walk, const struct load *load, const struct ddr *ddr,
	       uint64_t line_bytes, unsigned int cpu, uint64_t seed)
{
	uint64_t base_line = (uint64_t)(cpu + 1) << CPU_LINES_SHIFT;

	*walk = (struct walk){
		.load = load, .ddr = ddr, .kind = load->kind,
		.bank = load->bank, .write_percent = load->write_percent,
	};
	walk->random = (seed + 1) * 0x9e3779b97f4a7c15ull + cpu;
	for (unsigned int n = 0; n < 8; n++)
		random_next(&walk->random);
	if (load->kind == LOAD_IDLE)
		return;
	walk->steps = load->kind == LOAD_TRACE ? load->trace->accesses_count :
		      load->size_bytes / load->stride_bytes;
	walk->step_lines = load->stride_bytes / line_bytes;
	walk->page_shift = PAGE_SHIFT - (uint32_t)__builtin_ctzll(line_bytes);
	walk->base_line = load->bank == LOAD_ANY_BANK ? base_line :
			  ddr_row_of(ddr, base_line);
	walk->order_mask = order_mask(walk->steps);
	walk->plain = load->kind == LOAD_STREAM && load->bank == LOAD_ANY_BANK;
	if (load->kind == LOAD_TRACE)
		walk->position = walk->steps - 1;
	else
		walk->position = random_next(&walk->random) % walk->steps;
	walk->line = walk->base_line + walk->position * walk->step_lines;
	walk->end_line = walk->base_line + walk->steps * walk->step_lines;
}

void walk_destroy(struct walk *walk)
{
	free(walk->pages);
	free(walk->later);
	walk->pages = NULL;
	walk->later = NULL;
}

/* Page n of its memory is the n-th of these colors; NULL: no memory. */
static uint32_t *pages_place(const struct walk *walk,
			     const struct color_geometry *geometry,
			     const struct color_set *colors)
{
	const struct colored memory = {
		.geometry = geometry,
		.set = *colors,
		.start = walk->base_line << (PAGE_SHIFT - walk->page_shift),
		.size = page_round_up(walk->load->size_bytes),
	};
	uint32_t *pages = malloc(memory.size / PAGE_BYTES * sizeof(*pages));
	struct color_walk at;
	struct color_run run;
	uint64_t page = 0;

	color_walk_init(&at, &memory);
	while (pages && color_walk_next(&at, &run)) {
		for (uint64_t n = 0; n < run.bytes; n += PAGE_BYTES)
			pages[page++] = (uint32_t)((run.phys + n) >> PAGE_SHIFT);
	}
	return pages;
}

int walk_color(struct walk *walk, const struct color_geometry *geometry)
{
	const struct load *load = walk->load;

	if (color_set_count(&load->colors)) {
		walk->pages = pages_place(walk, geometry, &load->colors);
		if (!walk->pages)
			return -ENOMEM;
		walk->plain = false;
	}
	if (load->recolor_ps) {
		walk->later = pages_place(walk, geometry, &load->recolors);
		if (!walk->later)
			return -ENOMEM;
	}
	return 0;
}

void walk_recolor(struct walk *walk)
{
	free(walk->pages);
	walk->pages = walk->later;
	if (walk->plain)
		walk->position = (walk->line - walk->base_line) /
				 walk->step_lines;
	walk->plain = false;
	walk->later = NULL;
}
