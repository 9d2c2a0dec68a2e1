/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A PL011 the cell owns. */
#include "inmate.h"

#define PL011_DR		0x00
#define PL011_FR		0x18
#define PL011_FR_TXFF		(1u << 5)
#define PL011_WAIT_LOOPS	100000

void uart_putc(const struct console_desc *console, char character)
{
	volatile uint32_t *flags;

	if (console->type != CONSOLE_PL011)
		return;
	flags = (volatile uint32_t *)(console->address + PL011_FR);
	for (int n = 0; n < PL011_WAIT_LOOPS && *flags & PL011_FR_TXFF; n++)
		;
	*(volatile uint32_t *)(console->address + PL011_DR) =
		(unsigned char)character;
}
