// SPDX-License-Identifier: GPL-2.0-only
/* Bank functions from the times of pairs. */
#include "banks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BIT(n)		(1ull << (n))
#define PAGE_BITS	12u
#define PAIRS_MAX	1024u
/* A conflict takes a quarter longer at least; noise does not. */
#define SLOW_LEAST	1.25
/* Times about one of the two clusters: all but so many permille of pairs. */
#define STRAYS_PERMILLE	50u
#define SURE_PERMILLE	900u
/* Differences of many bits that the functions must foretell. */
#define TRIALS		64u

struct search {
	const struct bank_clock *clock;
	struct bank_map *map;
	double limit_ns;	/* slower: a conflict */
	uint64_t row;		/* a difference of rows in one bank */
};

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static int give_up(struct bank_map *map, const char *reason)
{
	map->found = false;
	snprintf(map->reason, sizeof(map->reason), "%s", reason);
	return 0;
}

/* --------------------------------------------------------------- clusters */

/* Differences of one and of two bits: all that rows and banks are made of. */
static int times_collect(const struct bank_clock *clock, double *times,
			 unsigned int *count)
{
	unsigned int sample = 0;

	*count = 0;
	for (unsigned int i = clock->low_bit; i <= clock->high_bit; i++) {
		for (unsigned int j = i; j <= clock->high_bit; j++) {
			uint64_t difference = BIT(i) | BIT(j);
			int error;

			if (*count == PAIRS_MAX)
				return 0;
			error = clock->pair(clock->context, difference,
					    sample++ % clock->samples,
					    &times[*count]);
			if (error && error != -ENOENT)
				return error;
			*count += !error;
		}
	}
	return 0;
}

/* The cut that leaves least spread on both sides; times are sorted. */
static unsigned int cut_best(const double *times, unsigned int count)
{
	double sum = 0, left = 0, best = -1;
	unsigned int cut = 0;

	for (unsigned int n = 0; n < count; n++)
		sum += times[n];
	for (unsigned int n = 1; n < count; n++) {
		double between;

		left += times[n - 1];
		between = left / n - (sum - left) / (count - n);
		between *= between * n * (count - n);
		if (between > best) {
			best = between;
			cut = n;
		}
	}
	return cut;
}

/* Two kinds of pairs, and little between them; else nothing can be told. */
static int clusters_find(struct search *search, double *times,
			 unsigned int count)
{
	struct bank_map *map = search->map;
	unsigned int cut, strays = 0;
	double quarter;

	if (count < 16)
		return give_up(map, "too few pairs of lines are in reach");
	qsort(times, count, sizeof(*times), compare);
	cut = cut_best(times, count);
	map->fast_ns = times[cut / 2];
	map->slow_ns = times[cut + (count - cut) / 2];
	search->limit_ns = (map->fast_ns + map->slow_ns) / 2;
	if (map->slow_ns < map->fast_ns * SLOW_LEAST)
		return give_up(map, "all pairs of lines take the same time");
	quarter = (map->slow_ns - map->fast_ns) / 4;
	for (unsigned int n = 0; n < count; n++)
		strays += times[n] > map->fast_ns + quarter &&
			  times[n] < map->slow_ns - quarter;
	if (strays * 1000 > count * STRAYS_PERMILLE)
		return give_up(map, "the times of pairs do not fall into two kinds");
	map->found = true;
	return 0;
}

/* ---------------------------------------------------------------- answers */

/*
 * Whether these lines close each other's row, by the majority of the places;
 * *permille of them say so. -ENOENT, or what the clock returned.
 */
static int meets(const struct search *search, uint64_t difference, bool *slow,
		 unsigned int *permille)
{
	unsigned int votes = 0, count = 0;

	for (unsigned int n = 0; n < search->clock->samples; n++) {
		double time_ns;
		int error = search->clock->pair(search->clock->context,
						difference, n, &time_ns);

		if (error && error != -ENOENT)
			return error;
		if (error)
			continue;
		votes += time_ns > search->limit_ns;
		count++;
	}
	if (!count)
		return -ENOENT;
	*slow = 2 * votes > count;
	*permille = (*slow ? votes : count - votes) * 1000 / count;
	return 0;
}

/*
 * Whether they are in one bank: they meet, or they are in one row of it, and
 * then they do in different ones.
 */
static int same_bank(const struct search *search, uint64_t difference,
		     bool *same, unsigned int *permille)
{
	int error = meets(search, difference, same, permille);
	bool direct = !error;

	if (error && error != -ENOENT)
		return error;
	if (direct && *same)
		return 0;
	if (difference == search->row)
		return -ENOENT;
	error = meets(search, difference ^ search->row, same, permille);
	return error;
}

/* ----------------------------------------------------------------- search */

/* One bit, or two, that change the row alone. */
static int row_find(struct search *search)
{
	const struct bank_clock *clock = search->clock;

	search->row = 0;
	for (unsigned int gap = 0; gap <= clock->high_bit - clock->low_bit;
	     gap++) {
		for (unsigned int i = clock->high_bit;
		     i >= clock->low_bit + gap && i; i--) {
			uint64_t difference = BIT(i) | BIT(i - gap);
			unsigned int permille;
			bool slow;
			int error = meets(search, difference, &slow, &permille);

			if (error && error != -ENOENT)
				return error;
			if (!error && slow && permille >= SURE_PERMILLE) {
				search->row = difference;
				return 0;
			}
		}
	}
	return give_up(search->map, "no two lines are found in one bank");
}

static int bits_find(const struct search *search)
{
	const struct bank_clock *clock = search->clock;
	struct bank_map *map = search->map;

	for (unsigned int i = clock->low_bit; i <= clock->high_bit; i++) {
		bool same;
		int error = same_bank(search, BIT(i), &same,
				      &map->confidence[i]);

		if (error == -ENOENT)
			continue;
		if (error)
			return error;
		if (map->confidence[i] < SURE_PERMILLE)
			continue;
		map->bit[i] = same ? BANK_BIT_NONE : BANK_BIT_BANK;
	}
	return 0;
}

/*
 * The bits in `lead`, each the lowest of a function, change banks in ways of
 * their own. Which of them together undo what bit `bit` does? -ENOENT: none do.
 */
static int sum_find(const struct search *search, const unsigned int *lead,
		    unsigned int lead_count, unsigned int bit,
		    unsigned int *which)
{
	for (unsigned int set = 1; set < 1u << lead_count; set++) {
		uint64_t difference = BIT(bit);
		unsigned int permille;
		bool same;
		int error;

		for (unsigned int n = 0; n < lead_count; n++)
			difference ^= set >> n & 1 ? BIT(lead[n]) : 0;
		error = same_bank(search, difference, &same, &permille);
		if (error && error != -ENOENT)
			return error;
		if (!error && same) {
			*which = set;
			return 0;
		}
	}
	return -ENOENT;
}

static int functions_find(const struct search *search)
{
	unsigned int lead[BANKS_FUNCTIONS_MAX], lead_count = 0;
	struct bank_map *map = search->map;

	for (unsigned int i = 0; i <= search->clock->high_bit; i++) {
		unsigned int which = 0;
		int error;

		if (map->bit[i] != BANK_BIT_BANK)
			continue;
		error = sum_find(search, lead, lead_count, i, &which);
		if (error && error != -ENOENT)
			return error;
		if (error && lead_count == BANKS_FUNCTIONS_MAX)
			return give_up(map, "more bits change banks than there can be banks");
		if (error) {
			lead[lead_count] = i;
			which = 1u << lead_count++;
		}
		for (unsigned int n = 0; n < lead_count; n++)
			map->function[n] |= which >> n & 1 ? BIT(i) : 0;
	}
	map->functions_count = lead_count;
	return lead_count ? 0 : give_up(map, "no bit in reach changes the bank");
}

/*
 * A difference of any known bits that leaves all banks as they are, or with `other`
 * changes one function. The lowest bit of a function is in no other.
 */
static uint64_t trial(const struct bank_map *map, uint64_t random, bool other)
{
	uint64_t difference = 0;

	for (unsigned int i = 0; i <= BANKS_BITS_MAX; i++) {
		if (map->bit[i] != BANK_BIT_UNKNOWN)
			difference |= random & BIT(i);
	}
	for (unsigned int n = 0; n < map->functions_count; n++) {
		if (__builtin_parityll(difference & map->function[n]))
			difference ^= map->function[n] & -map->function[n];
	}
	if (other)
		difference ^= map->function[0] & -map->function[0];
	return difference;
}

/* What was found of one and two bits must hold for many: else banks are no sums. */
static int functions_verify(const struct search *search)
{
	uint64_t random = 0x853c49e6748fea9bull;
	unsigned int held = 0, count = 0;
	struct bank_map *map = search->map;

	for (unsigned int n = 0; n < TRIALS; n++) {
		bool other = n % 2, same;
		unsigned int permille;
		int error;

		random = random * 6364136223846793005ull +
			 1442695040888963407ull;
		error = same_bank(search, trial(map, random >> 8, other), &same,
				  &permille);
		if (error && error != -ENOENT)
			return error;
		count += !error;
		held += !error && same == !other && permille >= SURE_PERMILLE;
	}
	if (held * 1000 >= count * SURE_PERMILLE)
		return 0;
	map->found = false;
	map->functions_count = 0;
	snprintf(map->reason, sizeof(map->reason),
		 "sums of address bits explain %u of %u pairs only: banks here are chosen by something else",
		 held, count);
	return 0;
}

int bank_map_find(const struct bank_clock *clock, struct bank_map *map)
{
	struct search search = { .clock = clock, .map = map };
	double times[PAIRS_MAX];
	unsigned int count;
	int error;

	memset(map, 0, sizeof(*map));
	error = times_collect(clock, times, &count);
	if (!error)
		error = clusters_find(&search, times, count);
	if (!error && map->found)
		error = row_find(&search);
	if (!error && map->found)
		error = bits_find(&search);
	if (!error && map->found)
		error = functions_find(&search);
	if (!error && map->found)
		error = functions_verify(&search);
	return error;
}

bool bank_function_colors(uint64_t function)
{
	return !(function & (BIT(PAGE_BITS) - 1));
}
