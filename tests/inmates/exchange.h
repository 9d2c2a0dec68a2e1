/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What guests and the root do in memory that they share: in turn, each looks at all
 * words, which say whose turn it was, and writes others. The first word is the
 * turn; that of seat n of m is n, m + n, 2m + n, ... Seat 0 is the root's.
 */
#ifndef TESTS_EXCHANGE_H
#define TESTS_EXCHANGE_H

#include <stdint.h>

static inline uint64_t exchange_turn(const volatile uint64_t *memory)
{
	return __atomic_load_n(memory, __ATOMIC_ACQUIRE);
}

/* Different in each place and each turn. */
static inline uint64_t exchange_word(uint64_t turn, uint64_t place)
{
	return (turn << 40 ^ place) * 0x9e3779b97f4a7c15ull;
}

/* How many words are not what the turn before left. */
static inline uint64_t exchange_wrong(const volatile uint64_t *memory,
				      uint64_t bytes, uint64_t turn)
{
	uint64_t wrong = 0;

	for (uint64_t n = 1; n < bytes / sizeof(*memory); n++)
		wrong += memory[n] != exchange_word(turn, n);
	return wrong;
}

/* From now on it is that turn. */
static inline void exchange_fill(volatile uint64_t *memory, uint64_t bytes,
				 uint64_t turn)
{
	for (uint64_t n = 1; n < bytes / sizeof(*memory); n++)
		memory[n] = exchange_word(turn, n);
	__atomic_store_n(memory, turn, __ATOMIC_RELEASE);
}

#endif
