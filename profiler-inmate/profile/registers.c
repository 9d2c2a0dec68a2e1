/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Registers of 32 bits, by address. */
#include "registers.h"

uint32_t register_read(const volatile void *base, uint32_t offset)
{
	return *(const volatile uint32_t *)((const volatile char *)base + offset);
}

void register_write(volatile void *base, uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)((volatile char *)base + offset) = value;
}
