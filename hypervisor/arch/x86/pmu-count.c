/* SPDX-License-Identifier: GPL-2.0-only */
/* Setting a counter; and whether it counts: some are announced and do not. */
#include "pmu-internal.h"

/* The overflow must show within so many reads of the counter. */
#define TEST_TURNS	4096u
#define TEST_EVENTS	256u

/* Without full width bit 31 is copied into those above it. */
uint64_t pmu_write_mask(const struct pmu_machine *machine)
{
	return machine->full_width ? BIT(machine->bits) - 1 : 0xffffffff;
}

const char *pmu_counter_test(unsigned int n, uint64_t event)
{
	uint64_t start = (0 - (uint64_t)TEST_EVENTS) & pmu_width_mask();
	bool moved = false, overflowed = false;

	msr_write(MSR_PERFEVTSEL(n), event | EVTSEL_USR | EVTSEL_OS |
					     EVTSEL_EN);
	pmu_count_write(n, start);
	msr_write(MSR_GLOBAL_OVF_CTRL, BIT(n));
	msr_write(MSR_GLOBAL_CTRL, BIT(n));
	for (unsigned int i = 0; i < TEST_TURNS && !overflowed; i++) {
		moved |= msr_read(MSR_PMC(n)) != start;
		overflowed = msr_read(MSR_GLOBAL_STATUS) & BIT(n);
	}
	msr_write(MSR_GLOBAL_CTRL, 0);
	msr_write(MSR_PERFEVTSEL(n), 0);
	msr_write(MSR_GLOBAL_OVF_CTRL, BIT(n));
	if (!moved)
		return "a counter that CPUID announces does not count";
	return overflowed ? NULL : "a counter does not report its overflow";
}
