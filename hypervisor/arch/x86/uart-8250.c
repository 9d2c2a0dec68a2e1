/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The serial port of a PC, by ports (National Semiconductor PC16550D, chapter
 * 8). Its base is not an address but the number of the first port.
 */
#include "hv/arch/console.h"
#include "insn.h"

#define UART_TX			0
#define UART_DLL		0
#define UART_DLM		1
#define UART_LCR		3
#define UART_LCR_8N1		0x03
#define UART_LCR_DLAB		0x80
#define UART_LSR		5
#define UART_LSR_THRE		0x20

static uint16_t port(const volatile void *base, unsigned int offset)
{
	return (uint16_t)((uintptr_t)base + offset);
}

static void uart_init(volatile void *base, const struct console_desc *desc)
{
	if (desc->divider == 0)
		return;
	port_write8(port(base, UART_LCR), UART_LCR_8N1 | UART_LCR_DLAB);
	port_write8(port(base, UART_DLL), (uint8_t)desc->divider);
	port_write8(port(base, UART_DLM), (uint8_t)(desc->divider >> 8));
	port_write8(port(base, UART_LCR), UART_LCR_8N1);
}

static bool uart_try_write(volatile void *base, char c)
{
	if (!(port_read8(port(base, UART_LSR)) & UART_LSR_THRE))
		return false;
	port_write8(port(base, UART_TX), (uint8_t)c);
	return true;
}

static const struct uart uart_8250 = {
	.type = CONSOLE_8250,
	.init = uart_init,
	.try_write = uart_try_write,
};

const struct uart *arch_uart(const struct console_desc *desc,
			     volatile void **base)
{
	if (desc->type != CONSOLE_8250 || desc->address > 0xfff8)
		return NULL;
	*base = (volatile void *)(uintptr_t)desc->address;
	return &uart_8250;
}
