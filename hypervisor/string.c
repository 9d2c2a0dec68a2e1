/* SPDX-License-Identifier: GPL-2.0-only */
/* String functions for freestanding code. */
#include "hv/string.h"

#include "hv/types.h"

/* Whole words where both ends are aligned; device memory never comes here. */
static bool words_fit(const void *a, const void *b)
{
	return (((uintptr_t)a | (uintptr_t)b) & 7) == 0;
}

/* All are read first, in pairs where there are such instructions. */
static inline void words_copy(uint64_t *to, const uint64_t *from)
{
	uint64_t a = from[0], b = from[1], c = from[2], d = from[3];

	to[0] = a;
	to[1] = b;
	to[2] = c;
	to[3] = d;
}

void *memcpy(void *to, const void *from, size_t size)
{
	uint8_t *d = to;
	const uint8_t *s = from;

	if (words_fit(to, from)) {
		for (; size >= 32; size -= 32, d += 32, s += 32)
			words_copy((void *)d, (const void *)s);
		for (; size >= 8; size -= 8, d += 8, s += 8)
			*(uint64_t *)(void *)d = *(const uint64_t *)(const void *)s;
	}
	while (size--)
		*d++ = *s++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	uint8_t *d = to;
	const uint8_t *s = from;

	if ((uintptr_t)to - (uintptr_t)from >= size)
		return memcpy(to, from, size);
	while (size--)
		d[size] = s[size];
	return to;
}

void *memset(void *to, int value, size_t size)
{
	uint64_t word = 0x0101010101010101ull * (uint8_t)value;
	uint8_t *d = to;

	while (size && ((uintptr_t)d & 7)) {
		*d++ = (uint8_t)value;
		size--;
	}
	for (; size >= 32; size -= 32, d += 32) {
		uint64_t *w = (uint64_t *)(void *)d;

		w[0] = word;
		w[1] = word;
		w[2] = word;
		w[3] = word;
	}
	while (size--)
		*d++ = (uint8_t)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *x = a, *y = b;

	for (size_t i = 0; i < size; i++) {
		if (x[i] != y[i])
			return x[i] - y[i];
	}
	return 0;
}

size_t strnlen(const char *text, size_t size)
{
	size_t length = 0;

	while (length < size && text[length])
		length++;
	return length;
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (a[i] != b[i] || !a[i])
			return (uint8_t)a[i] - (uint8_t)b[i];
	}
	return 0;
}
