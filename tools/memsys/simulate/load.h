/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a synthetic core does: which lines it accesses, in which order, and what
 * it computes between.
 *
 * A load walks over `size_bytes` of memory that is its own, in steps of
 * `stride_bytes`; or, with `bank` set, over that much memory of one DDR bank.
 */
#ifndef SIMULATE_LOAD_H
#define SIMULATE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "coloring/coloring.h"
#include "tools/memsys/ddr.h"
#include "trace.h"

enum load_kind {
	LOAD_IDLE,
	LOAD_STREAM,	/* one line after another */
	LOAD_RANDOM,	/* any line, independent of each other */
	LOAD_CHASE,	/* each line once, in an order without pattern; the next
			   is known when the last one has arrived */
	LOAD_TRACE,	/* as recorded */
};

#define LOAD_ANY_BANK	UINT32_MAX
/* From the memory of one core to that of the next. */
#define LOAD_SPAN_BYTES	(1ull << 30)

struct load {
	enum load_kind kind;
	uint64_t size_bytes;
	uint64_t stride_bytes;		/* a multiple of the line */
	uint32_t bank;			/* LOAD_ANY_BANK: all */
	uint32_t write_percent;		/* stores among the accesses */
	uint32_t mlp;			/* misses under way, 1 to the core's */
	uint64_t instructions;		/* executed per access, 1 or more */
	uint32_t per_line;		/* accesses to a line, one after another */
	uint64_t compute_ps;		/* between bursts; 0: no pauses */
	uint64_t begin_ps;		/* it begins at a random time before */
	uint64_t burst_accesses;	/* then so many accesses */
	uint64_t way_mask;		/* of the last-level cache; 0: all */
	struct color_set colors;	/* of its memory; none: as addresses are */
	struct color_set recolors;	/* and from recolor_ps on */
	uint64_t recolor_ps;		/* 0: never */
	struct trace *trace;		/* LOAD_TRACE */
};

struct access {
	uint64_t line;
	bool store;
	uint64_t gap_ps;		/* of a trace; else 0 */
};

/* Where a core is in its load. */
struct walk {
	const struct load *load;
	const struct ddr *ddr;
	bool plain;			/* one line after another, as they are */
	uint64_t line;			/* then: the last one, and the end */
	uint64_t end_line;
	enum load_kind kind;		/* these three as the load has them */
	uint32_t bank;
	uint32_t write_percent;
	uint64_t steps;			/* of the walk, until it begins anew */
	uint64_t step_lines;
	uint64_t base_line;
	uint64_t position;
	uint64_t order_mask;		/* LOAD_CHASE: a power of two - 1 */
	uint64_t random;
	uint32_t stores;		/* of 100, owed */
	uint32_t *pages;		/* colored: where page n of its memory is */
	uint32_t *later;		/* where they will be; NULL */
	uint32_t page_shift;		/* of a line's number */
};

/*
 * The memory of core `cpu` begins at line (cpu + 1) << 24, and has room up to
 * the next one's. A stream and a chase begin somewhere, as `seed` says. `load` and `ddr`
 * outlive the walk.
 */
void walk_init(struct walk *walk, const struct load *load, const struct ddr *ddr,
	       uint64_t line_bytes, unsigned int cpu, uint64_t seed);
void walk_destroy(struct walk *walk);
/*
 * Places its memory on the load's colors, and where it will be on those it gets
 * later. 0 or -ENOMEM. Neither a bank nor a trace has colors.
 */
int walk_color(struct walk *walk, const struct color_geometry *geometry);
/* From now on its memory is on the later ones. Once. */
void walk_recolor(struct walk *walk);

/* xorshift64*; never 0 when `*state` is not. */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return x * 0x2545f4914f6cdd1dull;
}

/* A permutation of 0..order_mask that is one cycle (Hull and Dobell). */
static inline uint64_t chase_next(const struct walk *walk)
{
	uint64_t at = walk->position;

	do
		at = (at * 0x5851f42d4c957f2dull + 0x14057b7ef767814full) &
		     walk->order_mask;
	while (at >= walk->steps);
	return at;
}

static inline uint64_t walk_step_on(struct walk *walk)
{
	uint64_t position = walk->position + 1;

	return walk->position = position < walk->steps ? position : 0;
}

static inline uint64_t walk_line_on(struct walk *walk)
{
	uint64_t line = walk->line + walk->step_lines;

	return walk->line = line < walk->end_line ? line : walk->base_line;
}

static inline uint64_t walk_step(struct walk *walk)
{
	switch (walk->kind) {
	case LOAD_RANDOM:
		return (uint64_t)((random_next(&walk->random) >> 32) *
				  walk->steps >> 32);
	case LOAD_CHASE:
		return walk->position = chase_next(walk);
	default:
		return walk_step_on(walk);
	}
}

static inline bool walk_stores(struct walk *walk)
{
	walk->stores += walk->write_percent;
	if (walk->stores < 100)
		return false;
	walk->stores -= 100;
	return true;
}

static inline uint64_t walk_line(const struct walk *walk, uint64_t step)
{
	uint64_t lines = step * walk->step_lines;

	if (walk->pages)
		return (uint64_t)walk->pages[lines >> walk->page_shift]
			       << walk->page_shift |
		       (lines & ((1u << walk->page_shift) - 1));
	if (walk->bank == LOAD_ANY_BANK)
		return walk->base_line + lines;
	return ddr_line_in_bank(walk->ddr, walk->bank, walk->base_line,
				lines);
}

/* The next access. Not for LOAD_IDLE. */
static inline void walk_next(struct walk *walk, struct access *access)
{
	uint64_t step;

	if (walk->plain) {
		access->line = walk_line_on(walk);
		access->store = walk->write_percent && walk_stores(walk);
		return;
	}
	step = walk_step(walk);
	if (walk->kind == LOAD_TRACE) {
		const struct trace_access *recorded =
			&walk->load->trace->accesses[step];

		access->line = recorded->line;
		access->store = recorded->store;
		access->gap_ps = recorded->gap_ps;
		return;
	}
	access->line = walk_line(walk, step);
	access->store = walk_stores(walk);
}

#endif
