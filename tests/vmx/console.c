// SPDX-License-Identifier: GPL-2.0-only
/* Output on COM1. */
#include "root.h"

#define COM1			0x3f8
#define UART_DATA		(COM1 + 0)
#define UART_INTERRUPTS		(COM1 + 1)
#define UART_FIFO		(COM1 + 2)
#define UART_LINE_CONTROL	(COM1 + 3)
#define UART_LINE_STATUS	(COM1 + 5)
#define LINE_8N1		0x03
#define STATUS_ROOM		0x20
#define STATUS_IDLE		0x40
#define LINE_BYTES		512

static volatile int lock;

void console_init(void)
{
	outb(UART_LINE_CONTROL, LINE_8N1);
	outb(UART_INTERRUPTS, 0);
	outb(UART_FIFO, 0);
}

void console_putc(char character)
{
	while (!(inb(UART_LINE_STATUS) & STATUS_ROOM))
		pause();
	outb(UART_DATA, (uint8_t)character);
}

void console_flush(void)
{
	while (!(inb(UART_LINE_STATUS) & STATUS_IDLE))
		pause();
}

void print(const char *format, ...)
{
	char line[LINE_BYTES];
	uint64_t flags;
	va_list args;

	va_start(args, format);
	hv_vsnprintf(line, sizeof(line), format, args);
	va_end(args);

	flags = irq_save();
	while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
		pause();
	for (const char *c = line; *c; c++)
		console_putc(*c);
	__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
	irq_restore(flags);
}
