/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters of boards: what is written to them, and what is read out of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "profiler-inmate/profile/registers.h"
#include "profiler-inmate/profile/sampler.h"

#define HZ		1000000000ull
#define FILE_BYTES	0x430u
#define WRITES_MAX	32u
#define BASE		((volatile void *)&model)

/* One block of registers, and what was written to it in which order. */
static struct {
	uint32_t reg[FILE_BYTES / 4];
	struct {
		uint32_t offset, value;
	} write[WRITES_MAX];
	unsigned int writes;
	/* The clock's low half turns over behind its next read. */
	unsigned int turns;
} model;

static struct sampler sampler;

uint32_t __wrap_register_read(const volatile void *base, uint32_t offset);
void __wrap_register_write(volatile void *base, uint32_t offset, uint32_t value);

uint32_t __wrap_register_read(const volatile void *base, uint32_t offset)
{
	uint32_t value;

	assert_ptr_equal(base, &model);
	assert_in_range(offset, 0, FILE_BYTES - 4);
	value = model.reg[offset / 4];
	if (offset == 4 && model.turns) {
		model.turns--;
		model.reg[1] = 5;
		model.reg[0]++;
	}
	return value;
}

void __wrap_register_write(volatile void *base, uint32_t offset, uint32_t value)
{
	assert_ptr_equal(base, &model);
	assert_in_range(offset, 0, FILE_BYTES - 4);
	assert_in_range(model.writes, 0, WRITES_MAX - 1);
	model.write[model.writes].offset = offset;
	model.write[model.writes++].value = value;
	model.reg[offset / 4] = value;
}

static int setup(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	memset(&sampler, 0, sizeof(sampler));
	sampler.clock_hz = HZ;
	return 0;
}

static struct sampler_reading read_source(unsigned int n)
{
	struct sampler_reading reading;

	sampler.sources[n].read(&sampler.sources[n], &reading);
	return reading;
}

static void expect_write(unsigned int n, uint32_t offset, uint32_t value)
{
	assert_in_range(n, 0, model.writes - 1);
	assert_int_equal(model.write[n].offset, offset);
	assert_int_equal(model.write[n].value, value);
}

static void test_mmdc(void **state)
{
	struct sampler_reading first, second;

	(void)state;
	assert_int_equal(sampler_add_mmdc(&sampler, BASE, 1), 0);
	assert_int_equal(model.writes, 3);
	expect_write(0, 0x414, 0);
	expect_write(1, 0x410, 2);
	expect_write(2, 0x410, 1);
	assert_string_equal(sampler.sources[0].name, "mmdc1");

	model.reg[0x418 / 4] = 1000;
	model.reg[0x41c / 4] = 200;
	model.reg[0x428 / 4] = 0xffffff00;
	model.reg[0x42c / 4] = 64;
	first = read_source(0);
	assert_int_equal(first.cycles, 1000);
	assert_int_equal(first.busy_cycles, 200);
	assert_int_equal(first.read_bytes, 0xffffff00);
	assert_int_equal(first.written_bytes, 64);
	/* The counter turns over, the sum does not. */
	model.reg[0x428 / 4] = 0x100;
	second = read_source(0);
	assert_int_equal(second.read_bytes, 0x100000100ull);
	assert_int_equal(second.written_bytes, 64);

	assert_int_equal(sampler_add_mmdc(&sampler, BASE, 2), -1);
	assert_int_equal(sampler.sources_count, 1);
	assert_int_equal(model.writes, 3);
}

static void test_apm_setup(void **state)
{
	(void)state;
	/* Foreign bits in a selector that is only partly ours are kept. */
	model.reg[0x4c / 4] = 0xabcd0000;
	assert_int_equal(sampler_add_apm(&sampler, BASE, 0x3e), 0);
	assert_int_equal(sampler.sources_count, 5);
	expect_write(0, 0x300, 1u << 1 | 1u << 17);
	expect_write(model.writes - 1, 0x300, 1u << 0 | 1u << 16);
	/* Ports 1 to 5: bytes read (3) and bytes written (2) of each. */
	assert_int_equal(model.reg[0x44 / 4], 0x42432223);
	assert_int_equal(model.reg[0x48 / 4], 0x82836263);
	assert_int_equal(model.reg[0x4c / 4], 0xabcda2a3);
	assert_string_equal(sampler.sources[4].name, "apm5");
	assert_int_equal(sampler.sources[4].id, 5);
}

static void test_apm_reads(void **state)
{
	struct sampler_reading reading;

	(void)state;
	assert_int_equal(sampler_add_apm(&sampler, BASE, 0x21), 0);
	model.reg[0x100 / 4] = 640;
	model.reg[0x110 / 4] = 128;
	model.reg[0x120 / 4] = 6400;
	model.reg[0x130 / 4] = 1280;
	model.reg[0] = 7;
	model.reg[1] = 0xffffffff;
	/* Read while it turns over: neither 7:5 nor 8:ffffffff. */
	model.turns = 1;
	reading = read_source(0);
	assert_int_equal(reading.cycles, 8ull << 32 | 5);
	assert_int_equal(reading.read_bytes, 640);
	assert_int_equal(reading.written_bytes, 128);
	reading = read_source(1);
	assert_int_equal(reading.read_bytes, 6400);
	assert_int_equal(reading.written_bytes, 1280);
}

static void test_apm_refusals(void **state)
{
	static const uint32_t ports[] = { 0, 0x3f, 0x100, 0xffffffff };

	(void)state;
	for (unsigned int n = 0; n < sizeof(ports) / sizeof(*ports); n++)
		assert_int_equal(sampler_add_apm(&sampler, BASE, ports[n]), -1);
	sampler.sources_count = PROFILE_MAX_SOURCES - 1;
	assert_int_equal(sampler_add_apm(&sampler, BASE, 3), -1);
	assert_int_equal(sampler.sources_count, PROFILE_MAX_SOURCES - 1);
	assert_int_equal(model.writes, 0);
}

/* Between samples a second apart the counter turns over twice. */
static void test_turns_between_samples(void **state)
{
	static char memory[PROFILE_RECORDS_OFFSET + 4096];
	struct profile_ring *ring = (struct profile_ring *)memory;
	uint64_t moved = 0, told = 0;

	(void)state;
	assert_int_equal(sampler_add_apm(&sampler, BASE, 1), 0);
	sampler_init(&sampler, ring, sizeof(memory));
	ring->command = PROFILE_COMMAND_RUN;
	ring->wanted_interval_ns = 1000000000;
	ring->wanted_session = 1;
	sampler_poll(&sampler, 0);
	assert_int_equal(ring->state, PROFILE_STATE_RUNNING);
	for (uint64_t now = 0; now < HZ; now += HZ / 40) {
		model.reg[0x100 / 4] += 0x0e000000;
		moved += 0x0e000000;
		sampler_follow(&sampler, now);
	}
	assert_true(moved > 2ull << 32);
	/* What a record cannot hold is left for the next one: nothing is lost. */
	for (uint64_t second = 1; second <= 3; second++) {
		const struct profile_record *record =
			(const struct profile_record *)(memory +
				PROFILE_RECORDS_OFFSET +
				(second - 1) * ring->record_bytes);

		sampler_sample(&sampler, second * HZ);
		told += record->value[0].read_bytes;
	}
	assert_int_equal(ring->produced, 3);
	assert_true(told == moved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_mmdc, setup),
		cmocka_unit_test_setup(test_apm_setup, setup),
		cmocka_unit_test_setup(test_apm_reads, setup),
		cmocka_unit_test_setup(test_apm_refusals, setup),
		cmocka_unit_test_setup(test_turns_between_samples, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
