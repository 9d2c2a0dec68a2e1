/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Division of 64-bit numbers for 32-bit guests, under the names the compiler
 * calls (GCC internals, "Routines for integer arithmetic").
 */
#include <stdint.h>

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *rest);

/* One bit of the quotient a turn. A divisor of 0 gives all ones. */
uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *rest)
{
	uint64_t quotient = 0, left = 0;

	for (int bit = 63; bit >= 0; bit--) {
		/* What does not fit 64 bits is more than any divisor. */
		uint64_t carry = left >> 63;

		left = left << 1 | (dividend >> bit & 1);
		quotient <<= 1;
		if (carry || left >= divisor) {
			left -= divisor;
			quotient |= 1;
		}
	}
	*rest = left;
	return quotient;
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor)
{
	uint64_t rest;

	return __udivmoddi4(dividend, divisor, &rest);
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor)
{
	uint64_t rest;

	__udivmoddi4(dividend, divisor, &rest);
	return rest;
}
