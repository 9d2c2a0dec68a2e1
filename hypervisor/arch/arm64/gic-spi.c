/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared peripheral interrupts: which cell owns one, and how it moves. */
#include "gic-internal.h"

#include "hv/arch/cpu.h"
#include "hv/cell.h"
#include "hv/config-check.h"
#include "hv/errno.h"

/* What the root had set for an SPI that a cell has now. Under gic.lock. */
static uint8_t root_priority[GIC_IRQ_WORDS * 32];
static uint32_t root_config[GIC_IRQ_WORDS * 2];

bool gic_cell_owns(const struct cell *cell, uint32_t irq)
{
	return irq < GIC_MAX_IRQS &&
	       (cell->arch.gic.irqs[irq / 32] & (1u << (irq % 32)));
}

uint8_t gic_irq_priority(const struct gic_cpu *g, uint32_t irq)
{
	const void *base = gic.dist;

	if (irq < GIC_FIRST_SPI) {
		if (gic.emulated & (1u << irq))
			return g->priority[irq];
		base = gic_private_base(g);
	}
	return (uint8_t)(gic_read32(base, GICD_IPRIORITYR + (irq & ~3u)) >>
			 (8 * (irq & 3u)));
}

static bool is_edge(const void *base, uint32_t irq)
{
	uint32_t config = gic_read32(base, GICD_ICFGR + irq / 16 * 4);

	return (config >> (2 * (irq % 16))) & GICD_ICFGR_EDGE;
}

void gic_follow_targets(uint32_t irq)
{
	uint32_t offset = GICD_ISPENDR + irq / 32 * 4, bit = 1u << (irq % 32);

	if (gic.version == 2 && (gic_read32(gic.dist, offset) & bit) &&
	    is_edge(gic.dist, irq))
		gic_write32(gic.dist, offset, bit);
}

void gic_release_hw(struct per_cpu *cpu, uint32_t irq, bool pending)
{
	uint32_t word = irq / 32 * 4, bit = 1u << (irq % 32);
	void *base = irq < GIC_FIRST_SPI ? gic_private_base(gic_of(cpu)) :
					   gic.dist;

	if (!(gic_read32(base, GICD_ISACTIVER + word) & bit))
		return;
	if (pending && is_edge(base, irq))
		gic_write32(base, GICD_ISPENDR + word, bit);
	gic_write32(base, GICD_ICACTIVER + word, bit);
}

/* A CPU that takes interrupts, if there is one. */
static struct per_cpu *first_cpu(const struct cell *cell)
{
	struct per_cpu *first = NULL, *cpu;
	uint64_t cpus = cell->cpus;

	for (; cpus; cpus &= cpus - 1) {
		cpu = percpu_get((unsigned int)__builtin_ctzll(cpus));
		if (cpu && !cpu->parked)
			return cpu;
		if (!first)
			first = cpu;
	}
	return first;
}

/* Of one SPI, under the lock. */
static void silence(uint32_t irq)
{
	uint32_t word = irq / 32 * 4, bit = 1u << (irq % 32);

	gic_write32(gic.dist, GICD_ICENABLER + word, bit);
	gic_write32(gic.dist, GICD_ICPENDR + word, bit);
	gic_write32(gic.dist, GICD_ICACTIVER + word, bit);
}

static void set_priority(uint32_t irq, uint8_t priority)
{
	gic_mmio_write8((uint8_t *)gic.dist + GICD_IPRIORITYR + irq, priority);
}

static void set_config(uint32_t irq, uint32_t config)
{
	uint32_t offset = GICD_ICFGR + irq / 16 * 4, shift = 2 * (irq % 16);
	uint32_t value = gic_read32(gic.dist, offset) & ~(3u << shift);

	gic_write32(gic.dist, offset, value | config << shift);
}

/* v3: guests handle group 1 only. */
static void set_group1(uint32_t irq)
{
	uint32_t offset = GICD_IGROUPR + irq / 32 * 4;

	if (gic.version == 3)
		gic_write32(gic.dist, offset, gic_read32(gic.dist, offset) |
			    1u << (irq % 32));
}

static void take_from_root(uint32_t irq)
{
	uint32_t config = gic_read32(gic.dist, GICD_ICFGR + irq / 16 * 4);

	root_priority[irq] = gic_irq_priority(NULL, irq);
	config = (config >> (2 * (irq % 16))) & 3u;
	root_config[irq / 16] &= ~(3u << (2 * (irq % 16)));
	root_config[irq / 16] |= config << (2 * (irq % 16));
	silence(irq);
	set_priority(irq, GIC_DEFAULT_PRIORITY);
	set_group1(irq);
	cell_root()->arch.gic.irqs[irq / 32] &= ~(1u << (irq % 32));
}

static void reset_spi(uint32_t irq)
{
	silence(irq);
	set_priority(irq, GIC_DEFAULT_PRIORITY);
}

static void return_to_root(uint32_t irq)
{
	struct per_cpu *cpu = first_cpu(cell_root());

	silence(irq);
	set_priority(irq, root_priority[irq]);
	set_config(irq, (root_config[irq / 16] >> (2 * (irq % 16))) & 3u);
	if (cpu)
		gic.ops->route(irq, gic_of(cpu));
}

static void for_each_spi(const uint32_t irqs[GIC_IRQ_WORDS],
			 void (*action)(uint32_t irq))
{
	uint32_t word, bits;

	for (word = 1; word < GIC_IRQ_WORDS; word++)
		for (bits = irqs[word]; bits; bits &= bits - 1)
			action(word * 32 + (uint32_t)__builtin_ctz(bits));
}

/* Pins the configuration gives, of those this controller has. */
static int configured_spis(const struct cell *cell,
			   uint32_t irqs[GIC_IRQ_WORDS], struct reason *reason)
{
	struct config_view view;
	const struct irqchip *chip;
	uint32_t n, word, i;

	for (n = 0; n < GIC_IRQ_WORDS; n++)
		irqs[n] = 0;
	cell_view(cell, &view);
	for (n = 0; n < cell->config->num_irqchips; n++) {
		chip = &view.irqchips[n];
		if (chip->address != gic.platform.gicd_base)
			continue;
		word = chip->pin_base / 32;
		if (chip->pin_base % 32 || word < 1 ||
		    word > GIC_IRQ_WORDS - ARRAY_COUNT(chip->pin_bitmap))
			return refuse(reason, -EINVAL,
				      "irqchip %u: pin base %u; a multiple of"
				      " 32 from 32 to 896", n, chip->pin_base);
		for (i = 0; i < ARRAY_COUNT(chip->pin_bitmap); i++)
			irqs[word + i] |= chip->pin_bitmap[i];
	}
	for (n = gic.irq_count / 32; n < GIC_IRQ_WORDS; n++)
		irqs[n] &= n == gic.irq_count / 32 ?
			   (1u << (gic.irq_count % 32)) - 1 : 0;
	return 0;
}

static void configured_critical(struct cell *cell)
{
	const struct weir_record_critical *record;
	struct config_view view;
	uint32_t n, irq;

	for (n = 0; n < GIC_IRQ_WORDS; n++)
		cell->arch.gic.critical[n] = 0;
	cell_view(cell, &view);
	record = (const void *)config_record(&view, WEIR_RECORD_CRITICAL, 0);
	for (n = 0; record && n < record->irqs_count; n++) {
		irq = record->irqs[n];
		cell->arch.gic.critical[irq / 32] |= 1u << (irq % 32);
	}
}

/* An SPI that another cell than the root has already. */
static int check_free(const struct cell *cell,
		      const uint32_t irqs[GIC_IRQ_WORDS],
		      struct reason *reason)
{
	const struct cell *other;
	unsigned int slot;
	uint32_t n, taken;

	for (slot = 0; slot < HV_MAX_CELLS; slot++) {
		other = cell_slot(slot);
		if (!other || other == cell || other == cell_root())
			continue;
		for (n = 1; n < GIC_IRQ_WORDS; n++) {
			taken = irqs[n] & other->arch.gic.irqs[n];
			if (taken)
				return refuse(reason, -EBUSY,
					      "interrupt %u belongs to cell %u",
					      n * 32 +
					      (uint32_t)__builtin_ctz(taken),
					      other->id);
		}
	}
	return 0;
}

/* The whole controller: nothing of it may be mapped into a cell. */
static int check_hidden(const struct cell *cell, uint64_t start,
			uint64_t size, struct reason *reason)
{
	struct config_view view;
	const struct memory_region *region;
	uint32_t n;

	cell_view(cell, &view);
	for (n = 0; n < cell->config->num_memory_regions; n++) {
		region = &view.memory[n];
		if (region->phys_start < start + size &&
		    start < region->phys_start + region->size)
			return refuse(reason, -EINVAL, "memory region %u covers"
				      " the interrupt controller at 0x%llx", n,
				      (unsigned long long)start);
	}
	return 0;
}

static int check_memory(const struct cell *cell, struct reason *reason)
{
	const struct platform_arm *p = &gic.platform;
	int error;

	if (gic.version == 3) {
		error = check_hidden(cell, p->gicd_base, GICD_V3_BYTES, reason);
		if (error)
			return error;
		return check_hidden(cell, p->gicr_base, (uint64_t)
				    gic.redist_count << gic.redist_shift,
				    reason);
	}
	error = check_hidden(cell, p->gicd_base, GICD_V2_BYTES, reason);
	if (!error)
		error = check_hidden(cell, p->gicc_base, GICC_BYTES, reason);
	if (!error)
		error = check_hidden(cell, p->gich_base, GICH_BYTES, reason);
	if (!error)
		error = check_hidden(cell, p->gicv_base, GICC_BYTES, reason);
	return error;
}

static int map_v2(struct cell *cell)
{
	const struct memory_region gicv = {
		.phys_start = gic.platform.gicv_base,
		.virt_start = gic.platform.gicc_base,
		.size = GICC_BYTES,
		.flags = MEM_READ | MEM_WRITE | MEM_IO,
	};
	uint64_t gicd = gic.platform.gicd_base;
	int error;

	error = mmio_register(&cell->mmio, gicd, GICD_V2_BYTES,
			      gic_dist_access, cell);
	if (error)
		return error;
	error = arch_cell_map(cell, &gicv);
	if (error)
		mmio_unregister(&cell->mmio, gicd);
	return error;
}

static int map_v3(struct cell *cell)
{
	const struct platform_arm *p = &gic.platform;
	int error;

	error = mmio_register(&cell->mmio, p->gicd_base, GICD_V3_BYTES,
			      gic_dist_access, cell);
	if (error)
		return error;
	error = mmio_register(&cell->mmio, p->gicr_base,
			      (uint64_t)gic.redist_count << gic.redist_shift,
			      gic_redist_access, cell);
	if (error)
		mmio_unregister(&cell->mmio, p->gicd_base);
	return error;
}

int gic_cell_init(struct cell *cell, struct reason *reason)
{
	uint32_t irqs[GIC_IRQ_WORDS], n;
	int error;

	error = configured_spis(cell, irqs, reason);
	if (!error)
		error = check_memory(cell, reason);
	if (!error && cell != cell_root())
		error = check_free(cell, irqs, reason);
	if (error)
		return error;
	error = gic.version == 3 ? map_v3(cell) : map_v2(cell);
	if (error)
		return refuse(reason, error,
			      "no room to map the interrupt controller");

	spin_lock(&gic.lock);
	if (cell != cell_root())
		for_each_spi(irqs, take_from_root);
	for (n = 0; n < GIC_IRQ_WORDS; n++)
		cell->arch.gic.irqs[n] = irqs[n];
	spin_unlock(&gic.lock);
	configured_critical(cell);
	return 0;
}

void gic_cell_exit(struct cell *cell)
{
	struct cell *root = cell_root();
	uint32_t roots[GIC_IRQ_WORDS], n;

	/* The root's own configuration has been read before without fault. */
	if (cell == root || configured_spis(root, roots, NULL))
		return;
	spin_lock(&gic.lock);
	for_each_spi(cell->arch.gic.irqs, return_to_root);
	for (n = 1; n < GIC_IRQ_WORDS; n++) {
		root->arch.gic.irqs[n] |= roots[n] & cell->arch.gic.irqs[n];
		cell->arch.gic.irqs[n] = 0;
	}
	spin_unlock(&gic.lock);
}

void gic_cell_reset(struct cell *cell)
{
	if (cell == cell_root())
		return;
	spin_lock(&gic.lock);
	for_each_spi(cell->arch.gic.irqs, reset_spi);
	spin_unlock(&gic.lock);
	gic_config_commit(cell);
}

static bool routed_into(const struct cell *cell, uint32_t irq)
{
	uint64_t cpus = cell->cpus;
	struct per_cpu *cpu;

	for (; cpus; cpus &= cpus - 1) {
		cpu = percpu_get((unsigned int)__builtin_ctzll(cpus));
		if (cpu && gic.ops->routed_to(irq, gic_of(cpu)))
			return true;
	}
	return false;
}

static void look_again(struct per_cpu *cpu)
{
	if (!gic_of(cpu)->ready)
		return;
	__atomic_store_n(&gic_of(cpu)->purge, true, __ATOMIC_RELEASE);
	if (cpu == this_cpu())
		gic_sync(cpu);
	else
		gic_send_sgi(cpu, GIC_SGI_INJECT);
}

void gic_config_commit(struct cell *cell)
{
	struct per_cpu *first = first_cpu(cell), *cpu;
	uint64_t cpus;
	uint32_t word, bits, irq;

	if (!first)
		return;
	spin_lock(&gic.lock);
	for (word = 1; word < GIC_IRQ_WORDS; word++) {
		bits = cell->arch.gic.irqs[word];
		for (; bits; bits &= bits - 1) {
			irq = word * 32 + (uint32_t)__builtin_ctz(bits);
			if (routed_into(cell, irq))
				continue;
			gic.ops->route(irq, gic_of(first));
			gic_follow_targets(irq);
		}
	}
	spin_unlock(&gic.lock);
	for (cpus = cell->cpus; cpus; cpus &= cpus - 1) {
		cpu = percpu_get((unsigned int)__builtin_ctzll(cpus));
		if (cpu)
			look_again(cpu);
	}
}
