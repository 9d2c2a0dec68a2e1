/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an overflow does to the reserved counters: inlined, since a CPU pays
 * for it each time it draws a grant. Contract: hv/arch/pmu.h.
 */
#ifndef ARM64_ARCH_PMU_H
#define ARM64_ARCH_PMU_H

#include "hv/types.h"
#include "sysregs.h"

struct arch_pmu {
	/* In pmu-regs.S, for the counters reserved on this machine. */
	uint64_t (*exchange)(uint64_t companion, uint64_t value);
	uint32_t mask;		/* hardware bits of the reserved ones */
	unsigned int first;	/* hardware number of reserved counter 0 */
};

extern struct arch_pmu arch_pmu;

/* A counter of the guest has overflowed as well, or only that. */
uint32_t arch_pmu_take_with_guests(uint32_t status);

/* A call that changes no more registers than it says. */
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

static inline bool arch_pmu_take_alone(void)
{
	uint64_t status = read_sysreg(pmovsclr_el0);

	if (status == 0 || (status & ~(uint64_t)arch_pmu.mask) != 0)
		return false;
	write_sysreg(pmovsclr_el0, status);
	return true;
}

#endif
