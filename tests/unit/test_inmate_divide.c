// SPDX-License-Identifier: GPL-2.0-only
/* Division for 32-bit guests, against the host's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);

static void divides(uint64_t dividend, uint64_t divisor)
{
	assert_int_equal(__udivdi3(dividend, divisor), dividend / divisor);
	assert_int_equal(__umoddi3(dividend, divisor), dividend % divisor);
}

static void test_edges(void **state)
{
	static const uint64_t values[] = {
		1, 2, 3, 10, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
		0x100000001, 0x7fffffffffffffff, 0x8000000000000000,
		0x8000000000000001, 0xfffffffffffffffe, 0xffffffffffffffff,
	};
	const size_t count = sizeof(values) / sizeof(values[0]);

	(void)state;
	for (size_t n = 0; n < count; n++) {
		divides(0, values[n]);
		for (size_t m = 0; m < count; m++)
			divides(values[n], values[m]);
	}
}

static void test_random(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (unsigned int n = 0; n < 100000; n++) {
		uint64_t dividend = random = random * 6364136223846793005ull + 1;
		uint64_t divisor = random = random * 6364136223846793005ull + 1;

		divides(dividend, (divisor >> (n & 63)) | 1);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
