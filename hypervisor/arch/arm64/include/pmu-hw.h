/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of the performance monitors. Host tests supply the functions,
 * which are then given the register's name.
 */
#ifndef ARM64_PMU_HW_H
#define ARM64_PMU_HW_H

#define PMU_COUNTERS_MAX	31

#ifndef __ASSEMBLY__
#include <stdint.h>

#ifdef WEIR_HV
#include "sysregs.h"

#define pmu_read(name)		read_sysreg(name)
#define pmu_write(name, value)	write_sysreg(name, value)
#else
uint64_t pmu_fake_read(const char *name);
void pmu_fake_write(const char *name, uint64_t value);

#define pmu_read(name)		pmu_fake_read(#name)
#define pmu_write(name, value)	pmu_fake_write(#name, value)
#endif

/* PMEVCNTR<n>_EL0, PMEVTYPER<n>_EL0; n is 0 to 30. */
uint64_t pmu_counter_read(unsigned int n);
void pmu_counter_write(unsigned int n, uint64_t value);
uint64_t pmu_type_read(unsigned int n);
void pmu_type_write(unsigned int n, uint64_t value);

/*
 * The rows behind the first two, in order of n: a register is read to x0, or
 * written from x1, and nothing else changes.
 */
extern const char pmu_counter_reads[];
extern const char pmu_counter_writes[];
#define PMU_ACCESS_BYTES	8u

/*
 * For counter n of 0 to PMU_COUNTERS_MAX - 3: sets it and the second one behind
 * it, and returns what it was. Rows of four instructions.
 */
uint64_t pmu_exchange(uint64_t second_behind, uint64_t value);
#define PMU_EXCHANGE_BYTES	16u
#endif

/* PMCR_EL0 */
#define PMCR_E			0x1u
#define PMCR_P			0x2u
#define PMCR_C			0x4u
#define PMCR_N_SHIFT		11
#define PMCR_N			(0x1fu << PMCR_N_SHIFT)

/* PMEVTYPER<n>_EL0, PMCCFILTR_EL0: count at EL2 */
#define PMTYPE_NSH		(1u << 27)

#endif
