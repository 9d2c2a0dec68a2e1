/* SPDX-License-Identifier: GPL-2.0-only */
/* Which address bits make a color, and sets of colors. */
#include "coloring/coloring.h"

#include "hv/errno.h"

#define ULL(x)	((unsigned long long)(x))

static bool is_power(uint64_t value)
{
	return value && !(value & (value - 1));
}

static unsigned int parity(uint64_t bits)
{
	for (unsigned int shift = 32; shift; shift /= 2)
		bits ^= bits >> shift;
	return (unsigned int)(bits & 1);
}

static unsigned int top_bit(uint64_t bits)
{
	return 63 - (unsigned int)__builtin_clzll(bits);
}

/* What is left of a function once those before it are eliminated; 0: a sum. */
static uint64_t reduce(const struct color_geometry *geometry, uint64_t function)
{
	uint64_t basis[COLOR_BITS_MAX];

	for (unsigned int n = 0; n <= geometry->bits; n++) {
		uint64_t left = n < geometry->bits ? geometry->function[n] :
						     function;

		for (unsigned int i = 0; i < n; i++) {
			if (left & BIT(top_bit(basis[i])))
				left ^= basis[i];
		}
		if (n == geometry->bits)
			return left;
		basis[n] = left;
	}
	return 0;
}

static int add_cache(struct color_geometry *geometry,
		     const struct color_cache *cache, struct reason *reason)
{
	uint64_t way_bytes = (uint64_t)cache->sets * cache->line_bytes;

	if (!is_power(cache->sets) || !is_power(cache->line_bytes))
		return refuse(reason, -EINVAL,
			      "cache of %u sets of %u-byte lines: colors need powers of two",
			      cache->sets, cache->line_bytes);
	if (way_bytes > PAGE_BYTES * COLORS_MAX)
		return refuse(reason, -EINVAL,
			      "a way of %llu bytes has %llu colors, at most %u are possible",
			      ULL(way_bytes), ULL(way_bytes / PAGE_BYTES),
			      COLORS_MAX);
	for (uint64_t bit = PAGE_BYTES; bit < way_bytes; bit *= 2)
		geometry->function[geometry->bits++] = bit;
	geometry->llc_bits = geometry->bits;
	return 0;
}

static int add_bank(struct color_geometry *geometry, uint64_t function,
		    struct reason *reason)
{
	if (function == 0 || (function & ~PAGE_MASK) ||
	    function >> (COLOR_TOP_BIT + 1))
		return refuse(reason, -EINVAL,
			      "bank function 0x%llx: only address bits %u to %u tell pages apart",
			      ULL(function), PAGE_SHIFT, COLOR_TOP_BIT);
	if (!reduce(geometry, function))
		return 0;
	if (geometry->bits == COLOR_BITS_MAX)
		return refuse(reason, -EINVAL,
			      "bank function 0x%llx: more than %u colors",
			      ULL(function), COLORS_MAX);
	geometry->function[geometry->bits++] = function;
	return 0;
}

int color_geometry_init(struct color_geometry *geometry,
			const struct color_cache *cache, const uint64_t *banks,
			unsigned int banks_count, struct reason *reason)
{
	int error = 0;

	*geometry = (struct color_geometry){ 0 };
	if (banks_count > COLOR_BANKS_MAX)
		return refuse(reason, -EINVAL,
			      "%u bank functions, at most %u are possible",
			      banks_count, COLOR_BANKS_MAX);
	if (cache)
		error = add_cache(geometry, cache, reason);
	for (unsigned int n = 0; n < banks_count && !error; n++)
		error = add_bank(geometry, banks[n], reason);
	return error;
}

unsigned int color_count(const struct color_geometry *geometry)
{
	return 1u << geometry->bits;
}

unsigned int color_of(const struct color_geometry *geometry, uint64_t phys)
{
	unsigned int color = 0;

	for (unsigned int n = 0; n < geometry->bits; n++)
		color |= parity(phys & geometry->function[n]) << n;
	return color;
}

bool color_set_has(const struct color_set *set, unsigned int color)
{
	return color < COLORS_MAX && (set->word[color / 64] >> color % 64 & 1);
}

void color_set_add(struct color_set *set, unsigned int color)
{
	set->word[color / 64] |= BIT(color % 64);
}

void color_set_join(struct color_set *set, const struct color_set *other)
{
	for (unsigned int i = 0; i < ARRAY_COUNT(set->word); i++)
		set->word[i] |= other->word[i];
}

unsigned int color_set_count(const struct color_set *set)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < ARRAY_COUNT(set->word); i++)
		for (uint64_t left = set->word[i]; left; left &= left - 1)
			count++;
	return count;
}

void color_set_all(struct color_set *set, const struct color_geometry *geometry)
{
	*set = (struct color_set){ { 0 } };
	for (unsigned int color = 0; color < color_count(geometry); color++)
		color_set_add(set, color);
}

unsigned int color_set_common(const struct color_set *a,
			      const struct color_set *b)
{
	unsigned int color = 0;

	while (color < COLORS_MAX &&
	       !(color_set_has(a, color) && color_set_has(b, color)))
		color++;
	return color;
}

unsigned int color_set_beyond(const struct color_set *set,
			      const struct color_geometry *geometry)
{
	unsigned int color = color_count(geometry);

	while (color < COLORS_MAX && !color_set_has(set, color))
		color++;
	return color;
}

bool color_set_choose(struct color_set *set,
		      const struct color_geometry *geometry,
		      const struct color_set *taken, unsigned int count)
{
	unsigned int color;

	*set = (struct color_set){ { 0 } };
	for (color = 0; color < color_count(geometry) && count; color++) {
		if (color_set_has(taken, color))
			continue;
		color_set_add(set, color);
		count--;
	}
	return count == 0;
}
