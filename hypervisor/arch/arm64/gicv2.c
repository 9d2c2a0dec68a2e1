/* SPDX-License-Identifier: GPL-2.0-only */
/* GICv2: CPU interface and virtual interface control by memory. */
#include "gic-internal.h"

#include "hv/clock.h"
#include "hv/printk.h"
#include "hv/regulation.h"

/*
 * GICH_LR<n> (IHI 0048B, 5.3.7) to and from the format of v3: bits 10 to 19
 * mean the same as bits 32 to 41 there; priorities have 5 bits. Guests use
 * group 0, whose enable is bit 0 of GICV_CTLR as it is of GICC_CTLR.
 */
#define V2_LR_PHYSICAL_SHIFT	10
#define V2_LR_PHYSICAL_MASK	0x3ffu
#define V2_LR_PRIORITY_SHIFT	23
#define V2_LR_PENDING		BIT(28)
#define V2_LR_ACTIVE		BIT(29)
#define V2_LR_HW		BIT(31)

static uint64_t lr_read(unsigned int n)
{
	uint32_t v2 = gic_read32(gic.gich, GICH_LR + 4 * n);
	uint64_t lr = v2 & 0x3ff;

	lr |= (uint64_t)((v2 >> V2_LR_PHYSICAL_SHIFT) & V2_LR_PHYSICAL_MASK)
	      << LR_PHYSICAL_SHIFT;
	lr |= (uint64_t)((v2 >> V2_LR_PRIORITY_SHIFT) & 0x1f)
	      << (LR_PRIORITY_SHIFT + 3);
	if (v2 & V2_LR_PENDING)
		lr |= LR_PENDING;
	if (v2 & V2_LR_ACTIVE)
		lr |= LR_ACTIVE;
	if (v2 & V2_LR_HW)
		lr |= LR_HW;
	return lr;
}

static void lr_write(unsigned int n, uint64_t lr)
{
	uint32_t v2 = (uint32_t)lr & 0x3ffu;

	v2 |= ((uint32_t)(lr >> LR_PHYSICAL_SHIFT) & V2_LR_PHYSICAL_MASK)
	      << V2_LR_PHYSICAL_SHIFT;
	v2 |= (uint32_t)(LR_PRIORITY(lr) >> 3) << V2_LR_PRIORITY_SHIFT;
	/* States in bits 62 and 63 there, 28 and 29 here. */
	v2 |= (uint32_t)(lr >> 62) << 28;
	if (lr & LR_HW)
		v2 |= (uint32_t)V2_LR_HW;
	gic_write32(gic.gich, GICH_LR + 4 * n, v2);
}

static uint32_t lrs_empty(void)
{
	return gic_read32(gic.gich, GICH_ELRSR);
}

static uint32_t lrs_ended(void)
{
	return gic_read32(gic.gich, GICH_EISR);
}

static void ask_underflow(bool ask)
{
	gic_write32(gic.gich, GICH_HCR,
		    (uint32_t)(GICH_HCR_EN | (ask ? GICH_HCR_UIE : 0)));
}

/* `iar` as acknowledged: an SGI's sender is part of it. */
static void deactivate(uint32_t iar)
{
	gic_write32(gic.gicc, GICC_EOIR, iar);
	/* A level must have dropped before the state does. */
	gic_isb();
	gic_write32(gic.gicc, GICC_DIR, iar);
}

static void deactivate_irq(uint32_t irq)
{
	gic_write32(gic.gicc, GICC_DIR, irq);
}

static void handle_guest(struct per_cpu *cpu, uint32_t irq)
{
	struct gic_cpu *g = gic_of(cpu);
	uint32_t priority = gic_read32(gic.gicc, GICC_RPR);
	int n;

	gic_write32(gic.gicc, GICC_EOIR, irq);
	cpu->stats[CPU_STAT_VIRQ]++;
	if (!gic_queue_empty(g)) {
		gic_enqueue_hw(cpu, irq);
		return;
	}
	n = gic_claim_lr(g, lrs_empty(), irq);
	if (n >= 0)
		gic_write32(gic.gich, GICH_LR + 4 * (uint32_t)n,
			    (uint32_t)(V2_LR_PENDING | V2_LR_HW) | irq |
			    irq << V2_LR_PHYSICAL_SHIFT |
			    (priority & 0xf8u) << (V2_LR_PRIORITY_SHIFT - 3));
	else if (n == GIC_CLAIM_FULL)
		gic_enqueue_hw(cpu, irq);
}

static void handle(struct per_cpu *cpu)
{
	uint32_t iar = gic_read32(gic.gicc, GICC_IAR);
	uint32_t irq = GICC_IAR_IRQ(iar);

	if (irq == GIC_PPI_CNTHP) {
		clock_timer_fired(cpu);
		deactivate(iar);
	} else if (irq < 32 && (gic.emulated & (1u << irq))) {
		if (irq == gic.pmu_irq)
			regulation_overflow(cpu);
		else
			gic_handle_own(cpu, irq,
				       (uint8_t)GICC_IAR_SENDER(iar));
		deactivate(iar);
	} else if (irq < GIC_IRQ_SPECIAL) {
		handle_guest(cpu, irq);
	}
}

static void send_sgi(const struct gic_cpu *target, unsigned int sgi)
{
	gic_dsb_ishst();
	gic_write32(gic.dist, GICD_SGIR,
		    1u << (16 + target->interface) | sgi);
}

static void send_event(struct per_cpu *cpu)
{
	send_sgi(gic_of(cpu), GIC_SGI_EVENT);
}

/* Each CPU reads its own bit from the banked targets; none when it is alone. */
static unsigned int own_interface(void)
{
	uint32_t offset, targets = 0;

	for (offset = 0; offset < GIC_FIRST_SPI && !targets; offset += 4)
		targets = gic_read32(gic.dist, GICD_ITARGETSR + offset);
	targets |= targets >> 16;
	targets |= targets >> 8;
	targets &= 0xff;
	return targets ? (unsigned int)__builtin_ctz(targets) : 0;
}

static int cpu_probe(struct per_cpu *cpu)
{
	struct gic_cpu *g = gic_of(cpu);

	g->redist = NULL;
	g->interface = (uint8_t)own_interface();
	g->sgi_bit = g->interface;
	g->lr_mask = gic_lr_mask(gic_read32(gic.gich, GICH_VTR));
	return 0;
}

static void cpu_take(struct gic_cpu *g)
{
	uint32_t ctlr = gic_read32(gic.gicc, GICC_CTLR);
	uint32_t vmcr = ctlr & (uint32_t)(GICH_VMCR_GRP0 | GICH_VMCR_GRP1 |
					  GICH_VMCR_CBPR | GICH_VMCR_EOIMODE);

	g->saved.ctlr = ctlr;
	vmcr |= (gic_read32(gic.gicc, GICC_BPR) & 7u) << GICH_VMCR_BPR_SHIFT;
	vmcr |= (gic_read32(gic.gicc, GICC_PMR) >> 3) << GICH_VMCR_PMR_SHIFT;
	gic_write32(gic.gich, GICH_VMCR, vmcr);
	gic_write32(gic.gich, GICH_APR, gic_read32(gic.gicc, GICC_APR));
	gic_write32(gic.gicc, GICC_APR, 0);

	gic_write32(gic.gicc, GICC_CTLR, ctlr | (uint32_t)(GICC_CTLR_ENABLE |
							   GICC_CTLR_EOIMODE));
	gic_write32(gic.gicc, GICC_PMR, 0xff);
	gic_write32(gic.gicc, GICC_BPR, 0);
	ask_underflow(false);
}

static void cpu_give_back(struct gic_cpu *g)
{
	const uint32_t guests = (uint32_t)(GICH_VMCR_GRP0 | GICH_VMCR_GRP1 |
					   GICH_VMCR_CBPR | GICH_VMCR_EOIMODE);
	uint32_t vmcr = gic_read32(gic.gich, GICH_VMCR);

	gic_write32(gic.gicc, GICC_APR, gic_read32(gic.gich, GICH_APR));
	gic_write32(gic.gicc, GICC_PMR, (vmcr >> GICH_VMCR_PMR_SHIFT) << 3);
	gic_write32(gic.gicc, GICC_BPR, (vmcr >> GICH_VMCR_BPR_SHIFT) & 7u);
	gic_write32(gic.gicc, GICC_CTLR,
		    (g->saved.ctlr & ~guests) | (vmcr & guests));
	gic_write32(gic.gich, GICH_HCR, 0);
	gic_write32(gic.gich, GICH_VMCR, 0);
	gic_write32(gic.gich, GICH_APR, 0);
}

static void cpu_reset(struct gic_cpu *g)
{
	(void)g;
	gic_write32(gic.gich, GICH_VMCR, 0);
	gic_write32(gic.gich, GICH_APR, 0);
}

/* GICD_SPENDSGIR: a byte for each SGI, a bit for each sender. */
static uint8_t sgi_take(struct gic_cpu *g, unsigned int sgi)
{
	uint32_t shift = 8 * (sgi & 3u);
	uint32_t senders;

	(void)g;
	senders = gic_read32(gic.dist, GICD_SPENDSGIR + (sgi & ~3u));
	senders &= 0xffu << shift;
	if (senders)
		gic_write32(gic.dist, GICD_CPENDSGIR + (sgi & ~3u), senders);
	return (uint8_t)(senders >> shift);
}

/* Only its byte: QEMU marks the SGI of every byte written, even of a zero. */
static void sgi_pend(struct gic_cpu *g, unsigned int sgi, uint8_t senders)
{
	(void)g;
	gic_mmio_write8((uint8_t *)gic.dist + GICD_SPENDSGIR + sgi, senders);
}

static void route(uint32_t irq, const struct gic_cpu *target)
{
	gic_mmio_write8((uint8_t *)gic.dist + GICD_ITARGETSR + irq,
			(uint8_t)(1u << target->interface));
}

static bool routed_to(uint32_t irq, const struct gic_cpu *target)
{
	uint32_t targets = gic_read32(gic.dist, GICD_ITARGETSR + (irq & ~3u));

	return ((targets >> (8 * (irq & 3u))) & 0xff) ==
	       1u << target->interface;
}

const struct gic_ops gicv2_ops = {
	.handle = handle,
	.lr_read = lr_read,
	.lr_write = lr_write,
	.lrs_empty = lrs_empty,
	.lrs_ended = lrs_ended,
	.ask_underflow = ask_underflow,
	.send_sgi = send_sgi,
	.send_event = send_event,
	.deactivate = deactivate_irq,
	.cpu_probe = cpu_probe,
	.cpu_take = cpu_take,
	.cpu_give_back = cpu_give_back,
	.cpu_reset = cpu_reset,
	.sgi_take = sgi_take,
	.sgi_pend = sgi_pend,
	.route = route,
	.routed_to = routed_to,
};
