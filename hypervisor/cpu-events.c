/* SPDX-License-Identifier: GPL-2.0-only */
/* Events posted to CPUs: suspend, park, reset, and what arrives between. */
#include "cell-internal.h"
#include "hv/arch/cpu.h"
#include "hv/errno.h"
#include "hv/memsys.h"
#include "hv/partition.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/regulation.h"
#include "hv/wait.h"

/* A CPU leaves its guest within microseconds; a stall answers as well. */
#define ANSWER_PATIENCE_MS	5000

static bool load(const bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_ACQUIRE);
}

static void store(bool *flag, bool value)
{
	__atomic_store_n(flag, value, __ATOMIC_RELEASE);
}

void cpu_post_event(struct per_cpu *cpu, uint32_t events)
{
	__atomic_fetch_or(&cpu->events, events, __ATOMIC_SEQ_CST);
	if (cpu != this_cpu())
		arch_cpu_kick(cpu);
}

static void take_park(struct per_cpu *cpu)
{
	regulation_cpu_stop(cpu);
	memsys_cpu_stop(cpu);
	cpu->failed = false;
	partition_cpu_apply(cpu);
	arch_cpu_park(cpu);
	store(&cpu->parked, true);
}

static void take_reset(struct per_cpu *cpu)
{
	cpu->failed = false;
	store(&cpu->parked, false);
	arch_cpu_reset(cpu, cpu->reset_address, cpu->reset_argument);
	memsys_cpu_start(cpu);
	partition_cpu_apply(cpu);
	regulation_cpu_reset(cpu);
}

bool cpu_take_events(struct per_cpu *cpu)
{
	/* The suspend request stays until the one who made it takes it back. */
	uint32_t events = __atomic_fetch_and(&cpu->events, EVENT_SUSPEND,
					     __ATOMIC_SEQ_CST);

	/* A suspended CPU is here once a turn: its suspension counts once. */
	if (events & ~(EVENT_IRQCHIP | (cpu->suspended ? EVENT_SUSPEND : 0u)))
		cpu->stats[CPU_STAT_MANAGEMENT]++;
	if (events & EVENT_FLUSH_TLB)
		arch_cpu_flush_tlb(cpu);
	if (events & EVENT_PARK)
		take_park(cpu);
	if (events & EVENT_RESET)
		take_reset(cpu);
	if (events & EVENT_REGULATION)
		regulation_cpu_event(cpu);
	if (events & EVENT_PARTITION)
		partition_cpu_apply(cpu);
	if (events & EVENT_IRQCHIP)
		arch_cpu_irqchip_event(cpu);
	store(&cpu->suspended, events & EVENT_SUSPEND);
	return events & EVENT_SUSPEND;
}

void cpu_handle_events(struct per_cpu *cpu)
{
	if (!cpu_take_events(cpu))
		return;
	/* Nobody shall keep step with a CPU that stands still. */
	memsys_cpu_stop(cpu);
	do
		arch_cpu_relax();
	while (cpu_take_events(cpu));
	if (!cpu->parked)
		memsys_cpu_start(cpu);
}

/* The n-th CPU of a set when it is another one than this; else NULL. */
static struct per_cpu *other_cpu(uint64_t cpus, unsigned int n)
{
	struct per_cpu *cpu = cpus >> n & 1 ? percpu_get(n) : NULL;

	return cpu == this_cpu() ? NULL : cpu;
}

static bool await(struct per_cpu *cpu, const bool *flag)
{
	struct wait wait = wait_begin_ms(ANSWER_PATIENCE_MS);

	while (!load(flag)) {
		if (!wait_turn(&wait)) {
			printk("CPU %u does not answer\n", cpu->id);
			return false;
		}
	}
	return true;
}

int cpus_suspend(uint64_t cpus, struct reason *reason)
{
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = other_cpu(cpus, i);

		if (!cpu)
			continue;
		/* An answer to an earlier request shall not count. */
		store(&cpu->suspended, false);
		cpu_post_event(cpu, EVENT_SUSPEND);
	}
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = other_cpu(cpus, i);

		if (cpu && !await(cpu, &cpu->suspended)) {
			cpus_resume(cpus);
			return refuse(reason, -EIO, "CPU %u does not answer", i);
		}
	}
	return 0;
}

void cpus_resume(uint64_t cpus)
{
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = other_cpu(cpus, i);

		if (cpu)
			__atomic_fetch_and(&cpu->events, ~EVENT_SUSPEND,
					   __ATOMIC_SEQ_CST);
	}
}

void cpus_post(uint64_t cpus, uint32_t events)
{
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = cpus >> i & 1 ? percpu_get(i) : NULL;

		if (cpu)
			cpu_post_event(cpu, events);
	}
}

void cpus_park(uint64_t cpus)
{
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = other_cpu(cpus, i);

		if (!cpu)
			continue;
		store(&cpu->parked, false);
		cpu_post_event(cpu, EVENT_PARK);
		/* It is suspended, and so in the loop that takes events. */
		CHECK(await(cpu, &cpu->parked));
	}
}

void cpu_fault(struct per_cpu *cpu, enum park_reason reason, uint64_t address,
	       uint64_t syndrome)
{
	static const char *const texts[] = {
		[PARK_NONE] = "no reason",
		[PARK_REQUESTED] = "parked on request",
		[PARK_MEMORY_ACCESS] = "access to memory the cell does not own",
		[PARK_MMIO_REFUSED] = "device access of a width, alignment or direction not allowed",
		[PARK_SYSTEM_REGISTER] = "system register the cell may not use",
		[PARK_UNKNOWN_EXIT] = "trap of unknown kind",
		[PARK_HYPERCALL] = "hypervisor call with an unknown immediate",
		[PARK_SERROR] = "asynchronous external abort",
		[PARK_GUEST_ABORT] = "instruction fetch from memory the cell does not own",
		[PARK_IRQ_CHIP] = "interrupt controller access not allowed",
		[PARK_IO_PORT] = "access to a port the cell does not own",
		[PARK_TRIPLE_FAULT] = "triple fault",
		[PARK_EXCEPTION_STORM] = "exceptions without end",
	};
	struct cell_report report = {
		.failed_cpu = cpu->id,
		.reason = reason,
		.address = address,
		.pc = arch_cpu_pc(cpu),
		.syndrome = syndrome,
	};

	hv_snprintf(report.text, sizeof(report.text),
		    "CPU %u: %s, address 0x%llx, pc 0x%llx, syndrome 0x%llx",
		    cpu->id, texts[reason], (unsigned long long)address,
		    (unsigned long long)report.pc,
		    (unsigned long long)syndrome);
	printk("cell \"%s\": %s\n", cpu->cell->config->name, report.text);
	arch_cpu_dump(cpu);
	take_park(cpu);
	cpu->failed = true;
	cell_record_fault(cpu->cell, &report);
}
