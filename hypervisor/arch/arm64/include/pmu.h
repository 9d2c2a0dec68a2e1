/* SPDX-License-Identifier: GPL-2.0-only */
/* Who owns which event counter of a CPU: pmu.c. */
#ifndef ARM64_PMU_H
#define ARM64_PMU_H

#include "hv/types.h"

/*
 * Master CPU, once, after gic_init(): looks what the CPU has and takes the
 * overflow interrupt, when the configuration names one, from the guests.
 */
void pmu_init(void);

/*
 * This CPU: reserves counters, guests keep the others; `mdcr` is Linux's.
 * Returns MDCR_EL2 for guests of the root cell, or `mdcr` without a PMU.
 */
uint64_t pmu_cpu_init(struct per_cpu *cpu, uint64_t mdcr);
void pmu_cpu_restore(struct per_cpu *cpu);

#endif
