/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Model-specific registers and CPUID of this CPU. Host tests supply the
 * functions, behind which they model the registers.
 */
#ifndef X86_MSR_ACCESS_H
#define X86_MSR_ACCESS_H

#include "hv/types.h"

struct cpuid_regs {
	uint32_t eax;
	uint32_t ebx;
	uint32_t ecx;
	uint32_t edx;
};

#ifdef WEIR_HOST
/* Fails the test where the hardware would raise #GP. */
uint64_t msr_read(uint32_t msr);
void msr_write(uint32_t msr, uint64_t value);
struct cpuid_regs cpuid_query(uint32_t leaf, uint32_t subleaf);
#else
/*
 * #GP of a register that is not there is caught (msr_fault() in host.c): the access
 * has no effect, a read brings 0, and the console says so.
 */
static inline uint64_t msr_read(uint32_t msr)
{
	uint64_t low, high;	/* it clears the upper halves */

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr)
			 : "memory");
	return high << 32 | low;
}

static inline void msr_write(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr"
			 : : "c"(msr), "a"((uint32_t)value),
			     "d"((uint32_t)(value >> 32))
			 : "memory");
}

static inline struct cpuid_regs cpuid_query(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid_regs regs;

	__asm__ volatile("cpuid"
			 : "=a"(regs.eax), "=b"(regs.ebx), "=c"(regs.ecx),
			   "=d"(regs.edx)
			 : "a"(leaf), "c"(subleaf));
	return regs;
}
#endif

#endif
