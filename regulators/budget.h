/* SPDX-License-Identifier: GPL-2.0-only */
/* Budget arithmetic: bytes per second and a period to exact lines. Pure. */
#ifndef REGULATORS_BUDGET_H
#define REGULATORS_BUDGET_H

#include "regulator.h"

#define BUDGET_LINE_MIN_BYTES	16u
#define BUDGET_LINE_MAX_BYTES	4096u

/*
 * Lines of `line_bytes` that `bytes_per_s` allows in a `parts`th of a period.
 * Exact for every 64-bit rate; the period at most REG_PERIOD_MAX_NS, `parts` 1
 * to REG_MAX_CPUS, the line a power of two within the limits above.
 */
void budget_rate_init(struct reg_rate *rate, uint64_t bytes_per_s,
		      uint64_t period_ns, uint32_t parts, uint32_t line_bytes);

/* The bytes per second that a rate over this period delivers; for reports. */
uint64_t budget_rate_bytes_per_s(const struct reg_rate *rate,
				 uint64_t period_ns);

/* Lines per `steps` refills from a fresh remainder, rounded up; saturates. */
uint64_t budget_rate_ceil(const struct reg_rate *rate, uint64_t steps);

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
