/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUID as guests see it. */
#include "cpuid-filter.h"

#include "x86-regs.h"

/* Leaf 1, ECX */
#define FEATURES_VMX		(1u << 5)
#define FEATURES_SMX		(1u << 6)
#define FEATURES_X2APIC		(1u << 21)
#define FEATURES_OSXSAVE	(1u << 27)
#define FEATURES_HYPERVISOR	(1u << 31)

/* Leaf 7, subleaf 0 */
#define EXTENDED_EBX_SGX	(1u << 2)
#define EXTENDED_EBX_RDT_M	(1u << 12)
#define EXTENDED_EBX_RDT_A	(1u << 15)
#define EXTENDED_EBX_TRACE	(1u << 25)
#define EXTENDED_ECX_OSPKE	(1u << 4)
#define EXTENDED_ECX_KEYLOCKER	(1u << 23)
#define EXTENDED_ECX_SGX_LC	(1u << 30)

/* Jailhouse's signature, which its inmates look for. */
#define SIGNATURE_EBX		0x6c69614au
#define SIGNATURE_ECX		0x73756f68u
#define SIGNATURE_EDX		0x00000065u

static uint32_t choose(uint32_t value, uint32_t bit, bool on)
{
	return on ? value | bit : value & ~bit;
}

static void filter_features(const struct cpuid_viewer *viewer,
			    struct cpuid_regs *regs)
{
	regs->ecx &= ~(FEATURES_VMX | FEATURES_SMX);
	regs->ecx = choose(regs->ecx, FEATURES_OSXSAVE,
			   viewer->cr4 & CR4_OSXSAVE);
	if (!viewer->is_root)
		regs->ecx |= FEATURES_HYPERVISOR | FEATURES_X2APIC;
}

static void filter_extended(const struct cpuid_viewer *viewer,
			    struct cpuid_regs *regs)
{
	regs->ebx &= ~(EXTENDED_EBX_SGX | EXTENDED_EBX_RDT_M |
		       EXTENDED_EBX_RDT_A | EXTENDED_EBX_TRACE);
	regs->ecx &= ~(EXTENDED_ECX_KEYLOCKER | EXTENDED_ECX_SGX_LC);
	regs->ecx = choose(regs->ecx, EXTENDED_ECX_OSPKE,
			   viewer->cr4 & CR4_PKE);
}

static bool hidden(uint32_t leaf)
{
	return leaf == 0x0f || leaf == 0x10 || leaf == 0x12 || leaf == 0x14 ||
	       leaf == 0x19;
}

void cpuid_filter(const struct cpuid_viewer *viewer, uint32_t leaf,
		  uint32_t subleaf, struct cpuid_regs *regs)
{
	static const struct cpuid_regs none;

	if (leaf == 1)
		filter_features(viewer, regs);
	else if (leaf == 7 && subleaf == 0)
		filter_extended(viewer, regs);
	else if (hidden(leaf) || leaf == CPUID_HYPERVISOR_LAST)
		*regs = none;
	else if (leaf == CPUID_HYPERVISOR_BASE)
		*regs = (struct cpuid_regs){ CPUID_HYPERVISOR_LAST,
					     SIGNATURE_EBX, SIGNATURE_ECX,
					     SIGNATURE_EDX };
}
