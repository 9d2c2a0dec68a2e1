/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Pacing of a load: when the next piece is due at a wanted rate. Exact in the
 * long run; a load that fell behind by more than a millisecond does not make
 * up for it, since that would be a burst above the rate.
 */
#ifndef PACE_H
#define PACE_H

#include <stdint.h>

struct pace {
	uint64_t bytes_per_s;
	uint64_t hz;		/* of the clock */
	uint64_t due;		/* clock value at which the next piece may go */
	uint64_t remainder;	/* of the last division, below bytes_per_s */
};

static inline struct pace pace_init(uint64_t bytes_per_s, uint64_t hz,
				    uint64_t now)
{
	return (struct pace){ .bytes_per_s = bytes_per_s, .hz = hz, .due = now };
}

/* Takes note of `bytes`, at most 4 GiB, moved by `now`; returns when to go on. */
static inline uint64_t pace_moved(struct pace *pace, uint64_t bytes,
				  uint64_t now)
{
	uint64_t owed = bytes * pace->hz + pace->remainder;

	pace->due += owed / pace->bytes_per_s;
	pace->remainder = owed % pace->bytes_per_s;
	if (pace->due + pace->hz / 1000 < now)
		pace->due = now - pace->hz / 1000;
	return pace->due;
}

#endif
