/* SPDX-License-Identifier: GPL-2.0-only */
/* The walk over physical memory of given colors. */
#include "coloring/coloring.h"

/*
 * The colors of pages repeat with a period of twice the highest bit that
 * chooses them, and within a period, wherever it begins, each color has as
 * many pages as any other: the functions are independent.
 */
static uint64_t period_bytes(const struct color_geometry *geometry)
{
	uint64_t all = PAGE_BYTES - 1;

	for (unsigned int n = 0; n < geometry->bits; n++)
		all |= geometry->function[n];
	return BIT(64 - (unsigned int)__builtin_clzll(all));
}

/* Aligned stretches of this size have one color. */
static uint64_t granule_bytes(const struct color_geometry *geometry)
{
	uint64_t all = BIT(COLOR_TOP_BIT);

	for (unsigned int n = 0; n < geometry->bits; n++)
		all |= geometry->function[n];
	return all & -all;
}

static uint64_t placed_per_period(const struct colored *memory)
{
	return (period_bytes(memory->geometry) >> memory->geometry->bits) *
	       color_set_count(&memory->set);
}

static bool takes(const struct colored *memory, uint64_t phys)
{
	return color_set_has(&memory->set, color_of(memory->geometry, phys));
}

static bool takes_all(const struct colored *memory)
{
	return color_set_count(&memory->set) == color_count(memory->geometry);
}

/* The first page of the set at or above `at`: less than a period away. */
static uint64_t first_page(const struct colored *memory, uint64_t at)
{
	uint64_t granule = granule_bytes(memory->geometry);
	uint64_t end = at + period_bytes(memory->geometry);

	while (at < end && !takes(memory, at))
		at = (at | (granule - 1)) + 1;
	return at;
}

/* Bytes from `at`, which is in the set, to the next page that is not. */
static uint64_t run_bytes(const struct colored *memory, uint64_t at,
			  uint64_t limit)
{
	uint64_t granule = granule_bytes(memory->geometry);
	uint64_t end = at;

	if (takes_all(memory))
		return limit;
	while (end - at < limit && takes(memory, end))
		end = (end | (granule - 1)) + 1;
	return end - at < limit ? end - at : limit;
}

void color_walk_init(struct color_walk *walk, const struct colored *memory)
{
	walk->memory = memory;
	walk->next = memory->start;
	walk->left = memory->size;
}

bool color_walk_next(struct color_walk *walk, struct color_run *run)
{
	if (walk->left == 0)
		return false;
	run->phys = first_page(walk->memory, walk->next);
	run->bytes = run_bytes(walk->memory, run->phys, walk->left);
	walk->next = run->phys + run->bytes;
	walk->left -= run->bytes;
	return true;
}

/*
 * Whole periods are skipped: what follows them looks as from the start. The
 * walk over the rest ends within a period.
 */
void color_locate(const struct colored *memory, uint64_t offset,
		  struct color_run *run)
{
	uint64_t placed = placed_per_period(memory);
	uint64_t skipped = offset / placed;
	struct colored rest = *memory;
	struct color_walk walk;

	rest.start += skipped * period_bytes(memory->geometry);
	rest.size -= skipped * placed;
	offset -= skipped * placed;
	color_walk_init(&walk, &rest);
	while (color_walk_next(&walk, run) && offset >= run->bytes)
		offset -= run->bytes;
	run->phys += offset;
	run->bytes -= offset;
}

uint64_t color_span(const struct colored *memory)
{
	struct color_run last;

	color_locate(memory, memory->size - PAGE_BYTES, &last);
	return last.phys + PAGE_BYTES - memory->start;
}

bool color_meets(const struct colored *memory, uint64_t start, uint64_t size)
{
	uint64_t end = memory->start + color_span(memory);
	uint64_t from = start & PAGE_MASK;

	if (from < memory->start)
		from = memory->start;
	if (end > start + size)
		end = start + size;
	return from < end && first_page(memory, from) < end;
}
