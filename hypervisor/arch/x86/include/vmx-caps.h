/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMX controls from what the capability MSRs allow. Intel SDM vol. 3, 24.6 to
 * 24.8 and appendix A. Pure.
 */
#ifndef X86_VMX_CAPS_H
#define X86_VMX_CAPS_H

#include "hv/types.h"

/* Appendix A, and vol. 4, table 2-2 */
#define MSR_VMX_BASIC			0x480u
#define MSR_VMX_PINBASED		0x481u
#define MSR_VMX_PROCBASED		0x482u
#define MSR_VMX_EXIT			0x483u
#define MSR_VMX_ENTRY			0x484u
#define MSR_VMX_MISC			0x485u
#define MSR_VMX_CR0_FIXED0		0x486u
#define MSR_VMX_CR0_FIXED1		0x487u
#define MSR_VMX_CR4_FIXED0		0x488u
#define MSR_VMX_CR4_FIXED1		0x489u
#define MSR_VMX_PROCBASED2		0x48bu
#define MSR_VMX_EPT_VPID		0x48cu
#define MSR_VMX_TRUE_PINBASED		0x48du
#define MSR_VMX_TRUE_PROCBASED		0x48eu
#define MSR_VMX_TRUE_EXIT		0x48fu
#define MSR_VMX_TRUE_ENTRY		0x490u
/* Of IA32_FEATURE_CONTROL: VMX outside SMX */
#define FEATURE_VMX			(1ull << 2)
#define CR4_VMXE			(1ull << 13)
/* 24.6.1 */
#define PIN_NMI_EXITING			BIT(3)
#define PIN_VIRTUAL_NMIS		BIT(5)
#define PIN_TIMER			BIT(6)
/* 24.6.2 */
#define CPU_HLT_EXITING			BIT(7)
#define CPU_RDPMC_EXITING		BIT(11)
#define CPU_CR3_LOAD_EXITING		BIT(15)
#define CPU_CR3_STORE_EXITING		BIT(16)
#define CPU_NMI_WINDOW			BIT(22)
#define CPU_IO_BITMAPS			BIT(25)
#define CPU_MSR_BITMAPS			BIT(28)
#define CPU_SECONDARY			BIT(31)
#define CPU2_APIC_ACCESS		BIT(0)
#define CPU2_EPT			BIT(1)
#define CPU2_RDTSCP			BIT(3)
#define CPU2_VPID			BIT(5)
#define CPU2_WBINVD_EXITING		BIT(6)
#define CPU2_UNRESTRICTED		BIT(7)
#define CPU2_INVPCID			BIT(12)
#define CPU2_XSAVES			BIT(20)
#define CPU2_USER_WAIT			BIT(26)
/* 24.7.1 */
#define EXIT_SAVE_DEBUG			BIT(2)
#define EXIT_HOST_64			BIT(9)
#define EXIT_LOAD_PERF			BIT(12)
#define EXIT_SAVE_PAT			BIT(18)
#define EXIT_LOAD_PAT			BIT(19)
#define EXIT_SAVE_EFER			BIT(20)
#define EXIT_LOAD_EFER			BIT(21)
/* 24.8.1 */
#define ENTRY_LOAD_DEBUG		BIT(2)
#define ENTRY_LONG_MODE			BIT(9)
#define ENTRY_LOAD_PERF			BIT(13)
#define ENTRY_LOAD_PAT			BIT(14)
#define ENTRY_LOAD_EFER			BIT(15)

/* The MSRs as read; the TRUE ones where VMX_BASIC has bit 55. */
struct vmx_caps {
	uint64_t basic;
	uint64_t pin;
	uint64_t cpu;
	uint64_t cpu2;
	uint64_t exit;
	uint64_t entry;
	uint64_t misc;
	uint64_t ept_vpid;
	uint64_t cr0_fixed0;
	uint64_t cr0_fixed1;
	uint64_t cr4_fixed0;
	uint64_t cr4_fixed1;
};

struct vmx_controls {
	uint32_t pin;			/* without the timer */
	uint32_t cpu;
	uint32_t cpu2;
	uint32_t exit;
	uint32_t entry;			/* without ENTRY_LONG_MODE */
	uint64_t cr0_owned;		/* bits the guest does not decide */
	uint64_t cr0_set;		/* those of them that are 1 */
	uint64_t cr4_owned;
	uint64_t cr4_set;
	unsigned int timer_shift;	/* TSC ticks of a timer tick: 1 << */
	uint32_t revision;		/* of VMCS and VMXON regions */
	bool block_1g;
	bool perf_control;		/* switched by exits and entries */
};

/*
 * 0, or -ENODEV with a constant text that names what is missing. Optional
 * controls are left out where they do not exist.
 */
int vmx_controls_compute(const struct vmx_caps *caps,
			 struct vmx_controls *controls, const char **why);

/*
 * What the preemption timer gets for a deadline, both in TSC ticks: it fires
 * not before it and less than a timer tick after it, or early when 32 bits
 * do not reach that far. It counts whenever bit `shift` of the TSC changes (SDM
 * vol. 3, 25.5.1). Inlined: each tick needs it.
 */
static inline uint64_t vmx_timer_value(uint64_t deadline, uint64_t now,
				       unsigned int shift)
{
	uint64_t value;

	if (deadline <= now)
		return 0;
	value = ((deadline - 1) >> shift) - (now >> shift) + 1;
	return value < UINT32_MAX ? value : UINT32_MAX;
}

#endif
