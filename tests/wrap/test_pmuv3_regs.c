/* SPDX-License-Identifier: GPL-2.0-only */
/* Register traffic of the PMUv3 source, on counters of 32 and of 64 bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/arch/pmu.h"
#include "hv/errno.h"
#include "hv/wide.h"
#include "regulators/regulator.h"

#define READ		0u
#define WRITE		1u
#define COMPANION	2u

/* The counters that the architecture reserves, and what was done to them. */
static struct {
	struct arch_pmu_caps caps;
	int error;
	uint64_t value[ARCH_PMU_RESERVED];
	uint64_t overflowed_after[ARCH_PMU_RESERVED];	/* events, 0: not */
	uint64_t events[ARCH_PMU_RESERVED];
	uint16_t event[ARCH_PMU_RESERVED];
	bool on[ARCH_PMU_RESERVED];
	bool irq[ARCH_PMU_RESERVED];
	uint32_t overflows;
	unsigned int accesses;
	char log[512];
} pmu;

static void note(const char *format, ...)
{
	size_t used = strlen(pmu.log);
	va_list args;

	va_start(args, format);
	vsnprintf(pmu.log + used, sizeof(pmu.log) - used, format, args);
	va_end(args);
	pmu.accesses++;
}

static uint64_t width_mask(void)
{
	return pmu.caps.bits == 64 ? UINT64_MAX : BIT(pmu.caps.bits) - 1;
}

int __wrap_arch_pmu_probe(struct arch_pmu_caps *caps, const char **why);
void __wrap_arch_pmu_start(unsigned int counter, uint16_t event);
void __wrap_arch_pmu_stop(unsigned int counter);
uint64_t __wrap_arch_pmu_read(unsigned int counter);
void __wrap_arch_pmu_write(unsigned int counter, uint64_t value);
void __wrap_arch_pmu_irq(unsigned int counter, bool enable);
uint32_t __wrap_arch_pmu_take_overflows(void);
uint64_t __wrap_arch_pmu_exchange(uint64_t value);
bool __wrap_arch_pmu_take_alone(uint64_t alone);

int __wrap_arch_pmu_probe(struct arch_pmu_caps *caps, const char **why)
{
	*caps = pmu.caps;
	*why = pmu.error ? "the machine has none" : NULL;
	return pmu.error;
}

void __wrap_arch_pmu_start(unsigned int counter, uint16_t event)
{
	note("start%u:%x ", counter, event);
	pmu.event[counter] = event;
	pmu.on[counter] = true;
	pmu.value[counter] = 0;
}

void __wrap_arch_pmu_stop(unsigned int counter)
{
	note("stop%u ", counter);
	pmu.on[counter] = false;
}

uint64_t __wrap_arch_pmu_read(unsigned int counter)
{
	note("r%u ", counter);
	return pmu.value[counter];
}

void __wrap_arch_pmu_write(unsigned int counter, uint64_t value)
{
	assert_true(value <= width_mask());
	note("w%u:%llx ", counter, (unsigned long long)value);
	pmu.value[counter] = value;
	pmu.events[counter] = 0;
	pmu.overflowed_after[counter] = 0;
}

void __wrap_arch_pmu_irq(unsigned int counter, bool enable)
{
	note("irq%u:%d ", counter, enable);
	pmu.irq[counter] = enable;
}

uint32_t __wrap_arch_pmu_take_overflows(void)
{
	uint32_t overflows = pmu.overflows;

	note("take ");
	pmu.overflows = 0;
	return overflows;
}

uint64_t __wrap_arch_pmu_exchange(uint64_t value)
{
	uint64_t before = __wrap_arch_pmu_read(READ);

	__wrap_arch_pmu_write(COMPANION, value - 1);
	__wrap_arch_pmu_write(READ, value);
	return before;
}

bool __wrap_arch_pmu_take_alone(uint64_t alone)
{
	return alone && __wrap_arch_pmu_take_overflows() != 0;
}

/* The guest causes events; the first overflow is remembered. */
static void events_happen(unsigned int counter, uint64_t events)
{
	uint64_t left = width_mask() - pmu.value[counter];

	if (!pmu.on[counter])
		return;
	if (events > left) {
		pmu.overflows |= 1u << counter;
		if (!pmu.overflowed_after[counter])
			pmu.overflowed_after[counter] =
				pmu.events[counter] + left + 1;
	}
	pmu.events[counter] += events;
	pmu.value[counter] = (pmu.value[counter] + events) & width_mask();
}

static bool interrupted(void)
{
	return ((pmu.overflows >> READ & 1) && pmu.irq[READ]) ||
	       ((pmu.overflows >> WRITE & 1) && pmu.irq[WRITE]);
}

static const struct counter_source *source(void)
{
	return registry_source(COUNTER_PMUV3)->source;
}

static struct weir_record_counter record(void)
{
	return (struct weir_record_counter){
		.source = COUNTER_PMUV3,
		.overflow_irq = 23,
		.event_read = 0x08,
		.event_write = 0xffff,
		.read_weight_q8 = 256,
	};
}

static void probe(const struct weir_record_counter *wanted, unsigned int bits)
{
	struct counter_caps caps;
	const char *why;

	memset(&pmu, 0, sizeof(pmu));
	pmu.caps = (struct arch_pmu_caps){ .counters = 3, .bits = bits,
					   .overflow_irq = true, .alone = 7 };
	assert_int_equal(source()->probe(wanted, &caps, &why), 0);
	assert_int_equal(caps.bits, bits);
	assert_true(caps.interrupts);
	assert_int_equal(caps.line_bytes, 64);
	assert_int_equal(caps.counts_writes, wanted->event_write != 0xffff);
}

static int setup(void **state)
{
	(void)state;
	return registry_init();
}

static void log_clear(void)
{
	pmu.log[0] = 0;
	pmu.accesses = 0;
}

static void test_traffic_of_a_life(void **unused)
{
	struct weir_record_counter r = record();
	struct reg_cpu cpu = { 0 };

	(void)unused;
	probe(&r, 32);
	source()->start(&cpu);
	/* Unlimited: half the width, so that it is seen before it wraps. */
	assert_string_equal(pmu.log,
			    "start0:8 start2:8 w0:80000000 w2:7fffffff take irq0:1 ");
	log_clear();
	source()->sample(&cpu);
	cpu.alarm.lines = 100;
	source()->arm(&cpu);
	/* -n, and the companion one event behind it. */
	assert_string_equal(pmu.log, "r0 w0:ffffff9c w2:ffffff9b ");
	log_clear();
	source()->stop(&cpu);
	assert_string_equal(pmu.log, "irq0:0 stop0 stop2 take ");
}

/* N, not N + 1, and nothing before. */
static void test_overflow_is_exact(void **unused)
{
	static const uint64_t distances[] = { 1, 2, 3, 7, 30, 1000, 99999,
					      1ull << 31 };
	struct weir_record_counter r = record();

	(void)unused;
	for (unsigned int bits = 32; bits <= 64; bits += 32) {
		struct reg_cpu cpu = { 0 };

		probe(&r, bits);
		source()->start(&cpu);
		for (size_t n = 0; n < ARRAY_COUNT(distances); n++) {
			log_clear();
			cpu.alarm.lines = distances[n];
			cpu.alarm.write_lines = REG_NEVER;
			source()->arm(&cpu);
			events_happen(READ, distances[n] - 1);
			events_happen(COMPANION, distances[n] - 1);
			assert_false(interrupted());
			assert_false(source()->alarmed(&cpu));
			events_happen(READ, 1);
			events_happen(COMPANION, 1);
			assert_true(interrupted());
			/* The companion's own overflow comes right behind. */
			assert_int_equal(pmu.overflows, 1u << READ);
			events_happen(COMPANION, 1);
			assert_int_equal(pmu.overflowed_after[COMPANION],
					 distances[n] + 1);
			assert_true(source()->alarmed(&cpu));
			assert_false(source()->alarmed(&cpu));
			source()->sample(&cpu);
		}
	}
}

/* However counters are preloaded, wrapped and looked at: nothing is lost. */
static void test_count_is_exact_for_ever(void **unused)
{
	struct weir_record_counter r = record();

	(void)unused;
	srand(4);
	for (unsigned int bits = 32; bits <= 64; bits += 32) {
		struct reg_cpu cpu = { 0 };
		uint64_t total = 0;

		probe(&r, bits);
		source()->start(&cpu);
		for (int n = 0; n < 20000; n++) {
			uint64_t events = (uint64_t)rand() >> (rand() % 31);

			log_clear();
			events_happen(READ, events);
			total += events;
			if (rand() % 3)
				source()->sample(&cpu);
			else
				continue;
			assert_int_equal(cpu.counter.read_lines, total);
			if (rand() % 2) {
				cpu.alarm.lines = (uint64_t)rand() + 1;
				source()->arm(&cpu);
			}
		}
		assert_int_equal(cpu.counter.write_lines, 0);
	}
}

/* More than 32 bits' worth in one go is more than any look is apart. */
static void test_long_alarms_come_in_stages(void **unused)
{
	struct weir_record_counter r = record();
	struct reg_cpu cpu = { 0 };

	(void)unused;
	probe(&r, 32);
	source()->start(&cpu);
	cpu.alarm.lines = 5ull << 31;
	source()->arm(&cpu);
	assert_int_equal(pmu.value[READ], 0x80000000);
	cpu.alarm.lines = REG_NEVER;
	source()->arm(&cpu);
	assert_int_equal(pmu.value[READ], 0x80000000);
}

/* A 64-byte line is four beats of a 128-bit bus: a quarter line an event. */
static void test_weights_keep_fractions(void **unused)
{
	static const uint32_t weights[] = { 64, 1, 255, 257, 100, 65536 };
	struct weir_record_counter r = record();

	(void)unused;
	srand(7);
	for (size_t w = 0; w < ARRAY_COUNT(weights); w++) {
		struct reg_cpu cpu = { 0 };
		uint64_t events = 0;

		r.read_weight_q8 = weights[w];
		probe(&r, 32);
		source()->start(&cpu);
		for (int n = 0; n < 5000; n++) {
			uint64_t some = (uint64_t)(rand() % 1000);
			uint64_t lines = (uint64_t)(rand() % 5000) + 1;
			uint64_t wanted = lines * 256 / weights[w];

			log_clear();
			events_happen(READ, some);
			events += some;
			source()->sample(&cpu);
			assert_int_equal(cpu.counter.read_lines,
					 events * weights[w] >> 8);
			/* Never late, and early by less than an event. */
			cpu.alarm.lines = lines;
			source()->arm(&cpu);
			assert_int_equal((0 - pmu.value[READ]) & 0xffffffff,
					 wanted ? wanted : 1);
		}
	}
}

/* Reads and writes on two counters: their sum never passes the alarm. */
static void test_mixed_alarm_is_never_late(void **unused)
{
	struct weir_record_counter r = record();

	(void)unused;
	srand(11);
	r.event_read = 0x17;
	r.event_write = 0x18;
	r.write_weight_q8 = 256;
	for (int n = 0; n < 3000; n++) {
		struct reg_cpu cpu = { 0 };
		uint64_t lines = 1 + (uint64_t)(rand() % 300);
		uint64_t write_lines = rand() % 2 ? REG_NEVER :
				       1 + (uint64_t)(rand() % 300);
		int write_percent = rand() % 101;
		uint64_t reads = 0, writes = 0;

		probe(&r, 32);
		source()->start(&cpu);
		assert_int_equal(pmu.event[READ], 0x17);
		assert_int_equal(pmu.event[COMPANION], 0x17);
		assert_int_equal(pmu.event[WRITE], 0x18);
		cpu.alarm.lines = lines;
		cpu.alarm.write_lines = write_lines;
		source()->arm(&cpu);
		log_clear();
		while (!interrupted()) {
			if (rand() % 100 < write_percent) {
				events_happen(WRITE, 1);
				writes++;
			} else {
				events_happen(READ, 1);
				events_happen(COMPANION, 1);
				reads++;
			}
		}
		assert_true(reads + writes <= lines);
		assert_true(writes <= write_lines);
		/* And not absurdly early. */
		assert_true(reads + writes >= (lines + 1) / 2 ||
			    writes == write_lines);
		source()->sample(&cpu);
		assert_int_equal(cpu.counter.read_lines, reads);
		assert_int_equal(cpu.counter.write_lines, writes);
	}
}

static void expect_refusal(const struct weir_record_counter *r,
			   const char *expected)
{
	struct counter_caps caps;
	const char *why = NULL;

	assert_int_equal(source()->probe(r, &caps, &why), -ENODEV);
	assert_string_equal(why, expected);
}

static void test_probe_says_what_is_missing(void **unused)
{
	struct weir_record_counter r = record();

	(void)unused;
	probe(&r, 32);
	pmu.error = -ENODEV;
	expect_refusal(&r, "the machine has none");
	pmu.error = 0;
	pmu.caps.counters = 2;
	expect_refusal(&r, "the PMU has fewer counters than must be reserved");
	pmu.caps.counters = 3;
	pmu.caps.overflow_irq = false;
	expect_refusal(&r, "no overflow interrupt of the PMU is configured");
	pmu.caps.overflow_irq = true;
	r.overflow_irq = 0;
	expect_refusal(&r, "no overflow interrupt of the PMU is configured");
}

static void test_registry_refuses_weights(void **unused)
{
	struct weir_record_counter r = record();
	const struct counter_slot *slot;

	(void)unused;
	probe(&r, 32);
	r.read_weight_q8 = 0;
	assert_int_equal(registry_init(), 0);
	assert_int_equal(registry_sources_mask(), 0);
	slot = registry_configure(&r);
	assert_string_equal(slot->why,
			    "the weights of its counter record are out of range");
	assert_int_equal(registry_sources_mask(), 0);
	r.read_weight_q8 = 256;
	assert_int_equal(registry_init(), 0);
	slot = registry_configure(&r);
	assert_null(slot->why);
	assert_int_equal(registry_sources_mask(), BIT(COUNTER_PMUV3));
	/* The first record of a source counts. */
	r.read_weight_q8 = 0;
	assert_null(registry_configure(&r)->why);
	r.source = 77;
	assert_null(registry_configure(&r));
}

/* A CPU alone in its cell, 64 lines in a bucket, a line a microsecond. */
static void polled_begin(struct reg_cpu *cpu, struct reg_cell *cell)
{
	const struct reg_platform platform = {
		.line_bytes = 64, .cpus_count = 1, .counts_writes = true,
		.interrupts = true,
	};
	const struct reg_settings settings = {
		.budget_bytes_per_s = 64000000, .period_ns = 64000,
		.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED,
		.poll_ns = 5000,
	};
	const struct regulator *mempol =
		registry_regulator(REGULATOR_MEMPOL)->regulator;

	cpu->cell = cell;
	assert_int_equal(mempol->check(&platform, &settings, &cpu->active,
				       NULL), 0);
	cpu->active.regulator = mempol;
	cpu->active.source = source();
	cpu->active.revision = 1;
	cpu->active.interrupts = true;
	source()->start(cpu);
	log_clear();
	assert_int_equal(mempol->commit(cpu, 1000), REG_RUN);
}

/* What a poll does to the registers: it reads, and nothing else, held or not. */
static void test_traffic_of_polls(void **unused)
{
	struct weir_record_counter r = record();
	static struct reg_cell cell;
	static struct reg_cpu cpu;
	const struct regulator *mempol =
		registry_regulator(REGULATOR_MEMPOL)->regulator;

	(void)unused;
	r.event_write = 0x18;
	r.write_weight_q8 = 256;
	probe(&r, 32);
	polled_begin(&cpu, &cell);
	assert_non_null(strstr(pmu.log, "w0:"));
	for (uint64_t ns = cpu.next_ns; ns < 10000000; ns = cpu.next_ns) {
		log_clear();
		events_happen(READ, 3);
		events_happen(WRITE, 1);
		assert_int_equal(mempol->period(&cpu, ns), REG_RUN);
		assert_string_equal(pmu.log, "r0 r1 ");
	}
	events_happen(READ, 500);
	log_clear();
	assert_int_equal(mempol->period(&cpu, cpu.next_ns), REG_STALL);
	assert_string_equal(pmu.log, "r0 r1 ");
	assert_int_equal(cpu.stats.overflows, 0);
	/* One that wraps before anybody looks is counted, and armed again. */
	events_happen(READ, 3000000000);
	assert_true(interrupted());
	assert_true(source()->alarmed(&cpu));
	log_clear();
	assert_int_equal(mempol->overflow(&cpu, cpu.next_ns), REG_STALL);
	assert_non_null(strstr(pmu.log, "r0 r1 "));
	assert_non_null(strstr(pmu.log, "w0:"));
	assert_true(cpu.own.total.lines < -2999999000ll);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_traffic_of_a_life),
		cmocka_unit_test(test_overflow_is_exact),
		cmocka_unit_test(test_count_is_exact_for_ever),
		cmocka_unit_test(test_long_alarms_come_in_stages),
		cmocka_unit_test(test_weights_keep_fractions),
		cmocka_unit_test(test_mixed_alarm_is_never_late),
		cmocka_unit_test(test_traffic_of_polls),
		cmocka_unit_test(test_probe_says_what_is_missing),
		cmocka_unit_test(test_registry_refuses_weights),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
