/* SPDX-License-Identifier: GPL-2.0-only */
/* The model's distributor and redistributors. */
#include "test_gic_model.h"

#include "hypervisor/arch/arm64/gic-regs.h"

static uint32_t read_bits(uint32_t reg, uint32_t word)
{
	uint32_t value = 0, n;

	for (n = 0; n < 32 && word * 32 + n < MODEL_IRQS; n++) {
		const struct model_irq *i = model_irq(model.current,
						      word * 32 + n);
		bool bit = reg == 1 ? i->group1 : reg <= 3 ? i->enabled :
			   reg <= 5 ? model_pending(i) : i->active;

		value |= (uint32_t)bit << n;
	}
	return value;
}

static void write_bits(uint32_t reg, uint32_t word, uint32_t value)
{
	uint32_t n;

	for (n = 0; n < 32 && word * 32 + n < MODEL_IRQS; n++) {
		struct model_irq *i = model_irq(model.current, word * 32 + n);

		if (reg == 1)
			i->group1 = value >> n & 1;
		if (!(value >> n & 1))
			continue;
		if (reg == 2 || reg == 3)
			i->enabled = reg == 2;
		else if (reg == 4 || reg == 5)
			i->latch = reg == 4;
		if (reg == 4 || reg == 5)
			i->stranded = false;
		else if (reg == 6 || reg == 7)
			i->active = reg == 6;
	}
}

static uint32_t access_bytes(bool targets, uint32_t first, bool is_write,
			     uint32_t value)
{
	uint32_t old = 0, n;

	for (n = 0; n < 4 && first + n < MODEL_IRQS; n++) {
		struct model_irq *i = model_irq(model.current, first + n);
		uint8_t *byte = targets ? &i->targets : &i->priority;

		old |= (uint32_t)(targets && first + n < 32 ?
				  1u << model_interface(model.current) : *byte)
		       << (8 * n);
		if (!is_write)
			continue;
		*byte = (uint8_t)(value >> (8 * n));
		i->stranded = i->stranded ||
			      (targets && first + n >= 32 && i->latch);
	}
	return old;
}

static uint32_t access_config(uint32_t first, bool is_write, uint32_t value)
{
	uint32_t old = 0, n;

	for (n = 0; n < 16 && first + n < MODEL_IRQS; n++) {
		struct model_irq *i = model_irq(model.current, first + n);

		old |= (uint32_t)i->edge << (2 * n + 1);
		if (is_write && first >= 16)
			i->edge = value >> (2 * n + 1) & 1;
	}
	return old;
}

static void write_senders(uint32_t offset, uint8_t byte)
{
	struct model_cpu *cpu = &model.cpu[model.current];
	uint32_t sgi = offset & 0xfu;

	if (offset >= GICD_SPENDSGIR) {
		cpu->senders[sgi] |= byte;
		/* As QEMU has it, also without a sender; taking that ends it. */
		cpu->irq[sgi].latch = true;
	} else {
		cpu->senders[sgi] &= (uint8_t)~byte;
		cpu->irq[sgi].latch = cpu->senders[sgi];
	}
}

/* A byte for each SGI: a word is four of them. */
uint32_t model_access_senders(uint32_t offset, unsigned int size, bool is_write,
			      uint32_t value)
{
	const uint8_t *senders = &model.cpu[model.current].senders[offset & 0xfu];
	uint32_t old = 0, n;

	for (n = 0; n < size; n++) {
		old |= (uint32_t)senders[n] << (8 * n);
		if (is_write)
			write_senders(offset + n, (uint8_t)(value >> (8 * n)));
	}
	return old;
}

static void physical_sgir(uint32_t value)
{
	unsigned int n;

	for (n = 0; n < MODEL_CPUS; n++)
		if (GICD_SGIR_TARGETS(value) & (1u << model_interface(n)))
			model_send_sgi(n, value & 0xf,
					  model_interface(model.current));
}

/* Registers of the distributor and of a redistributor's second frame. */
uint32_t model_access_dist(uint32_t offset, bool is_write, uint32_t value)
{
	uint32_t reg = offset / 0x80, word = (offset & 0x7f) / 4, old;

	if (reg >= 1 && reg <= 7) {
		old = read_bits(reg, word);
		if (is_write)
			write_bits(reg, word, value);
		return old;
	}
	if (offset >= GICD_IPRIORITYR && offset < GICD_ICFGR)
		return access_bytes(offset >= GICD_ITARGETSR, offset & 0x3ff,
				    is_write, value);
	if (offset >= GICD_ICFGR && offset < GICD_IGRPMODR)
		return access_config((offset & 0xff) * 4, is_write, value);
	if (model.version == 2 && offset >= GICD_CPENDSGIR &&
	    offset < GICD_SPENDSGIR + 16)
		return model_access_senders(offset, 4, is_write, value);
	switch (offset) {
	case GICD_CTLR:
		if (is_write)
			model.ctlr = value;
		return model.ctlr;
	case GICD_TYPER:
		return (MODEL_IRQS / 32 - 1) | 1u << 16 | 1u << 17;
	case GICD_SGIR:
		if (is_write)
			physical_sgir(value);
		return 0;
	case GIC_V2_PIDR2:
		return model.version == 2 ? 0x2b : 0;
	case GIC_V3_PIDR2:
		return model.version == 3 ? 0x3b : 0;
	}
	return 0;
}

uint64_t model_access_redist(unsigned int frame, uint32_t offset,
			      bool is_write, uint64_t value)
{
	struct model_cpu *cpu = &model.cpu[frame];
	unsigned int saved = model.current;
	uint64_t old;

	switch (offset) {
	case GICR_CTLR:
		if (is_write)
			cpu->gicr_ctlr = (uint32_t)value;
		return cpu->gicr_ctlr;
	case GICR_TYPER:
		return (uint64_t)model_affinity(frame) << 32 | frame << 8 | 1 |
		       (frame == MODEL_CPUS - 1 ? GICR_TYPER_LAST : 0);
	case GICR_WAKER:
		if (is_write)
			cpu->waker = (uint32_t)value;
		return cpu->waker;
	case GICR_PROPBASER:
		if (is_write)
			cpu->propbaser = value;
		return cpu->propbaser;
	case GIC_V3_PIDR2:
		return 0x3b;
	}
	if (offset < GICR_SGI_FRAME)
		return 0;
	model.current = frame;
	old = model_access_dist(offset - GICR_SGI_FRAME, is_write, (uint32_t)value);
	model.current = saved;
	return old;
}

