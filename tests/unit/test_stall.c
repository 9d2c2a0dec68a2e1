/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs that have used their budget: holding, letting go, what ends a stall. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/clock.h"
#include "hv/regulation.h"
#include "tests/sim/lines.h"

#define MB	1000000ull

static void root_set(uint64_t budget, uint64_t period_ns, uint32_t mode)
{
	struct reg_request r = {
		.size = sizeof(r), .operation = REG_OP_SET,
		.settings = {
			.valid = REG_SET_BUDGET | REG_SET_PERIOD | REG_SET_MODE,
			.budget_bytes_per_s = budget,
			.period_ns = period_ns,
			.mode = mode,
		},
	};

	assert_int_equal(regulation_set(cell_root(), &r), 0);
	fake_settle();
}

/* Each CPU of four has 10 lines per millisecond for itself. */
static struct per_cpu *shares(void)
{
	root_set(64 * 40000, 1000000, REG_MODE_PER_CPU);
	return fake_cpu_area(0);
}

/* The counter interrupts. */
static void use_up(struct per_cpu *cpu, uint64_t lines)
{
	lines_happen(cpu, lines, 0);
	fake_on_cpu(cpu->id);
	regulation_overflow(cpu);
}

static void test_overflow_stalls_until_the_refill(void **unused)
{
	struct per_cpu *cpu = shares();
	const struct reg_cpu_stats *stats = &cpu->reg.stats;

	(void)unused;
	assert_int_equal(lines_to_alarm(cpu), 10);
	/* An interrupt before the alarm is nobody's. */
	lines_happen(cpu, 9, 0);
	regulation_overflow(cpu);
	assert_false(cpu->stall_requested);
	assert_int_equal(stats->overflows, 0);
	fake.now_ns = 300000;
	use_up(cpu, 3);
	assert_true(cpu->stall_requested);
	assert_int_equal(stats->overflows, 1);
	assert_int_equal(stats->stalls, 1);
	assert_int_equal(stats->overshoot_lines, 2);
	assert_int_equal(stats->stalled, 1);
	assert_int_equal(cpu->tick.armed_ns, 1000000);
	regulation_stall(cpu);
	assert_false(cpu->stall_requested);
	assert_in_range(fake.now_ns, 1000000, 1002000);
	assert_int_equal(stats->stalled, 0);
	assert_in_range(stats->stall_ns, 700000, 702000);
	assert_int_equal(stats->stall_histogram[3], 1);
	/* It pays for what it took too much. */
	assert_int_equal(lines_to_alarm(cpu), 8);
	assert_int_equal(cpu->tick.armed_ns, 2000000);
	/* Interrupts were taken meanwhile. */
	assert_true(fake.irq_polls > 100);
}

static void test_deep_debt_stalls_for_several_periods(void **unused)
{
	struct per_cpu *cpu = shares();

	(void)unused;
	use_up(cpu, 35);
	regulation_stall(cpu);
	/* 25 owed: 5 to use after three refills. */
	assert_in_range(fake.now_ns, 3000000, 3002000);
	assert_int_equal(lines_to_alarm(cpu), 5);
	assert_int_equal(cpu->reg.stats.overshoot_max_lines, 25);
	assert_int_equal(cpu->reg.stats.periods, 3);
	assert_int_equal(cpu->reg.stats.stall_histogram[4], 1);
}

/* Only the tick is between a tick and the guest: stalls that last no time. */
static void test_histogram(void **unused)
{
	static const uint64_t stall_ns[] = { 999, 1000, 9999, 10000, 99999,
					     1000000, 10000000, 100000000,
					     1000000000, 5000000000 };
	static const unsigned int bucket[] = { 0, 1, 1, 2, 2, 4, 5, 6, 7, 7 };

	(void)unused;
	for (size_t n = 0; n < ARRAY_COUNT(stall_ns); n++) {
		struct per_cpu *cpu;
		uint64_t before;

		assert_int_equal(lines_setup(NULL), 0);
		cpu = shares();
		use_up(cpu, 10);
		assert_true(cpu->stall_requested);
		cpu->reg.stall_since_ns = 0;
		before = cpu->reg.stats.stall_histogram[bucket[n]];
		fake.now_ns = stall_ns[n];
		root_set(REG_BUDGET_UNLIMITED, 1000000, 0);
		assert_false(cpu->stall_requested);
		assert_int_equal(cpu->reg.stats.stall_histogram[bucket[n]],
				 before + 1);
		assert_int_equal(cpu->reg.stats.stall_ns, stall_ns[n]);
	}
}

static struct per_cpu *held;
static unsigned int turns;
static void (*in_turn_ten)(void);

static void on_relax(void)
{
	if (++turns == 10)
		in_turn_ten();
}

/* A CPU in the middle of a long stall, when something happens. */
static uint64_t hold_until(void (*happens)(void))
{
	held = fake_cpu_area(2);
	root_set(64, REG_PERIOD_MAX_NS, 0);
	use_up(held, 1000);
	assert_true(held->stall_requested);
	turns = 0;
	in_turn_ten = happens;
	fake.on_relax = on_relax;
	fake.now_ns = 1000000;
	regulation_stall(held);
	fake.on_relax = NULL;
	assert_false(held->stall_requested);
	return fake.now_ns - 1000000;
}

static void lift(void)
{
	struct reg_request r = {
		.size = sizeof(r), .operation = REG_OP_SET,
		.settings = { .valid = REG_SET_BUDGET,
			      .budget_bytes_per_s = REG_BUDGET_UNLIMITED },
	};

	assert_int_equal(regulation_set(cell_root(), &r), 0);
}

static void park(void)
{
	cpu_post_event(held, EVENT_PARK);
}

static void suspend_and_park(void)
{
	cpu_post_event(held, EVENT_SUSPEND);
	cpu_post_event(held, EVENT_PARK);
	__atomic_fetch_and(&held->events, ~EVENT_SUSPEND, __ATOMIC_SEQ_CST);
}

static void test_lifting_the_budget_ends_a_stall(void **unused)
{
	(void)unused;
	assert_true(hold_until(lift) < 20 * FAKE_RELAX_NS);
	assert_int_equal(held->tick.armed_ns, TICK_NEVER);
}

static void test_parking_ends_a_stall(void **unused)
{
	(void)unused;
	assert_true(hold_until(park) < 20 * FAKE_RELAX_NS);
	assert_true(held->parked);
	assert_int_equal(held->tick.armed_ns, TICK_NEVER);
	assert_false(lines_counting(held));
	assert_int_equal(held->reg.stats.stalled, 0);
}

static void test_suspending_works_in_a_stall(void **unused)
{
	(void)unused;
	assert_true(hold_until(suspend_and_park) < 20 * FAKE_RELAX_NS);
	assert_true(held->parked);
}

/* A reset CPU is held as before: that is no way out. */
static void test_reset_is_no_way_out(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(3);

	(void)unused;
	root_set(64, REG_PERIOD_MAX_NS, 0);
	use_up(cpu, 1000);
	assert_true(cpu->stall_requested);
	cpu_post_event(cpu, EVENT_RESET);
	fake_settle();
	assert_true(cpu->stall_requested);
	assert_int_equal(cpu->arch.resets, 1);
	cpu_post_event(cpu, EVENT_PARK);
	fake_settle();
	assert_false(cpu->stall_requested);
	cpu_post_event(cpu, EVENT_RESET);
	fake_settle();
	assert_true(cpu->stall_requested);
}

/* The CPUs of a cell draw from one pool: it is empty for all of them. */
static void test_pool_is_shared(void **unused)
{
	(void)unused;
	root_set(64 * 1000000, 1000000, 0);	/* a line per us */
	for (unsigned int n = 0; n < 4; n++)
		assert_int_equal(lines_to_alarm(fake_cpu_area(n)), 31);
	/* A CPU uses up what is left of the first refill of 250. */
	for (unsigned int n = 0; n < 4; n++)
		use_up(fake_cpu_area(0), 31);
	assert_int_equal(lines_to_alarm(fake_cpu_area(0)), 31);
	assert_false(fake_cpu_area(0)->stall_requested);
	/* 31 drawn, and 2 left in the pool. */
	assert_int_equal(cell_root()->reg.pool.total.lines, 2);
	use_up(fake_cpu_area(0), 34);
	assert_true(fake_cpu_area(0)->stall_requested);
	assert_int_equal(fake_cpu_area(0)->reg.stats.overshoot_lines, 1);
	/* The others have what they drew, and no more. */
	use_up(fake_cpu_area(3), 31);
	assert_true(fake_cpu_area(3)->stall_requested);
	assert_int_equal(fake_cpu_area(3)->reg.stats.overshoot_lines, 0);
	/* Each quarter of a period brings 250. */
	assert_int_equal(fake_cpu_area(3)->tick.armed_ns, 250000);
	fake_on_cpu(3);
	regulation_stall(fake_cpu_area(3));
	assert_in_range(fake.now_ns, 250000, 252000);
}

/* A source that must be polled: every so often, and only while it matters. */
static void test_polled_by_the_tick(void **unused)
{
	struct per_cpu *cpu;

	(void)unused;
	lines_interrupt(false);
	lines_poll_every(50000);
	assert_int_equal(lines_setup(NULL), 0);
	cpu = fake_cpu_area(0);
	assert_int_equal(cpu->tick.armed_ns, TICK_NEVER);
	shares();
	lines_interrupt(true);
	lines_poll_every(0);
	assert_int_equal(cpu->tick.armed_ns, 50000);
	fake.now_ns = 50100;
	clock_timer_fired(cpu);
	assert_int_equal(cpu->reg.stats.overflows, 0);
	/* On the grid, although it came late. */
	assert_int_equal(cpu->tick.armed_ns, 100000);
	lines_happen(cpu, 12, 0);
	assert_false(cpu->stall_requested);
	fake.now_ns = 100000;
	clock_timer_fired(cpu);
	assert_true(cpu->stall_requested);
	assert_int_equal(cpu->reg.stats.overshoot_lines, 2);
	regulation_stall(cpu);
	assert_in_range(fake.now_ns, 1000000, 1002000);
	assert_int_equal(lines_to_alarm(cpu), 8);
}

/* Only counted: an interrupt before the counter wraps, nothing else. */
static void test_overflow_while_unregulated(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(0);

	(void)unused;
	lines_happen(cpu, 1ull << 40, 5);
	regulation_overflow(cpu);
	assert_false(cpu->stall_requested);
	assert_int_equal(cpu->reg.stats.stalls + cpu->reg.stats.overflows, 0);
	/* And not charged to a budget that comes later. */
	shares();
	assert_false(cpu->stall_requested);
	assert_int_equal(lines_to_alarm(cpu), 10);
}

/* A CPU that slept without a tick was not late. */
static void test_resume_is_not_lateness(void **unused)
{
	struct per_cpu *cpu = shares();

	(void)unused;
	fake.now_ns = 12345678;
	regulation_cpu_resume(cpu);
	assert_int_equal(cpu->reg.stats.late_max_ns, 0);
	assert_int_equal(cpu->tick.armed_ns, 13000000);
	assert_int_equal(lines_to_alarm(cpu), 10);
	fake.now_ns = 13000700;
	clock_timer_fired(cpu);
	assert_int_equal(cpu->reg.stats.late_max_ns, 700);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lines_setup)
	const struct CMUnitTest tests[] = {
		TEST(test_overflow_stalls_until_the_refill),
		TEST(test_deep_debt_stalls_for_several_periods),
		TEST(test_histogram),
		TEST(test_lifting_the_budget_ends_a_stall),
		TEST(test_parking_ends_a_stall),
		TEST(test_suspending_works_in_a_stall),
		TEST(test_reset_is_no_way_out),
		TEST(test_pool_is_shared),
		TEST(test_polled_by_the_tick),
		TEST(test_overflow_while_unregulated),
		TEST(test_resume_is_not_lateness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
