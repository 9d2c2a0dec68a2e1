/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whole 64-bit words of memory for 32-bit guests, under the names the compiler
 * calls (GCC's libatomic ABI). Only CMPXCHG8B moves one at once (SDM 2A). It
 * writes what it read, so that the place must be writable.
 */
#include <stdint.h>

uint64_t atomic_load(volatile uint64_t *place, int order)
	__asm__("__atomic_load_8");
void atomic_store(volatile uint64_t *place, uint64_t value, int order)
	__asm__("__atomic_store_8");

/* The value at `place`, which becomes `value` where it was `expected`. */
static uint64_t exchange(volatile uint64_t *place, uint64_t expected,
			 uint64_t value)
{
	__asm__ volatile("lock cmpxchg8b %0"
			 : "+m"(*place), "+A"(expected)
			 : "b"((uint32_t)value), "c"((uint32_t)(value >> 32))
			 : "memory");
	return expected;
}

uint64_t atomic_load(volatile uint64_t *place, int order)
{
	(void)order;
	return exchange(place, 0, 0);
}

void atomic_store(volatile uint64_t *place, uint64_t value, int order)
{
	uint64_t before = 0, found;

	(void)order;
	while ((found = exchange(place, before, value)) != before)
		before = found;
}
