/* SPDX-License-Identifier: GPL-2.0-only */
/* Event counters of the fake: nothing is inlined, so that tests may wrap it. */
#ifndef FAKE_ARCH_PMU_H
#define FAKE_ARCH_PMU_H

#include "hv/types.h"

uint64_t arch_pmu_read(unsigned int counter);
void arch_pmu_write(unsigned int counter, uint64_t value);
uint64_t arch_pmu_exchange(uint64_t value);
uint32_t arch_pmu_take_overflows(void);
bool arch_pmu_take_alone(uint64_t alone);

#endif
