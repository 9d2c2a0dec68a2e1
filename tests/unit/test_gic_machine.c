/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine around the modelled interrupt controller: CPUs, two cells and
 * what the hypervisor's other parts supply.
 */
#include "test_gic_model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hv/arch/cpu.h"
#include "hv/clock.h"
#include "hv/critical.h"
#include "hv/paging.h"
#include "hv/printk.h"
#include "hv/regulation.h"
#include "hypervisor/arch/arm64/gic-regs.h"

struct per_cpu cpus[MODEL_CPUS];
struct cell cells[2];

static struct {
	struct cell_desc desc;
	uint64_t cpus;
	struct memory_region memory[1];
	struct irqchip irqchips[2];
} ABI_PACKED configs[2];

/* ---------------------------------------------- the hypervisor's other parts */

struct per_cpu *this_cpu(void)
{
	return &cpus[model.current];
}

struct per_cpu *percpu_get(unsigned int id)
{
	return id < MODEL_CPUS ? &cpus[id] : NULL;
}

struct cell *cell_root(void)
{
	return &cells[0];
}

struct cell *cell_slot(unsigned int n)
{
	return n < 2 && cells[n].used ? &cells[n] : NULL;
}

void arch_cpu_relax(void)
{
}

void *hv_map(hpa_t phys, uint64_t size, uint32_t flags)
{
	(void)size;
	return flags & MAP_DEVICE ? (void *)(uintptr_t)phys.value : NULL;
}

int arch_cell_map(struct cell *cell, const struct memory_region *region)
{
	(void)cell;
	model.mapped = *region;
	return 0;
}

void clock_timer_fired(struct per_cpu *cpu)
{
	model.timer_fired++;
	model_line(cpu->id, GIC_PPI_CNTHP, false);
}

void regulation_overflow(struct per_cpu *cpu)
{
	model.overflows++;
	model_line(cpu->id, 23, false);
}

void regulation_kick(struct per_cpu *cpu)
{
	(void)cpu;
	model.kicks++;
}

void critical_ended(struct per_cpu *cpu)
{
	model.critical_ended++;
	gic_critical_only(cpu, false);
}

void printk(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(model.message, sizeof(model.message), format, args);
	va_end(args);
}

void panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	abort();
}

/* ------------------------------------------------------------- the machine */

void model_line(unsigned int cpu, uint32_t irq, bool level)
{
	struct model_irq *i = model_irq(cpu, irq);

	if (i->edge && level && !i->line)
		i->latch = true;
	if (level)
		i->stranded = false;
	i->line = level;
}

static bool interrupted(unsigned int cpu)
{
	unsigned int saved = model.current, irq;
	const struct model_cpu *c = &model.cpu[cpu];
	bool found = c->lpi;

	model.current = cpu;
	for (irq = 0; irq < MODEL_IRQS && !found; irq++) {
		const struct model_irq *i = model_irq(cpu, irq);

		found = (irq < 32 || model_routed_to(i, cpu)) &&
			i->enabled && !i->active && model_pending(i) &&
			i->priority < c->pmr;
	}
	model.current = saved;
	return found && c->enable;
}

void model_settle(void)
{
	unsigned int saved = model.current, cpu, turns = 0;
	bool busy = true;

	while (busy) {
		busy = false;
		for (cpu = 0; cpu < MODEL_CPUS; cpu++) {
			if (!cpus[cpu].arch.gic.ready || !interrupted(cpu))
				continue;
			busy = true;
			model.current = cpu;
			gic_handle_irqs(&cpus[cpu]);
			model_lrs_used(cpu);
			if (model.cpu[cpu].depth || ++turns > 100000) {
				fprintf(stderr, "interrupt storm\n");
				abort();
			}
		}
	}
	model.current = saved;
}

uint32_t model_guest_take(unsigned int cpu)
{
	uint32_t irq;

	model_settle();
	irq = model_guest_ack(cpu);
	if (irq == MODEL_SPURIOUS)
		return irq;
	if (irq < MODEL_IRQS)
		model_line(cpu, irq & 0x3ff, false);
	model_guest_end(cpu, irq);
	model_settle();
	return irq;
}

static void make_config(unsigned int n, uint64_t cpu_mask)
{
	memset(&configs[n], 0, sizeof(configs[n]));
	configs[n].desc.id = n;
	configs[n].desc.cpu_set_size = 8;
	configs[n].desc.num_memory_regions = 1;
	configs[n].desc.num_irqchips = 2;
	configs[n].cpus = cpu_mask;
	configs[n].memory[0] = (struct memory_region){
		.phys_start = 0x40000000, .size = 0x1000,
	};
	configs[n].irqchips[0].address = MODEL_GICD;
	configs[n].irqchips[0].pin_base = 32;
	configs[n].irqchips[1].address = MODEL_GICD;
	configs[n].irqchips[1].pin_base = 160;
	cells[n].id = n;
	cells[n].config = &configs[n].desc;
	cells[n].config_size = sizeof(configs[n]);
}

/* Linux: SGIs 0 to 6 and the timer are on, priority 0xa0, EOImode 1. */
static void linux_cpu(unsigned int n)
{
	struct model_cpu *cpu = &model.cpu[n];
	unsigned int irq;

	for (irq = 0; irq < 32; irq++) {
		cpu->irq[irq].priority = 0xa0;
		cpu->irq[irq].group1 = true;
		cpu->irq[irq].enabled = irq < 7 || irq == 30;
		cpu->irq[irq].edge = irq < 16;
	}
	cpu->pmr = 0xf0;
	cpu->enable = 1;
	cpu->ctlr = model.version == 2 ? 0x201 : ICC_CTLR_EOIMODE;
	cpu->sre_el1 = 7;
	cpu->sre_el2 = 9;
	cpu->waker = 0;
	cpus[n].id = n;
	cpus[n].cell = &cells[0];
	cpus[n].arch.mpidr = model_affinity(n);
}

void model_reset(unsigned int version)
{
	unsigned int n, irq;

	memset(&model, 0, sizeof(model));
	memset(cpus, 0, sizeof(cpus));
	memset(cells, 0, sizeof(cells));
	model.version = version;
	model.ctlr = version == 2 ? 1 : 0x52;
	for (n = 0; n < MODEL_CPUS; n++)
		linux_cpu(n);
	for (irq = 32; irq < MODEL_IRQS; irq++) {
		model.spi[irq].priority = 0xa0;
		model.spi[irq].group1 = true;
		model.spi[irq].router = model_affinity(0);
		model.spi[irq].targets = (uint8_t)(1u << model_interface(0));
	}
	make_config(0, 0xf);
	cells[0].used = true;
	cells[0].cpus = 0xf;
	memset(configs[0].irqchips[0].pin_bitmap, 0xff, 16);
	memset(configs[0].irqchips[1].pin_bitmap, 0xff, 16);
}

static const struct platform_arm *platform(unsigned int version)
{
	static struct platform_arm p;

	p = (struct platform_arm){
		.gic_version = (uint8_t)version,
		.gicd_base = MODEL_GICD,
		.gicc_base = MODEL_GICC,
		.gich_base = MODEL_GICH,
		.gicv_base = MODEL_GICV,
		.gicr_base = MODEL_GICR,
	};
	return &p;
}

void model_enter(void)
{
	unsigned int n;

	cells[0].mmio.count = 0;
	if (gic_init(platform(model.version)) ||
	    gic_take_ppi(23) || gic_cell_init(&cells[0], NULL))
		abort();
	for (n = 0; n < MODEL_CPUS; n++) {
		model.current = n;
		if (gic_cpu_init(&cpus[n]))
			abort();
	}
	model.current = 0;
}

void model_boot(unsigned int version)
{
	model_reset(version);
	model_enter();
}

int model_create_cell(uint32_t irqs, struct reason *reason)
{
	struct cell *cell = &cells[1];
	unsigned int n;
	int error;

	memset(cell, 0, sizeof(*cell));
	make_config(1, 0xc);
	configs[1].irqchips[0].pin_bitmap[1] = irqs;
	cell->cpus = 0xc;
	error = gic_cell_init(cell, reason);
	if (error)
		return error;
	cell->used = true;
	cells[0].cpus = 0x3;
	gic_config_commit(&cells[0]);
	gic_config_commit(cell);
	for (n = 2; n < MODEL_CPUS; n++) {
		model.current = n;
		cpus[n].cell = cell;
		gic_cpu_reset(&cpus[n]);
	}
	model.current = 0;
	model_settle();
	return 0;
}

void model_destroy_cell(void)
{
	unsigned int n;

	for (n = 2; n < MODEL_CPUS; n++) {
		model.current = n;
		gic_cpu_reset(&cpus[n]);
		cpus[n].cell = &cells[0];
	}
	model.current = 0;
	gic_cell_exit(&cells[1]);
	cells[1].used = false;
	cells[0].cpus = 0xf;
	gic_config_commit(&cells[0]);
	model_settle();
}

/* ---------------------------------------------------------- guest accesses */

static enum mmio_result guest_access(unsigned int cpu, uint64_t address,
				     uint8_t size, bool is_write,
				     uint64_t *value)
{
	struct mmio_access access = {
		.address = address,
		.size = size,
		.is_write = is_write,
		.value = is_write ? *value : 0,
	};
	unsigned int saved = model.current;
	enum mmio_result result;

	model.current = cpu;
	result = mmio_dispatch(&cpus[cpu].cell->mmio, &access);
	model.current = saved;
	if (!is_write)
		*value = access.value;
	return result;
}

enum mmio_result model_dist(unsigned int cpu, uint32_t offset, uint8_t size,
			    bool is_write, uint64_t *value)
{
	return guest_access(cpu, MODEL_GICD + offset, size, is_write, value);
}

enum mmio_result model_redist(unsigned int cpu, unsigned int frame,
			      uint32_t offset, uint8_t size, bool is_write,
			      uint64_t *value)
{
	return guest_access(cpu, MODEL_GICR + frame * 0x20000ull + offset,
			    size, is_write, value);
}

static void must_be_handled(enum mmio_result result, uint32_t offset)
{
	if (result == MMIO_HANDLED)
		return;
	fprintf(stderr, "access to 0x%x refused\n", offset);
	abort();
}

uint32_t model_dist_read(unsigned int cpu, uint32_t offset)
{
	uint64_t value;

	must_be_handled(model_dist(cpu, offset, 4, false, &value), offset);
	return (uint32_t)value;
}

void model_dist_write(unsigned int cpu, uint32_t offset, uint32_t value)
{
	uint64_t v = value;

	must_be_handled(model_dist(cpu, offset, 4, true, &v), offset);
}

uint32_t model_private_read(unsigned int cpu, uint32_t offset)
{
	uint64_t value;

	if (model.version == 2)
		return model_dist_read(cpu, offset);
	must_be_handled(model_redist(cpu, cpu, GICR_SGI_FRAME + offset, 4,
				     false, &value), offset);
	return (uint32_t)value;
}

void model_private_write(unsigned int cpu, uint32_t offset, uint32_t value)
{
	uint64_t v = value;

	if (model.version == 2)
		model_dist_write(cpu, offset, value);
	else
		must_be_handled(model_redist(cpu, cpu, GICR_SGI_FRAME + offset,
					     4, true, &v), offset);
}

static void guest_sgi1r(unsigned int cpu, unsigned int sgi, unsigned int target)
{
	uint32_t affinity = model_affinity(target);

	model.current = cpu;
	gic_handle_sgir(&cpus[cpu], (uint64_t)sgi << 24 |
			(uint64_t)(affinity >> 8) << 16 |
			1u << (affinity & 0xf));
}

void model_guest_sgi(unsigned int cpu, unsigned int sgi, uint32_t targets)
{
	unsigned int saved = model.current, n;
	uint32_t interfaces = 0;

	for (n = 0; n < MODEL_CPUS; n++) {
		if (!(targets & (1u << n)))
			continue;
		interfaces |= 1u << model_interface(n);
		if (model.version == 3)
			guest_sgi1r(cpu, sgi, n);
	}
	if (model.version == 2)
		model_dist_write(cpu, GICD_SGIR, interfaces << 16 | sgi);
	model.current = saved;
}
