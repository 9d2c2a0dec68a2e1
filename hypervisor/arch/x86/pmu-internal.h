/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the PMU code know of the machine. */
#ifndef PMU_INTERNAL_H
#define PMU_INTERNAL_H

#include "pmu-regs.h"
#include "pmu.h"

struct pmu_machine {
	unsigned int version;	/* 0: no PMU, or older than version 2 */
	unsigned int general;	/* counters of the machine */
	unsigned int bits;	/* of a general counter */
	unsigned int first;	/* hardware number of reserved counter 0 */
	unsigned int count;	/* reserved ones */
	uint64_t ours;		/* their bits of the global registers */
	uint64_t fixed;		/* bits of the fixed counters */
	unsigned int fixed_bits; /* of a fixed counter */
	bool full_width;	/* IA32_A_PMCx exist */
	uint32_t first_write_msr; /* that sets counter 0 */
	uint64_t write_mask;
	bool metrics;
	/* What guests may write to registers of ours: the rest is #GP. */
	uint64_t select_valid;	/* IA32_PERFEVTSELx, by the root */
	uint64_t status_valid;	/* GLOBAL_STATUS, besides counters */
	uint64_t debugctl_valid;
	uint64_t pebs_valid;	/* PEBS_ENABLE; 0: there is no PEBS */
	bool adaptive;		/* FIXED_CTR_CTRL has a bit more a counter */
	const char *why;	/* NULL: some are reserved */
};

extern struct pmu_machine pmu_machine;

/* Bits of the global registers that are the guests'. */
static inline uint64_t pmu_guests(void)
{
	return (BIT(pmu_machine.first) - 1) | pmu_machine.fixed;
}

/* GLOBAL_CTRL as guest and hypervisor together want it. */
static inline void pmu_control_apply(const struct pmu_cpu *cpu)
{
	uint64_t guest = cpu->control &
			 (pmu_guests() | CONTROL_METRICS);

	if (cpu->status & STATUS_CTR_FRZ)
		guest = 0;
	pmu_hw_control(guest | cpu->running);
}

/*
 * Moves what the register reports of the guest to cpu->status, where it waits
 * to be cleared by the guest, so that the next overflow is seen for itself.
 * Returns what was moved.
 */
static inline uint64_t pmu_status_collect(struct pmu_cpu *cpu,
					  uint64_t status)
{
	uint64_t theirs = status & (pmu_guests() | pmu_machine.status_valid);

	if (theirs)
		msr_write(MSR_GLOBAL_OVF_CTRL, theirs);
	cpu->status |= theirs;
	return theirs;
}

/* Bits of GLOBAL_STATUS whose rise interrupts the guest. */
uint64_t pmu_guest_interrupts(void);

static inline uint64_t pmu_width_mask(void)
{
	return BIT(pmu_machine.bits) - 1;
}

/*
 * Runs counter n into an overflow; NULL, or what is wrong with it. Leaves its
 * registers and GLOBAL_CTRL changed. An image without this test (tests/vmx) shows
 * what a tick costs where counters do not count.
 */
const char *pmu_counter_test(unsigned int n, uint64_t event);

/* What of a value a write to a counter takes. */
uint64_t pmu_write_mask(const struct pmu_machine *machine);

/* Sets a counter; see arch_pmu_write() for what fits without full width. */
static inline void pmu_count_write(unsigned int n, uint64_t value)
{
	msr_write(pmu_machine.first_write_msr + n,
		  value & pmu_machine.write_mask);
}

#endif
