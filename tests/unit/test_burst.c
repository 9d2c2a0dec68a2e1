/* SPDX-License-Identifier: GPL-2.0-only */
/* Burst caps: every window, alone and beside budgets and throttles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/clock.h"
#include "hv/errno.h"
#include "hv/regulation.h"
#include "tests/sim/lines.h"

#define WINDOW_NS	20000u
#define GAP_NS		15u		/* between two lines, at best */
#define SKID_NS		120u
#define LATE_LINES	(SKID_NS / GAP_NS + 1)

static struct reg_settings wish(uint64_t bytes, uint64_t window_ns)
{
	return (struct reg_settings){
		.valid = REG_SET_BURST | REG_SET_MODE,
		.burst_bytes = bytes,
		.burst_window_ns = window_ns,
		.mode = REG_MODE_PER_CPU,
	};
}

static void set(struct reg_settings settings)
{
	(void)lines_set(cell_root(), settings);
}

/* The lines of CPU 0 with their times, as fast as it is let. */
static struct {
	uint64_t ns[200000];
	unsigned int count;
} log_of;

/* `idle`: it rests for a while now and then. */
static void run(uint64_t span_ns, bool idle)
{
	struct per_cpu *cpu = fake_cpu_area(0);
	uint64_t end_ns = fake.now_ns + span_ns, alarm_ns = UINT64_MAX;

	log_of.count = 0;
	fake_on_cpu(0);
	while (fake.now_ns < end_ns) {
		fake.now_ns += GAP_NS;
		if (cpu->tick.armed_ns <= fake.now_ns)
			tick_run(cpu);
		if (alarm_ns <= fake.now_ns) {
			alarm_ns = UINT64_MAX;
			regulation_overflow(cpu);
		}
		if (cpu->stall_requested)
			continue;
		if (idle && lines_random(300) == 0)
			fake.now_ns += lines_random(2 * WINDOW_NS);
		lines_happen(cpu, 1, 0);
		assert_true(log_of.count < ARRAY_COUNT(log_of.ns));
		log_of.ns[log_of.count++] = fake.now_ns;
		/* An alarm that has come may be further past with each line. */
		if (alarm_ns == UINT64_MAX && (int64_t)lines_to_alarm(cpu) <= 0)
			alarm_ns = fake.now_ns + lines_random(SKID_NS);
	}
}

static unsigned int worst_window(void)
{
	unsigned int worst = 0, tail = 0;

	for (unsigned int n = 0; n < log_of.count; n++) {
		while (log_of.ns[tail] + WINDOW_NS <= log_of.ns[n])
			tail++;
		if (n - tail + 1 > worst)
			worst = n - tail + 1;
	}
	return worst;
}

/* 64 lines of each CPU in 20 us; without it there would be 1333. */
static void test_every_window(void **unused)
{
	(void)unused;
	for (unsigned int n = 0; n < 20; n++) {
		assert_int_equal(lines_setup(NULL), 0);
		lines_seed = n;
		set(wish(4 * 64 * 64, WINDOW_NS));
		run(3000000, n % 2);
		assert_in_range(worst_window(), 40, 64 + LATE_LINES);
	}
	/* Two thirds of it last: 42.7 in 20 us, for 3 ms. */
	set(wish(4 * 64 * 64, WINDOW_NS));
	run(3000000, false);
	assert_in_range(log_of.count, 6300, 6500);
}

static void test_beside_a_budget(void **unused)
{
	struct reg_settings s = wish(4 * 64 * 64, WINDOW_NS);
	const struct reg_cpu_stats *stats = &fake_cpu_area(0)->reg.stats;

	(void)unused;
	s.valid |= REG_SET_BUDGET;
	s.budget_bytes_per_s = 4 * 64 * 500000;
	set(s);
	assert_false(fake_cpu_area(0)->reg.active.short_ways);
	run(20000000, false);
	/* Each keeps its own: 500 in a millisecond, 64 in 20 us. */
	assert_in_range(log_of.count, 9900, 10600);
	assert_true(worst_window() <= 64 + LATE_LINES);
	assert_true(stats->held_stalls[REG_HELD_BURST - 1] > 100);
	assert_true(stats->held_stalls[REG_HELD_BUDGET - 1] >= 18);
	assert_int_equal(stats->held_ns[0] + stats->held_ns[1] +
			 stats->held_ns[2], stats->stall_ns);
	/* And a throttle on top of both. */
	s.valid = REG_SET_DUTY;
	s.duty_permille = 100;
	set(s);
	run(20000000, false);
	assert_true(worst_window() <= 64 + LATE_LINES);
	/* 100 us of each millisecond: five windows. */
	assert_in_range(log_of.count, 20 * 200, 20 * 340);
	assert_true(stats->held_stalls[REG_HELD_THROTTLE - 1] >= 19);
}

static void test_reset_is_no_way_out(void **unused)
{
	(void)unused;
	set(wish(4 * 64 * 64, WINDOW_NS));
	run(1000000, false);
	for (unsigned int n = 0; n < 200; n++) {
		cpu_post_event(fake_cpu_area(0), EVENT_RESET);
		fake_settle();
	}
	assert_true(fake_cpu_area(0)->reg.burst.lines <= 10);
	run(1000000, false);
	assert_true(worst_window() <= 64 + LATE_LINES);
	set(wish(REG_BURST_NONE, WINDOW_NS));
	assert_false(fake_cpu_area(0)->stall_requested);
	assert_int_equal(fake_cpu_area(0)->tick.armed_ns, TICK_NEVER);
	run(100000, false);
	assert_true(log_of.count > 6000);
}

static void expect_refusal(uint64_t bytes, uint64_t window_ns,
			   const char *words)
{
	lines_refuse(cell_root(), wish(bytes, window_ns), words);
}

static void test_refusals(void **unused)
{
	(void)unused;
	expect_refusal(1535, WINDOW_NS,
		       "1535 bytes, allowed are 1536 (6 lines for each CPU)");
	expect_refusal((1ull << 40) + 1, WINDOW_NS, "to 1099511627776");
	expect_refusal(16384, 9999, "9999 ns, allowed are 10000 to 10000000");
	expect_refusal(16384, 10000001, "burst window of 10000001");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lines_setup)
	const struct CMUnitTest tests[] = {
		TEST(test_every_window),
		TEST(test_beside_a_budget),
		TEST(test_reset_is_no_way_out),
		TEST(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
