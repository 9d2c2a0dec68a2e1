/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hardware access of the arm64 interrupt controller code on the host: same
 * names as in arch/arm64, answered by functions that a test supplies.
 */
#ifndef FAKE_GIC_ACCESS_H
#define FAKE_GIC_ACCESS_H

#include "hv/types.h"

enum gic_sysreg {
	SYSREG_icc_iar1_el1,
	SYSREG_icc_eoir1_el1,
	SYSREG_icc_dir_el1,
	SYSREG_icc_rpr_el1,
	SYSREG_icc_pmr_el1,
	SYSREG_icc_bpr1_el1,
	SYSREG_icc_ctlr_el1,
	SYSREG_icc_igrpen1_el1,
	SYSREG_icc_sre_el1,
	SYSREG_icc_sre_el2,
	SYSREG_icc_sgi1r_el1,
	SYSREG_icc_ap1r0_el1,
	SYSREG_icc_ap1r1_el1,
	SYSREG_icc_ap1r2_el1,
	SYSREG_icc_ap1r3_el1,
	SYSREG_ich_hcr_el2,
	SYSREG_ich_vtr_el2,
	SYSREG_ich_vmcr_el2,
	SYSREG_ich_misr_el2,
	SYSREG_ich_eisr_el2,
	SYSREG_ich_elrsr_el2,
	SYSREG_ich_ap0r0_el2,
	SYSREG_ich_ap0r1_el2,
	SYSREG_ich_ap0r2_el2,
	SYSREG_ich_ap0r3_el2,
	SYSREG_ich_ap1r0_el2,
	SYSREG_ich_ap1r1_el2,
	SYSREG_ich_ap1r2_el2,
	SYSREG_ich_ap1r3_el2,
	SYSREG_ich_lr0_el2,
	SYSREG_ich_lr1_el2,
	SYSREG_ich_lr2_el2,
	SYSREG_ich_lr3_el2,
	SYSREG_ich_lr4_el2,
	SYSREG_ich_lr5_el2,
	SYSREG_ich_lr6_el2,
	SYSREG_ich_lr7_el2,
	SYSREG_ich_lr8_el2,
	SYSREG_ich_lr9_el2,
	SYSREG_ich_lr10_el2,
	SYSREG_ich_lr11_el2,
	SYSREG_ich_lr12_el2,
	SYSREG_ich_lr13_el2,
	SYSREG_ich_lr14_el2,
	SYSREG_ich_lr15_el2,
	SYSREG_COUNT,
};

uint32_t gic_mmio_read32(const volatile void *address);
void gic_mmio_write32(volatile void *address, uint32_t value);
void gic_mmio_write8(volatile void *address, uint8_t value);
uint64_t gic_mmio_read64(const volatile void *address);
void gic_mmio_write64(volatile void *address, uint64_t value);

uint64_t gic_sysreg_read(enum gic_sysreg reg);
void gic_sysreg_write(enum gic_sysreg reg, uint64_t value);

#define gic_read_sysreg(reg)		gic_sysreg_read(SYSREG_##reg)
#define gic_write_sysreg(reg, value)	gic_sysreg_write(SYSREG_##reg, value)

static inline void gic_dsb_ishst(void)
{
}

static inline void gic_dsb_sy(void)
{
}

static inline void gic_isb(void)
{
}

#endif
