/* SPDX-License-Identifier: GPL-2.0-only */
/* Arm PrimeCell UART PL011 (Arm DDI 0183, chapter 3). */
#include "hv/console.h"

#define UART_DR		0x000
#define UART_FR		0x018
#define UART_FR_TXFF	(1u << 5)
#define UART_IBRD	0x024
#define UART_FBRD	0x028
#define UART_LCR_H	0x02c
#define UART_LCR_H_8N1	0x70u	/* 8 bits, FIFOs on */
#define UART_CR		0x030
#define UART_CR_ON	0x301u	/* enable, transmit, receive */

static volatile uint32_t *uart_register(volatile void *base, unsigned int offset)
{
	return (volatile uint32_t *)((volatile uint8_t *)base + offset);
}

/* `divider` is the integer part; the clock is taken to divide evenly. */
static void pl011_init(volatile void *base, const struct console_desc *desc)
{
	if (desc->divider == 0)
		return;
	*uart_register(base, UART_CR) = 0;
	*uart_register(base, UART_IBRD) = desc->divider & 0xffff;
	*uart_register(base, UART_FBRD) = 0;
	*uart_register(base, UART_LCR_H) = UART_LCR_H_8N1;
	*uart_register(base, UART_CR) = UART_CR_ON;
}

static bool pl011_try_write(volatile void *base, char c)
{
	if (*uart_register(base, UART_FR) & UART_FR_TXFF)
		return false;
	*uart_register(base, UART_DR) = (uint8_t)c;
	return true;
}

const struct uart uart_pl011 = {
	.type = CONSOLE_PL011,
	.init = pl011_init,
	.try_write = pl011_try_write,
};
