/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cache Allocation, Memory Bandwidth Allocation and clock modulation (Intel
 * SDM vol. 3, "Intel Resource Director Technology Allocation Features" and
 * "Software Controlled Clock Modulation"). Contract: hv/arch/partition.h.
 *
 * Guests have none of it: CPUID does not announce it to them, and the MSR
 * policy (bitmaps.c) keeps them from the registers.
 */
#ifndef X86_CAT_H
#define X86_CAT_H

#include "hv/types.h"
#include "include/msr-access.h"

/* CPUID */
#define CPUID_BASIC			0x01u
#define CPUID_THERMAL			0x06u
#define CPUID_THERMAL_EAX_FINE		(1u << 5)  /* 16 steps of the clock */
#define CPUID_BASIC_EDX_ACPI		(1u << 22) /* clock modulation */
#define CPUID_EXTENDED			0x07u
#define CPUID_EXTENDED_EBX_ALLOCATION	(1u << 15)
#define CPUID_ALLOCATION		0x10u

#define MSR_CLOCK_MODULATION		0x19au
#define CLOCK_MODULATION_ON		(1ull << 4)

#define MSR_L3_CFG			0xc81u	/* bit 0: code apart from data */
#define MSR_L2_CFG			0xc82u
#define CFG_CODE_DATA			1ull
#define MSR_PQR_ASSOC			0xc8fu	/* 63:32 class, 9:0 monitor */
#define PQR_MONITOR			0x3ffull
#define PQR_CLASS_SHIFT			32
#define MSR_L3_MASK(n)			(0xc90u + (n))
#define MSR_L2_MASK(n)			(0xd10u + (n))
#define MSR_DELAY(n)			(0xd50u + (n))

/* WBINVD; host tests supply it. */
#ifdef WEIR_HOST
void cache_writeback(void);
#else
static inline void cache_writeback(void)
{
	__asm__ volatile("wbinvd" : : : "memory");
}
#endif

#endif
