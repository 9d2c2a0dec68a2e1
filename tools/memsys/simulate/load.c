/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a core's walk over its memory begins. */
#include "load.h"

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
	walk->base_line = load->bank == LOAD_ANY_BANK ? base_line :
			  ddr_row_of(ddr, base_line);
	walk->order_mask = order_mask(walk->steps);
	if (load->kind == LOAD_TRACE)
		walk->position = walk->steps - 1;
	else
		walk->position = random_next(&walk->random) % walk->steps;
}
