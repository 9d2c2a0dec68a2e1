/* SPDX-License-Identifier: GPL-2.0-only */
/* The profiler's sources behind a hypercall: counts, clocks, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "abi/hypercall.h"
#include "profiler-inmate/profile/sampler.h"

#define HZ		1200000000ull
#define INTERVAL	12000u		/* 10 us */

/* What the hypervisor would answer. */
static struct {
	long result;
	unsigned int calls;
	struct counters_report counters;
	struct traffic_report traffic;
} hypervisor;

static struct sampler sampler;
static struct {
	struct profile_ring ring;
	uint8_t rest[65536];
} memory;

static long hypercall(uint64_t number, uint64_t arg1, uint64_t arg2)
{
	uint32_t size;

	assert_int_equal(arg2, 0);
	assert_int_equal(arg1 % 8, 0);
	memcpy(&size, (void *)arg1, sizeof(size));
	hypervisor.calls++;
	if (hypervisor.result)
		return hypervisor.result;
	if (number == WEIR_HC_COUNTERS) {
		assert_int_equal(size, sizeof(struct counters_report));
		memcpy((void *)arg1, &hypervisor.counters, size);
	} else {
		assert_int_equal(number, WEIR_HC_TRAFFIC);
		assert_int_equal(size, sizeof(struct traffic_report));
		memcpy((void *)arg1, &hypervisor.traffic, size);
	}
	return 0;
}

static int setup(void **state)
{
	(void)state;
	memset(&hypervisor, 0, sizeof(hypervisor));
	memset(&memory, 0, sizeof(memory));
	sampler = (struct sampler){ .clock_hz = HZ };
	hypervisor.counters.size = sizeof(hypervisor.counters);
	hypervisor.counters.cpus_count = 3;
	for (unsigned int n = 0; n < 3; n++)
		hypervisor.counters.cpu[n] = (struct counters_cpu){
			.line_bytes = 64, .read_lines = 1000 * n,
			.seen_ns = 5000000000ull };
	hypervisor.traffic = (struct traffic_report){
		.size = sizeof(hypervisor.traffic), .line_bytes = 64,
		.now_ns = 1000 };
	return 0;
}

/* From a ring that was asked for a session; the time is 0. */
static void session_begin(void)
{
	sampler_init(&sampler, &memory.ring, sizeof(memory));
	memory.ring.wanted_interval_ns = 10000;
	memory.ring.command = PROFILE_COMMAND_RUN;
	memory.ring.wanted_session = 1;
	sampler_poll(&sampler, 0);
	assert_int_equal(memory.ring.state, PROFILE_STATE_RUNNING);
}

static const struct profile_record *sample(void)
{
	uint64_t slot = memory.ring.produced;

	sampler_sample(&sampler, sampler_due_cycles(&sampler));
	assert_int_equal(memory.ring.produced, slot + 1);
	return (const void *)((const uint8_t *)&memory + PROFILE_RECORDS_OFFSET +
			      slot * memory.ring.record_bytes);
}

static void test_cpus(void **state)
{
	const struct profile_record *record;

	(void)state;
	assert_int_equal(sampler_add_cpus(&sampler, hypercall), 0);
	assert_int_equal(sampler.sources_count, 3);
	assert_string_equal(sampler.sources[2].name, "cpu2");
	session_begin();
	assert_int_equal(memory.ring.source[1].id, 1);
	assert_int_equal(memory.ring.source[1].kind, PROFILE_KIND_CPU);
	assert_int_equal(memory.ring.source[1].first_read_bytes, 64000);
	assert_int_equal(memory.ring.source[1].first_cycles, 6000000000ull);
	hypervisor.counters.cpu[1].read_lines += 7;
	hypervisor.counters.cpu[1].written_lines += 2;
	hypervisor.counters.cpu[1].seen_ns += 10000;
	hypervisor.calls = 0;
	record = sample();
	assert_int_equal(hypervisor.calls, 1);
	assert_int_equal(record->value[0].read_bytes, 0);
	assert_int_equal(record->value[1].read_bytes, 7 * 64);
	assert_int_equal(record->value[1].written_bytes, 2 * 64);
	assert_int_equal(record->value[1].cycles, INTERVAL);
	assert_int_equal(record->value[2].cycles, 0);
}

/* Its CPU is another cell's now: counts go on from zero. */
static void test_a_cell_that_begins(void **state)
{
	(void)state;
	assert_int_equal(sampler_add_cpus(&sampler, hypercall), 0);
	session_begin();
	hypervisor.counters.cpu[2].read_lines = 5;
	hypervisor.counters.cpu[2].written_lines = 1;
	assert_int_equal(sample()->value[2].read_bytes, 5 * 64);
	hypervisor.counters.cpu[2].read_lines = 9;
	assert_int_equal(sample()->value[2].read_bytes, 4 * 64);
	/* A call that is refused adds nothing. */
	hypervisor.result = -1;
	assert_int_equal(sample()->value[2].read_bytes, 0);
}

static void test_controllers(void **state)
{
	const struct profile_record *record;

	(void)state;
	assert_int_equal(sampler_add_controllers(&sampler, hypercall), 0);
	assert_string_equal(sampler.sources[0].name, "imc0");
	assert_int_equal(sampler.sources[0].kind, PROFILE_KIND_CONTROLLER);
	session_begin();
	hypervisor.traffic.read_lines = 100;
	hypervisor.traffic.write_lines = 50;
	hypervisor.traffic.now_ns += 10000;
	record = sample();
	assert_int_equal(record->value[0].read_bytes, 6400);
	assert_int_equal(record->value[0].written_bytes, 3200);
	assert_int_equal(record->value[0].cycles, INTERVAL);
}

static void test_refusals(void **state)
{
	(void)state;
	hypervisor.result = -1;
	assert_int_equal(sampler_add_cpus(&sampler, hypercall), -1);
	assert_int_equal(sampler_add_controllers(&sampler, hypercall), -1);
	assert_int_equal(sampler.sources_count, 0);
	hypervisor.result = 0;
	sampler.sources_count = PROFILE_MAX_SOURCES - 2;
	assert_int_equal(sampler_add_cpus(&sampler, hypercall), -1);
	sampler.sources_count = PROFILE_MAX_SOURCES;
	assert_int_equal(sampler_add_controllers(&sampler, hypercall), -1);
}

/* CPUs that nothing is counted of are no sources; one that is makes them some. */
static void test_nothing_counts(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 3; n++)
		hypervisor.counters.cpu[n].line_bytes = 0;
	assert_int_equal(sampler_add_cpus(&sampler, hypercall), -1);
	assert_int_equal(sampler.sources_count, 0);
	hypervisor.counters.cpu[2].line_bytes = 64;
	assert_int_equal(sampler_add_cpus(&sampler, hypercall), 0);
	assert_int_equal(sampler.sources_count, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_cpus, setup),
		cmocka_unit_test_setup(test_a_cell_that_begins, setup),
		cmocka_unit_test_setup(test_controllers, setup),
		cmocka_unit_test_setup(test_refusals, setup),
		cmocka_unit_test_setup(test_nothing_counts, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
