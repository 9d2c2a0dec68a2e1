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
 * The next 32 bits of a quotient: of `rest`, less than `divisor`, with `next`
 * behind it. The divisor's top bit is set, so its upper half alone gives the
 * digit or up to two more.
 */
static inline uint64_t wide_digit(uint64_t *rest, uint32_t next,
				  uint64_t divisor)
{
	uint64_t upper = divisor >> 32;
	uint64_t digit = *rest / upper;
	uint64_t left = *rest % upper;

	while (digit >> 32 ||
	       digit * (uint32_t)divisor > (left << 32 | next)) {
		digit--;
		left += upper;
		if (left >> 32)
			break;
	}
	*rest = (*rest << 32 | next) - digit * divisor;
	return digit;
}

/*
 * By a divisor of 32 bits and zeros behind them, as products of 10^9 and powers of
 * two are. `rest` is the dividend's upper half, less than the divisor.
 */
static inline uint64_t wide_divide_short(uint64_t rest, uint64_t low,
					 uint64_t divisor, unsigned int zeros,
					 uint64_t *remainder)
{
	uint64_t digits = divisor >> zeros;
	uint64_t below = low & (((uint64_t)1 << zeros) - 1);
	uint64_t next = low >> zeros | rest << 1 << (63 - zeros);
	uint64_t part = rest >> zeros << 32 | next >> 32;
	uint64_t quotient = part / digits << 32;

	part = part % digits << 32 | (uint32_t)next;
	*remainder = part % digits << zeros | below;
	return quotient | part / digits;
}

/*
 * Quotient and remainder; the quotient saturates at UINT64_MAX (the remainder is
 * 0 then). `divisor` is not 0. Three divisions at most, some 50 instructions, half
 * of them for most budgets: for set-up and for requests, not for interrupts.
 */
static inline uint64_t wide_divide(uint128_t dividend, uint64_t divisor,
				   uint64_t *remainder)
{
	uint64_t rest = (uint64_t)(dividend >> 64);
	uint64_t low = (uint64_t)dividend;
	int shift = __builtin_clzll(divisor);
	unsigned int zeros = (unsigned int)__builtin_ctzll(divisor);
	uint64_t quotient;

	if (rest == 0) {
		*remainder = low % divisor;
		return low / divisor;
	}
	if (rest >= divisor) {
		*remainder = 0;
		return UINT64_MAX;
	}
	if (divisor >> zeros <= UINT32_MAX)
		return wide_divide_short(rest, low, divisor, zeros, remainder);
	/* The dividend is below divisor << 64: nothing is shifted out. */
	divisor <<= shift;
	dividend <<= shift;
	rest = (uint64_t)(dividend >> 64);
	low = (uint64_t)dividend;
	quotient = wide_digit(&rest, (uint32_t)(low >> 32), divisor) << 32;
	quotient |= wide_digit(&rest, (uint32_t)low, divisor);
	*remainder = rest >> shift;
	return quotient;
}

/* Two halves of a 128-bit number. */
struct wide {
	uint64_t above;
	uint64_t below;
};

/* floor(2^128 / divisor), for wide_fraction(); the divisor is more than 1. */
static inline struct wide wide_inverse(uint64_t divisor)
{
	struct wide inverse;
	uint64_t rest;

	inverse.above = wide_divide((uint128_t)1 << 64, divisor, &rest);
	inverse.below = wide_divide((uint128_t)rest << 64, divisor, &rest);
	return inverse;
}

/*
 * floor(2^64 * value / divisor) without a division, and what is left of it; `value` is
 * less than the divisor, and that less than 2^63. The product with the inverse is too
 * small by less than 2.
 */
static inline uint64_t wide_fraction(uint64_t value, uint64_t divisor,
				     const struct wide *inverse,
				     uint64_t *remainder)
{
	uint64_t quotient = value * inverse->above +
			    (uint64_t)(wide_multiply(value, inverse->below) >> 64);
	uint64_t rest = 0 - quotient * divisor;
	bool more = rest >= divisor;

	*remainder = more ? rest - divisor : rest;
	return quotient + more;
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
