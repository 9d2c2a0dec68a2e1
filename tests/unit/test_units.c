// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quantities: what is accepted, what is refused and where, how it is spelled; and
 * what of a table a terminal shows.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/regctl/screen.h"
#include "tools/regctl/units.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

struct good {
	const char *text;
	uint64_t value;
};

struct bad {
	const char *text;
	unsigned int column;
	const char *says;	/* part of the message */
};

typedef int (*parser)(const char *text, uint64_t *value,
		      struct parse_error *error);

static int rate_bytes_parse(const char *text, uint64_t *value,
			    struct parse_error *error)
{
	struct rate rate = { RATE_PERCENT, 0 };
	int ret = rate_parse(text, &rate, error);

	if (ret)
		return ret;
	assert_int_equal(rate.kind, RATE_BYTES);
	*value = rate.value;
	return 0;
}

static void accept_all(parser parse, const struct good *cases, size_t count)
{
	struct parse_error error;
	uint64_t value;
	size_t i;

	for (i = 0; i < count; i++) {
		value = ~cases[i].value;
		if (parse(cases[i].text, &value, &error))
			fail_msg("'%s' is refused: %s", cases[i].text,
				 error.text);
		if (value != cases[i].value)
			fail_msg("'%s' gives %llu", cases[i].text,
				 (unsigned long long)value);
	}
}

/* A refusal says where and why, and leaves the value alone. */
static void refuse_all(parser parse, const struct bad *cases, size_t count)
{
	struct parse_error error;
	uint64_t value;
	size_t i;

	for (i = 0; i < count; i++) {
		value = 0x5a5a;
		memset(&error, 0, sizeof(error));
		if (parse(cases[i].text, &value, &error) != -EINVAL)
			fail_msg("'%s' is not refused", cases[i].text);
		if (value != 0x5a5a)
			fail_msg("'%s' changes the value", cases[i].text);
		if (error.column != cases[i].column)
			fail_msg("'%s': column %u, not %u (%s)", cases[i].text,
				 error.column, cases[i].column, error.text);
		if (!strstr(error.text, cases[i].says))
			fail_msg("'%s': '%s' does not say '%s'", cases[i].text,
				 error.text, cases[i].says);
	}
}

static void test_rates_are_exact(void **state)
{
	static const struct good cases[] = {
		{ "0B/s", 0 },
		{ "0.000MiB/s", 0 },
		{ "1B/s", 1 },
		{ "200MB/s", 200000000 },
		{ "200MiB/s", 209715200 },
		{ "1kB/s", 1000 },
		{ "1KiB/s", 1024 },
		{ "1GB/s", 1000000000 },
		{ "1GiB/s", 1073741824 },
		{ "0.1MB/s", 100000 },
		{ "0.3GB/s", 300000000 },
		{ "1.000001MB/s", 1000001 },
		{ "6.4GB/s", 6400000000 },
		{ "0.5KiB/s", 512 },
		{ "000200MB/s", 200000000 },
		{ "200.000000000000000000MB/s", 200000000 },
		{ "123456789.123456789GB/s", 123456789123456789 },
		/* nearest byte, halves up */
		{ "190.7MiB/s", 199963443 },
		{ "1.5B/s", 2 },
		{ "1.4B/s", 1 },
		{ "1.499999999999999999B/s", 1 },
		/* the greatest below "max" */
		{ "18446744073709551614B/s", UINT64_MAX - 1 },
		{ "18446744073.709551614GB/s", UINT64_MAX - 1 },
		{ "17179869183.999999998GiB/s", UINT64_MAX - 1 },
	};

	(void)state;
	accept_all(rate_bytes_parse, cases, COUNT(cases));
}

static void test_rates_are_refused(void **state)
{
	static const struct bad cases[] = {
		{ "", 1, "nothing given" },
		{ "200", 4, "MiB/s or GiB/s; or Ntx/period, N% or max" },
		{ "0", 2, "a unit is missing" },
		{ "0.4B/s", 1, "too small" },
		{ "0.0000000001MB/s", 1, "too small" },
		{ "-1MB/s", 1, "negative" },
		{ "-0MB/s", 1, "negative" },
		{ "+1MB/s", 1, "a number is expected" },
		{ " 1MB/s", 1, "a number is expected" },
		{ ".5MB/s", 1, "a number is expected" },
		{ "5.MB/s", 3, "a digit must follow" },
		{ "1..5MB/s", 3, "a digit must follow" },
		{ "1.5.5MB/s", 4, "unknown unit" },
		{ "1,5MB/s", 2, "unknown unit" },
		{ "nan", 1, "a number is expected" },
		{ "NaN", 1, "a number is expected" },
		{ "inf", 1, "a number is expected" },
		{ "0x10MB/s", 2, "unknown unit" },
		{ "1e6B/s", 2, "unknown unit" },
		{ "200MX/s", 5, "unknown unit 'MX/s'" },
		{ "200MB", 6, "unknown unit 'MB'" },
		{ "200MB/", 7, "unknown unit" },
		{ "200Mb/s", 5, "unknown unit" },
		{ "200mB/s", 4, "unknown unit" },
		{ "200MBps", 6, "unknown unit" },
		{ "200 MB/s", 4, "unknown unit" },
		{ "200MB/s ", 8, "unexpected ' '" },
		{ "200MB/sx", 8, "unexpected 'x'" },
		{ "200MB/s5", 8, "unexpected '5'" },
		{ "200KB/s", 4, "K is ambiguous" },
		{ "Max", 1, "a number is expected" },
		{ "max ", 1, "a number is expected" },
		{ "18446744073709551615B/s", 1, "too large" },
		{ "18446744073709551616B/s", 1, "too large" },
		{ "99999999999999999999999999999999B/s", 1, "too large" },
		{ "18446744074GB/s", 1, "too large" },
		{ "17179869183.999999999GiB/s", 1, "too large" },
		{ "18446744073709551615GiB/s", 1, "too large" },
		{ "1.0000000000000000001MB/s", 21, "at most 18 digits" },
		{ "1.5tx/period", 1, "whole number" },
		{ "3tx", 4, "unknown unit" },
	};

	(void)state;
	refuse_all(rate_bytes_parse, cases, COUNT(cases));
}

static void test_relative_rates(void **state)
{
	const struct rate_base base = { 64, 1000000, 6500000000 };
	struct parse_error error;
	struct rate rate;
	uint64_t value;

	(void)state;
	assert_int_equal(rate_parse("max", &rate, &error), 0);
	assert_int_equal(rate.kind, RATE_MAX);
	assert_int_equal(rate_resolve(&rate, &base, &value, &error), 0);
	assert_true(value == UINT64_MAX);

	/* 64 B lines and 1 ms periods: 200 MB/s are 3125 lines. */
	assert_int_equal(rate_parse("3125tx/period", &rate, &error), 0);
	assert_int_equal(rate.kind, RATE_TRANSACTIONS);
	assert_int_equal(rate_resolve(&rate, &base, &value, &error), 0);
	assert_int_equal(value, 200000000);

	assert_int_equal(rate_parse("12.5%", &rate, &error), 0);
	assert_int_equal(rate.kind, RATE_PERCENT);
	assert_int_equal(rate_resolve(&rate, &base, &value, &error), 0);
	assert_int_equal(value, 812500000);
	assert_int_equal(rate_parse("100%", &rate, &error), 0);
	assert_int_equal(rate_resolve(&rate, &base, &value, &error), 0);
	assert_int_equal(value, 6500000000);
	assert_int_equal(rate_parse("0%", &rate, &error), 0);
	assert_int_equal(rate_resolve(&rate, &base, &value, &error), 0);
	assert_int_equal(value, 0);
	assert_int_equal(rate_parse("0tx/period", &rate, &error), 0);
	assert_int_equal(rate_resolve(&rate, &base, &value, &error), 0);
	assert_int_equal(value, 0);
}

static void test_relative_rates_need_a_base(void **state)
{
	const struct rate_base none = { 0, 0, 0 };
	const struct rate_base no_period = { 64, 0, 0 };
	const struct rate_base full = { 64, 20000, 1000 };
	struct parse_error error;
	struct rate rate;
	uint64_t value = 7;

	(void)state;
	assert_int_equal(rate_parse("50%", &rate, &error), 0);
	assert_int_equal(rate_resolve(&rate, &none, &value, &error), -EINVAL);
	assert_non_null(strstr(error.text, "calibrated"));
	assert_int_equal(rate_parse("101%", &rate, &error), 0);
	assert_int_equal(rate_resolve(&rate, &full, &value, &error), -EINVAL);
	assert_non_null(strstr(error.text, "at most 100%"));

	assert_int_equal(rate_parse("5tx/period", &rate, &error), 0);
	assert_int_equal(rate_resolve(&rate, &none, &value, &error), -EINVAL);
	assert_int_equal(rate_resolve(&rate, &no_period, &value, &error),
			 -EINVAL);
	assert_int_equal(rate_parse("18446744073709551614tx/period", &rate,
				    &error), 0);
	assert_int_equal(rate_resolve(&rate, &full, &value, &error), -EINVAL);
	assert_non_null(strstr(error.text, "too large"));
	assert_int_equal(value, 7);
}

static void test_times(void **state)
{
	static const struct good good[] = {
		{ "1ns", 1 },
		{ "20us", 20000 },
		{ "1ms", 1000000 },
		{ "1s", 1000000000 },
		{ "0s", 0 },
		{ "1.5ms", 1500000 },
		{ "0.000000001s", 1 },
		{ "100ms", 100000000 },
	};
	static const struct bad bad[] = {
		{ "1", 2, "ns, us, ms or s" },
		{ "", 1, "nothing given" },
		{ "1m", 3, "unknown unit" },
		{ "1min", 3, "unknown unit" },
		{ "1S", 2, "unknown unit" },
		{ "1sec", 3, "unexpected 'ec'" },
		{ "-1s", 1, "negative" },
		{ "0.0000000001s", 1, "too small" },
		{ "18446744074s", 1, "too large" },
		{ "max", 1, "a number is expected" },
	};

	(void)state;
	accept_all(time_parse, good, COUNT(good));
	refuse_all(time_parse, bad, COUNT(bad));
}

static void test_sizes(void **state)
{
	static const struct good good[] = {
		{ "0B", 0 },	     { "4096B", 4096 },
		{ "16MiB", 1 << 24 }, { "1.5kB", 1500 },
		{ "2GiB", 1ull << 31 },
	};
	static const struct bad bad[] = {
		{ "16", 3, "KiB, MiB or GiB" },
		{ "16M", 4, "unknown unit" },
		{ "16MB/s", 5, "unexpected '/s'" },
		{ "16KB", 3, "K is ambiguous" },
	};

	(void)state;
	accept_all(size_parse, good, COUNT(good));
	refuse_all(size_parse, bad, COUNT(bad));
}

static void test_cpu_lists(void **state)
{
	static const struct good good[] = {
		{ "0", 1 },
		{ "0,2-5", 0x3d },
		{ "63", 1ull << 63 },
		{ "0-63", UINT64_MAX },
		{ "5,0", 0x21 },
		{ "3-3", 8 },
	};
	static const struct bad bad[] = {
		{ "", 1, "a CPU number" },
		{ ",", 1, "a CPU number" },
		{ "0,", 3, "a CPU number" },
		{ "0-", 3, "a CPU number" },
		{ "-3", 1, "a CPU number" },
		{ "0,2-5x", 6, "unexpected 'x'" },
		{ "0 1", 2, "unexpected ' 1'" },
		{ "64", 1, "0 to 63" },
		{ "0,1-64", 5, "0 to 63" },
		{ "18446744073709551616", 1, "too large" },
		{ "5-2", 1, "ascend" },
		{ "1,1", 3, "twice" },
		{ "0-4,4", 5, "twice" },
		{ "root", 1, "a CPU number" },
	};

	(void)state;
	accept_all(cpu_list_parse, good, COUNT(good));
	refuse_all(cpu_list_parse, bad, COUNT(bad));
}

static int count_from_1(const char *text, uint64_t *value,
			struct parse_error *error)
{
	return count_parse(text, 1, value, error);
}

static void test_counts_and_addresses(void **state)
{
	static const struct good counts[] = {
		{ "1", 1 }, { "10000", 10000 },
		{ "18446744073709551615", UINT64_MAX },
	};
	static const struct bad no_counts[] = {
		{ "0", 1, "at least 1" },   { "-1", 1, "negative" },
		{ "", 1, "whole number" },  { "5x", 2, "unexpected 'x'" },
		{ "1.5", 2, "unexpected" },
		{ "18446744073709551616", 1, "too large" },
	};
	static const struct good addresses[] = {
		{ "0", 0 }, { "0x1000", 0x1000 }, { "4096", 4096 },
		{ "0XffffFFFFffffFFFF", UINT64_MAX },
	};
	static const struct bad no_addresses[] = {
		{ "0x", 3, "hexadecimal" },
		{ "0x10000000000000000", 1, "too large" },
		{ "0x1g", 4, "unexpected 'g'" },
		{ "1000h", 5, "unexpected 'h'" },
		{ "-1", 1, "negative" },
		{ "", 1, "whole number" },
	};

	(void)state;
	accept_all(count_from_1, counts, COUNT(counts));
	refuse_all(count_from_1, no_counts, COUNT(no_counts));
	accept_all(address_parse, addresses, COUNT(addresses));
	refuse_all(address_parse, no_addresses, COUNT(no_addresses));
}

static void rate_is(uint64_t rate, enum unit_style style, const char *wanted)
{
	char text[QUANTITY_BYTES];

	rate_format(text, rate, style);
	assert_string_equal(text, wanted);
}

static void test_rates_are_spelled_both_ways(void **state)
{
	(void)state;
	rate_is(200000000, UNIT_BOTH, "200 MB/s (190.7 MiB/s)");
	rate_is(209715200, UNIT_BOTH, "209.715 MB/s (200 MiB/s)");
	rate_is(200000000, UNIT_SI, "200 MB/s");
	rate_is(200000000, UNIT_IEC, "190.735 MiB/s");
	rate_is(200000000, UNIT_BYTES, "200000000");
	rate_is(6400000000, UNIT_BOTH, "6.4 GB/s (6 GiB/s)");
	rate_is(64000, UNIT_BOTH, "64 kB/s (62.5 KiB/s)");
	rate_is(1000, UNIT_BOTH, "1 kB/s (1000 B/s)");
	rate_is(999, UNIT_BOTH, "999 B/s");
	rate_is(0, UNIT_BOTH, "0 B/s");
	rate_is(999999, UNIT_SI, "999.999 kB/s");
	/* Rounding up reaches the next thousand, and says so plainly. */
	rate_is(999999999, UNIT_SI, "1000 MB/s");
	rate_is(UINT64_MAX, UNIT_BOTH, "max");
	rate_is(UINT64_MAX, UNIT_BYTES, "max");
	rate_is(UINT64_MAX - 1, UNIT_SI, "18446744073.71 GB/s");
}

static void test_other_spellings(void **state)
{
	char text[QUANTITY_BYTES];

	(void)state;
	time_format(text, 1000000);
	assert_string_equal(text, "1 ms");
	time_format(text, 20000);
	assert_string_equal(text, "20 us");
	time_format(text, 1234567890);
	assert_string_equal(text, "1.235 s");
	time_format(text, 0);
	assert_string_equal(text, "0 ns");
	size_format(text, 1 << 20, UNIT_BOTH);
	assert_string_equal(text, "1.049 MB (1 MiB)");
	size_format(text, 64, UNIT_BOTH);
	assert_string_equal(text, "64 B");
}

static void error_is(uint64_t requested, uint64_t effective,
		     const char *wanted)
{
	char text[QUANTITY_BYTES];

	error_format(text, requested, effective);
	assert_string_equal(text, wanted);
}

static void test_rounding_errors(void **state)
{
	(void)state;
	error_is(200000000, 200000000, "exact");
	error_is(200000000, 199936000, "-0.032 %");
	error_is(200000000, 200064000, "+0.032 %");
	error_is(200000000, 199999999, "-<0.001 %");
	error_is(100, 150, "+50.000 %");
	error_is(3, 5, "+66.667 %");
	error_is(0, 5, "-");
	error_is(UINT64_MAX, 5, "-");
	error_is(1, UINT64_MAX - 1, "+100000000.000 %");
	error_is(UINT64_MAX, UINT64_MAX, "exact");
}

static void test_cpu_lists_are_spelled(void **state)
{
	char text[QUANTITY_BYTES];

	(void)state;
	cpu_list_format(text, 0x3d);
	assert_string_equal(text, "0,2-5");
	cpu_list_format(text, 0);
	assert_string_equal(text, "");
	cpu_list_format(text, UINT64_MAX);
	assert_string_equal(text, "0-63");
	cpu_list_format(text, 1ull << 63);
	assert_string_equal(text, "63");
}

/* A generator of its own, so that every run tests the same values. */
static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return *seed >> 11;
}

/* What is printed in base units, or as a list, is read back as it was. */
static void test_round_trips(void **state)
{
	struct parse_error error;
	char text[QUANTITY_BYTES + 8];
	uint64_t seed = 1;
	uint64_t value, back;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		value = (next_random(&seed) >> (i % 50)) + 1;
		rate_format(text, value, UNIT_BYTES);
		strcat(text, "B/s");
		assert_int_equal(rate_bytes_parse(text, &back, &error), 0);
		assert_true(back == value);

		/* Nine digits of a GB are bytes, whatever the number. */
		snprintf(text, sizeof(text), "%llu.%09lluGB/s",
			 (unsigned long long)(value / 1000000000),
			 (unsigned long long)(value % 1000000000));
		assert_int_equal(rate_bytes_parse(text, &back, &error), 0);
		assert_true(back == value);

		cpu_list_format(text, value);
		assert_int_equal(cpu_list_parse(text, &back, &error), 0);
		assert_true(back == value);
	}
}

/* No text, however damaged, is misread or read outside its end. */
static void test_damaged_text(void **state)
{
	static const char letters[] = "0123456789.kMGiB/s%tx-+ numax";
	struct parse_error error;
	struct rate rate;
	uint64_t seed = 7;
	char text[16];
	unsigned int i, j;

	(void)state;
	for (i = 0; i < 200000; i++) {
		size_t length = next_random(&seed) % sizeof(text);

		for (j = 0; j < length; j++)
			text[j] = letters[next_random(&seed) %
					  (sizeof(letters) - 1)];
		text[length] = '\0';
		if (rate_parse(text, &rate, &error)) {
			assert_in_range(error.column, 1, length + 1);
			continue;
		}
		if (strcmp(text, "max") == 0)
			continue;
		assert_true(text[0] >= '0' && text[0] <= '9');
		assert_non_null(strpbrk(text, "%s/"));
		assert_true(rate.value < UINT64_MAX);
	}
}

static void shown(const char *text, unsigned int rows, unsigned int columns,
		  const char *expected)
{
	struct screen_size size = { rows, columns };
	char *got;
	size_t length;
	FILE *out = open_memstream(&got, &length);

	assert_int_equal(screen_size(out).rows, 0);
	screen_print(out, text, size, 2);
	fclose(out);
	assert_string_equal(got, expected);
	free(got);
}

/* What does not fit a terminal pushes nothing out of it. */
static void test_screen(void **state)
{
	(void)state;
	shown("abcdef\ngh\n\ni\n", 0, 0, "abcdef\ngh\n\ni\n");
	shown("abcdef\ngh\n\ni\n", 6, 6, "abcdef\ngh\n\ni\n");
	shown("abcdef\ngh\n\ni\n", 5, 5, "abcde\ngh\n\n");
	shown("abcdef\ngh\n", 3, 1, "a\n");
	shown("abcdef\ngh\n", 2, 1, "a\n");
	shown("abcdef\ngh\n", 1, 1, "a\n");
	shown("ab", 9, 1, "a\n");
	shown("", 1, 1, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates_are_exact),
		cmocka_unit_test(test_rates_are_refused),
		cmocka_unit_test(test_relative_rates),
		cmocka_unit_test(test_relative_rates_need_a_base),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_cpu_lists),
		cmocka_unit_test(test_counts_and_addresses),
		cmocka_unit_test(test_rates_are_spelled_both_ways),
		cmocka_unit_test(test_other_spellings),
		cmocka_unit_test(test_rounding_errors),
		cmocka_unit_test(test_cpu_lists_are_spelled),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_damaged_text),
		cmocka_unit_test(test_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
