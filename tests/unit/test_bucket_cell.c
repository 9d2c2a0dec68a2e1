/* SPDX-License-Identifier: GPL-2.0-only */
/* Buckets of cells: the default, no tick, waits, switching over while it runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/clock.h"
#include "hv/regulation.h"
#include "tests/sim/lines.h"

static struct reg_request set(uint64_t bytes_per_s, uint32_t mode,
			      uint16_t regulator)
{
	return lines_set(cell_root(), (struct reg_settings){
		.valid = REG_SET_BUDGET | REG_SET_MODE | REG_SET_REGULATOR |
			 REG_SET_DEPTH,
		.budget_bytes_per_s = bytes_per_s,
		/* A millisecond of what it is here. */
		.depth_bytes = 64 * 40,
		.mode = mode,
		.regulator = regulator,
	});
}

/* The counter interrupts. */
static void use(struct per_cpu *cpu, uint64_t lines)
{
	lines_happen(cpu, lines, 0);
	fake_on_cpu(cpu->id);
	regulation_overflow(cpu);
}

static void test_default(void **unused)
{
	struct reg_request r = set(64 * 40000, 0, REGULATOR_NONE);

	(void)unused;
	assert_int_equal(r.effective.regulator, REGULATOR_BUCKET);
	assert_int_equal(r.effective.depth_bytes, 64 * 40);
	assert_int_equal(cell_root()->reg.requested.regulator, REGULATOR_NONE);
	r = set(64 * 40000, REG_MODE_SYNCHRONOUS, REGULATOR_NONE);
	assert_int_equal(r.effective.regulator, REGULATOR_MEMGUARD);
	lines_interrupt(false);
	assert_int_equal(lines_setup(NULL), 0);
	lines_interrupt(true);
	r = set(64 * 40000, 0, REGULATOR_NONE);
	assert_int_equal(r.effective.regulator, REGULATOR_MEMGUARD);
}

static void test_no_tick_until_it_is_empty(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(0);

	(void)unused;
	set(64 * 40000, REG_MODE_PER_CPU, REGULATOR_BUCKET);
	/* Ten lines a millisecond for each, and so many to begin with. */
	assert_int_equal(cpu->tick.armed_ns, TICK_NEVER);
	assert_int_equal(lines_to_alarm(cpu), 10);
	fake.now_ns = 700000;
	use(cpu, 10);
	/* Seven came in meanwhile. */
	assert_false(cpu->stall_requested);
	assert_int_equal(lines_to_alarm(cpu), 7);
	assert_int_equal(cpu->tick.armed_ns, TICK_NEVER);
	fake.now_ns = 800000;
	use(cpu, 8);
	/* One is there, and one was too much: ten, in one millisecond. */
	assert_true(cpu->stall_requested);
	assert_int_equal(cpu->reg.stats.held_by, REG_HELD_BUDGET);
	assert_int_equal(cpu->tick.armed_ns, 1800000);
	regulation_stall(cpu);
	assert_in_range(fake.now_ns, 1800000, 1802000);
	assert_int_equal(lines_to_alarm(cpu), 10);
	assert_int_equal(cpu->tick.armed_ns, TICK_NEVER);
	assert_int_equal(cpu->reg.stats.overshoot_lines, 1);
	assert_int_equal(cpu->reg.stats.periods, 0);
}

/* Who ran dry first is served first, and all of them in time. */
static void test_waiting_in_line(void **unused)
{
	(void)unused;
	set(64 * 40000, 0, REGULATOR_BUCKET);
	for (unsigned int n = 0; n < 4; n++) {
		assert_int_equal(lines_to_alarm(fake_cpu_area(n)), 10);
		use(fake_cpu_area(n), 10);
	}
	/* Forty lines come in a millisecond: ten each quarter of it. */
	for (unsigned int n = 0; n < 4; n++) {
		struct per_cpu *cpu = fake_cpu_area(n);

		assert_true(cpu->stall_requested);
		assert_int_equal(cpu->tick.armed_ns, 250000 * (n + 1));
	}
	fake.now_ns = 250000;
	fake_on_cpu(0);
	tick_run(fake_cpu_area(0));
	assert_false(fake_cpu_area(0)->stall_requested);
	/* Nobody overtakes. */
	use(fake_cpu_area(0), 10);
	assert_int_equal(fake_cpu_area(0)->tick.armed_ns, 1250000);
	/* Who is reset gives back what it waited for. */
	cpu_post_event(fake_cpu_area(1), EVENT_PARK);
	fake_settle();
	assert_int_equal(fake_cpu_area(1)->tick.armed_ns, TICK_NEVER);
	assert_int_equal(cell_root()->reg.pool.total.lines, -30);
}

/* Level and debt go along when the regulator changes. */
static void test_switching_over(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(0);

	(void)unused;
	set(64 * 40000, REG_MODE_PER_CPU, REGULATOR_MEMGUARD);
	use(cpu, 25);
	assert_true(cpu->stall_requested);
	assert_int_equal(cpu->reg.own.total.lines, -15);
	set(64 * 40000, REG_MODE_PER_CPU, REGULATOR_BUCKET);
	/* Fifteen owed and ten to use: two and a half milliseconds. */
	assert_true(cpu->stall_requested);
	assert_int_equal(cpu->tick.armed_ns, 2500000);
	fake.now_ns = 1000000;
	set(64 * 40000, REG_MODE_PER_CPU, REGULATOR_MEMGUARD);
	assert_true(cpu->stall_requested);
	assert_in_range(cpu->reg.own.total.lines + 100, 95, 100);
	set(REG_BUDGET_UNLIMITED, 0, REGULATOR_NONE);
	assert_false(cpu->stall_requested);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lines_setup)
	const struct CMUnitTest tests[] = {
		TEST(test_default),
		TEST(test_no_tick_until_it_is_empty),
		TEST(test_waiting_in_line),
		TEST(test_switching_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
