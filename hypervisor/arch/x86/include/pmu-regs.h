/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of architectural performance monitoring. Intel SDM vol. 3, chapter
 * "Performance Monitoring", and vol. 4, table "IA-32 Architectural MSRs".
 */
#ifndef X86_PMU_REGS_H
#define X86_PMU_REGS_H

#define MSR_PMC(n)			(0x0c1u + (n))
#define MSR_PERFEVTSEL(n)		(0x186u + (n))
#define MSR_DEBUGCTL			0x1d9u
#define MSR_FIXED_CTR(n)		(0x309u + (n))
#define MSR_PERF_CAPABILITIES		0x345u
#define MSR_FIXED_CTR_CTRL		0x38du
#define MSR_GLOBAL_STATUS		0x38eu
#define MSR_GLOBAL_CTRL			0x38fu
#define MSR_GLOBAL_OVF_CTRL		0x390u	/* v4: GLOBAL_STATUS_RESET */
#define MSR_GLOBAL_STATUS_SET		0x391u	/* v4 */
#define MSR_GLOBAL_INUSE		0x392u	/* v4 */
#define MSR_PEBS_ENABLE			0x3f1u
#define MSR_A_PMC(n)			(0x4c1u + (n))

#define PMU_GENERAL_MAX			18u	/* MSRs 0xc1 to 0xd2 */
#define PMU_FIXED_MAX			16u
#define PMU_FIXED_SHIFT			32u	/* in the global registers */

/* IA32_PERFEVTSELx */
#define EVTSEL_EVENT			0x0000ffffull	/* and unit mask */
#define EVTSEL_USR			(1ull << 16)
#define EVTSEL_OS			(1ull << 17)
#define EVTSEL_INT			(1ull << 20)
#define EVTSEL_ANY			(1ull << 21)
#define EVTSEL_EN			(1ull << 22)
#define EVTSEL_VALID			0xffffffffull
#define EVTSEL_TSX			(3ull << 32)
#define EVTSEL_ADAPTIVE			(1ull << 34)

#define EVENT_CYCLES			0x003cu
#define EVENT_INSTRUCTIONS		0x00c0u

/* IA32_FIXED_CTR_CTRL, four bits a counter */
#define FIXED_ANY			0x4ull
#define FIXED_PMI			0x8ull
#define FIXED_ADAPTIVE_SHIFT		32

/* IA32_PERF_GLOBAL_STATUS and what clears and sets it */
#define STATUS_METRICS			(1ull << 48)
#define STATUS_TOPA			(1ull << 55)
#define STATUS_LBR_FRZ			(1ull << 58)
#define STATUS_CTR_FRZ			(1ull << 59)
#define STATUS_ASCI			(1ull << 60)
#define STATUS_UNCORE			(1ull << 61)
#define STATUS_BUFFER			(1ull << 62)
#define STATUS_CHANGED			(1ull << 63)

#define CONTROL_METRICS			(1ull << 48)
#define INUSE_PMI			(1ull << 63)

/* IA32_PERF_CAPABILITIES */
#define CAPABILITY_PEBS_FORMAT		0xf00ull
#define CAPABILITY_FREEZE_SMM		(1ull << 12)
#define CAPABILITY_FULL_WIDTH		(1ull << 13)
#define CAPABILITY_PEBS_BASELINE	(1ull << 14)
#define CAPABILITY_METRICS		(1ull << 15)

/* IA32_DEBUGCTL */
#define DEBUGCTL_STORES			0x07c0ull	/* branch trace stores */
#define DEBUGCTL_FREEZE_LBRS		(1ull << 11)
#define DEBUGCTL_FREEZE_COUNTERS	(1ull << 12)
#define DEBUGCTL_FREEZE		(DEBUGCTL_FREEZE_LBRS | DEBUGCTL_FREEZE_COUNTERS)
#define DEBUGCTL_FREEZE_SMM		(1ull << 14)
#define DEBUGCTL_RTM			(1ull << 15)
#define DEBUGCTL_VALID			0x1fc3ull

/* IA32_MISC_ENABLE */
#define MSR_MISC_ENABLE			0x1a0u
#define MISC_PEBS_UNAVAILABLE		(1ull << 12)

/* Local APIC LVT entry; SDM vol. 3, "Local Vector Table" */
#define LVT_DELIVERY			0x700u
#define LVT_NMI				0x400u
#define LVT_MASKED			(1u << 16)
#define LVT_WRITABLE			(0xffu | LVT_DELIVERY | LVT_MASKED)

/* CPUID */
#define CPUID_FEATURES			0x01u
#define CPUID_FEATURES_ECX_PDCM		(1u << 15)
#define CPUID_FEATURES_EDX_DS		(1u << 21)
#define CPUID_STRUCTURED		0x07u
#define CPUID_STRUCTURED_EBX_SGX	(1u << 2)
#define CPUID_STRUCTURED_EBX_RTM	(1u << 11)
#define CPUID_STRUCTURED_EBX_PT		(1u << 25)
#define CPUID_PMU			0x0au
#define CPUID_PMU_EXTENDED		0x23u

#endif
