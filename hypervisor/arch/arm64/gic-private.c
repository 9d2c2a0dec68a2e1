/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emulated registers of SGIs and PPIs: v3 in each redistributor's second
 * frame, v2 in the first words of the distributor, banked by CPU. SGIs and
 * the hypervisor's PPIs (gic.emulated) exist as a shadow only; the other PPIs
 * are the CPU's physical ones.
 */
#include "gic-internal.h"

#include "hv/arch/cpu.h"

/* Bytes of IPRIORITYR<n> that belong to emulated interrupts. */
static uint32_t emulated_bytes(uint32_t irq)
{
	uint32_t nibble = (gic.emulated >> irq) & 0xfu;

	/* Bit n to bit 8n, then each to a whole byte. */
	return ((nibble * 0x00204081u) & 0x01010101u) * 0xffu;
}

static uint32_t read_priority(struct per_cpu *target, uint32_t offset)
{
	const struct gic_cpu *g = gic_of(target);
	uint32_t irq = offset - GICD_IPRIORITYR, n, shadow = 0;
	uint32_t mask = emulated_bytes(irq);

	for (n = 0; n < 4; n++)
		shadow |= (uint32_t)g->priority[irq + n] << (8 * n);
	if (mask == ~0u)
		return shadow;
	return (gic_read32(gic_private_base(g), offset) & ~mask) |
	       (shadow & mask);
}

static void write_priority(struct per_cpu *target, uint32_t offset,
			   uint32_t value, uint32_t lanes)
{
	struct gic_cpu *g = gic_of(target);
	void *base = gic_private_base(g);
	uint32_t irq = offset - GICD_IPRIORITYR, n;
	uint32_t mask = emulated_bytes(irq);

	for (n = 0; n < 4; n++)
		if (mask & lanes & (0xffu << (8 * n)))
			g->priority[irq + n] = (uint8_t)(value >> (8 * n));
	mask = ~mask & lanes;
	if (mask)
		gic_write32(base, offset,
			    (gic_read32(base, offset) & ~mask) |
			    (value & mask));
}

static uint32_t spread_pairs(uint32_t bits)
{
	bits = (bits | bits << 8) & 0x00ff00ffu;
	bits = (bits | bits << 4) & 0x0f0f0f0fu;
	bits = (bits | bits << 2) & 0x33333333u;
	bits = (bits | bits << 1) & 0x55555555u;
	return bits * 3;
}

/* Trigger configuration of PPIs; that of SGIs is fixed. */
static void write_config(struct per_cpu *target, uint32_t offset,
			 uint32_t value)
{
	void *base = gic_private_base(gic_of(target));
	uint32_t mask;

	if (offset == GICD_ICFGR)
		return;
	mask = ~spread_pairs(gic.emulated >> 16);
	gic_write32(base, offset,
		    (gic_read32(base, offset) & ~mask) | (value & mask));
}

uint32_t gic_private_read(struct per_cpu *target, uint32_t offset)
{
	const struct gic_cpu *g = gic_of(target);
	uint32_t passed = ~gic.emulated, value;

	if (offset >= GICD_IPRIORITYR && offset < GICD_IPRIORITYR + 0x20)
		return read_priority(target, offset);
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

	spin_lock(&gic.lock);
	g->enabled |= irqs;
	spin_unlock(&gic.lock);
	if (!(__atomic_load_n(&g->queued[0], __ATOMIC_ACQUIRE) & irqs))
		return;
	if (target == this_cpu())
		gic_sync(target);
	else
		gic_send_sgi(target, GIC_SGI_INJECT);
}

static void disable(struct per_cpu *target, uint32_t irqs)
{
	spin_lock(&gic.lock);
	gic_of(target)->enabled &= ~irqs;
	spin_unlock(&gic.lock);
}

/* v2 sets SGIs pending by GICD_SPENDSGIR only, since they have senders. */
static void pend(struct per_cpu *target, uint32_t irqs)
{
	if (gic.version != 3)
		return;
	for (irqs &= GIC_SGI_BITS; irqs; irqs &= irqs - 1)
		gic_inject(target, (uint32_t)__builtin_ctz(irqs), 0);
}

/* The part of a write that concerns emulated interrupts. */
static void write_emulated(struct per_cpu *target, uint32_t offset,
			   uint32_t irqs)
{
	switch (offset) {
	case GICD_ISENABLER:
		enable(target, irqs);
		break;
	case GICD_ICENABLER:
		disable(target, irqs);
		break;
	case GICD_ISPENDR:
		pend(target, irqs);
		break;
	case GICD_ICPENDR:
		if (gic.version == 3)
			gic_withdraw(target, irqs);
		break;
	case GICD_ICACTIVER:
		gic_end(target, irqs);
		break;
	}
}

void gic_private_write(struct per_cpu *target, uint32_t offset, uint32_t value,
		       uint32_t lanes)
{
	void *base = gic_private_base(gic_of(target));
	uint32_t passed = value & ~gic.emulated;

	switch (offset) {
	case GICD_ISENABLER:
	case GICD_ICENABLER:
	case GICD_ISPENDR:
	case GICD_ICPENDR:
	case GICD_ISACTIVER:
	case GICD_ICACTIVER:
		if (passed)
			gic_write32(base, offset, passed);
		if (value & gic.emulated)
			write_emulated(target, offset, value & gic.emulated);
		return;
	}
	spin_lock(&gic.lock);
	if (offset >= GICD_IPRIORITYR && offset < GICD_IPRIORITYR + 0x20)
		write_priority(target, offset, value, lanes);
	else if (offset == GICD_ICFGR + 4)
		write_config(target, offset, value);
	spin_unlock(&gic.lock);
}
