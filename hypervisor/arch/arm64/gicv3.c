/* SPDX-License-Identifier: GPL-2.0-only */
/* GICv3: CPU interface and virtual CPU interface by system registers. */
#include "gic-internal.h"

#include "hv/clock.h"
#include "hv/errno.h"
#include "hv/printk.h"
#include "hv/regulation.h"

/* One accessor for each number, since the number is part of the instruction. */
#define LR_CASE(n)                                                            \
	case n:                                                               \
		return gic_read_sysreg(ich_lr##n##_el2)

static uint64_t lr_read(unsigned int n)
{
	switch (n) {
	LR_CASE(0);
	LR_CASE(1);
	LR_CASE(2);
	LR_CASE(3);
	LR_CASE(4);
	LR_CASE(5);
	LR_CASE(6);
	LR_CASE(7);
	LR_CASE(8);
	LR_CASE(9);
	LR_CASE(10);
	LR_CASE(11);
	LR_CASE(12);
	LR_CASE(13);
	LR_CASE(14);
	LR_CASE(15);
	}
	return 0;
}

#undef LR_CASE
#define LR_CASE(n)                                                            \
	case n:                                                               \
		gic_write_sysreg(ich_lr##n##_el2, lr);                        \
		break

static void lr_write(unsigned int n, uint64_t lr)
{
	switch (n) {
	LR_CASE(0);
	LR_CASE(1);
	LR_CASE(2);
	LR_CASE(3);
	LR_CASE(4);
	LR_CASE(5);
	LR_CASE(6);
	LR_CASE(7);
	LR_CASE(8);
	LR_CASE(9);
	LR_CASE(10);
	LR_CASE(11);
	LR_CASE(12);
	LR_CASE(13);
	LR_CASE(14);
	LR_CASE(15);
	}
}

static uint32_t lrs_empty(void)
{
	return (uint32_t)gic_read_sysreg(ich_elrsr_el2);
}

static uint32_t lrs_ended(void)
{
	return (uint32_t)gic_read_sysreg(ich_eisr_el2);
}

static void ask_underflow(bool ask)
{
	gic_write_sysreg(ich_hcr_el2,
			 GICH_HCR_EN | (ask ? GICH_HCR_UIE : 0));
}

static void deactivate(uint64_t irq)
{
	gic_write_sysreg(icc_eoir1_el1, irq);
	/* A level must have dropped before the state does. */
	gic_isb();
	gic_write_sysreg(icc_dir_el1, irq);
}

static void deactivate_irq(uint32_t irq)
{
	gic_write_sysreg(icc_dir_el1, irq);
}

static void handle_guest(struct per_cpu *cpu, uint32_t irq)
{
	struct gic_cpu *g = gic_of(cpu);
	uint8_t priority = (uint8_t)gic_read_sysreg(icc_rpr_el1);
	int n;

	gic_write_sysreg(icc_eoir1_el1, irq);
	cpu->stats[CPU_STAT_VIRQ]++;
	if (irq >= GIC_FIRST_LPI) {
		gic_enqueue_lpi(cpu, irq, priority);
		return;
	}
	if (!gic_queue_empty(g)) {
		gic_enqueue_hw(cpu, irq);
		return;
	}
	n = gic_claim_lr(g, lrs_empty(), irq);
	if (n >= 0)
		lr_write((unsigned int)n,
			 LR_PENDING | LR_HW | LR_GROUP1 | irq |
			 (uint64_t)irq << LR_PHYSICAL_SHIFT |
			 (uint64_t)priority << LR_PRIORITY_SHIFT);
	else if (n == GIC_CLAIM_FULL)
		gic_enqueue_hw(cpu, irq);
}

static void handle(struct per_cpu *cpu)
{
	uint64_t iar = gic_read_sysreg(icc_iar1_el1);
	uint32_t irq = (uint32_t)iar;

	/* IHI 0069, 12.1.6: the acknowledgement is complete. */
	gic_dsb_sy();
	if (irq == GIC_PPI_CNTHP) {
		clock_timer_fired(cpu);
		deactivate(iar);
	} else if (irq == gic.pmu_irq) {
		regulation_overflow(cpu);
		deactivate(iar);
	} else if (irq < 32 && (gic.emulated & (1u << irq))) {
		gic_handle_own(cpu, irq, 0);
		deactivate(iar);
	} else if (irq < GIC_IRQ_SPECIAL || irq >= GIC_FIRST_LPI) {
		handle_guest(cpu, irq);
	}
}

static void send_sgi(const struct gic_cpu *target, unsigned int sgi)
{
	gic_dsb_ishst();
	gic_write_sysreg(icc_sgi1r_el1,
			 target->sgi_route | (uint64_t)sgi << 24);
	gic_isb();
}

static void send_event(struct per_cpu *cpu)
{
	send_sgi(gic_of(cpu), GIC_SGI_EVENT);
}

uint64_t gicv3_sgi_route(uint64_t affinity)
{
	return (affinity >> 24) << 48 | ((affinity >> 4) & 0xf) << 44 |
	       ((affinity >> 16) & 0xff) << 32 |
	       ((affinity >> 8) & 0xff) << 16 | BIT(affinity & 0xf);
}

static uint32_t affinity_of(uint64_t mpidr)
{
	return (uint32_t)((mpidr >> 8) & 0xff000000u) |
	       (uint32_t)(mpidr & 0x00ffffffu);
}

static int cpu_probe(struct per_cpu *cpu)
{
	struct gic_cpu *g = gic_of(cpu);
	unsigned int n;
	uint64_t typer;

	g->affinity = affinity_of(cpu->arch.mpidr);
	g->redist = NULL;
	for (n = 0; n < gic.redist_count && !g->redist; n++) {
		typer = gic_mmio_read64((uint8_t *)gic.redist[n] + GICR_TYPER);
		if (GICR_TYPER_AFFINITY(typer) != g->affinity)
			continue;
		g->redist = gic.redist[n];
		gic.redist_cpu[n] = cpu;
	}
	if (!g->redist) {
		printk("CPU %u: no redistributor\n", cpu->id);
		return -ENODEV;
	}

	g->saved.sre_el2 = gic_read_sysreg(icc_sre_el2);
	gic_write_sysreg(icc_sre_el2, g->saved.sre_el2 | ICC_SRE_SRE |
			 ICC_SRE_DFB | ICC_SRE_DIB | ICC_SRE_ENABLE);
	gic_isb();
	if (!(gic_read_sysreg(icc_sre_el2) & ICC_SRE_SRE)) {
		printk("CPU %u: no GIC system registers\n", cpu->id);
		return -ENODEV;
	}
	g->lr_mask = gic_lr_mask((uint32_t)gic_read_sysreg(ich_vtr_el2));
	g->interface = 0;
	g->sgi_cluster = g->affinity >> 4;
	g->sgi_bit = g->affinity & 0xf;
	g->sgi_route = gicv3_sgi_route(g->affinity);
	return 0;
}

/* Registers of active priorities: one for each 32 levels of preemption. */
static unsigned int apr_count(void)
{
	unsigned int bits = ICC_CTLR_PRIBITS(gic_read_sysreg(icc_ctlr_el1));

	return bits >= 7 ? 4 : bits == 6 ? 2 : 1;
}

/* The guest's active priorities become virtual ones, none stay physical. */
static void take_active_priorities(void)
{
	unsigned int count = apr_count();

	gic_write_sysreg(ich_ap0r0_el2, 0);
	gic_write_sysreg(ich_ap1r0_el2, gic_read_sysreg(icc_ap1r0_el1));
	gic_write_sysreg(icc_ap1r0_el1, 0);
	if (count < 2)
		return;
	gic_write_sysreg(ich_ap0r1_el2, 0);
	gic_write_sysreg(ich_ap1r1_el2, gic_read_sysreg(icc_ap1r1_el1));
	gic_write_sysreg(icc_ap1r1_el1, 0);
	if (count < 4)
		return;
	gic_write_sysreg(ich_ap0r2_el2, 0);
	gic_write_sysreg(ich_ap0r3_el2, 0);
	gic_write_sysreg(ich_ap1r2_el2, gic_read_sysreg(icc_ap1r2_el1));
	gic_write_sysreg(ich_ap1r3_el2, gic_read_sysreg(icc_ap1r3_el1));
	gic_write_sysreg(icc_ap1r2_el1, 0);
	gic_write_sysreg(icc_ap1r3_el1, 0);
}

static void give_active_priorities(void)
{
	unsigned int count = apr_count();

	gic_write_sysreg(icc_ap1r0_el1, gic_read_sysreg(ich_ap1r0_el2));
	if (count >= 2)
		gic_write_sysreg(icc_ap1r1_el1, gic_read_sysreg(ich_ap1r1_el2));
	if (count >= 4) {
		gic_write_sysreg(icc_ap1r2_el1, gic_read_sysreg(ich_ap1r2_el2));
		gic_write_sysreg(icc_ap1r3_el1, gic_read_sysreg(ich_ap1r3_el2));
	}
}

static void reset_active_priorities(void)
{
	unsigned int count = apr_count();

	gic_write_sysreg(ich_ap0r0_el2, 0);
	gic_write_sysreg(ich_ap1r0_el2, 0);
	if (count >= 2) {
		gic_write_sysreg(ich_ap0r1_el2, 0);
		gic_write_sysreg(ich_ap1r1_el2, 0);
	}
	if (count >= 4) {
		gic_write_sysreg(ich_ap0r2_el2, 0);
		gic_write_sysreg(ich_ap0r3_el2, 0);
		gic_write_sysreg(ich_ap1r2_el2, 0);
		gic_write_sysreg(ich_ap1r3_el2, 0);
	}
}

static void cpu_take(struct gic_cpu *g)
{
	uint64_t ctlr = gic_read_sysreg(icc_ctlr_el1);
	uint64_t vmcr = ICH_VMCR_FIQEN;

	g->saved.ctlr = (uint32_t)ctlr;
	vmcr |= gic_read_sysreg(icc_pmr_el1) << ICH_VMCR_PMR_SHIFT;
	vmcr |= (gic_read_sysreg(icc_bpr1_el1) & 7) << ICH_VMCR_BPR1_SHIFT;
	if (gic_read_sysreg(icc_igrpen1_el1) & 1)
		vmcr |= ICH_VMCR_ENG1;
	if (ctlr & ICC_CTLR_EOIMODE)
		vmcr |= ICH_VMCR_EOIM;
	if (ctlr & ICC_CTLR_CBPR)
		vmcr |= ICH_VMCR_CBPR;
	gic_write_sysreg(ich_vmcr_el2, vmcr);
	take_active_priorities();

	gic_write_sysreg(icc_ctlr_el1, ICC_CTLR_EOIMODE);
	gic_write_sysreg(icc_pmr_el1, 0xff);
	gic_write_sysreg(icc_bpr1_el1, 0);
	gic_write_sysreg(icc_igrpen1_el1, 1);
	ask_underflow(false);
	gic_isb();
}

static void cpu_give_back(struct gic_cpu *g)
{
	uint64_t vmcr = gic_read_sysreg(ich_vmcr_el2);
	uint64_t ctlr = g->saved.ctlr & ~(ICC_CTLR_EOIMODE | ICC_CTLR_CBPR);

	if (vmcr & ICH_VMCR_EOIM)
		ctlr |= ICC_CTLR_EOIMODE;
	if (vmcr & ICH_VMCR_CBPR)
		ctlr |= ICC_CTLR_CBPR;
	gic_write_sysreg(icc_ctlr_el1, ctlr);
	gic_write_sysreg(icc_pmr_el1, (vmcr >> ICH_VMCR_PMR_SHIFT) & 0xff);
	gic_write_sysreg(icc_bpr1_el1, (vmcr >> ICH_VMCR_BPR1_SHIFT) & 7);
	gic_write_sysreg(icc_igrpen1_el1, vmcr & ICH_VMCR_ENG1 ? 1 : 0);
	give_active_priorities();
	gic_write_sysreg(ich_hcr_el2, 0);
	gic_write_sysreg(ich_vmcr_el2, 0);
	reset_active_priorities();
	gic_write_sysreg(icc_sre_el2, g->saved.sre_el2);
	gic_isb();
}

static void cpu_reset(struct gic_cpu *g)
{
	(void)g;
	gic_write_sysreg(ich_vmcr_el2, ICH_VMCR_FIQEN);
	reset_active_priorities();
	gic_write_sysreg(icc_sre_el1, ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB);
	gic_isb();
}

static uint8_t sgi_take(struct gic_cpu *g, unsigned int sgi)
{
	void *base = gic_private_base(g);

	if (!(gic_read32(base, GICD_ISPENDR) & (1u << sgi)))
		return 0;
	gic_write32(base, GICD_ICPENDR, 1u << sgi);
	return 1;
}

static void sgi_pend(struct gic_cpu *g, unsigned int sgi, uint8_t senders)
{
	(void)senders;
	gic_write32(gic_private_base(g), GICD_ISPENDR, 1u << sgi);
}

/* GICD_IROUTER has Aff3 in bits 39 to 32. */
static uint64_t router_of(const struct gic_cpu *g)
{
	return (uint64_t)(g->affinity & 0xff000000u) << 8 |
	       (g->affinity & 0x00ffffffu);
}

static void *router(uint32_t irq)
{
	return (uint8_t *)gic.dist + GICD_IROUTER + 8 * irq;
}

static void route(uint32_t irq, const struct gic_cpu *target)
{
	gic_mmio_write64(router(irq), router_of(target));
}

static bool routed_to(uint32_t irq, const struct gic_cpu *target)
{
	return (gic_mmio_read64(router(irq)) &
		(GICD_IROUTER_AFFINITY | GICD_IROUTER_ANY)) ==
	       router_of(target);
}

const struct gic_ops gicv3_ops = {
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
