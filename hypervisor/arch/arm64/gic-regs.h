/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of the Arm Generic Interrupt Controller.
 *
 * v2: IHI 0048B, chapters 4 (distributor, CPU interface) and 5 (virtual
 * interface control). v3: IHI 0069, chapter 12.
 */
#ifndef ARM64_GIC_REGS_H
#define ARM64_GIC_REGS_H

#include "hv/types.h"

/* Distributor, and SGI frame of a redistributor for the first 32 INTIDs. */
#define GICD_CTLR		0x0000u
#define GICD_TYPER		0x0004u
#define GICD_IIDR		0x0008u
#define GICD_SETSPI_NSR		0x0040u	/* v3 */
#define GICD_CLRSPI_NSR		0x0048u	/* v3 */
#define GICD_IGROUPR		0x0080u
#define GICD_ISENABLER		0x0100u
#define GICD_ICENABLER		0x0180u
#define GICD_ISPENDR		0x0200u
#define GICD_ICPENDR		0x0280u
#define GICD_ISACTIVER		0x0300u
#define GICD_ICACTIVER		0x0380u
#define GICD_IPRIORITYR		0x0400u
#define GICD_ITARGETSR		0x0800u
#define GICD_ICFGR		0x0c00u
#define GICD_IGRPMODR		0x0d00u	/* v3 */
#define GICD_NSACR		0x0e00u
#define GICD_SGIR		0x0f00u	/* v2 */
#define GICD_CPENDSGIR		0x0f10u	/* v2 */
#define GICD_SPENDSGIR		0x0f20u	/* v2 */
#define GICD_V2_ID		0x0fd0u	/* to 0x0fff */
#define GICD_IROUTER		0x6000u	/* v3, 8 bytes an INTID */
#define GICD_V3_ID		0xffd0u	/* to 0xffff; also in each GICR frame */
#define GICD_V2_BYTES		0x1000u
#define GICD_V3_BYTES		0x10000u

#define GIC_V2_PIDR2		0x0fe8u
#define GIC_V3_PIDR2		0xffe8u
#define GIC_PIDR2_ARCH(pidr2)	(((pidr2) >> 4) & 0xfu)

#define GICD_TYPER_LINES(typer)	(((typer) & 0x1fu) + 1)	/* words of 32 INTIDs */
#define GICD_TYPER_ESPI		BIT(8)
#define GICD_TYPER_MBIS		BIT(16)
#define GICD_TYPER_LPIS		BIT(17)
#define GICD_TYPER_DVIS		BIT(18)

#define GICD_IROUTER_ANY	BIT(31)
#define GICD_IROUTER_AFFINITY	0xff00ffffffull

#define GICD_SGIR_FILTER(value)	(((value) >> 24) & 3u)
#define GICD_SGIR_TARGETS(value) (((value) >> 16) & 0xffu)

#define GICD_ICFGR_EDGE		2u	/* of the two bits of an INTID */

/* Redistributor, first frame (v3) */
#define GICR_CTLR		0x0000u
#define GICR_IIDR		0x0004u
#define GICR_TYPER		0x0008u
#define GICR_WAKER		0x0014u
#define GICR_PROPBASER		0x0070u
#define GICR_PENDBASER		0x0078u
#define GICR_INVLPIR		0x00a0u
#define GICR_INVALLR		0x00b0u
#define GICR_SYNCR		0x00c0u
#define GICR_SGI_FRAME		0x10000u
#define GICR_FRAMES_BYTES	0x20000u
#define GICR_FRAMES_BYTES_V4	0x40000u

#define GICR_CTLR_ENABLE_LPIS	BIT(0)
#define GICR_TYPER_PLPIS	BIT(0)
#define GICR_TYPER_VLPIS	BIT(1)
#define GICR_TYPER_DIRECT_LPI	BIT(3)
#define GICR_TYPER_LAST		BIT(4)
#define GICR_TYPER_AFFINITY(typer) ((uint32_t)((typer) >> 32))

/* CPU interface, memory-mapped (v2) */
#define GICC_CTLR		0x0000u
#define GICC_PMR		0x0004u
#define GICC_BPR		0x0008u
#define GICC_IAR		0x000cu
#define GICC_EOIR		0x0010u
#define GICC_RPR		0x0014u
#define GICC_APR		0x00d0u
#define GICC_DIR		0x1000u
#define GICC_BYTES		0x2000u
#define GICC_CTLR_ENABLE	BIT(0)
#define GICC_CTLR_CBPR		BIT(4)
#define GICC_CTLR_EOIMODE	BIT(9)
#define GICC_IAR_IRQ(iar)	((iar) & 0x3ffu)
#define GICC_IAR_SENDER(iar)	(((iar) >> 10) & 7u)

/* Virtual interface control, memory-mapped (v2) */
#define GICH_HCR		0x0000u
#define GICH_VTR		0x0004u
#define GICH_VMCR		0x0008u
#define GICH_EISR		0x0020u
#define GICH_ELRSR		0x0030u
#define GICH_APR		0x00f0u
#define GICH_LR			0x0100u
#define GICH_BYTES		0x1000u

/* ICH_HCR_EL2 and GICH_HCR */
#define GICH_HCR_EN		BIT(0)
#define GICH_HCR_UIE		BIT(1)

#define GICH_VTR_LRS(vtr)	(((uint32_t)(vtr) & 0x1fu) + 1)

/* GICH_VMCR */
#define GICH_VMCR_GRP0		BIT(0)
#define GICH_VMCR_GRP1		BIT(1)
#define GICH_VMCR_CBPR		BIT(4)
#define GICH_VMCR_EOIMODE	BIT(9)
#define GICH_VMCR_BPR_SHIFT	21
#define GICH_VMCR_PMR_SHIFT	27	/* 5 bits: of the priority's upper ones */

/* ICH_VMCR_EL2 */
#define ICH_VMCR_ENG1		BIT(1)
#define ICH_VMCR_FIQEN		BIT(3)	/* one when system registers are used */
#define ICH_VMCR_CBPR		BIT(4)
#define ICH_VMCR_EOIM		BIT(9)
#define ICH_VMCR_BPR1_SHIFT	18
#define ICH_VMCR_PMR_SHIFT	24

/* ICC_CTLR_EL1 */
#define ICC_CTLR_CBPR		BIT(0)
#define ICC_CTLR_EOIMODE	BIT(1)
#define ICC_CTLR_PRIBITS(ctlr)	((((uint32_t)(ctlr) >> 8) & 7u) + 1)

#define ICC_SRE_SRE		BIT(0)
#define ICC_SRE_DFB		BIT(1)
#define ICC_SRE_DIB		BIT(2)
#define ICC_SRE_ENABLE		BIT(3)

/* ICC_SGI1R_EL1 */
#define ICC_SGIR_ALL_OTHERS	BIT(40)
#define ICC_SGIR_IRQ(value)	((uint32_t)((value) >> 24) & 0xfu)
#define ICC_SGIR_RANGE(value)	((uint32_t)((value) >> 44) & 0xfu)
#define ICC_SGIR_TARGETS(value)	((uint32_t)(value) & 0xffffu)
#define ICC_SGIR_AFF1(value)	((uint32_t)((value) >> 16) & 0xffu)
#define ICC_SGIR_AFF2(value)	((uint32_t)((value) >> 32) & 0xffu)
#define ICC_SGIR_AFF3(value)	((uint32_t)((value) >> 48) & 0xffu)

/*
 * List registers in the format of ICH_LR<n>_EL2; gicv2.c converts. Bits 32 to
 * 41 hold the physical INTID when LR_HW is set, else the sender of an SGI
 * (v2) and LR_EOI.
 */
#define LR_PENDING		BIT(62)
#define LR_ACTIVE		BIT(63)
#define LR_HW			BIT(61)
#define LR_GROUP1		BIT(60)
#define LR_PRIORITY_SHIFT	48
#define LR_PHYSICAL_SHIFT	32
#define LR_EOI			BIT(41)	/* maintenance interrupt at the EOI */
#define LR_PRIORITY(lr)		((uint8_t)((lr) >> LR_PRIORITY_SHIFT))
#define LR_IRQ(lr)		((uint32_t)(lr))
#define LR_SENDER(lr)		((uint8_t)((lr) >> LR_PHYSICAL_SHIFT) & 7u)

/* INTIDs */
#define GIC_SGI_BITS		0x0000ffffu
#define GIC_IRQ_SPECIAL		1020u	/* to 1023: nothing to acknowledge */
#define GIC_FIRST_LPI		8192u

#endif
