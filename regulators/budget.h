/* SPDX-License-Identifier: GPL-2.0-only */
/* Budget arithmetic: bytes per second and a period to exact lines. Pure. */
#ifndef REGULATORS_BUDGET_H
#define REGULATORS_BUDGET_H

#include "regulator.h"

#define BUDGET_LINE_MIN_BYTES	16u
#define BUDGET_LINE_MAX_BYTES	4096u

/* So many, and a line, times REG_MAX_CPUS are 64 bits. */
#define BUDGET_SHORT_LINES	(UINT64_MAX / (2 * REG_MAX_CPUS))

/*
 * Lines of `line_bytes` that `bytes_per_s` allows in a `parts`th of a period.
 * Exact for every 64-bit rate; the period at most REG_PERIOD_MAX_NS, `parts` 1
 * to REG_MAX_CPUS, the line a power of two within the limits above.
 */
void budget_rate_init(struct reg_rate *rate, uint64_t bytes_per_s,
		      uint64_t period_ns, uint32_t parts, uint32_t line_bytes);

/* Another rate, the line and the part of the period being the same. */
void budget_rate_amend_wide(struct reg_rate *rate, uint64_t bytes_per_s,
			    uint64_t period_ns);

/*
 * The same in a few instructions, where the bytes of a period are no more than 64 bits
 * in billionths. Else false, and nothing has changed.
 */
static inline bool budget_rate_amend(struct reg_rate *rate, uint64_t bytes_per_s,
				     uint64_t period_ns)
{
	uint128_t product = wide_multiply(bytes_per_s, period_ns);
	uint64_t dividend = (uint64_t)product;

	if (product >> 64)
		return false;
	rate->lines = dividend / rate->denominator;
	rate->numerator = dividend % rate->denominator;
	return true;
}

/* The bytes per second that a rate over this period delivers; for reports. */
uint64_t budget_rate_bytes_per_s(const struct reg_rate *rate,
				 uint64_t period_ns);

/* budget_rate_ceil() where that is more than 64 bits. */
uint64_t budget_rate_ceil_wide(const struct reg_rate *rate, uint64_t steps);

/* The same of less than BUDGET_SHORT_LINES, as after budget_rate_amend(). */
static inline uint64_t budget_rate_ceil_short(const struct reg_rate *rate,
					      uint64_t steps)
{
	if (steps == 1)
		return rate->lines + (rate->numerator != 0);
	/* The denominator leaves room: budget_rate_init() */
	return rate->lines * steps +
	       (rate->numerator * steps + rate->denominator - 1) /
		       rate->denominator;
}

/*
 * Lines per `steps` refills, at most REG_MAX_CPUS, from a fresh remainder, rounded up;
 * saturates.
 */
static inline uint64_t budget_rate_ceil(const struct reg_rate *rate,
					uint64_t steps)
{
	return rate->lines < BUDGET_SHORT_LINES ?
	       budget_rate_ceil_short(rate, steps) :
	       budget_rate_ceil_wide(rate, steps);
}

/* Lines of the next `steps` refills at once; the remainder is carried. */
uint64_t budget_rate_skip(const struct reg_rate *rate, uint64_t *remainder,
			  uint64_t steps);

/*
 * Lines of `share` of `whole` of a refill, which is not much more than all of it;
 * the fraction that is left over becomes the remainder.
 */
uint64_t budget_rate_share(const struct reg_rate *rate, uint64_t share,
			   uint64_t whole, uint64_t *remainder);

/* Lines of the next refill. */
static inline uint64_t budget_rate_next(const struct reg_rate *rate,
					uint64_t *remainder)
{
	uint64_t sum = *remainder + rate->numerator;
	bool carry = sum >= rate->denominator;

	*remainder = carry ? sum - rate->denominator : sum;
	return rate->lines + carry;
}

/* -EINVAL or -ERANGE with a reason when the platform or a setting is out. */
int budget_check_line(uint32_t line_bytes, struct reason *reason);
int budget_check_period(uint64_t period_ns, struct reason *reason);
/* Zero stops the cell, REG_BUDGET_UNLIMITED lifts the budget: both defined. */
int budget_check_rate(uint64_t bytes_per_s, uint32_t line_bytes,
		      const char *what, struct reason *reason);
/* All of these, the number of CPUs, and modes that no regulator knows. */
int budget_check_settings(const struct reg_platform *platform,
			  const struct reg_settings *wanted,
			  struct reason *reason);

#endif
