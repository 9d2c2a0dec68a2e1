/* SPDX-License-Identifier: GPL-2.0-only */
/* This machine has no event counters; tests that have some supply their own. */
#include "hv/arch/pmu.h"
#include "hv/errno.h"

int arch_pmu_probe(struct arch_pmu_caps *caps, const char **why)
{
	(void)caps;
	*why = "the fake machine has no event counters";
	return -ENODEV;
}

void arch_pmu_start(unsigned int counter, uint16_t event)
{
	(void)counter;
	(void)event;
}

void arch_pmu_stop(unsigned int counter)
{
	(void)counter;
}

uint64_t arch_pmu_read(unsigned int counter)
{
	(void)counter;
	return 0;
}

void arch_pmu_write(unsigned int counter, uint64_t value)
{
	(void)counter;
	(void)value;
}

void arch_pmu_irq(unsigned int counter, bool enable)
{
	(void)counter;
	(void)enable;
}

uint32_t arch_pmu_take_overflows(void)
{
	return 0;
}
