/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of the hypervisor. */
#include "hv/printk.h"

#include "hv/arch/cpu.h"
#include "hv/console.h"

#define LINE_BYTES	256

static void print(const char *format, va_list args)
{
	char line[LINE_BYTES];

	console_write(line, hv_vsnprintf(line, sizeof(line), format, args));
}

void printk(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(format, args);
	va_end(args);
}

void panic(const char *format, ...)
{
	va_list args;

	console_write("PANIC: ", 7);
	va_start(args, format);
	print(format, args);
	va_end(args);
	arch_cpu_halt();
}
