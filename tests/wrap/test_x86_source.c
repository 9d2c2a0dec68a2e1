/* SPDX-License-Identifier: GPL-2.0-only */
/* The x86-pmu counter source, down to the registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/arch/pmu.h"
#include "hv/errno.h"
#include "regulators/regulator.h"
#include "x86-pmu-model.h"

#define READ		0x412eu
#define WRITE		0x4f2eu

static const struct model_kind narrow = {
	.version = 2, .general = 4, .fixed = 3, .bits = 40,
};
static const struct model_kind wide = {
	.version = 4, .general = 8, .fixed = 3, .bits = 48, .full_width = true,
	.switched = true,
};

static const struct counter_source *source(void)
{
	return registry_source(COUNTER_X86_PMU)->source;
}

static struct weir_record_counter record(void)
{
	return (struct weir_record_counter){
		.source = COUNTER_X86_PMU,
		.event_read = READ,
		.event_write = WRITE,
		.read_weight_q8 = 256,
		.write_weight_q8 = 256,
	};
}

static int machine_start(const struct model_kind *kind,
			 const struct weir_record_counter *wanted,
			 struct counter_caps *caps, const char **why)
{
	model_init(&machine, kind);
	pmu_init();
	machine.settled = true;
	pmu_cpu_init(&cpu_state);
	machine.in_guest = true;
	return source()->probe(wanted, caps, why);
}

static void start(const struct model_kind *kind, bool writes)
{
	struct weir_record_counter r = record();
	struct counter_caps caps;
	const char *why;

	if (!writes)
		r.event_write = 0xffff;
	assert_int_equal(machine_start(kind, &r, &caps, &why), 0);
	assert_int_equal(caps.bits, kind->bits);
	assert_int_equal(caps.counts_writes, writes);
	assert_true(caps.interrupts);
	assert_int_equal(caps.line_bytes, 64);
}

/* Events, and the NMI when there is one. True: the alarm has come. */
static bool events_happen(struct reg_cpu *cpu, uint16_t event, uint64_t events)
{
	bool alarmed = false;

	while (events > 0) {
		uint32_t lvt;

		events -= model_events(&machine, event, events);
		if (!machine.nmi)
			continue;
		machine.nmi = false;
		assert_int_equal(pmu_nmi(&cpu_state, &lvt),
				 PMU_NMI_CLAIMED | PMU_NMI_OVERFLOW);
		alarmed |= source()->alarmed(cpu);
	}
	return alarmed;
}

static void test_overflow_is_exact(void **unused)
{
	static const uint64_t distances[] = { 1, 2, 3, 7, 30, 1000, 99999,
					      1ull << 30 };
	static const struct model_kind *const kinds[] = { &narrow, &wide };

	(void)unused;
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
		struct reg_cpu cpu = { 0 };

		start(kinds[k], false);
		source()->start(&cpu);
		for (size_t n = 0; n < ARRAY_COUNT(distances); n++) {
			cpu.alarm.lines = distances[n];
			cpu.alarm.write_lines = REG_NEVER;
			source()->arm(&cpu);
			assert_false(events_happen(&cpu, READ,
						   distances[n] - 1));
			assert_true(events_happen(&cpu, READ, 1));
			assert_false(source()->alarmed(&cpu));
			source()->sample(&cpu);
		}
		source()->stop(&cpu);
		assert_int_equal(machine.faults, 0);
		assert_int_equal(machine.select[kinds[k]->general - 2], 0);
	}
}

/* However counters are preloaded, wrapped and looked at: nothing is lost. */
static void test_count_is_exact_for_ever(void **unused)
{
	struct reg_cpu cpu = { 0 };
	uint64_t reads = 0, writes = 0;

	(void)unused;
	srand(5);
	start(&narrow, true);
	source()->start(&cpu);
	for (int n = 0; n < 20000; n++) {
		uint64_t events = (uint64_t)rand() >> (rand() % 31);
		bool write = rand() % 2;

		events_happen(&cpu, write ? WRITE : READ, events);
		*(write ? &writes : &reads) += events;
		source()->sample(&cpu);
		assert_int_equal(cpu.counter.read_lines, reads);
		assert_int_equal(cpu.counter.write_lines, writes);
		if (rand() % 2) {
			cpu.alarm.lines = (uint64_t)rand() + 1;
			source()->arm(&cpu);
		}
	}
	assert_int_equal(machine.faults, 0);
}

/* A light event has many to a line: preloads stay within what fits. */
static void test_weights_stay_in_reach(void **unused)
{
	struct weir_record_counter r = record();
	struct reg_cpu cpu = { 0 };
	struct counter_caps caps;
	const char *why;

	(void)unused;
	r.read_weight_q8 = 1;
	assert_int_equal(machine_start(&narrow, &r, &caps, &why), 0);
	source()->start(&cpu);
	assert_int_equal((0 - machine.count[2]) & model_mask(&machine),
			 1ull << 31);
	assert_int_equal(machine.count[2], cpu.counter.read_raw);
}

static void test_mixed_alarm_is_never_late(void **unused)
{
	(void)unused;
	srand(11);
	for (int n = 0; n < 2000; n++) {
		struct reg_cpu cpu = { 0 };
		uint64_t lines = 1 + (uint64_t)(rand() % 300);
		uint64_t write_lines = rand() % 2 ? REG_NEVER :
				       1 + (uint64_t)(rand() % 300);
		int write_percent = rand() % 101;
		uint64_t reads = 0, writes = 0;
		bool alarmed = false;

		start(&wide, true);
		source()->start(&cpu);
		cpu.alarm.lines = lines;
		cpu.alarm.write_lines = write_lines;
		source()->arm(&cpu);
		while (!alarmed) {
			bool write = rand() % 100 < write_percent;

			alarmed = events_happen(&cpu, write ? WRITE : READ, 1);
			reads += !write;
			writes += write;
		}
		assert_true(reads + writes <= lines);
		assert_true(writes <= write_lines);
		assert_true(reads + writes >= (lines + 1) / 2 ||
			    writes == write_lines);
	}
}

/* Again and again the same distance, whatever has been counted between. */
static void test_rearm_is_exact(void **unused)
{
	static const struct model_kind *const kinds[] = { &narrow, &wide };

	(void)unused;
	srand(13);
	for (size_t k = 0; k < 2 * ARRAY_COUNT(kinds); k++) {
		struct reg_cpu cpu = { 0 };
		bool writes = k % 2;
		uint64_t distance = 1000;

		start(kinds[k / 2], writes);
		source()->start(&cpu);
		cpu.alarm.lines = writes ? 2 * distance : distance;
		cpu.alarm.write_lines = REG_NEVER;
		source()->arm(&cpu);
		for (int n = 0; n < 1000; n++) {
			uint64_t events = (uint64_t)rand() % distance;

			assert_false(events_happen(&cpu, READ, events));
			assert_int_equal(source()->rearm(&cpu), events);
		}
		assert_false(events_happen(&cpu, READ, distance - 1));
		assert_true(events_happen(&cpu, READ, 1));
		assert_int_equal(source()->rearm(&cpu), distance);
		assert_int_equal(machine.faults, 0);
	}
}

static void test_probe_says_what_is_missing(void **unused)
{
	struct weir_record_counter r = record();
	struct model_kind kind = wide;
	struct counter_caps caps;
	const char *why;

	(void)unused;
	kind.dead = true;
	assert_int_equal(machine_start(&kind, &r, &caps, &why), -ENODEV);
	assert_string_equal(why,
			    "a counter that CPUID announces does not count");
	kind = wide;
	kind.general = 2;
	assert_int_equal(machine_start(&kind, &r, &caps, &why), -ENODEV);
	assert_string_equal(why,
			    "the PMU has fewer counters than must be reserved");
	r.event_write = 0xffff;
	assert_int_equal(machine_start(&kind, &r, &caps, &why), 0);
	assert_false(caps.counts_writes);
}

static int setup(void **state)
{
	(void)state;
	return registry_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overflow_is_exact),
		cmocka_unit_test(test_count_is_exact_for_ever),
		cmocka_unit_test(test_weights_stay_in_reach),
		cmocka_unit_test(test_mixed_alarm_is_never_late),
		cmocka_unit_test(test_rearm_is_exact),
		cmocka_unit_test(test_probe_says_what_is_missing),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
