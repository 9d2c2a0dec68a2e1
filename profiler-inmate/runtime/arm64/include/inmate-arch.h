/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Guests on arm64: RAM below 128 MiB cacheable, the rest device memory but for
 * the gigabyte at 0x80000000.
 */
#ifndef INMATE_ARCH_H
#define INMATE_ARCH_H

#include <stdint.h>

#include "abi/memsys.h"

#define INMATE_COMM_REGION	comm_region_arm
#define INMATE_COMM_BASE	0x80000000ull
#define INMATE_MEMSYS_PAGE	0x80001000ull
/* What the cell shares with the root cell, up to the end of that gigabyte. */
#define INMATE_SHARED_BASE	0x80100000ull
#define INMATE_RAM_BYTES	(16ull << 20)
/* Nothing lies within the RAM. */
#define INMATE_HOLE_BASE	UINT64_MAX
#define INMATE_HOLE_END		UINT64_MAX

/* uint64_t in inmate_printf(). */
#define U64			"lu"

/* PSCI by SMC; result as PSCI defines it. */
long inmate_psci(uint64_t function, uint64_t arg1, uint64_t arg2, uint64_t arg3);

/* --- irq.c: GICv2 and GICv3, as the communication region says ----------- */

#define IRQ_TIMER		27	/* the virtual timer's PPI */
#define IRQ_NONE		1023

static inline void irq_unmask(void)
{
	__asm__ volatile("msr daifclr, #2" ::: "memory");
}

static inline void irq_mask(void)
{
	__asm__ volatile("msr daifset, #2" ::: "memory");
}

/* In loops that wait for another CPU. */
static inline void inmate_relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

/* Sleeps, masked, until an interrupt is pending, and takes it. */
static inline void irq_wait(void)
{
	__asm__ volatile("wfi" ::: "memory");
	irq_unmask();
	__asm__ volatile("isb" ::: "memory");
	irq_mask();
}

#endif
