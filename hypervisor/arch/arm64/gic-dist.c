/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emulated distributor (IHI 0048B, 4.3; IHI 0069, 12.9): a guest sees and
 * changes its own SPIs only; of global controls it sees the truth and changes
 * nothing. The registers from 0x80 to 0xcff come in classes of 128 bytes that
 * have one, eight or two bits for each INTID.
 */
#include "gic-internal.h"

#include "hv/arch/cpu.h"
#include "hv/cell.h"

/* What a region of one bit for each INTID says about those of a register. */
static uint32_t own_bits(const struct cell *cell, uint32_t word)
{
	return word ? cell->arch.gic.irqs[word] : 0;
}

/* ... in bytes, `irq` being the first of four; in pairs, of sixteen. */
static uint32_t own_bytes(const struct cell *cell, uint32_t irq)
{
	return gic_spread_bytes(cell->arch.gic.irqs[irq / 32] >> (irq % 32));
}

static uint32_t own_pairs(const struct cell *cell, uint32_t irq)
{
	return gic_spread_pairs(cell->arch.gic.irqs[irq / 32] >> (irq % 32));
}

static void write_pairs(uint32_t offset, uint32_t mask, uint32_t value)
{
	uint32_t old;

	if (!mask)
		return;
	spin_lock(&gic.lock);
	old = gic_read32(gic.dist, offset);
	gic_write32(gic.dist, offset, (old & ~mask) | (value & mask));
	spin_unlock(&gic.lock);
}

/* v2: CPU interfaces of a cell's CPUs, in each of four bytes. */
static uint32_t cell_interfaces(const struct cell *cell)
{
	uint64_t cpus = cell->cpus;
	uint32_t mask = 0;
	struct per_cpu *cpu;

	for (; cpus; cpus &= cpus - 1) {
		cpu = percpu_get((unsigned int)__builtin_ctzll(cpus));
		if (cpu && gic_of(cpu)->ready)
			mask |= 1u << gic_of(cpu)->interface;
	}
	return mask * 0x01010101u;
}

static uint32_t read_header(const struct cell *cell, uint32_t offset)
{
	uint32_t value;

	switch (offset) {
	case GICD_CTLR:
	case GICD_IIDR:
		return gic_read32(gic.dist, offset);
	case GICD_TYPER:
		value = gic_read32(gic.dist, offset);
		/* Extended SPIs are nobody's; messages and LPIs the root's. */
		if (gic.version == 3)
			value &= ~(uint32_t)(GICD_TYPER_ESPI | GICD_TYPER_MBIS);
		if (gic.version == 3 && cell->id != 0)
			value &= ~(uint32_t)(GICD_TYPER_LPIS | GICD_TYPER_DVIS);
		return value;
	}
	return 0;
}

/* IHI 0069, 12.9.22: only whom the cell has may be a target, and one. */
static bool router_allowed(const struct cell *cell, uint64_t value)
{
	uint64_t cpus = cell->cpus;
	uint32_t affinity = (uint32_t)(value >> 8 & 0xff000000u) |
			    (uint32_t)(value & 0x00ffffffu);
	struct per_cpu *cpu;

	if (value & GICD_IROUTER_ANY)
		return false;
	for (; cpus; cpus &= cpus - 1) {
		cpu = percpu_get((unsigned int)__builtin_ctzll(cpus));
		if (cpu && gic_of(cpu)->ready &&
		    gic_of(cpu)->affinity == affinity)
			return true;
	}
	return false;
}

static uint64_t access_router(const struct cell *cell, uint32_t offset,
			      const struct mmio_access *access)
{
	uint32_t irq = (offset - GICD_IROUTER) / 8, shift = 8 * (offset & 4);
	uint64_t lanes = (access->size == 8 ? ~0ull : 0xffffffffull) << shift;
	void *router = (uint8_t *)gic.dist + GICD_IROUTER + 8 * irq;
	uint64_t value;

	if (irq < GIC_FIRST_SPI || !gic_cell_owns(cell, irq))
		return 0;
	spin_lock(&gic.lock);
	value = gic_mmio_read64(router);
	if (access->is_write) {
		value = (value & ~lanes) | (access->value << shift & lanes);
		value &= GICD_IROUTER_AFFINITY | GICD_IROUTER_ANY;
		if (router_allowed(cell, value))
			gic_mmio_write64(router, value);
	}
	spin_unlock(&gic.lock);
	return (value & lanes) >> shift;
}

/* v2: SGIs pending here, of each sender. */
static uint32_t read_sgi_senders(uint32_t offset)
{
	const struct gic_cpu *g = gic_of(this_cpu());
	uint32_t first = offset & 0xcu, value = 0, n;

	for (n = 0; n < 4; n++)
		value |= (uint32_t)__atomic_load_n(&g->senders[first + n],
						   __ATOMIC_ACQUIRE) << (8 * n);
	return value;
}

static void set_sgi_senders(uint32_t offset, uint32_t value)
{
	struct per_cpu *cpu = this_cpu();
	uint32_t first = offset & 0xcu, bit;

	for (; value; value &= value - 1) {
		bit = (uint32_t)__builtin_ctz(value);
		gic_inject(cpu, first + bit / 8, (uint8_t)(bit % 8));
	}
}

/* What has reached a list register is withdrawn whoever sent it. */
static void clear_sgi_senders(uint32_t offset, uint32_t value)
{
	struct per_cpu *cpu = this_cpu();
	struct gic_cpu *g = gic_of(cpu);
	uint32_t first = offset & 0xcu, n, byte;

	for (n = 0; n < 4; n++) {
		byte = (value >> (8 * n)) & 0xffu;
		if (byte && !__atomic_and_fetch(&g->senders[first + n],
						(uint8_t)~byte,
						__ATOMIC_ACQ_REL))
			gic_withdraw(cpu, 1u << (first + n));
	}
}

static uint32_t read_masked(uint32_t offset, uint32_t mask)
{
	return mask ? gic_read32(gic.dist, offset) & mask : 0;
}

/* SGIs and PPIs: v3 has them in the redistributors only. */
static uint32_t read_private(uint32_t offset)
{
	return gic.version == 2 ? gic_private_read(this_cpu(), offset) : 0;
}

static uint32_t read_targets(const struct cell *cell, uint32_t offset)
{
	uint32_t irq = offset - GICD_ITARGETSR;

	if (gic.version == 3)
		return 0;
	return read_masked(offset, irq < GIC_FIRST_SPI ? ~0u :
				   own_bytes(cell, irq));
}

static uint32_t read_tail(uint32_t offset)
{
	if (gic.version == 2 && offset >= GICD_CPENDSGIR &&
	    offset < GICD_SPENDSGIR + 0x10)
		return read_sgi_senders(offset);
	if (offset >= (gic.version == 2 ? GICD_V2_ID : GICD_V3_ID))
		return gic_read32(gic.dist, offset);
	return 0;
}

static uint32_t dist_read(const struct cell *cell, uint32_t offset)
{
	uint32_t irq;

	switch (offset / 0x80) {
	case 0:
		return read_header(cell, offset);
	case 1 ... 7:
		irq = (offset & 0x7f) * 8;
		return irq < GIC_FIRST_SPI ? read_private(offset) :
			read_masked(offset, own_bits(cell, irq / 32));
	case 8 ... 15:
		irq = offset - GICD_IPRIORITYR;
		return irq < GIC_FIRST_SPI ? read_private(offset) :
			read_masked(offset, own_bytes(cell, irq));
	case 16 ... 23:
		return read_targets(cell, offset);
	case 24 ... 25:
		irq = (offset - GICD_ICFGR) * 4;
		return irq < GIC_FIRST_SPI ? read_private(offset) :
			read_masked(offset, own_pairs(cell, irq));
	}
	return read_tail(offset);
}

static void write_bits(struct cell *cell, uint32_t offset, uint32_t value,
		       uint32_t lanes)
{
	uint32_t word = (offset & 0x7f) / 4;

	if (word == 0 && gic.version == 2)
		gic_private_write(this_cpu(), offset, value, lanes);
	value &= own_bits(cell, word);
	/* Groups are not the guest's to choose. */
	if (value && offset >= GICD_ISENABLER)
		gic_write32(gic.dist, offset, value);
}

/* v2: SPIs `irq` to `irq` + 3, those bytes that are written and the cell's. */
static void write_targets(const struct cell *cell, uint32_t irq,
			  uint32_t value, uint32_t lanes)
{
	uint32_t mask = own_bytes(cell, irq) & lanes;

	gic_write_bytes(gic.dist, GICD_ITARGETSR + irq, mask,
			value & cell_interfaces(cell));
	for (; mask; mask >>= 8, irq++)
		if (mask & 0xffu)
			gic_follow_targets(irq);
}

/* IHI 0048B, 4.3.15 */
static void write_sgir(uint32_t value)
{
	struct per_cpu *cpu = this_cpu();
	uint32_t filter = GICD_SGIR_FILTER(value);
	struct gic_targets targets = {
		.list = GICD_SGIR_TARGETS(value),
		.all_others = filter == 1,
	};

	if (filter == 2)
		targets.list = 1u << gic_of(cpu)->sgi_bit;
	if (filter < 3)
		gic_multicast(cpu, value & 0xfu, &targets);
}

static void write_v2(uint32_t offset, uint32_t value)
{
	if (offset == GICD_SGIR)
		write_sgir(value);
	else if (offset >= GICD_CPENDSGIR && offset < GICD_CPENDSGIR + 0x10)
		clear_sgi_senders(offset, value);
	else if (offset >= GICD_SPENDSGIR && offset < GICD_SPENDSGIR + 0x10)
		set_sgi_senders(offset, value);
}

static void dist_write(struct cell *cell, uint32_t offset, uint32_t value,
		       uint32_t lanes)
{
	uint32_t irq;

	switch (offset / 0x80) {
	case 1 ... 7:
		write_bits(cell, offset, value, lanes);
		return;
	case 8 ... 15:
		irq = offset - GICD_IPRIORITYR;
		if (irq >= GIC_FIRST_SPI)
			gic_write_bytes(gic.dist, offset,
					own_bytes(cell, irq) & lanes, value);
		else if (gic.version == 2)
			gic_private_write(this_cpu(), offset, value, lanes);
		return;
	case 16 ... 23:
		irq = offset - GICD_ITARGETSR;
		if (irq >= GIC_FIRST_SPI && gic.version == 2)
			write_targets(cell, irq, value, lanes);
		return;
	case 24 ... 25:
		irq = (offset - GICD_ICFGR) * 4;
		if (irq >= GIC_FIRST_SPI)
			write_pairs(offset, own_pairs(cell, irq), value);
		else if (gic.version == 2)
			gic_private_write(this_cpu(), offset, value, lanes);
		return;
	}
	if (gic.version == 2)
		write_v2(offset, value);
}

/* Where IHI 0048B, 4.1.4 and IHI 0069, 12.1.3 allow bytes. */
static bool byte_allowed(uint32_t offset)
{
	return (offset >= GICD_IPRIORITYR && offset < GICD_ICFGR) ||
	       (gic.version == 2 && offset >= GICD_CPENDSGIR &&
		offset < GICD_SPENDSGIR + 0x10);
}

static bool is_router(uint32_t offset)
{
	return gic.version == 3 && offset >= GICD_IROUTER &&
	       offset < GICD_IROUTER + 8 * GIC_MAX_IRQS;
}

enum mmio_result gic_dist_access(void *context, struct mmio_access *access)
{
	struct cell *cell = context;
	uint32_t offset = (uint32_t)access->address, shift, lanes = ~0u;

	if (offset & (access->size - 1u))
		return MMIO_REFUSED;
	if (access->size == 1 ? !byte_allowed(offset) :
	    access->size == 8 ? !is_router(offset) : access->size != 4)
		return MMIO_REFUSED;
	if (is_router(offset)) {
		access->value = access_router(cell, offset, access);
		return MMIO_HANDLED;
	}

	shift = 8 * (offset & 3u);
	if (access->size == 1)
		lanes = 0xffu << shift;
	offset &= ~3u;
	if (access->is_write)
		dist_write(cell, offset, (uint32_t)access->value << shift &
			   lanes, lanes);
	else
		access->value = (dist_read(cell, offset) & lanes) >> shift;
	return MMIO_HANDLED;
}
