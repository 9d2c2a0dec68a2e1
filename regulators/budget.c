/* SPDX-License-Identifier: GPL-2.0-only */
/* Budget arithmetic: bytes per second and a period to exact lines. */
#include "budget.h"
#include "arch_types.h"
#include "hv/errno.h"
#include "hv/wide.h"

#define NS_PER_S	1000000000ull

void budget_rate_init(struct reg_rate *rate, uint64_t bytes_per_s,
		      uint64_t period_ns, uint32_t parts, uint32_t line_bytes)
{
	/* At most 4096 * 1e9 * 64: 65 times as much fits as well. */
	rate->denominator = line_bytes * NS_PER_S * parts;
	budget_rate_amend_wide(rate, bytes_per_s, period_ns);
}

void budget_rate_amend_wide(struct reg_rate *rate, uint64_t bytes_per_s,
			    uint64_t period_ns)
{
	rate->lines = wide_divide(wide_multiply(bytes_per_s, period_ns),
				  rate->denominator, &rate->numerator);
}

uint64_t budget_rate_bytes_per_s(const struct reg_rate *rate,
				 uint64_t period_ns)
{
	uint128_t parts = wide_multiply(rate->lines, rate->denominator) +
			  rate->numerator;
	uint64_t rest;

	return wide_divide(parts, period_ns, &rest);
}

uint64_t budget_rate_skip(const struct reg_rate *rate, uint64_t *remainder,
			  uint64_t steps)
{
	uint128_t parts = wide_multiply(rate->numerator, steps) + *remainder;
	uint64_t carried = wide_divide(parts, rate->denominator, remainder);
	uint128_t lines = wide_multiply(rate->lines, steps) + carried;

	return lines >> 64 ? UINT64_MAX : (uint64_t)lines;
}

uint64_t budget_rate_share(const struct reg_rate *rate, uint64_t share,
			   uint64_t whole, uint64_t *remainder)
{
	uint64_t rest, parts;
	uint64_t lines = wide_divide(wide_multiply(rate->lines, share), whole,
				     &rest);

	parts = wide_divide(wide_multiply(rest, rate->denominator) +
			    wide_multiply(rate->numerator, share), whole, &rest);
	*remainder = parts % rate->denominator;
	return lines + parts / rate->denominator;
}

uint64_t budget_rate_ceil_wide(const struct reg_rate *rate, uint64_t steps)
{
	uint64_t remainder = 0;
	uint64_t lines = budget_rate_skip(rate, &remainder, steps);

	return lines + (remainder != 0 && lines != UINT64_MAX);
}

int budget_check_line(uint32_t line_bytes, struct reason *reason)
{
	if (line_bytes < BUDGET_LINE_MIN_BYTES ||
	    line_bytes > BUDGET_LINE_MAX_BYTES ||
	    (line_bytes & (line_bytes - 1)) != 0)
		return refuse(reason, -EINVAL,
			      "cache lines of %u bytes, not a power of two from %u to %u",
			      line_bytes, BUDGET_LINE_MIN_BYTES,
			      BUDGET_LINE_MAX_BYTES);
	return 0;
}

int budget_check_period(uint64_t period_ns, struct reason *reason)
{
	if (period_ns < REG_PERIOD_MIN_NS || period_ns > REG_PERIOD_MAX_NS)
		return refuse(reason, -ERANGE,
			      "period of %llu ns, allowed are %llu to %llu ns",
			      (unsigned long long)period_ns,
			      (unsigned long long)REG_PERIOD_MIN_NS,
			      (unsigned long long)REG_PERIOD_MAX_NS);
	return 0;
}

int budget_check_rate(uint64_t bytes_per_s, uint32_t line_bytes,
		      const char *what, struct reason *reason)
{
	if (bytes_per_s > 0 && bytes_per_s < line_bytes)
		return refuse(reason, -ERANGE,
			      "%s of %llu B/s, less than a line (%u bytes) per second; 0 stops the cell",
			      what, (unsigned long long)bytes_per_s, line_bytes);
	return 0;
}

int budget_check_settings(const struct reg_platform *platform,
			  const struct reg_settings *wanted,
			  struct reason *reason)
{
	int err;

	if (platform->cpus_count == 0 || platform->cpus_count > REG_MAX_CPUS)
		return refuse(reason, -EINVAL, "a cell of %u CPUs, allowed are 1 to %u",
			      platform->cpus_count, REG_MAX_CPUS);
	if (wanted->mode & ~(REG_MODE_KNOWN | ARCH_REG_MODES))
		return refuse(reason, -EINVAL, "unknown mode bits %x",
			      wanted->mode & ~(REG_MODE_KNOWN | ARCH_REG_MODES));
	err = budget_check_line(platform->line_bytes, reason);
	if (!err)
		err = budget_check_period(wanted->period_ns, reason);
	if (!err)
		err = budget_check_rate(wanted->budget_bytes_per_s,
					platform->line_bytes, "budget", reason);
	if (!err)
		err = budget_check_rate(wanted->write_budget_bytes_per_s,
					platform->line_bytes, "write budget",
					reason);
	if (err)
		return err;
	if (wanted->write_budget_bytes_per_s != REG_BUDGET_UNLIMITED &&
	    !platform->counts_writes)
		return refuse(reason, -EINVAL,
			      "write budget, but the counter source does not tell writes from reads");
	return 0;
}
