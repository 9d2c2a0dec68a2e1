/* SPDX-License-Identifier: GPL-2.0-only */
/* Control registers and MSRs: Intel SDM vol. 3, 2.5, and vol. 4, table 2-2. */
#ifndef X86_REGS_H
#define X86_REGS_H

#define CR0_PE			(1ull << 0)
#define CR0_MP			(1ull << 1)
#define CR0_ET			(1ull << 4)
#define CR0_NE			(1ull << 5)
#define CR0_WP			(1ull << 16)
#define CR0_NW			(1ull << 29)
#define CR0_CD			(1ull << 30)
#define CR0_PG			(1ull << 31)

#define CR4_PSE			(1ull << 4)
#define CR4_PAE			(1ull << 5)
#define CR4_MCE			(1ull << 6)
#define CR4_PGE			(1ull << 7)
#define CR4_OSFXSR		(1ull << 9)
#define CR4_OSXMMEXCPT		(1ull << 10)
#define CR4_LA57		(1ull << 12)
#define CR4_OSXSAVE		(1ull << 18)
#define CR4_PKE			(1ull << 22)

#define EFER_SCE		(1ull << 0)
#define EFER_LME		(1ull << 8)
#define EFER_LMA		(1ull << 10)
#define EFER_NXE		(1ull << 11)

#define RFLAGS_RESERVED		(1ull << 1)
#define RFLAGS_TF		(1ull << 8)
#define RFLAGS_IF		(1ull << 9)
#define RFLAGS_VM		(1ull << 17)

#define DR7_RESET		0x400ull
#define XCR0_X87		1ull

#define MSR_TSC			0x010u
#define MSR_APIC_BASE		0x01bu
#define MSR_TEST_CTRL		0x033u
#define MSR_FEATURE_CONTROL	0x03au
#define MSR_SPEC_CTRL		0x048u
#define MSR_UMWAIT_CONTROL	0x0e1u
#define MSR_MTRR_CAP		0x0feu
#define MSR_SYSENTER_CS		0x174u
#define MSR_SYSENTER_ESP	0x175u
#define MSR_SYSENTER_EIP	0x176u
#define MSR_PAT			0x277u
#define MSR_MTRR_DEF_TYPE	0x2ffu
#define MSR_U_CET		0x6a0u
#define MSR_S_CET		0x6a2u
#define MSR_PL0_SSP		0x6a4u	/* to privilege level 3 */
#define MSR_XSS			0xda0u
#define MSR_LBR_CTL		0x14ceu
#define MSR_TSC_DEADLINE	0x6e0u
#define MSR_X2APIC_BASE		0x800u
#define MSR_X2APIC_END		0x8ffu
#define MSR_EFER		0xc0000080u
#define MSR_STAR		0xc0000081u
#define MSR_LSTAR		0xc0000082u
#define MSR_CSTAR		0xc0000083u
#define MSR_FMASK		0xc0000084u
#define MSR_FS_BASE		0xc0000100u
#define MSR_GS_BASE		0xc0000101u
#define MSR_KERNEL_GS_BASE	0xc0000102u
#define MSR_TSC_AUX		0xc0000103u

/* IA32_FEATURE_CONTROL */
#define FEATURE_LOCKED		(1ull << 0)

/* IA32_APIC_BASE */
#define APIC_BASE_X2APIC	(1ull << 10)
#define APIC_BASE_ENABLED	(1ull << 11)
#define APIC_BASE_ADDRESS	0xffffff000ull

#define PAT_RESET		0x0007040600070406ull

#define VECTOR_DB		1
#define VECTOR_NMI		2
#define VECTOR_UD		6
#define VECTOR_GP		13
#define VECTOR_AC		17

#endif
