/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In place of pmu-count.c, in an image of its own: Bochs has registers of
 * counters that do not count, nor extend the sign of what is written. That is
 * enough to see how many instructions a tick takes.
 */
#include "hypervisor/arch/x86/pmu-internal.h"

void pmu_count_write(unsigned int n, uint64_t value)
{
	if (pmu_machine.full_width)
		msr_write(MSR_A_PMC(n), value & pmu_width_mask());
	else
		msr_write(MSR_PMC(n), value & pmu_width_mask());
}

const char *pmu_counter_test(unsigned int n, uint64_t event)
{
	(void)n;
	(void)event;
	return NULL;
}
