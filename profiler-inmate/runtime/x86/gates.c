/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The interrupt descriptor table (SDM 3A, 6.11 and 6.14.1). */
#include "inmate.h"
#include "runtime-x86.h"

#ifdef __x86_64__
#define SELECTOR_CODE		SELECTOR_CODE64
#define GATE_WORDS		2
#else
#define SELECTOR_CODE		SELECTOR_CODE32
#define GATE_WORDS		1
#endif

static uint64_t idt[VECTORS][GATE_WORDS];

/* Guests lie below 4 GiB: a second word stays 0. */
static void gate_fill(unsigned int vector, uint64_t entry)
{
	idt[vector][0] = (entry & 0xffff) | (uint64_t)SELECTOR_CODE << 16 |
			 GATE_INTERRUPT << 40 | (entry >> 16 & 0xffff) << 48;
}

/* Every CPU writes the same. */
void exceptions_init(void)
{
	struct table_register idtr = { sizeof(idt) - 1, (uintptr_t)idt };

	for (unsigned int n = 0; n < VECTORS; n++)
		gate_fill(n, (uintptr_t)vector_entries + n * ENTRY_BYTES);
	__asm__ volatile("lidt %0" :: "m"(idtr) : "memory");
}
