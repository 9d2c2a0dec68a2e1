/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Memory: a bump allocator, what the compiler may call, random numbers. */
#include "inmate.h"

extern char image_end[];

void *memset(void *to, int value, size_t size);
void *memcpy(void *to, const void *from, size_t size);

void *memset(void *to, int value, size_t size)
{
	unsigned char *byte = to;

	while (size--)
		*byte++ = (unsigned char)value;
	return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
	unsigned char *byte = to;
	const unsigned char *source = from;

	while (size--)
		*byte++ = *source++;
	return to;
}

void *inmate_memset(void *to, int value, size_t size)
{
	return memset(to, value, size);
}

/* xorshift64: period 2^64 - 1, 0 excluded. */
uint64_t random_next(uint64_t *state)
{
	uint64_t value = *state ? *state : 0x9e3779b97f4a7c15ull;

	value ^= value << 13;
	value ^= value >> 7;
	value ^= value << 17;
	return *state = value;
}

static uint64_t line_align(uint64_t value)
{
	return (value + INMATE_LINE_BYTES - 1) &
	       ~(uint64_t)(INMATE_LINE_BYTES - 1);
}

void *inmate_alloc(uint64_t size)
{
	static uint64_t next;
	uint64_t room = cmdline_bytes("ram", INMATE_RAM_BYTES);
	uint64_t start = next ? next : line_align((uintptr_t)image_end);

	if (start < INMATE_HOLE_BASE && size > INMATE_HOLE_BASE - start)
		start = INMATE_HOLE_END;
	if (start >= room || size > room - start)
		return NULL;
	next = start + line_align(size);
	return (void *)(uintptr_t)start;
}
