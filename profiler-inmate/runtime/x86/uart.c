/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An 8250 at ports the cell owns. */
#include "inmate.h"

#define UART_DATA		0
#define UART_LINE_STATUS	5
#define STATUS_ROOM		0x20
#define UART_WAIT_LOOPS		100000

void uart_putc(const struct console_desc *console, char character)
{
	uint16_t port = (uint16_t)console->address;

	if (console->type != CONSOLE_8250 || console->flags & CONSOLE_MMIO)
		return;
	for (int n = 0; n < UART_WAIT_LOOPS; n++)
		if (inmate_inb(port + UART_LINE_STATUS) & STATUS_ROOM)
			break;
	inmate_outb(port + UART_DATA, (uint8_t)character);
}
