/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The interrupt descriptor table of 64-bit mode (SDM 3A, 6.14.1). */
#include "inmate.h"
#include "runtime-x86.h"

static uint64_t idt[VECTORS][2];

/* Guests lie below 4 GiB. */
static void gate_fill(unsigned int vector, uint64_t stub)
{
	idt[vector][0] = (stub & 0xffff) | (uint64_t)SELECTOR_CODE64 << 16 |
			 GATE_INTERRUPT << 40 | (stub >> 16 & 0xffff) << 48;
}

/* Every CPU writes the same. */
void exceptions_init(void)
{
	struct table_register idtr = { sizeof(idt) - 1, (uintptr_t)idt };

	for (unsigned int n = 0; n < VECTORS; n++)
		gate_fill(n, (uintptr_t)vector_stubs + n * STUB_BYTES);
	__asm__ volatile("lidt %0" :: "m"(idtr) : "memory");
}
