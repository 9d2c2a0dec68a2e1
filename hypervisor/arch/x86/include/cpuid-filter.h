/* SPDX-License-Identifier: GPL-2.0-only */
/* What guests read from CPUID. Intel SDM vol. 2A, CPUID. Pure. */
#ifndef X86_CPUID_FILTER_H
#define X86_CPUID_FILTER_H

#include "hv/types.h"
#include "msr-access.h"

#define CPUID_HYPERVISOR_BASE	0x40000000u
#define CPUID_HYPERVISOR_LAST	0x40000001u

struct cpuid_viewer {
	bool is_root;
	uint64_t cr4;		/* as the guest has it */
};

/*
 * Corrects what the hardware answered for this leaf. Hides what belongs to the
 * hypervisor (VMX, SMX, SGX, processor trace, cache and bandwidth allocation);
 * cells see that there is a hypervisor, and an x2APIC.
 */
void cpuid_filter(const struct cpuid_viewer *viewer, uint32_t leaf,
		  uint32_t subleaf, struct cpuid_regs *regs);

#endif
