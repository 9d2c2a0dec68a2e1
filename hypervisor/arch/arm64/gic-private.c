/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emulated registers of SGIs and PPIs: v3 in each redistributor's second
 * frame, v2 in the first words of the distributor, banked by CPU. SGIs and
 * the hypervisor's PPIs (gic.emulated) exist as a shadow only; the other PPIs
 * are the CPU's physical ones.
 */
#include "gic-internal.h"

#include "hv/arch/cpu.h"

static uint32_t read_priority(const struct gic_cpu *g, uint32_t offset)
{
	uint32_t irq = offset - GICD_IPRIORITYR;
	uint32_t mask = gic_spread_bytes(gic.emulated >> irq);
	uint32_t value = g->priorities[irq / 4] & mask;

	if (mask != ~0u)
		value |= gic_read32(gic_private_base(g), offset) & ~mask;
	return value;
}

static void write_priority(struct gic_cpu *g, uint32_t offset, uint32_t value,
			   uint32_t lanes)
{
	uint32_t irq = offset - GICD_IPRIORITYR;
	uint32_t mask = gic_spread_bytes(gic.emulated >> irq);
	uint32_t *shadow = &g->priorities[irq / 4];

	if (mask & lanes)
		*shadow = (*shadow & ~lanes) | (value & lanes);
	gic_write_bytes(gic_private_base(g), offset, ~mask & lanes, value);
}

/* Trigger configuration of PPIs; that of SGIs is fixed. */
static void write_config(const struct gic_cpu *g, uint32_t value)
{
	uint32_t mask = ~gic_spread_pairs(gic.emulated >> 16);
	void *base = gic_private_base(g);

	spin_lock(&gic.lock);
	value &= mask;
	value |= gic_read32(base, GICD_ICFGR + 4) & ~mask;
	gic_write32(base, GICD_ICFGR + 4, value);
	spin_unlock(&gic.lock);
}

uint32_t gic_private_read(struct per_cpu *target, uint32_t offset)
{
	const struct gic_cpu *g = gic_of(target);
	uint32_t passed = ~gic.emulated, value;

	if (offset >= GICD_IPRIORITYR && offset < GICD_IPRIORITYR + 0x20)
		return read_priority(g, offset);
	switch (offset) {
	case GICD_IGROUPR:
		/* v3 guests have group 1 only. */
		if (gic.version == 3)
			return ~0u;
		return gic_read32(gic.dist, offset) & passed;
	case GICD_ISENABLER:
	case GICD_ICENABLER:
		value = gic_read32(gic_private_base(g), offset) & passed;
		return value | (g->enabled & gic.emulated);
	case GICD_ISPENDR:
	case GICD_ICPENDR:
		value = gic_read32(gic_private_base(g), offset) & passed;
		return value | gic_private_pending(target);
	case GICD_ISACTIVER:
	case GICD_ICACTIVER:
		value = gic_read32(gic_private_base(g), offset) & passed;
		return value | gic_private_active(target);
	case GICD_ICFGR:
	case GICD_ICFGR + 4:
		return gic_read32(gic_private_base(g), offset);
	}
	return 0;
}

/* An SGI may have been waiting for its enable bit. */
static void enable(struct per_cpu *target, uint32_t irqs)
{
	struct gic_cpu *g = gic_of(target);

	__atomic_fetch_or(&g->enabled, irqs, __ATOMIC_ACQ_REL);
	if (!(__atomic_load_n(&g->queued[0], __ATOMIC_ACQUIRE) & irqs))
		return;
	if (target == this_cpu())
		gic_sync(target);
	else
		gic_send_sgi(target, GIC_SGI_INJECT);
}

static void disable(struct per_cpu *target, uint32_t irqs)
{
	__atomic_fetch_and(&gic_of(target)->enabled, ~irqs, __ATOMIC_ACQ_REL);
}

/* v2 sets SGIs pending by GICD_SPENDSGIR only, since they have senders. */
static void pend(struct per_cpu *target, uint32_t irqs)
{
	if (gic.version != 3)
		return;
	for (irqs &= GIC_SGI_BITS; irqs; irqs &= irqs - 1)
		gic_inject(target, (uint32_t)__builtin_ctz(irqs), 0);
}

/* `value`: those bits of the register that concern emulated interrupts. */
static void write_emulated(struct per_cpu *target, uint32_t offset,
			   uint32_t value)
{
	switch (offset) {
	case GICD_ISENABLER:
		enable(target, value);
		break;
	case GICD_ICENABLER:
		disable(target, value);
		break;
	case GICD_ISPENDR:
		pend(target, value);
		break;
	case GICD_ICPENDR:
		if (gic.version == 3)
			gic_withdraw(target, value);
		break;
	case GICD_ICACTIVER:
		gic_end(target, value);
		break;
	}
}

void gic_private_write(struct per_cpu *target, uint32_t offset, uint32_t value,
		       uint32_t lanes)
{
	struct gic_cpu *g = gic_of(target);
	uint32_t emulated = gic.emulated;

	/* One bit for each INTID, written with ones; groups are not writable. */
	if (offset < GICD_IPRIORITYR) {
		if (offset % 0x80 || offset < GICD_ISENABLER)
			return;
		if (value & ~emulated)
			gic_write32(gic_private_base(g), offset,
				    value & ~emulated);
		if (value & emulated)
			write_emulated(target, offset, value & emulated);
	} else if (offset < GICD_IPRIORITYR + GIC_FIRST_SPI) {
		write_priority(g, offset, value, lanes);
	} else if (offset == GICD_ICFGR + 4) {
		write_config(g, value);
	}
}
