/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event counters reserved for the hypervisor on this CPU. Counters are
 * numbered from 0 among the reserved ones; guests neither see nor reach them.
 * They do not count what the hypervisor itself executes.
 */
#ifndef HV_ARCH_PMU_H
#define HV_ARCH_PMU_H

#include "../types.h"
#include "arch_pmu.h"

#define ARCH_PMU_RESERVED	3	/* read, write, overflow companion */

struct arch_pmu_caps {
	unsigned int counters;	/* reserved ones available here */
	unsigned int bits;	/* width of a counter: 32 or 64 */
	bool overflow_irq;
	uint32_t alone;		/* the reserved ones, for arch_pmu_take_alone() */
};

/* 0, or -ENODEV with a constant text saying what is missing. */
int arch_pmu_probe(struct arch_pmu_caps *caps, const char **why);

/* Selects the event, clears and starts the counter. On this CPU. */
void arch_pmu_start(unsigned int counter, uint16_t event);
void arch_pmu_stop(unsigned int counter);
/* Overflow interrupt of one counter on or off. */
void arch_pmu_irq(unsigned int counter, bool enable);
/*
 * arch_pmu.h of the architecture has, inlined where that helps:
 *
 *   uint64_t arch_pmu_read(unsigned int counter);
 *   void arch_pmu_write(unsigned int counter, uint64_t value);
 *   uint32_t arch_pmu_take_overflows(void);	which reserved counters
 *			overflowed since the last call; clears them
 *   bool arch_pmu_take_alone(uint64_t alone);	the same when reserved counters
 *			have overflowed and no others; else false, and nothing
 *			done. `alone` is as of arch_pmu_probe(); 0: always false
 *   uint64_t arch_pmu_exchange(uint64_t value);	reads counter 0, then sets
 *			it to `value`, not 0, and counter 2 to one less
 */

#endif
