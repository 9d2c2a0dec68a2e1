/* SPDX-License-Identifier: GPL-2.0-only */
/* A model of the interrupt controller: registers and interrupt states. */
#include "test_gic_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gic-access.h>

#include "hypervisor/arch/arm64/gic-regs.h"

struct model model;

static struct model_cpu *current(void)
{
	return &model.cpu[model.current];
}

struct model_irq *model_irq(unsigned int cpu, uint32_t irq)
{
	return irq < 32 ? &model.cpu[cpu].irq[irq] : &model.spi[irq];
}

bool model_pending(const struct model_irq *irq)
{
	return irq->latch || (irq->line && !irq->edge);
}

uint8_t model_interface(unsigned int cpu)
{
	return (uint8_t)((cpu + 1) % MODEL_CPUS);
}

uint32_t model_affinity(unsigned int cpu)
{
	return (cpu / 2) << 8 | (cpu % 2);
}

/* v2, as QEMU had it before 9.1: what was pending does not change CPUs. */
bool model_routed_to(const struct model_irq *irq, unsigned int cpu)
{
	if (irq->stranded && (irq->edge || !irq->line))
		return false;
	if (model.version == 2)
		return irq->targets & (1u << model_interface(cpu));
	return irq->router == model_affinity(cpu);
}

/* Level of the maintenance interrupt (IHI 0069, 12.4.5 ICH_MISR_EL2). */
static void update_maintenance(struct model_cpu *cpu)
{
	unsigned int valid = 0, n;
	bool ended = false;

	for (n = 0; n < MODEL_LRS; n++) {
		bool used = cpu->lr[n].pending || cpu->lr[n].active;

		valid += used;
		ended |= !used && cpu->lr[n].eoi;
	}
	cpu->irq[25].line = (cpu->hcr & GICH_HCR_EN) &&
			    (ended || ((cpu->hcr & GICH_HCR_UIE) &&
				       valid <= 1));
}

bool model_maintenance(unsigned int cpu)
{
	return model.cpu[cpu].irq[25].line;
}

unsigned int model_lrs_used(unsigned int cpu)
{
	const struct model_lr *lr = model.cpu[cpu].lr;
	unsigned int used = 0, n, m;

	for (n = 0; n < MODEL_LRS; n++) {
		if (!lr[n].pending && !lr[n].active)
			continue;
		used++;
		for (m = 0; m < n; m++) {
			if ((lr[m].pending || lr[m].active) &&
			    lr[m].irq == lr[n].irq) {
				fprintf(stderr, "INTID %u twice\n", lr[n].irq);
				abort();
			}
		}
	}
	return used;
}

/* ------------------------------------------------ physical CPU interface */

static uint8_t running_priority(const struct model_cpu *cpu)
{
	return cpu->depth ? cpu->running[cpu->depth - 1] : 0xff;
}

static uint32_t best_pending(unsigned int number)
{
	struct model_cpu *cpu = &model.cpu[number];
	unsigned int best = running_priority(cpu), irq;
	uint32_t found = MODEL_SPURIOUS;

	if (cpu->pmr < best)
		best = cpu->pmr;
	for (irq = 0; irq < MODEL_IRQS && cpu->enable; irq++) {
		const struct model_irq *i = model_irq(number, irq);

		if (!i->enabled || i->active || !model_pending(i) ||
		    i->priority >= best)
			continue;
		if (irq >= 32 && !model_routed_to(i, number))
			continue;
		best = i->priority;
		found = irq;
	}
	if (found == MODEL_SPURIOUS && cpu->lpi && cpu->enable)
		return MODEL_LPI;
	return found;
}

static uint32_t acknowledge(void)
{
	struct model_cpu *cpu = current();
	uint32_t irq = best_pending(model.current), sender = 0;
	struct model_irq *i;

	if (irq == MODEL_SPURIOUS)
		return irq;
	if (irq == MODEL_LPI) {
		cpu->lpi = false;
		cpu->running[cpu->depth++] = 0xa0;
		return irq;
	}
	i = model_irq(model.current, irq);
	i->active = true;
	i->latch = false;
	if (irq < 16 && model.version == 2) {
		sender = (uint32_t)__builtin_ctz(cpu->senders[irq]);
		cpu->senders[irq] &= (uint8_t)~(1u << sender);
		i->latch = cpu->senders[irq];
	}
	cpu->running[cpu->depth++] = i->priority;
	return irq | sender << 10;
}

static void deactivate(unsigned int cpu, uint32_t irq)
{
	if (irq >= MODEL_IRQS)
		return;
	if (!model_irq(cpu, irq)->active)
		model.stray_ends++;
	model_irq(cpu, irq)->active = false;
}

static void end(uint32_t irq)
{
	struct model_cpu *cpu = current();
	uint32_t split = model.version == 2 ? 1u << 9 : ICC_CTLR_EOIMODE;

	if (cpu->depth)
		cpu->depth--;
	else
		model.stray_ends++;
	if (!(cpu->ctlr & split))
		deactivate(model.current, irq);
}

void model_send_sgi(unsigned int target, uint32_t sgi, uint8_t sender)
{
	struct model_cpu *cpu = &model.cpu[target];

	cpu->irq[sgi].latch = true;
	cpu->senders[sgi] |= (uint8_t)(1u << sender);
}

/* ------------------------------------------------------- list registers */

static uint32_t lrs_empty(const struct model_cpu *cpu)
{
	uint32_t empty = 0, n;

	for (n = 0; n < MODEL_LRS; n++)
		if (!cpu->lr[n].pending && !cpu->lr[n].active &&
		    (cpu->lr[n].hw || !cpu->lr[n].eoi))
			empty |= 1u << n;
	return empty;
}

static uint32_t lrs_ended(const struct model_cpu *cpu)
{
	uint32_t ended = 0, n;

	for (n = 0; n < MODEL_LRS; n++)
		if (!cpu->lr[n].pending && !cpu->lr[n].active &&
		    !cpu->lr[n].hw && cpu->lr[n].eoi)
			ended |= 1u << n;
	return ended;
}

static uint64_t lr_to_v3(const struct model_lr *lr)
{
	return (uint64_t)lr->active << 63 | (uint64_t)lr->pending << 62 |
	       (uint64_t)lr->hw << 61 | (uint64_t)lr->group1 << 60 |
	       (uint64_t)lr->priority << 48 | (uint64_t)lr->eoi << 41 |
	       (uint64_t)lr->physical << 32 | lr->irq;
}

static struct model_lr lr_from_v3(uint64_t v)
{
	struct model_lr lr = {
		.irq = (uint32_t)v,
		.priority = (uint8_t)(v >> 48),
		.active = v >> 63 & 1,
		.pending = v >> 62 & 1,
		.hw = v >> 61 & 1,
		.group1 = v >> 60 & 1,
	};

	lr.physical = (uint32_t)(v >> 32) & (lr.hw ? 0x3ff : 7);
	lr.eoi = !lr.hw && (v >> 41 & 1);
	return lr;
}

/* IHI 0048B, table 5-10 */
static uint32_t lr_to_v2(const struct model_lr *lr)
{
	return (uint32_t)lr->hw << 31 | (uint32_t)lr->active << 29 |
	       (uint32_t)lr->pending << 28 | (uint32_t)lr->priority >> 3 << 23 |
	       (uint32_t)lr->eoi << 19 | lr->physical << 10 | lr->irq;
}

static struct model_lr lr_from_v2(uint32_t v)
{
	struct model_lr lr = {
		.irq = v & 0x3ff,
		.priority = (uint8_t)((v >> 23 & 0x1f) << 3),
		.active = v >> 29 & 1,
		.pending = v >> 28 & 1,
		.hw = v >> 31,
	};

	lr.physical = (v >> 10) & (lr.hw ? 0x3ff : 7);
	lr.eoi = !lr.hw && (v >> 19 & 1);
	return lr;
}

uint32_t model_guest_ack(unsigned int number)
{
	struct model_cpu *cpu = &model.cpu[number];
	struct model_lr *best = NULL;
	unsigned int n;

	for (n = 0; n < MODEL_LRS; n++)
		if (cpu->lr[n].pending && !cpu->lr[n].active &&
		    (!best || cpu->lr[n].priority < best->priority))
			best = &cpu->lr[n];
	if (!best)
		return MODEL_SPURIOUS;
	best->pending = false;
	best->active = true;
	return best->irq | (best->irq < 16 ? best->physical << 10 : 0);
}

void model_guest_end(unsigned int number, uint32_t iar)
{
	struct model_cpu *cpu = &model.cpu[number];
	uint32_t irq = iar < MODEL_LPI ? iar & 0x3ff : iar, n;

	for (n = 0; n < MODEL_LRS; n++) {
		if (!cpu->lr[n].active || cpu->lr[n].irq != irq)
			continue;
		cpu->lr[n].active = false;
		if (cpu->lr[n].hw)
			model_irq(number, cpu->lr[n].physical)->active = false;
	}
	update_maintenance(cpu);
}

static uint32_t access_gicc(uint32_t offset, bool is_write, uint32_t value)
{
	struct model_cpu *cpu = current();
	uint32_t *reg = NULL;

	switch (offset) {
	case GICC_CTLR:
		if (is_write)
			cpu->enable = value & 1;
		reg = &cpu->ctlr;
		break;
	case GICC_PMR:
		reg = &cpu->pmr;
		break;
	case GICC_BPR:
		reg = &cpu->bpr;
		break;
	case GICC_IAR:
		return acknowledge();
	case GICC_RPR:
		return running_priority(cpu);
	case GICC_EOIR:
		end(value & 0x3ff);
		break;
	case GICC_DIR:
		deactivate(model.current, value & 0x3ff);
		break;
	case GICC_APR:
		if (is_write)
			cpu->icc_apr = value;
		return (uint32_t)cpu->icc_apr;
	}
	if (reg && is_write)
		*reg = value;
	return reg ? *reg : 0;
}

static uint32_t access_gich(uint32_t offset, bool is_write, uint32_t value)
{
	struct model_cpu *cpu = current();
	uint64_t *reg = NULL;

	if (offset >= GICH_LR && offset < GICH_LR + 4 * MODEL_LRS) {
		struct model_lr *lr = &cpu->lr[(offset - GICH_LR) / 4];

		if (is_write)
			*lr = lr_from_v2(value);
		update_maintenance(cpu);
		return lr_to_v2(lr);
	}
	switch (offset) {
	case GICH_HCR:
		reg = &cpu->hcr;
		break;
	case GICH_VMCR:
		reg = &cpu->vmcr;
		break;
	case GICH_APR:
		reg = &cpu->ich_apr;
		break;
	case GICH_VTR:
		return MODEL_LRS - 1;
	case GICH_ELRSR:
		return lrs_empty(cpu);
	case GICH_EISR:
		return lrs_ended(cpu);
	}
	if (reg && is_write)
		*reg = value;
	update_maintenance(cpu);
	return reg ? (uint32_t)*reg : 0;
}

static uint64_t access_mmio(uint64_t address, bool is_write, uint64_t value,
			    unsigned int size)
{
	uint32_t offset = (uint32_t)(address - MODEL_GICD), irq;
	uint64_t old;

	model.accesses++;
	if (model.version == 3 && address >= MODEL_GICR)
		return model_access_redist((unsigned int)(address - MODEL_GICR) /
				     0x20000,
				     (uint32_t)(address - MODEL_GICR) % 0x20000,
				     is_write, value);
	if (model.version == 2 && address >= MODEL_GICH)
		return access_gich((uint32_t)(address - MODEL_GICH), is_write,
				   (uint32_t)value);
	if (model.version == 2 && address >= MODEL_GICC)
		return access_gicc((uint32_t)(address - MODEL_GICC), is_write,
				   (uint32_t)value);
	irq = (offset - GICD_IROUTER) / 8;
	if (model.version == 3 && offset >= GICD_IROUTER && irq < MODEL_IRQS) {
		if (size != 8)
			abort();
		old = model.spi[irq].router;
		if (is_write)
			model.spi[irq].router = value;
		return old;
	}
	return model_access_dist(offset, is_write, (uint32_t)value);
}

uint32_t gic_mmio_read32(const volatile void *address)
{
	return (uint32_t)access_mmio((uintptr_t)address, false, 0, 4);
}

void gic_mmio_write32(volatile void *address, uint32_t value)
{
	access_mmio((uintptr_t)address, true, value, 4);
}

/* Only priorities, targets and senders take bytes. */
void gic_mmio_write8(volatile void *address, uint8_t value)
{
	uint64_t word = (uintptr_t)address & ~3ull;
	uint32_t offset = (uint32_t)(word - MODEL_GICD), shift;

	if (model.version == 3 && word >= MODEL_GICR)
		offset = (uint32_t)(word - MODEL_GICR) % 0x20000 -
			 GICR_SGI_FRAME;
	if (model.version == 2 && offset >= GICD_CPENDSGIR &&
	    offset < GICD_SPENDSGIR + 16) {
		model.accesses++;
		model_access_senders((uint32_t)((uintptr_t)address - MODEL_GICD),
				     1, true, value);
		return;
	}
	if (offset < GICD_IPRIORITYR || offset >= GICD_ICFGR)
		abort();
	shift = 8 * ((uintptr_t)address & 3);
	access_mmio(word, true,
		    (access_mmio(word, false, 0, 4) & ~(0xffu << shift)) |
		    (uint32_t)value << shift, 4);
}

uint64_t gic_mmio_read64(const volatile void *address)
{
	return access_mmio((uintptr_t)address, false, 0, 8);
}

void gic_mmio_write64(volatile void *address, uint64_t value)
{
	access_mmio((uintptr_t)address, true, value, 8);
}

/* ------------------------------------------------------ system registers */

static uint64_t *plain_sysreg(struct model_cpu *cpu, enum gic_sysreg reg)
{
	switch (reg) {
	case SYSREG_icc_sre_el1:
		return &cpu->sre_el1;
	case SYSREG_icc_sre_el2:
		return &cpu->sre_el2;
	case SYSREG_icc_ap1r0_el1:
		return &cpu->icc_apr;
	case SYSREG_ich_ap1r0_el2:
		return &cpu->ich_apr;
	case SYSREG_ich_hcr_el2:
		return &cpu->hcr;
	case SYSREG_ich_vmcr_el2:
		return &cpu->vmcr;
	default:
		return NULL;
	}
}

static uint32_t *plain_sysreg32(struct model_cpu *cpu, enum gic_sysreg reg)
{
	switch (reg) {
	case SYSREG_icc_pmr_el1:
		return &cpu->pmr;
	case SYSREG_icc_bpr1_el1:
		return &cpu->bpr;
	case SYSREG_icc_ctlr_el1:
		return &cpu->ctlr;
	case SYSREG_icc_igrpen1_el1:
		return &cpu->enable;
	default:
		return NULL;
	}
}

static bool is_lr(enum gic_sysreg reg)
{
	return reg >= SYSREG_ich_lr0_el2 &&
	       reg < SYSREG_ich_lr0_el2 + MODEL_LRS;
}

uint64_t gic_sysreg_read(enum gic_sysreg reg)
{
	struct model_cpu *cpu = current();

	model.accesses++;
	if (is_lr(reg))
		return lr_to_v3(&cpu->lr[reg - SYSREG_ich_lr0_el2]);
	if (plain_sysreg(cpu, reg))
		return *plain_sysreg(cpu, reg);
	if (reg == SYSREG_icc_ctlr_el1)
		return cpu->ctlr | 4u << 8;	/* five bits of priority */
	if (plain_sysreg32(cpu, reg))
		return *plain_sysreg32(cpu, reg);
	switch (reg) {
	case SYSREG_icc_iar1_el1:
		return acknowledge();
	case SYSREG_icc_rpr_el1:
		return running_priority(cpu);
	case SYSREG_ich_vtr_el2:
		return MODEL_LRS - 1;
	case SYSREG_ich_elrsr_el2:
		return lrs_empty(cpu);
	case SYSREG_ich_eisr_el2:
		return lrs_ended(cpu);
	default:
		return 0;
	}
}

static void write_sgi1r(uint64_t value)
{
	unsigned int n;

	for (n = 0; n < MODEL_CPUS; n++) {
		uint32_t affinity = model_affinity(n);

		if (((value >> 16) & 0xff) == affinity >> 8 &&
		    (value & (1u << (affinity & 0xf))))
			model_send_sgi(n, (uint32_t)(value >> 24) & 0xf, 0);
	}
}

void gic_sysreg_write(enum gic_sysreg reg, uint64_t value)
{
	struct model_cpu *cpu = current();

	model.accesses++;
	if (is_lr(reg))
		cpu->lr[reg - SYSREG_ich_lr0_el2] = lr_from_v3(value);
	else if (plain_sysreg(cpu, reg))
		*plain_sysreg(cpu, reg) = value;
	else if (plain_sysreg32(cpu, reg))
		*plain_sysreg32(cpu, reg) = (uint32_t)value;
	else if (reg == SYSREG_icc_eoir1_el1)
		end((uint32_t)value);
	else if (reg == SYSREG_icc_dir_el1)
		deactivate(model.current, (uint32_t)value);
	else if (reg == SYSREG_icc_sgi1r_el1)
		write_sgi1r(value);
	update_maintenance(cpu);
}
