/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's part of the performance monitors (PMUv3, Arm ARM DDI 0487, D11).
 *
 * The hypervisor keeps the last event counters and PMCR_EL0.E for itself, so
 * every access of a guest traps (MDCR_EL2.TPM) and is done here on the guest's
 * counters only. What the guest enables is remembered apart from the hardware.
 */
#ifndef ARM64_PMU_GUEST_H
#define ARM64_PMU_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#define PMU_CYCLE_COUNTER	31u

struct pmu_guest {
	uint8_t counters;	/* event counters the guest has: 0 to this - 1 */
	uint8_t selected;	/* PMSELR_EL0 */
	bool enabled;		/* PMCR_EL0.E */
	uint32_t counting;	/* PMCNTENSET_EL0 */
	uint32_t interrupts;	/* PMINTENSET_EL1 */
	uint32_t told;		/* overflows injected and not yet cleared */
};

/* Counters the guest has, as bits: events and the cycle counter. */
static inline uint32_t pmu_guest_mask(const struct pmu_guest *guest)
{
	return ((1u << guest->counters) - 1) | 1u << PMU_CYCLE_COUNTER;
}

/* Takes over what the hardware is doing; PMCR_EL0.E is set from here on. */
void pmu_guest_adopt(struct pmu_guest *guest, unsigned int counters);
/* Gives the hardware back as the guest sees it. */
void pmu_guest_release(struct pmu_guest *guest);
/* All of the guest's counters off and zero. */
void pmu_guest_reset(struct pmu_guest *guest);

/*
 * One trapped access; `reg` as SYSREG() of syndrome.h. A read fills `value`.
 * False: not a register of the performance monitors.
 */
bool pmu_guest_access(struct pmu_guest *guest, uint16_t reg, bool is_read,
		      uint64_t *value);

/*
 * The counters in `overflowed` (PMOVSSET_EL0) have overflowed: true when the
 * guest is to be interrupted. Their interrupt is silent until it clears them.
 */
bool pmu_guest_overflow(struct pmu_guest *guest, uint32_t overflowed);

#endif
