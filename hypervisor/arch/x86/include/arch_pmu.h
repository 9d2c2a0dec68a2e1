/* SPDX-License-Identifier: GPL-2.0-only */
/* Event counters: what a tick does is inlined. Contract: hv/arch/pmu.h. */
#ifndef X86_ARCH_PMU_H
#define X86_ARCH_PMU_H

#include "hv/types.h"
#include "msr-access.h"

/* Registers of reserved counter 0, after pmu_init(). */
struct arch_pmu {
	uint32_t read_msr;
	uint32_t write_msr;
	uint64_t write_mask;	/* what of a value it takes */
};

extern struct arch_pmu arch_pmu;

uint64_t arch_pmu_read(unsigned int counter);
void arch_pmu_write(unsigned int counter, uint64_t value);
uint32_t arch_pmu_take_overflows(void);

/* There is no companion: counter 0 overflows by itself. */
static inline uint64_t arch_pmu_exchange(uint64_t value)
{
	uint64_t before = msr_read(arch_pmu.read_msr);

	msr_write(arch_pmu.write_msr, value & arch_pmu.write_mask);
	return before;
}

#endif
