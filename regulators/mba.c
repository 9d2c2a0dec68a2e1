/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares that hardware only has in steps. Delays are those of Intel SDM vol. 3,
 * "Introduction to Memory Bandwidth Allocation": in percent up to a maximum,
 * by steps of 100 less the maximum where they are linear, else 0 and the powers
 * of two.
 */
#include "mba.h"

#include "abi/partition.h"

#define PERCENT_WHOLE	100u

static unsigned int distance(unsigned int a, unsigned int b)
{
	return a > b ? a - b : b - a;
}

static unsigned int delay_next(const struct arch_delay_caps *caps,
			       unsigned int delay)
{
	if (caps->linear)
		return delay + (PERCENT_WHOLE - caps->delay_max);
	return delay == 0 ? 1 : 2 * delay;
}

static unsigned int share(unsigned int delay)
{
	return (PERCENT_WHOLE - delay) * (PART_WHOLE / PERCENT_WHOLE);
}

unsigned int mba_delay(const struct arch_delay_caps *caps,
		       unsigned int wanted_permille,
		       unsigned int *effective_permille)
{
	unsigned int best = 0;

	for (unsigned int delay = 0; delay <= caps->delay_max;
	     delay = delay_next(caps, delay))
		if (distance(share(delay), wanted_permille) <
		    distance(share(best), wanted_permille))
			best = delay;
	*effective_permille = share(best);
	return best;
}

unsigned int mba_least(const struct arch_delay_caps *caps)
{
	unsigned int effective;

	mba_delay(caps, 0, &effective);
	return effective;
}

unsigned int clock_step(const struct arch_clock_caps *caps,
			unsigned int wanted_permille,
			unsigned int *effective_permille)
{
	unsigned int step = (wanted_permille * caps->steps + PART_WHOLE / 2) /
			    PART_WHOLE;

	if (step == 0)
		step = 1;
	if (step > caps->steps)
		step = caps->steps;
	/* Rounded down; the whole is whole. */
	*effective_permille = step * PART_WHOLE / caps->steps;
	return step;
}
