/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Registers of counters, and counters of 32 bits made longer. */
#ifndef PROFILE_REGISTERS_H
#define PROFILE_REGISTERS_H

#include <stdint.h>

uint32_t register_read(const volatile void *base, uint32_t offset);
void register_write(volatile void *base, uint32_t offset, uint32_t value);

/* Right as long as it is read once in each turn of the counter. */
struct wide_counter {
	uint64_t sum;
	uint32_t last;
};

static inline uint64_t wide_follow(struct wide_counter *counter, uint32_t now)
{
	counter->sum += now - counter->last;
	counter->last = now;
	return counter->sum;
}

#endif
