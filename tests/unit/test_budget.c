/* SPDX-License-Identifier: GPL-2.0-only */
/* Budget arithmetic against an oracle in plain 128-bit arithmetic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/errno.h"
#include "hv/wide.h"
#include "regulators/budget.h"
#include "regulators/pool.h"

#define NS_PER_S	1000000000ull

/* xorshift64*: the same numbers on every machine. */
static uint64_t state = 0x9e3779b97f4a7c15ull;

static uint64_t rnd(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dull;
}

static uint64_t rnd_between(uint64_t low, uint64_t high)
{
	return low + rnd() % (high - low + 1);
}

/* Budgets of every magnitude. */
static uint64_t rnd_rate(void)
{
	uint64_t rate = rnd() >> (rnd() % 58);

	return rate < 64 ? 64 : rate;
}

static uint64_t rnd_period(void)
{
	return rnd() % 4 ? rnd_between(REG_PERIOD_MIN_NS, 2000000) :
			   rnd_between(REG_PERIOD_MIN_NS, REG_PERIOD_MAX_NS);
}

/* floor(steps * rate * period / (line * 1e9 * parts)); 0: does not fit. */
static uint64_t oracle(uint64_t steps, uint64_t rate, uint64_t period_ns,
		       uint32_t parts, uint32_t line_bytes)
{
	uint128_t denominator = (uint128_t)line_bytes * NS_PER_S * parts;
	uint128_t product = (uint128_t)rate * period_ns;

	/* Whole lines and the rest apart, so that nothing overflows. */
	return (uint64_t)(product / denominator * steps +
			  product % denominator * steps / denominator);
}

static void test_wide_divide(void **unused)
{
	(void)unused;
	for (int i = 0; i < 20000; i++) {
		uint128_t dividend = (uint128_t)(rnd() >> (rnd() % 64)) << 64 |
				     rnd();
		uint64_t divisor = ((rnd() >> (rnd() % 64)) | 1)
				   << (rnd() % 2 ? rnd() % 64 : 0);
		uint128_t quotient = dividend / divisor;
		uint64_t rest;
		uint64_t got = wide_divide(dividend, divisor, &rest);

		if (quotient >> 64) {
			assert_int_equal(got, UINT64_MAX);
			assert_int_equal(rest, 0);
		} else {
			assert_int_equal(got, (uint64_t)quotient);
			assert_int_equal(rest, (uint64_t)(dividend % divisor));
		}
	}
}

static void test_rate_is_exact_step_by_step(void **unused)
{
	(void)unused;
	for (int i = 0; i < 60; i++) {
		uint64_t bytes = rnd_rate() >> 20 | 64, period = rnd_period();
		uint32_t parts = (uint32_t)rnd_between(1, 16);
		uint32_t line = 16u << (rnd() % 9);
		struct reg_rate rate;
		uint64_t remainder = 0, lines = 0;

		budget_rate_init(&rate, bytes, period, parts, line);
		assert_true(rate.numerator < rate.denominator);
		for (uint64_t n = 1; n <= 20000; n++) {
			lines += budget_rate_next(&rate, &remainder);
			if (lines != oracle(n, bytes, period, parts, line))
				fail_msg("%llu B/s, %llu ns, %u parts, step %llu",
					 (unsigned long long)bytes,
					 (unsigned long long)period, parts,
					 (unsigned long long)n);
		}
	}
}

static void test_rate_is_exact_after_a_million_periods(void **unused)
{
	static const uint64_t rates[] = { 64, 100, 1000003, 50000000, 200000000,
					  6500000001, 1ull << 40 };
	static const uint64_t periods[] = { 20000, 100000, 333333, 1000000 };

	(void)unused;
	for (size_t r = 0; r < ARRAY_COUNT(rates); r++) {
		for (size_t p = 0; p < ARRAY_COUNT(periods); p++) {
			struct reg_rate rate;
			uint64_t remainder = 0, lines = 0;
			const uint32_t parts = 3;

			budget_rate_init(&rate, rates[r], periods[p], parts, 64);
			for (int n = 0; n < 3000000; n++)
				lines += budget_rate_next(&rate, &remainder);
			assert_int_equal(lines, oracle(3000000, rates[r],
						       periods[p], parts, 64));
		}
	}
}

static void test_rate_skips_as_it_steps(void **unused)
{
	(void)unused;
	for (int i = 0; i < 300; i++) {
		uint64_t bytes = rnd_rate() >> 24 | 64, period = rnd_period();
		uint32_t parts = (uint32_t)rnd_between(1, 16);
		uint64_t skip_rest = 0, step_rest = 0, skipped = 0, stepped = 0;
		struct reg_rate rate;

		budget_rate_init(&rate, bytes, period, parts, 64);
		for (int j = 0; j < 20; j++) {
			uint64_t steps = rnd() % 1000;

			skipped += budget_rate_skip(&rate, &skip_rest, steps);
			for (uint64_t n = 0; n < steps; n++)
				stepped += budget_rate_next(&rate, &step_rest);
			assert_int_equal(skipped, stepped);
			assert_int_equal(skip_rest, step_rest);
		}
	}
}

/* What is reported is what was asked: nothing is rounded away. */
static void test_effective_rate_is_the_requested_one(void **unused)
{
	(void)unused;
	for (int i = 0; i < 20000; i++) {
		uint64_t bytes = rnd_rate(), period = rnd_period();
		uint32_t parts = (uint32_t)rnd_between(1, 64);
		uint32_t line = 16u << (rnd() % 9);
		struct reg_rate rate;

		budget_rate_init(&rate, bytes, period, parts, line);
		assert_int_equal(budget_rate_bytes_per_s(&rate, period), bytes);
	}
}

static void test_extreme_rates_do_not_overflow(void **unused)
{
	struct reg_rate rate;
	uint64_t remainder = 0;

	(void)unused;
	budget_rate_init(&rate, UINT64_MAX - 1, REG_PERIOD_MAX_NS, 1, 16);
	assert_int_equal(rate.lines, (UINT64_MAX - 1) / 16);
	assert_int_equal(budget_rate_ceil(&rate, 1), (UINT64_MAX - 1) / 16 + 1);
	assert_int_equal(budget_rate_skip(&rate, &remainder, UINT64_MAX),
			 UINT64_MAX);
	budget_rate_init(&rate, 0, REG_PERIOD_MIN_NS, 64, 4096);
	assert_int_equal(rate.lines, 0);
	assert_int_equal(budget_rate_ceil(&rate, UINT64_MAX), 0);
	/* 2^32 lines in a period of a second. */
	budget_rate_init(&rate, 64ull << 32, REG_PERIOD_MAX_NS, 1, 64);
	assert_int_equal(rate.lines, 1ull << 32);
	assert_int_equal(rate.numerator, 0);
	/* One line per second, in the shortest periods. */
	budget_rate_init(&rate, 64, REG_PERIOD_MIN_NS, 1, 64);
	remainder = 0;
	assert_int_equal(budget_rate_skip(&rate, &remainder, 49999), 0);
	assert_int_equal(budget_rate_next(&rate, &remainder), 1);
	assert_int_equal(budget_rate_ceil(&rate, 1), 1);
}

/* Where 64 bits are enough, and next to where they are not. */
static void test_short_arithmetic(void **unused)
{
	unsigned int briefly = 0;

	(void)unused;
	for (int i = 0; i < 20000; i++) {
		uint64_t bytes = rnd_rate(), period = rnd_period();
		uint32_t parts = (uint32_t)rnd_between(1, 64);
		struct reg_rate whole, amended;

		budget_rate_init(&whole, bytes, period, parts, 16u << (rnd() % 9));
		amended = whole;
		amended.lines = amended.numerator = 1;
		if (budget_rate_amend(&amended, bytes, period)) {
			briefly++;
			assert_true(amended.lines < BUDGET_SHORT_LINES);
		} else {
			assert_int_equal(amended.lines, 1);
			budget_rate_amend_wide(&amended, bytes, period);
		}
		assert_memory_equal(&amended, &whole, sizeof(whole));
		if (rnd() % 4 == 0)
			whole.lines = BUDGET_SHORT_LINES - 1 + rnd() % 2;
		assert_int_equal(budget_rate_ceil(&whole, parts),
				 budget_rate_ceil_wide(&whole, parts));
		whole.numerator = whole.denominator - 1;
		assert_int_equal(budget_rate_ceil(&whole, 64),
				 budget_rate_ceil_wide(&whole, 64));
	}
	assert_in_range(briefly, 2000, 19000);
}

static void test_settings_out_of_range_are_refused(void **unused)
{
	struct reason reason;

	(void)unused;
	assert_int_equal(budget_check_period(19999, &reason), -ERANGE);
	assert_string_equal(reason.text,
			    "period of 19999 ns, allowed are 20000 to 1000000000 ns");
	assert_int_equal(budget_check_period(1000000001, &reason), -ERANGE);
	assert_int_equal(budget_check_period(20000, NULL), 0);
	assert_int_equal(budget_check_period(1000000000, NULL), 0);
	assert_int_equal(budget_check_rate(63, 64, "budget", &reason), -ERANGE);
	assert_string_equal(reason.text,
			    "budget of 63 B/s, less than a line (64 bytes) per second; 0 stops the cell");
	assert_int_equal(budget_check_rate(1, 64, "budget", NULL), -ERANGE);
	assert_int_equal(budget_check_rate(0, 64, "budget", NULL), 0);
	assert_int_equal(budget_check_rate(64, 64, "budget", NULL), 0);
	assert_int_equal(budget_check_rate(UINT64_MAX, 64, "budget", NULL), 0);
	assert_int_equal(budget_check_line(48, &reason), -EINVAL);
	assert_int_equal(budget_check_line(8, NULL), -EINVAL);
	assert_int_equal(budget_check_line(8192, NULL), -EINVAL);
	assert_int_equal(budget_check_line(0, NULL), -EINVAL);
	assert_int_equal(budget_check_line(128, NULL), 0);
}

/* floor(k * period / parts), found from any time. */
static void test_grid(void **unused)
{
	(void)unused;
	for (int i = 0; i < 20000; i++) {
		uint64_t period = rnd_period(), from = rnd() >> (rnd() % 60);
		uint32_t parts = (uint32_t)rnd_between(1, 64), part;
		uint64_t point, before;
		uint128_t k;

		from >>= 3;
		point = pool_grid_next(period, parts, from, &part);
		k = ((uint128_t)point * parts + period - 1) / period;
		before = k ? (uint64_t)((k - 1) * period / parts) : 0;
		assert_true(point >= from);
		assert_int_equal(point, (uint64_t)(k * period / parts));
		assert_int_equal(part, (uint64_t)(k * period % parts));
		assert_true(k == 0 || before < from);
	}
}

static void test_scale(void **unused)
{
	static const uint64_t rates[] = { 24000000, 62500000, 1000000000,
					  1200000000, 19200000,
					  100000000, 999999937 };

	(void)unused;
	for (size_t r = 0; r < ARRAY_COUNT(rates); r++) {
		struct scale ns = scale_init(NS_PER_S, rates[r]);
		struct scale ticks = scale_init(rates[r], NS_PER_S);

		for (int i = 0; i < 20000; i++) {
			/* Up to four years of nanoseconds. */
			uint64_t t_ns = rnd() >> (7 + rnd() % 50);
			uint64_t tick = scale_ceil(&ticks, t_ns);
			uint128_t exact = ((uint128_t)t_ns * rates[r] +
					   NS_PER_S - 1) / NS_PER_S;
			uint128_t back = (uint128_t)tick * NS_PER_S / rates[r];

			assert_true(tick + 1 >= exact && tick <= exact + 1);
			if (back >> 62)
				continue;
			assert_true(scale_floor(&ns, tick) >= back &&
				    scale_floor(&ns, tick) <= back + 1);
			/*
			 * A deadline in ticks is not before the one in ns; with
			 * a rate that divides badly, it may be for less than 1.
			 */
			assert_true(scale_floor(&ns, tick) +
				    (rates[r] == 999999937) >= t_ns);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wide_divide),
		cmocka_unit_test(test_rate_is_exact_step_by_step),
		cmocka_unit_test(test_rate_is_exact_after_a_million_periods),
		cmocka_unit_test(test_rate_skips_as_it_steps),
		cmocka_unit_test(test_effective_rate_is_the_requested_one),
		cmocka_unit_test(test_extreme_rates_do_not_overflow),
		cmocka_unit_test(test_short_arithmetic),
		cmocka_unit_test(test_settings_out_of_range_are_refused),
		cmocka_unit_test(test_grid),
		cmocka_unit_test(test_scale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
