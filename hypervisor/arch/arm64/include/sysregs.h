/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Access to system registers, and the bits of those the hypervisor programs.
 * Names and fields: Arm ARM DDI 0487, D19 (AArch64 system registers).
 */
#ifndef ARM64_SYSREGS_H
#define ARM64_SYSREGS_H

#define SYSREG_BIT(n)			(UINT64_C(1) << (n))

#ifndef __ASSEMBLY__
#include <stdint.h>

/* By name, or as S<op0>_<op1>_C<n>_C<m>_<op2>. */
#define read_sysreg(name)                                                     \
	({                                                                    \
		uint64_t value_;                                              \
		__asm__ volatile("mrs %0, " #name : "=r" (value_));           \
		value_;                                                       \
	})
#define write_sysreg(name, value)                                             \
	do {                                                                  \
		uint64_t written_ = (value);                                  \
		__asm__ volatile("msr " #name ", %x0" : : "rZ" (written_));   \
	} while (0)

static inline void isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

#define dsb(domain)	__asm__ volatile("dsb " #domain : : : "memory")

/* One field of an identification register. */
static inline unsigned int sysreg_field(uint64_t value, unsigned int shift)
{
	return (value >> shift) & 0xf;
}
#endif

/* HCR_EL2 */
#define HCR_VM				SYSREG_BIT(0)
#define HCR_SWIO			SYSREG_BIT(1)
#define HCR_FMO				SYSREG_BIT(3)
#define HCR_IMO				SYSREG_BIT(4)
#define HCR_AMO				SYSREG_BIT(5)
#define HCR_TWI				SYSREG_BIT(13)
#define HCR_TSC				SYSREG_BIT(19)
#define HCR_TIDCP			SYSREG_BIT(20)
#define HCR_TACR			SYSREG_BIT(21)
#define HCR_TSW				SYSREG_BIT(22)
#define HCR_RW				SYSREG_BIT(31)
#define HCR_APK				SYSREG_BIT(40)
#define HCR_API				SYSREG_BIT(41)
#define HCR_FIEN			SYSREG_BIT(47)
#define HCR_ATA				SYSREG_BIT(56)

/* MDCR_EL2 */
#define MDCR_HPMN			0x1full
#define MDCR_TPMCR			SYSREG_BIT(5)
#define MDCR_TPM			SYSREG_BIT(6)
#define MDCR_HPME			SYSREG_BIT(7)
#define MDCR_E2PB			(3ull << 12)
#define MDCR_TPMS			SYSREG_BIT(14)
#define MDCR_HPMD			SYSREG_BIT(17)
#define MDCR_E2TB			(3ull << 24)
#define MDCR_HLP			SYSREG_BIT(26)

/* CPTR_EL2 with HCR_EL2.E2H 0: the ones of Armv8.0, and two traps */
#define CPTR_RES1			0x33ffull
#define CPTR_TTA			SYSREG_BIT(20)
#define CPTR_TAM			SYSREG_BIT(30)

/* CNTHCTL_EL2 with HCR_EL2.E2H 0 */
#define CNTHCTL_EL1PCTEN		SYSREG_BIT(0)
#define CNTHCTL_EL1PCEN			SYSREG_BIT(1)

/* SCTLR_EL2 */
#define SCTLR_EL2_RES1			0x30c50830
#define SCTLR_M				(1 << 0)
#define SCTLR_C				(1 << 2)
#define SCTLR_SA			(1 << 3)
#define SCTLR_I				(1 << 12)
#define SCTLR_WXN			(1 << 19)

/* MAIR_EL2, by the indices of lpae.h */
#define MAIR_EL2_VALUE			0xff04

/* TCR_EL2: 48 bits, write-back inner shareable walks, 4 KiB granule */
#define TCR_EL2_VALUE			0x80803510
#define TCR_EL2_PS_SHIFT		16

/* SCTLR_EL1 */
#define SCTLR_EL1_RESET			0x30d00800ull
#define SCTLR_AARCH32_RESET		0x00c50078ull
#define SCTLR_EL1_SPAN			SYSREG_BIT(23)

/* SPSR_ELx */
#define SPSR_MODE_MASK			0x1full
#define SPSR_AARCH32			SYSREG_BIT(4)
#define SPSR_EL_MASK			0xcull
#define SPSR_EL0T			0x0ull
#define SPSR_EL1T			0x4ull
#define SPSR_EL1H			0x5ull
#define SPSR_DAIF			0x3c0ull
#define SPSR_THUMB			SYSREG_BIT(5)
#define SPSR_FLAGS			0xf0000000ull
#define SPSR_PAN			SYSREG_BIT(22)
#define SPSR_SVC_MASKED			0x1d3ull /* AArch32 SVC, A, I, F */

#endif
