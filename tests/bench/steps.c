/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * weir-steps: how many instructions an overflow takes on x86, and a call that sets
 * another budget, of the image as it is linked. Bochs has no counters to overflow, and
 * one CPU when it counts instructions, which makes the call and follows it at once.
 *
 * Prints "data: NAME INSTRUCTIONS" for each regulator and pool.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hv/cell.h"
#include "hv/clock.h"
#include "hv/percpu.h"
#include "hv/arch/pmu.h"
#include "apic.h"
#include "hypervisor/arch/x86/pmu-internal.h"
#include "steps-image.h"
#include "x86-regs.h"

#define COUNTER_BITS	48u
#define TSC_HZ		2400000000ull
#define BUDGET		600000000ull
#define LINE_BYTES	64u
#define CALLER		0u
#define CELL_ID		1u

static struct per_cpu cpu;
static struct reg_cell cell;
static const struct counter_slot *source;

static void refuse_to_go_on(const char *what)
{
	fprintf(stderr, "weir-steps: %s\n", what);
	exit(2);
}

/* As pmu_init() leaves a machine of eight counters, two of them reserved. */
static void machine_prepare(void)
{
	struct pmu_machine *machine = steps_symbol("pmu_machine");
	struct arch_pmu *pmu = steps_symbol("arch_pmu");
	struct hv_clock *clock = steps_symbol("hv_clock");

	*machine = (struct pmu_machine){
		.version = 4, .general = 8, .bits = COUNTER_BITS, .first = 6,
		.count = 2, .ours = 3u << 6, .full_width = true,
		.first_write_msr = MSR_A_PMC(0),
		.write_mask = BIT(COUNTER_BITS) - 1,
	};
	*pmu = (struct arch_pmu){
		.read_msr = MSR_PMC(6), .write_msr = MSR_A_PMC(6),
		.write_mask = machine->write_mask,
	};
	clock->ns_per_tick = scale_init(1000000000, TSC_HZ);
	clock->ticks_per_ns = scale_init(TSC_HZ, 1000000000);
}

static void source_prepare(void)
{
	const struct counter_slot *(*configure)(
		const struct weir_record_counter *record) =
		steps_symbol("registry_configure");
	int (*init)(void) = steps_symbol("registry_init");
	static const struct weir_record_counter record = {
		.source = COUNTER_X86_PMU, .event_read = 0x412e,
		.event_write = 0xffff, .read_weight_q8 = 256,
	};

	if (init())
		refuse_to_go_on("the registry is too small");
	source = configure(&record);
	if (!source || source->why)
		refuse_to_go_on("the counters cannot be used");
}

static const struct regulator *regulator_find(uint16_t id)
{
	const struct regulator_slot *(*find)(uint16_t id) =
		steps_symbol("registry_regulator");

	return find(id)->regulator;
}

/* The setting comes in force on CPU 0 of one or two, from nothing. */
static void start(uint16_t id, unsigned int cpus)
{
	const struct regulator *regulator = regulator_find(id);
	struct reg_platform platform = {
		.cpus = BIT(cpus) - 1, .cpus_count = cpus, .line_bytes = LINE_BYTES,
		.interrupts = true,
	};
	struct reg_settings wanted = {
		.budget_bytes_per_s = BUDGET,
		.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED,
		.period_ns = 1000000,
	};

	memset(&cpu, 0, sizeof(cpu));
	memset(&cell, 0, sizeof(cell));
	if (regulator->check(&platform, &wanted, &cell.effective, NULL))
		refuse_to_go_on("the setting is refused");
	cell.effective.regulator = regulator;
	cell.effective.source = source->source;
	cell.effective.interrupts = true;
	cell.effective.clock = steps_symbol("hv_clock");
	cell.effective.watched = true;
	cell.effective.revision = 1;
	cell.cpus = platform.cpus;
	cpu.arch.self = &cpu;
	cpu.reg.cell = &cell;
	cpu.reg.active = cell.effective;
	if (regulator->commit(&cpu.reg, 1000) != REG_RUN)
		refuse_to_go_on("the CPU is held at once");
}

/* What was armed has been used; it is two periods later. */
static uint64_t overflow(void)
{
	void (*handle)(struct per_cpu *cpu) =
		steps_symbol("regulation_overflow");
	uint64_t before = cpu.reg.stats.overflows;
	uint64_t count;

	*steps_msr(MSR_PMC(6)) = 0;
	cpu.arch.pmu.overflows = 1;
	steps_tsc += TSC_HZ / 500;
	steps_begin();
	handle(&cpu);
	count = steps_end();
	if (cpu.reg.stats.overflows != before + 1 || cpu.stall_requested)
		refuse_to_go_on("that was no overflow that draws a further grant");
	return count;
}

/* The first one may find what only it does. */
static void measure(const char *name, uint16_t id, unsigned int cpus)
{
	start(id, cpus);
	overflow();
	printf("data: %s %llu\n", name, (unsigned long long)overflow());
}

/* Where the image finds that of a CPU: behind itself. */
static struct per_cpu *area_map(unsigned int id)
{
	struct image_header *header = steps_symbol("image_header");
	void *at = (uint8_t *)header + header->core_size + id * header->percpu_size;

	if (mmap(at, header->percpu_size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != at)
		refuse_to_go_on("no room for a CPU");
	return at;
}

/* A cell with the setting that start() has made, and the root beside it. */
static struct cell *cells_prepare(unsigned int cpus)
{
	struct cell *cells = steps_symbol("cell_slots");
	struct cell *target = &cells[CELL_ID];

	cells[0].used = true;
	target->used = true;
	target->id = CELL_ID;
	target->cpus = (BIT(cpus) - 1) << (CALLER + 1);
	target->reg = cell;
	target->reg.cpus = target->cpus;
	target->reg.amend_range = REG_BUDGET_UNLIMITED - LINE_BYTES;
	return target;
}

static bool told(struct per_cpu *area)
{
	bool kicked = area->events == EVENT_REGULATION && area->arch.kick_sent;

	area->events = 0;
	area->arch.kick_sent = 0;
	return kicked;
}

/* The root's call, from where an exit knows it for a call to the answer. */
static uint64_t budget_set(struct cell *target, struct per_cpu **areas,
			   unsigned int cpus, uint64_t bytes_per_s)
{
	long (*handle)(struct per_cpu *cpu, uint64_t number, uint64_t arg1,
		       uint64_t arg2) = steps_symbol("hypercall_handle");
	uint64_t before = target->reg.effective.revision;
	uint64_t count;
	long error;

	steps_begin();
	error = handle(&cpu, WEIR_HC_BUDGET, target->id, bytes_per_s);
	count = steps_end();
	if (error || target->reg.effective.revision != before + 1 ||
	    target->reg.requested.budget_bytes_per_s != bytes_per_s)
		refuse_to_go_on("that set no budget in the short way");
	for (unsigned int n = 0; n < cpus; n++) {
		if (!told(areas[n]))
			refuse_to_go_on("a CPU was not told");
	}
	return count;
}

static void measure_budget(const char *name, uint16_t id,
			   struct per_cpu **areas, unsigned int cpus)
{
	struct cell *target;

	start(id, cpus);
	target = cells_prepare(cpus);
	cpu.cell = target - CELL_ID;
	for (unsigned int n = 0; n < cpus; n++)
		areas[n]->reg.cell = &target->reg;
	budget_set(target, areas, cpus, BUDGET / 2);
	printf("data: %s %llu\n", name, (unsigned long long)
	       budget_set(target, areas, cpus, BUDGET / 3));
}

static void measure_budgets(void)
{
	int (*apic_start)(void) = steps_symbol("apic_init");
	struct per_cpu *areas[2] = { area_map(CALLER + 1), area_map(CALLER + 2) };

	*steps_msr(MSR_APIC_BASE) = APIC_PAGE | APIC_BASE_ENABLED |
				    APIC_BASE_X2APIC;
	if (apic_start())
		refuse_to_go_on("no local APIC");
	measure_budget("budget_memguard", REGULATOR_MEMGUARD, areas, 1);
	measure_budget("budget_bucket", REGULATOR_BUCKET, areas, 1);
	measure_budget("budget_memguards", REGULATOR_MEMGUARD, areas, 2);
	measure_budget("budget_buckets", REGULATOR_BUCKET, areas, 2);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: weir-steps build/x86/weir.elf\n");
		return 2;
	}
	steps_open(argv[1], &cpu);
	machine_prepare();
	source_prepare();
	measure("overflow_memguard", REGULATOR_MEMGUARD, 2);
	measure("overflow_bucket", REGULATOR_BUCKET, 1);
	measure("overflow_buckets", REGULATOR_BUCKET, 2);
	measure_budgets();
	return 0;
}
