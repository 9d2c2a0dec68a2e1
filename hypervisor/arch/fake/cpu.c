/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs of the fake: contexts that record what was done to them. */
#include <sched.h>
#include <stdlib.h>

#include "fake-internal.h"
#include "fake.h"
#include "hv/arch/cpu.h"
#include "hv/errno.h"
#include "hv/percpu.h"

static _Thread_local struct per_cpu *current;
static bool nested;

enum config_arch arch_config(void)
{
	return CONFIG_ARCH_ARM64;
}

struct per_cpu *this_cpu(void)
{
	return current;
}

void fake_set_cpu(struct per_cpu *cpu)
{
	current = cpu;
}

/* Another CPU executes for a moment. */
static void look_at_events(struct per_cpu *cpu)
{
	struct per_cpu *before = current;

	current = cpu;
	cpu_take_events(cpu);
	current = before;
}

static void others_look(void)
{
	if (nested)
		return;
	nested = true;
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = percpu_get(i);

		if (cpu && cpu != current && cpu->suspended)
			look_at_events(cpu);
	}
	nested = false;
}

void arch_cpu_relax(void)
{
	uint64_t turn_ns = fake.relax_ns ? fake.relax_ns : FAKE_RELAX_NS;

	__atomic_fetch_add(&fake.now_ns, turn_ns, __ATOMIC_RELAXED);
	if (fake_threads()) {
		sched_yield();
		return;
	}
	others_look();
	if (fake.on_relax)
		fake.on_relax();
}

void arch_cpu_kick(struct per_cpu *cpu)
{
	cpu->arch.kicks++;
	if (!fake.deaf && !fake_threads())
		look_at_events(cpu);
}

void arch_cpu_reset(struct per_cpu *cpu, uint64_t entry, uint64_t argument)
{
	cpu->arch.resets++;
	cpu->arch.in_guest = true;
	cpu->arch.pc = entry;
	cpu->arch.argument = argument;
}

void arch_cpu_park(struct per_cpu *cpu)
{
	cpu->arch.parks++;
	cpu->arch.in_guest = false;
}

uint64_t arch_cpu_pc(const struct per_cpu *cpu)
{
	return cpu->arch.pc;
}

void arch_cpu_irqchip_event(struct per_cpu *cpu)
{
	(void)cpu;
}

void arch_cpu_flush_tlb(struct per_cpu *cpu)
{
	cpu->arch.flushes++;
}

void arch_cpu_wait(void)
{
	arch_cpu_relax();
}

void arch_cpu_poll_irqs(struct per_cpu *cpu)
{
	(void)cpu;
	fake.irq_polls++;
}

bool arch_cpu_critical_waits(struct per_cpu *cpu)
{
	return fake.critical >> cpu->id & 1;
}

void arch_cpu_critical_only(struct per_cpu *cpu, bool only)
{
	if (only)
		fake.critical_only |= 1ull << cpu->id;
	else
		fake.critical_only &= ~(1ull << cpu->id);
}

bool arch_cpu_irq_waits(void)
{
	return fake.critical != 0;
}

void arch_cpu_dump(const struct per_cpu *cpu)
{
	(void)cpu;
}

void arch_cpu_halt(void)
{
	abort();
}

int arch_init_early(void)
{
	return fake.fail_early ? -EIO : 0;
}

int arch_cpu_init(struct per_cpu *cpu)
{
	cpu->arch.inits++;
	return fake.fail_cpus >> cpu->id & 1 ? -EIO : 0;
}

int arch_init_late(void)
{
	return fake.fail_late ? -EIO : 0;
}

void arch_cpu_activate(struct per_cpu *cpu)
{
	cpu->arch.in_guest = true;
	fake_activated(cpu);
}

void arch_cpu_restore(struct per_cpu *cpu)
{
	cpu->arch.restores++;
}

void arch_cell_reset(struct cell *cell)
{
	(void)cell;
	fake.cell_resets++;
}

uint64_t arch_cell_starters(const struct cell *cell)
{
	return cell->cpus & -cell->cpus;
}

void arch_config_commit(struct cell *cell)
{
	(void)cell;
	fake.config_commits++;
}

void arch_devices_look(void)
{
}

void arch_comm_fill(struct cell *cell)
{
	cell->comm->gic_version = 3;
}
