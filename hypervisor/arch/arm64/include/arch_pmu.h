/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What overflows and looks do to the reserved counters: inlined, since a CPU
 * pays for it each time it draws a grant. Contract: hv/arch/pmu.h.
 */
#ifndef ARM64_ARCH_PMU_H
#define ARM64_ARCH_PMU_H

#include "hv/types.h"
#include "pmu-hw.h"
#include "sysregs.h"

struct arch_pmu {
	/* In pmu-regs.S, for the counters reserved on this machine. */
	uint64_t (*exchange)(uint64_t companion, uint64_t value);
	uintptr_t reads;	/* PMU_ACCESS_BYTES for each of them */
	uintptr_t writes;
	uint32_t mask;		/* hardware bits of the reserved ones */
	unsigned int first;	/* hardware number of reserved counter 0 */
};

extern struct arch_pmu arch_pmu;

/* A counter of the guest has overflowed as well, or only that. */
uint32_t arch_pmu_take_with_guests(uint32_t status);

/* Calls that change no more registers than they say. */
static inline uint64_t arch_pmu_read(unsigned int counter)
{
	register uint64_t value __asm__("x0");

	__asm__ volatile("blr	%1"
			 : "=r"(value)
			 : "r"(arch_pmu.reads + counter * PMU_ACCESS_BYTES)
			 : "x30");
	return value;
}

static inline void arch_pmu_write(unsigned int counter, uint64_t value)
{
	register uint64_t written __asm__("x1") = value;

	__asm__ volatile("blr	%0"
			 :
			 : "r"(arch_pmu.writes + counter * PMU_ACCESS_BYTES),
			   "r"(written)
			 : "x30");
}

static inline uint64_t arch_pmu_exchange(uint64_t value)
{
	register uint64_t companion __asm__("x0") = value - 1;
	register uint64_t written __asm__("x1") = value;

	__asm__ volatile("blr	%2"
			 : "+r"(companion)
			 : "r"(written), "r"(arch_pmu.exchange)
			 : "x30");
	return companion;
}

static inline uint32_t arch_pmu_take_overflows(void)
{
	uint64_t status = read_sysreg(pmovsclr_el0);

	if (__builtin_expect((status & ~(uint64_t)arch_pmu.mask) != 0, 0))
		return arch_pmu_take_with_guests((uint32_t)status);
	write_sysreg(pmovsclr_el0, status);
	return (uint32_t)status >> arch_pmu.first;
}

static inline bool arch_pmu_take_alone(uint64_t alone)
{
	uint64_t status = read_sysreg(pmovsclr_el0);

	if (status == 0 || (status & ~alone) != 0)
		return false;
	write_sysreg(pmovsclr_el0, status);
	return true;
}

#endif
