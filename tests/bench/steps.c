/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * weir-steps: how many instructions an overflow takes on x86, of the image as it is
 * linked. Bochs has no counters to overflow.
 *
 * Prints "data: NAME INSTRUCTIONS" for each regulator and pool.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hv/clock.h"
#include "hv/percpu.h"
#include "hv/arch/pmu.h"
#include "hypervisor/arch/x86/pmu-internal.h"
#include "steps-image.h"

#define COUNTER_BITS	48u
#define TSC_HZ		2400000000ull
#define BUDGET		600000000ull

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
		.cpus = BIT(cpus) - 1, .cpus_count = cpus, .line_bytes = 64,
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
	return 0;
}
