/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine of lines that nobody treats well: settings, good and bad, CPUs that
 * are reset, loads that change, alarms and ticks that come late or not at all,
 * all at random, and the ledger looking on.
 */
#ifndef SIM_CHAOS_H
#define SIM_CHAOS_H

#include "handover.h"
#include "ledger.h"

struct chaos {
	struct sim sim;
	struct ledger ledger;
	struct handover handover;
	uint64_t seed;
	uint64_t operations;		/* done so far */
	uint64_t settings, refusals, resets;
	uint64_t lines;
	uint64_t wraps;			/* CPUs whose counters have wrapped */
	bool misses;			/* alarms may lose their interrupts */
};

/*
 * Does so many operations, or until the ledger finds a failure: true when it
 * found none. Everything follows from the seed and `regulator` (0: memguard).
 */
bool chaos_run(struct chaos *chaos, uint64_t seed, uint16_t regulator,
	       uint64_t operations);

#endif
