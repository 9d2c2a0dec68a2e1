/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares that hardware only has in steps: memory bandwidth by delays (Intel
 * MBA) and the clock by stopping it. Pure. Shares are in thousandths.
 */
#ifndef REGULATORS_MBA_H
#define REGULATORS_MBA_H

#include "hv/arch/partition.h"
#include "hv/types.h"

/*
 * The delay whose share of the bandwidth is nearest to the wanted one, 1 to
 * 1000, the larger one of two; the share that it leaves in *effective.
 */
unsigned int mba_delay(const struct arch_delay_caps *caps,
		       unsigned int wanted_permille,
		       unsigned int *effective_permille);
/* The smallest share there is. */
unsigned int mba_least(const struct arch_delay_caps *caps);

/* The same for the clock: how many of caps->steps it runs, at least one. */
unsigned int clock_step(const struct arch_clock_caps *caps,
			unsigned int wanted_permille,
			unsigned int *effective_permille);

#endif
