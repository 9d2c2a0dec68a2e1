/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The interrupt controller as a guest sees it.
 * GICv2: Arm IHI 0048B, 4; GICv3: Arm IHI 0069, 12.
 */
#include "inmate.h"

#define GICD_CTLR		0x000
#define GICD_ISENABLER		0x100
#define GICD_IPRIORITYR		0x400

#define GICC_CTLR		0x00
#define GICC_PMR		0x04
#define GICC_IAR		0x0c
#define GICC_EOIR		0x10

#define GICR_FRAME_BYTES	0x20000ull
#define GICR_TYPER		0x08
#define GICR_TYPER_LAST		(1ull << 4)
#define GICR_SGI_BASE		0x10000ull

#define IRQ_PRIORITY		0xa0
#define PRIORITY_ALL		0xf0

static irq_handler handle;
static uint64_t redistributor; /* SGI frame of this CPU (GICv3) */

void irq_dispatch(void);

/*
 * Plain loads and stores: the forms with write-back, which a compiler may
 * choose in loops, trap without a syndrome that tells what they do.
 */
static uint32_t read32(uint64_t address)
{
	uint32_t value;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static void write32(uint64_t address, uint32_t value)
{
	__asm__ volatile("str %w0, [%1]" :: "r"(value), "r"(address) : "memory");
}

static void write8(uint64_t address, uint8_t value)
{
	__asm__ volatile("strb %w0, [%1]" :: "r"(value), "r"(address) : "memory");
}

static uint64_t read_typer(uint64_t frame)
{
	uint64_t value;

	__asm__ volatile("ldr %0, [%1]"
			 : "=r"(value) : "r"(frame + GICR_TYPER) : "memory");
	return value;
}

static uint64_t redistributor_find(uint64_t frame)
{
	uint64_t mpidr, typer;

	__asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	for (;;) {
		typer = read_typer(frame);
		if (typer >> 32 == (mpidr & 0xffffff))
			return frame + GICR_SGI_BASE;
		if (typer & GICR_TYPER_LAST)
			return 0;
		frame += GICR_FRAME_BYTES;
	}
}

static void gicv3_init(const struct comm_region_arm *comm)
{
	redistributor = redistributor_find(comm->gicr_base);
	__asm__ volatile("msr S3_0_C12_C12_5, %0\n\tisb" :: "r"(1ull)); /* SRE */
	__asm__ volatile("msr S3_0_C4_C6_0, %0" :: "r"((uint64_t)PRIORITY_ALL));
	__asm__ volatile("msr S3_0_C12_C12_7, %0\n\tisb" :: "r"(1ull)); /* IGRPEN1 */
}

static void gicv2_init(const struct comm_region_arm *comm)
{
	write32(comm->gicc_base + GICC_PMR, PRIORITY_ALL);
	write32(comm->gicc_base + GICC_CTLR, 1);
}

void irq_init(irq_handler handler)
{
	const struct comm_region_arm *comm = comm_region();

	handle = handler;
	if (comm->gic_version == 3)
		gicv3_init(comm);
	else
		gicv2_init(comm);
}

void irq_enable(unsigned int irq)
{
	const struct comm_region_arm *comm = comm_region();
	uint64_t base = irq < 32 && comm->gic_version == 3 ?
			redistributor : comm->gicd_base;

	write8(base + GICD_IPRIORITYR + irq, IRQ_PRIORITY);
	write32(base + GICD_ISENABLER + irq / 32 * 4, 1u << irq % 32);
}

static unsigned int irq_acknowledge(void)
{
	uint64_t irq;

	if (comm_region()->gic_version != 3)
		return read32(comm_region()->gicc_base + GICC_IAR) & 0x3ff;
	__asm__ volatile("mrs %0, S3_0_C12_C12_0\n\tdsb sy" : "=r"(irq));
	return irq & 0xffffff;
}

static void irq_end(unsigned int irq)
{
	if (comm_region()->gic_version != 3)
		write32(comm_region()->gicc_base + GICC_EOIR, irq);
	else
		__asm__ volatile("msr S3_0_C12_C12_1, %0\n\tisb"
				 :: "r"((uint64_t)irq));
}

void irq_dispatch(void)
{
	unsigned int irq = irq_acknowledge();

	if (irq >= 1020)
		return;
	handle(irq);
	irq_end(irq);
}
