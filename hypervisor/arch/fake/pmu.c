/* SPDX-License-Identifier: GPL-2.0-only */
/* Event counters of the fake: they count what a test says has happened. */
#include "fake.h"
#include "hv/arch/cpu.h"
#include "hv/arch/pmu.h"

#define COUNTER_BITS	32

struct fake_pmu fake_pmu[HV_MAX_CPUS];

static struct fake_pmu *own(void)
{
	return &fake_pmu[this_cpu()->id];
}

int arch_pmu_probe(struct arch_pmu_caps *caps, const char **why)
{
	(void)why;
	*caps = (struct arch_pmu_caps){
		.counters = ARCH_PMU_RESERVED,
		.bits = COUNTER_BITS,
		.overflow_irq = true,
		.alone = BIT(ARCH_PMU_RESERVED) - 1,
	};
	return 0;
}

void arch_pmu_start(unsigned int counter, uint16_t event)
{
	own()->event[counter] = event;
	own()->value[counter] = 0;
	own()->running |= 1u << counter;
}

void arch_pmu_stop(unsigned int counter)
{
	own()->running &= ~(1u << counter);
}

uint64_t arch_pmu_read(unsigned int counter)
{
	return own()->value[counter];
}

void arch_pmu_write(unsigned int counter, uint64_t value)
{
	own()->value[counter] = value & (BIT(COUNTER_BITS) - 1);
}

uint64_t arch_pmu_exchange(uint64_t value)
{
	uint64_t before = arch_pmu_read(0);

	arch_pmu_write(0, value);
	arch_pmu_write(2, value - 1);
	return before;
}

void arch_pmu_irq(unsigned int counter, bool enable)
{
	if (enable)
		own()->irqs |= 1u << counter;
	else
		own()->irqs &= ~(1u << counter);
}

uint32_t arch_pmu_take_overflows(void)
{
	uint32_t overflows = own()->overflows;

	own()->overflows = 0;
	return overflows;
}

bool arch_pmu_take_alone(uint64_t alone)
{
	return alone && arch_pmu_take_overflows() != 0;
}

bool fake_pmu_count(unsigned int cpu, uint16_t event, uint32_t events)
{
	struct fake_pmu *pmu = &fake_pmu[cpu];

	for (unsigned int i = 0; i < ARCH_PMU_RESERVED; i++) {
		if (!(pmu->running >> i & 1) || pmu->event[i] != event)
			continue;
		pmu->value[i] += events;
		if (pmu->value[i] >> COUNTER_BITS)
			pmu->overflows |= 1u << i;
		pmu->value[i] &= BIT(COUNTER_BITS) - 1;
	}
	return pmu->overflows & pmu->irqs;
}
