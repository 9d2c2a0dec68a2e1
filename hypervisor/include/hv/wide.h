/* SPDX-License-Identifier: GPL-2.0-only */
/* Exact arithmetic through 128-bit products. Pure; no library calls. */
#ifndef HV_WIDE_H
#define HV_WIDE_H

#include "types.h"

typedef unsigned __int128 uint128_t;

static inline uint128_t wide_multiply(uint64_t a, uint64_t b)
{
	return (uint128_t)a * b;
}

/*
 * Quotient and remainder; the quotient saturates at UINT64_MAX (the remainder is
 * 0 then). `divisor` is not 0. By shift and subtract where the dividend takes
 * more than 64 bits, some 600 instructions: for set-up and for requests, not for
 * interrupts.
 */
static inline uint64_t wide_divide(uint128_t dividend, uint64_t divisor,
				   uint64_t *remainder)
{
	uint64_t rest = (uint64_t)(dividend >> 64);
	uint64_t low = (uint64_t)dividend;
	uint64_t quotient = 0;

	if (rest == 0) {
		*remainder = low % divisor;
		return low / divisor;
	}
	if (rest >= divisor) {
		*remainder = 0;
		return UINT64_MAX;
	}
	for (unsigned int bit = 0; bit < 64; bit++) {
		bool carry = rest >> 63;

		rest = rest << 1 | low >> 63;
		low <<= 1;
		quotient <<= 1;
		if (carry || rest >= divisor) {
			rest -= divisor;
			quotient |= 1;
		}
	}
	*remainder = rest;
	return quotient;
}

/*
 * A constant factor with 64 fraction bits, to compute every value from zero:
 * nothing accumulates, so nothing drifts. The error is below value / 2^64. As
 * floor uses the fraction rounded up, and ceil the one rounded down, results
 * that come out even are exact, and conversions there and back meet.
 */
struct scale {
	uint64_t whole;
	uint64_t fraction_above;
	uint64_t fraction_below;
};

/* to / from, as units per unit; `from` is not 0. */
static inline struct scale scale_init(uint64_t to, uint64_t from)
{
	struct scale scale;
	uint64_t rest;

	scale.whole = to / from;
	scale.fraction_below = wide_divide((uint128_t)(to % from) << 64, from,
					   &rest);
	scale.fraction_above = scale.fraction_below + (rest != 0);
	return scale;
}

/* Rounded down. The result must fit 64 bits, here and below. */
static inline uint64_t scale_floor(const struct scale *scale, uint64_t value)
{
	return value * scale->whole +
	       (uint64_t)(wide_multiply(value, scale->fraction_above) >> 64);
}

/* Rounded up. */
static inline uint64_t scale_ceil(const struct scale *scale, uint64_t value)
{
	uint128_t part = wide_multiply(value, scale->fraction_below);

	return value * scale->whole + (uint64_t)(part >> 64) +
	       ((uint64_t)part != 0);
}

#endif
