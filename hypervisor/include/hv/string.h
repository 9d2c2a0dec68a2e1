/* SPDX-License-Identifier: GPL-2.0-only */
/* The string functions that freestanding code needs; hosts use their own. */
#ifndef HV_STRING_H
#define HV_STRING_H

#ifdef WEIR_HV
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strnlen(const char *text, size_t size);
int strncmp(const char *a, const char *b, size_t size);
#else
#include <string.h>
#endif

#endif
