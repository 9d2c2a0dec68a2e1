/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupt controller: discovery, and each CPU's way in and out. */
#include "gic-internal.h"

#include "hv/arch/cpu.h"
#include "hv/cell.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/printk.h"
#include "hv/regulation.h"

struct gic_hw gic;
void (*gic_irq_handler)(struct per_cpu *cpu);
void (*gic_send_event)(struct per_cpu *cpu);

#define MAP_REGISTERS		(MAP_READ | MAP_WRITE | MAP_DEVICE)

static int map_redists(const struct platform_arm *platform)
{
	uint64_t base = platform->gicr_base, typer = 0;
	void *frame;

	gic.redist_shift = 17;
	while (gic.redist_count < GIC_MAX_REDISTS &&
	       !(typer & GICR_TYPER_LAST)) {
		frame = hv_map(hpa(base), GICR_FRAMES_BYTES, MAP_REGISTERS);
		if (!frame)
			return -ENOMEM;
		typer = gic_mmio_read64((uint8_t *)frame + GICR_TYPER);
		gic.redist[gic.redist_count++] = frame;
		if (typer & GICR_TYPER_VLPIS)
			gic.redist_shift = 18;
		base += BIT(gic.redist_shift);
	}
	return 0;
}

static int map_registers(const struct platform_arm *platform)
{
	uint64_t dist_bytes = gic.version == 3 ? GICD_V3_BYTES : GICD_V2_BYTES;

	gic.dist = hv_map(hpa(platform->gicd_base), dist_bytes, MAP_REGISTERS);
	if (!gic.dist)
		return -ENOMEM;
	if (gic.version == 3)
		return map_redists(platform);
	gic.gicc = hv_map(hpa(platform->gicc_base), GICC_BYTES, MAP_REGISTERS);
	gic.gich = hv_map(hpa(platform->gich_base), GICH_BYTES, MAP_REGISTERS);
	return gic.gicc && gic.gich ? 0 : -ENOMEM;
}

/* Frames of different sizes in one region cannot be told apart by address. */
static bool redists_uniform(void)
{
	unsigned int n;
	uint64_t typer;

	for (n = 0; n < gic.redist_count; n++) {
		typer = gic_mmio_read64((uint8_t *)gic.redist[n] + GICR_TYPER);
		if (!!(typer & GICR_TYPER_VLPIS) != (gic.redist_shift == 18))
			return false;
	}
	return true;
}

static int check_found(void)
{
	uint32_t pidr2 = gic_read32(gic.dist, gic.version == 3 ?
				    GIC_V3_PIDR2 : GIC_V2_PIDR2);
	unsigned int found = GIC_PIDR2_ARCH(pidr2);

	/* GICv4 is a GICv3 whose additions stay unused. */
	if (found != gic.version && !(gic.version == 3 && found == 4)) {
		printk("GICv%u configured, GICv%u found\n", gic.version, found);
		return -ENODEV;
	}
	if (gic.version == 3 && !redists_uniform()) {
		printk("redistributors of different sizes\n");
		return -ENODEV;
	}
	return 0;
}

int gic_init(const struct platform_arm *platform)
{
	uint32_t typer;
	int error;

	gic = (struct gic_hw){ .platform = *platform };
	gic.version = platform->gic_version;
	if (gic.version != 2 && gic.version != 3) {
		printk("GICv%u configured; 2 and 3 are known\n", gic.version);
		return -EINVAL;
	}
	gic.maintenance_irq = platform->maintenance_irq;
	if (!gic.maintenance_irq)
		gic.maintenance_irq = GIC_PPI_MAINTENANCE;
	if (gic.maintenance_irq < 16 || gic.maintenance_irq >= 32) {
		printk("maintenance interrupt %u is no PPI\n",
		       gic.maintenance_irq);
		return -EINVAL;
	}
	gic.ops = gic.version == 3 ? &gicv3_ops : &gicv2_ops;
	gic_irq_handler = gic.ops->handle;
	gic_send_event = gic.ops->send_event;
	gic.pmu_irq = UINT32_MAX;
	gic.hv_ppis = 1u << GIC_PPI_CNTHP | 1u << gic.maintenance_irq;
	gic.emulated = GIC_SGI_BITS | gic.hv_ppis;

	error = map_registers(platform);
	if (!error)
		error = check_found();
	if (error)
		return error;
	typer = gic_read32(gic.dist, GICD_TYPER);
	gic.irq_count = 32 * GICD_TYPER_LINES(typer);
	if (gic.irq_count > GIC_MAX_IRQS)
		gic.irq_count = GIC_MAX_IRQS;
	return 0;
}

int gic_take_ppi(unsigned int intid)
{
	if (intid < 16 || intid >= 32 || (gic.hv_ppis & 1u << intid)) {
		printk("PMU interrupt %u is no free PPI\n", intid);
		return -EINVAL;
	}
	gic.pmu_irq = intid;
	gic.hv_ppis |= 1u << intid;
	gic.emulated |= 1u << intid;
	return 0;
}

/* Writes the bytes of `irqs` among the private priorities. */
static void write_priorities(void *base, uint32_t irqs, const uint8_t *bytes)
{
	uint8_t *registers = (uint8_t *)base + GICD_IPRIORITYR;
	uint32_t n;

	for (; irqs; irqs &= irqs - 1) {
		n = (uint32_t)__builtin_ctz(irqs);
		gic_mmio_write8(registers + n, bytes[n]);
	}
}

/* Linux's settings of what it no longer reaches become the guest's view. */
static void adopt_private(struct per_cpu *cpu)
{
	struct gic_cpu *g = gic_of(cpu);
	void *base = gic_private_base(g);
	uint32_t active = gic_read32(base, GICD_ISACTIVER), irqs;
	unsigned int n;

	g->enabled = gic_read32(base, GICD_ISENABLER);
	for (n = 0; n < GIC_FIRST_SPI; n++)
		g->priority[n] = (uint8_t)(gic_read32(base, GICD_IPRIORITYR +
						      (n & ~3u)) >>
					   (8 * (n & 3u)));
	for (irqs = active; irqs; irqs &= irqs - 1)
		if (!gic_adopt_active(cpu, (uint32_t)__builtin_ctz(irqs)))
			break;
	gic_write32(base, GICD_ICACTIVER, active & gic.emulated);
	for (n = 0; n < 16; n++) {
		g->senders[n] = gic.ops->sgi_take(g, n);
		if (g->senders[n])
			g->queued[0] |= 1u << n;
	}
	g->queued_words = g->queued[0] ? 1 : 0;
}

/* A device interrupt Linux was handling here stays active for it. */
static void adopt_active_spis(struct per_cpu *cpu)
{
	uint32_t word, active, irq;

	for (word = 1; word < gic.irq_count / 32; word++) {
		active = gic_read32(gic.dist, GICD_ISACTIVER + 4 * word);
		for (; active; active &= active - 1) {
			irq = word * 32 + (uint32_t)__builtin_ctz(active);
			if (gic.ops->routed_to(irq, gic_of(cpu)))
				gic_adopt_active(cpu, irq);
		}
	}
}

/* Physical SGIs and PPIs: the hypervisor's on and most urgent, SGIs else off. */
static void take_private(struct gic_cpu *g)
{
	static const uint8_t most_urgent[GIC_FIRST_SPI];
	void *base = gic_private_base(g);
	uint32_t own = gic.hv_ppis | 1u << GIC_SGI_EVENT | 1u << GIC_SGI_INJECT;

	gic_write32(base, GICD_ICENABLER, gic.emulated);
	write_priorities(base, gic.emulated, most_urgent);
	if (gic.version == 3) {
		g->saved.groups = gic_read32(base, GICD_IGROUPR);
		gic_write32(base, GICD_IGROUPR, g->saved.groups | own);
	}
	gic_write32(base, GICD_ISENABLER, own);
}

int gic_cpu_init(struct per_cpu *cpu)
{
	struct gic_cpu *g = gic_of(cpu);
	uint32_t lrs;
	int error;

	*g = (struct gic_cpu){ .ready = false };
	error = gic.ops->cpu_probe(cpu);
	if (error)
		return error;
	/* With one, the underflow interrupt would never let go. */
	if (!(g->lr_mask & 2u)) {
		printk("CPU %u: needs two list registers\n", cpu->id);
		return -ENODEV;
	}
	for (lrs = g->lr_mask; lrs; lrs &= lrs - 1)
		gic.ops->lr_write((unsigned int)__builtin_ctz(lrs), 0);
	gic.ops->cpu_take(g);
	adopt_private(cpu);
	adopt_active_spis(cpu);
	take_private(g);
	gic.cpu[cpu->id] = cpu;
	g->ready = true;
	gic_sync(cpu);
	return 0;
}

/* Linux takes over again: what was virtual becomes physical. */
static void release_to_linux(struct per_cpu *cpu, uint64_t lr)
{
	struct gic_cpu *g = gic_of(cpu);
	uint32_t irq = LR_IRQ(lr);

	if (irq >= GIC_FIRST_LPI)
		return;
	if (lr & LR_HW) {
		if (!(lr & LR_ACTIVE))
			gic_release_hw(cpu, irq, true);
		return;
	}
	if (lr & LR_ACTIVE)
		gic_write32(gic_private_base(g), GICD_ISACTIVER, 1u << irq);
	/* A PPI is a level: its source asserts it again. */
	if ((lr & LR_PENDING) && irq < 16)
		gic.ops->sgi_pend(g, irq, (uint8_t)(1u << LR_SENDER(lr)));
}

void gic_cpu_restore(struct per_cpu *cpu)
{
	struct gic_cpu *g = gic_of(cpu);
	void *base = gic_private_base(g);

	if (!g->ready)
		return;
	g->ready = false;
	gic_write32(base, GICD_ICENABLER, gic.emulated);
	gic_drain(cpu, release_to_linux);
	write_priorities(base, gic.emulated, g->priority);
	if (gic.version == 3)
		gic_write32(base, GICD_IGROUPR, g->saved.groups);
	gic_write32(base, GICD_ISENABLER, g->enabled & gic.emulated);
	gic.ops->cpu_give_back(g);
}

/* The guest is gone: a device interrupt goes to another CPU of its cell. */
static void release_to_cell(struct per_cpu *cpu, uint64_t lr)
{
	if ((lr & LR_HW) && LR_IRQ(lr) >= GIC_FIRST_SPI)
		gic_release_hw(cpu, LR_IRQ(lr), lr & LR_PENDING);
}

void gic_cpu_reset(struct per_cpu *cpu)
{
	struct gic_cpu *g = gic_of(cpu);
	void *base = gic_private_base(g);
	uint32_t passed = ~gic.emulated;
	unsigned int n;

	gic_drain(cpu, release_to_cell);
	__atomic_store_n(&g->purge, false, __ATOMIC_RELEASE);
	gic_write32(base, GICD_ICENABLER, passed);
	gic_write32(base, GICD_ICPENDR, passed);
	gic_write32(base, GICD_ICACTIVER, passed);
	for (n = 0; n < GIC_FIRST_SPI; n++)
		g->priority[n] = GIC_DEFAULT_PRIORITY;
	write_priorities(base, passed, g->priority);
	g->enabled = GIC_SGI_BITS;
	gic.ops->cpu_reset(g);
}

void gic_handle_own(struct per_cpu *cpu, uint32_t irq, uint8_t sender)
{
	if (irq == GIC_SGI_INJECT) {
		cpu->stats[CPU_STAT_VSGI]++;
		gic_sync(cpu);
	} else if (irq == gic.maintenance_irq) {
		gic_maintain(cpu);
	} else if (irq == GIC_SGI_EVENT) {
		regulation_kick(cpu);
	} else if (irq < GIC_SGI_EVENT) {
		/* Sent by Linux before its CPUs came in. */
		gic_inject(cpu, irq, sender);
	}
}

void gic_send_sgi(struct per_cpu *cpu, unsigned int sgi)
{
	gic.ops->send_sgi(gic_of(cpu), sgi);
}

bool gic_handle_sgir(struct per_cpu *cpu, uint64_t value)
{
	const struct gic_targets targets = {
		.cluster = ICC_SGIR_AFF3(value) << 20 |
			   ICC_SGIR_AFF2(value) << 12 |
			   ICC_SGIR_AFF1(value) << 4 | ICC_SGIR_RANGE(value),
		.list = ICC_SGIR_TARGETS(value),
		.all_others = value & ICC_SGIR_ALL_OTHERS,
	};

	if (gic.version != 3)
		return false;
	gic_multicast(cpu, ICC_SGIR_IRQ(value), &targets);
	return true;
}
