/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages to the debug console and the virtual console ring. Any context. */
#ifndef HV_PRINTK_H
#define HV_PRINTK_H

#include <stdarg.h>
#include <stddef.h>

/* Length written, without the NUL; truncates. Formats as refuse(). Pure. */
size_t hv_vsnprintf(char *buffer, size_t size, const char *format, va_list args);
size_t hv_snprintf(char *buffer, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void printk(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A broken invariant of the hypervisor itself: print, stop this CPU. */
void panic(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* For impossible states only, never on a guest's or the user's input. */
#define CHECK(condition)                                                      \
	do {                                                                  \
		if (!(condition))                                             \
			panic("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
	} while (0)

#endif
