/* SPDX-License-Identifier: GPL-2.0-only */
/* The formatter against the C library's, and where they differ on purpose. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hv/errno.h"
#include "hv/printk.h"
#include "hv/reason.h"
#include "hv/types.h"

/* Both formatters on the same arguments. */
#define SAME(...)                                                             \
	do {                                                                  \
		char ours[200], theirs[200];                                  \
		size_t length = hv_snprintf(ours, sizeof(ours), __VA_ARGS__); \
		int wanted = snprintf(theirs, sizeof(theirs), __VA_ARGS__);   \
		assert_string_equal(ours, theirs);                            \
		assert_int_equal(length, wanted);                             \
	} while (0)

static void test_as_the_c_library(void **state)
{
	static const long long numbers[] = {
		0, 1, -1, 9, 10, -10, 255, INT_MAX, INT_MIN, LLONG_MAX,
		LLONG_MIN,
	};

	(void)state;
	SAME("plain");
	SAME("%%|%c|%s|", 'x', "text");
	SAME("%s%s", "", "ab");
	SAME("%10s|%-10s|%3s|", "right", "left", "longer");
	SAME("%.3s|%10.2s|%.0s|", "cut", "here", "gone");
	SAME("%5c|%-5c|", 'a', 'b');
	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
		long long n = numbers[i];

		SAME("%d %u %x", (int)n, (unsigned int)n, (unsigned int)n);
		SAME("%lld %llu %llx", n, (unsigned long long)n,
		     (unsigned long long)n);
		SAME("%8d|%-8d|%08d|", (int)n, (int)n, (int)n);
		SAME("%20lld|%-20lld|%020lld|", n, n, n);
		SAME("%4x|%04x|%-4x|", (unsigned int)n, (unsigned int)n,
		     (unsigned int)n);
		SAME("%016llx", (unsigned long long)n);
		SAME("%ld %lu %zu", (long)n, (unsigned long)n, (size_t)n);
	}
}

static void test_truncation(void **state)
{
	char text[8];

	(void)state;
	for (size_t size = 1; size <= sizeof(text); size++) {
		memset(text, 'Z', sizeof(text));
		assert_int_equal(hv_snprintf(text, size, "%s %d", "abcd", 12345),
				 size - 1);
		assert_int_equal(text[size - 1], '\0');
		assert_memory_equal(text, "abcd 123", size - 1);
		for (size_t i = size; i < sizeof(text); i++)
			assert_int_equal(text[i], 'Z');
	}
	memset(text, 'Z', sizeof(text));
	assert_int_equal(hv_snprintf(text, 0, "abc"), 0);
	assert_int_equal(text[0], 'Z');
}

static void test_long_widths_end(void **state)
{
	static const char *const formats[] = { "%99999999999d", "%-4000000000s",
					       "%0", "%", "%-", "%.", "%ll" };
	char text[300];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(formats); i++) {
		char *volatile format = (char *)(uintptr_t)formats[i];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
		assert_true(hv_snprintf(text, sizeof(text), format, "1") < 65);
#pragma GCC diagnostic pop
	}
}

static void test_null_text(void **state)
{
	char text[16];
	const char *volatile nothing = NULL;

	(void)state;
	hv_snprintf(text, sizeof(text), "%s", nothing);
	assert_string_equal(text, "(null)");
}

/* A string without an end is read no further than there is room for. */
static void test_unterminated_text(void **state)
{
	char from[4] = { 'a', 'b', 'c', 'd' };
	char text[5];

	(void)state;
	assert_int_equal(hv_snprintf(text, sizeof(text), "%.4s", from), 4);
	assert_string_equal(text, "abcd");
}

/* A precision beyond a field's width is one all the same. */
static void test_long_text(void **state)
{
	char from[128];
	char text[160];

	(void)state;
	memset(from, 'x', sizeof(from));
	from[127] = '\0';
	assert_int_equal(hv_snprintf(text, sizeof(text), "%.127s", from), 127);
	assert_string_equal(text, from);
	assert_int_equal(hv_snprintf(text, sizeof(text), "%.65s", from), 65);
	assert_int_equal(hv_snprintf(text, sizeof(text), "%.99999999999s", from),
			 127);
}

static void test_refuse(void **state)
{
	struct reason reason;

	(void)state;
	assert_int_equal(refuse(&reason, -EINVAL, "cell %u: %s", 3, "no"),
			 -EINVAL);
	assert_string_equal(reason.text, "cell 3: no");
	assert_int_equal(refuse(NULL, -EBUSY, "%s", "nobody listens"), -EBUSY);
	refuse(&reason, -EINVAL, "%64s%64s%s", "a", "b", "c");
	assert_int_equal(strlen(reason.text), REASON_BYTES - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_the_c_library),
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_long_widths_end),
		cmocka_unit_test(test_null_text),
		cmocka_unit_test(test_unterminated_text),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
