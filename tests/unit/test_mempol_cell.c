/* SPDX-License-Identifier: GPL-2.0-only */
/* Cells that are polled: counters that cannot interrupt, others beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/clock.h"
#include "hv/regulation.h"
#include "tests/sim/lines.h"

#define MS		1000000ull
#define GAP_NS		15u		/* between two lines, at best */
#define POLL_NS		6000u
#define POLL_LINES	(POLL_NS / GAP_NS + 1)

/* Nobody is told by an interrupt, and nobody's tick looks at alarms. */
static int setup(void **state)
{
	int err;

	lines_interrupt(false);
	err = lines_setup(state);
	lines_interrupt(true);
	return err;
}

/* 500 lines a millisecond for each CPU. */
static struct reg_settings polls(uint32_t law)
{
	return (struct reg_settings){
		.valid = REG_SET_BUDGET | REG_SET_MODE | REG_SET_REGULATOR |
			 REG_SET_POLL | REG_SET_LAW | REG_SET_PERIOD,
		.budget_bytes_per_s = 4 * 64 * 500000,
		.mode = REG_MODE_PER_CPU,
		.regulator = REGULATOR_MEMPOL,
		.poll_ns = POLL_NS,
		.law = law,
		.period_ns = 96000,
	};
}

static struct reg_request set(struct reg_settings settings)
{
	return lines_set(cell_root(), settings);
}

/* CPU 0 as fast as it is let, and nothing but its timer: the lines it moved. */
static unsigned int run(uint64_t span_ns)
{
	struct per_cpu *cpu = fake_cpu_area(0);
	uint64_t end_ns = fake.now_ns + span_ns;
	unsigned int lines = 0;

	fake_on_cpu(0);
	while (fake.now_ns < end_ns) {
		fake.now_ns += GAP_NS;
		if (cpu->tick.armed_ns <= fake.now_ns)
			tick_run(cpu);
		if (cpu->stall_requested)
			continue;
		lines_happen(cpu, 1, 0);
		lines++;
	}
	return lines;
}

static void test_a_counter_that_cannot_interrupt(void **unused)
{
	(void)unused;
	for (uint32_t law = 0; law <= REG_LAW_WINDOW; law++) {
		const struct reg_cpu *reg = &fake_cpu_area(0)->reg;
		struct reg_settings s = polls(law);
		struct reg_request r;
		unsigned int lines;

		s.mode |= REG_MODE_STEADY;
		r = set(s);
		lines = run(100 * MS);

		assert_int_equal(r.effective.regulator, REGULATOR_MEMPOL);
		assert_int_equal(r.effective.poll_ns, POLL_NS);
		assert_int_equal(r.effective.law, law);
		/* No tick looks beside its own. */
		assert_int_equal(reg->active.poll_ns, 0);
		/* A bucket of 48 and a poll are what the end may bring. */
		assert_in_range(lines, 50000 - POLL_LINES,
				50000 + 48 + POLL_LINES);
		assert_in_range(reg->stats.overshoot_max_lines,
				POLL_LINES - 10, POLL_LINES);
		assert_int_equal(reg->stats.overflows, 0);
	}
}

/* Another interval counts from the next look on. */
static void test_live(void **unused)
{
	const struct reg_cpu_stats *stats = &fake_cpu_area(0)->reg.stats;
	struct reg_settings s = polls(REG_LAW_BUCKET);
	uint64_t before;

	(void)unused;
	set(s);
	before = stats->periods;
	run(60 * MS);
	assert_in_range(stats->periods - before, 10000, 11000);
	s.valid = REG_SET_POLL;
	s.poll_ns = 1000;
	set(s);
	before = stats->periods;
	run(60 * MS);
	assert_in_range(stats->periods - before, 58000, 64000);
	s.poll_ns = 0;
	assert_int_equal(set(s).effective.poll_ns, REG_POLL_DEFAULT_NS);
	s.poll_ns = 96001;
	lines_refuse(cell_root(), s, "in a period of 96000 ns");
	assert_int_equal(fake_cpu_area(0)->reg.active.polls.interval_ns,
			 REG_POLL_DEFAULT_NS);
}

/* A budget, a cap and a duty: each is kept, and of several one is named. */
static void test_beside_others(void **unused)
{
	const struct reg_cpu_stats *stats = &fake_cpu_area(0)->reg.stats;

	(void)unused;
	for (uint32_t law = 0; law <= REG_LAW_WINDOW; law++) {
		struct reg_settings s = polls(law);
		unsigned int lines;

		s.valid |= REG_SET_DUTY | REG_SET_THROTTLE_PERIOD;
		s.duty_permille = 500;
		s.throttle_period_ns = MS;
		set(s);
		lines = run(100 * MS);
		/* Half of the time is enough for the budget of all of it? */
		assert_in_range(lines, 50000 / 2, 50000 + 48 + POLL_LINES);
		assert_true(stats->held_stalls[REG_HELD_THROTTLE - 1] >= 99);
		assert_true(stats->held_stalls[REG_HELD_BUDGET - 1] >= 99);
		assert_int_equal(stats->held_ns[0] + stats->held_ns[1] +
				 stats->held_ns[2] +
				 (stats->stalled ? fake.now_ns -
				  fake_cpu_area(0)->reg.held_since_ns : 0),
				 stats->stall_ns +
				 (stats->stalled ? fake.now_ns -
				  fake_cpu_area(0)->reg.stall_since_ns : 0));
		s.valid = REG_SET_DUTY;
		s.duty_permille = REG_DUTY_FULL;
		set(s);
	}
}

/* A burst cap looks where there are interrupts, and polls do not undo it. */
static void test_beside_a_burst_cap(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(0);
	struct reg_settings s = polls(REG_LAW_BUCKET);

	(void)unused;
	assert_int_equal(lines_setup(NULL), 0);
	s.valid |= REG_SET_BURST;
	s.burst_bytes = 4 * 64 * 60;
	s.burst_window_ns = 20000;
	set(s);
	/* Ten lines are in its bucket, and this is what is armed. */
	assert_int_equal(lines_to_alarm(cpu), 10);
	fake.now_ns += 100;
	lines_happen(cpu, 4, 0);
	fake_on_cpu(0);
	regulation_period(cpu, fake.now_ns);
	assert_int_equal(lines_to_alarm(cpu), 6);
	lines_happen(cpu, 6, 0);
	regulation_overflow(cpu);
	assert_true(cpu->stall_requested);
	assert_int_equal(cpu->reg.stats.held_by, REG_HELD_BURST);
	s.valid = REG_SET_BURST;
	s.burst_bytes = REG_BURST_NONE;
	set(s);
	assert_false(cpu->stall_requested);
	assert_int_equal(lines_to_alarm(cpu), REG_NEVER);
}

/* What is there and what is owed stays when regulator or law change. */
static void test_switching_over(void **unused)
{
	static const struct {
		uint16_t regulator;
		uint32_t law;
	} turns[] = {
		{ REGULATOR_MEMGUARD, 0 }, { REGULATOR_MEMPOL, REG_LAW_WINDOW },
		{ REGULATOR_BUCKET, 0 }, { REGULATOR_MEMPOL, REG_LAW_BUCKET },
		{ REGULATOR_MEMPOL, REG_LAW_WINDOW },
	};
	struct per_cpu *cpu = fake_cpu_area(0);
	struct reg_settings s = polls(REG_LAW_WINDOW);
	int64_t lines = -952;

	(void)unused;
	set(s);
	lines_happen(cpu, 1000, 0);
	fake_on_cpu(0);
	regulation_period(cpu, fake.now_ns);
	assert_true(cpu->stall_requested);
	for (unsigned int n = 0; n < 100; n++) {
		s.regulator = turns[n % ARRAY_COUNT(turns)].regulator;
		s.law = turns[n % ARRAY_COUNT(turns)].law;
		set(s);
		assert_true(cpu->stall_requested);
		/* memguard pays up to its next refill, once: a line per 2 us. */
		if (n == 0)
			lines += (int64_t)(cpu->reg.own.next_ns -
					   fake.now_ns) / 2000;
		/* A bucket has drawn what it waits for. */
		assert_int_equal(cpu->reg.own.total.lines +
				 (int64_t)cpu->reg.grant_lines, lines);
	}
	s.budget_bytes_per_s = REG_BUDGET_UNLIMITED;
	set(s);
	assert_false(cpu->stall_requested);
	assert_int_equal(cpu->tick.armed_ns, TICK_NEVER);
}

/* Debt of one CPU is not lost on the pool that all of them share. */
static void test_from_shares_to_a_pool(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(2);
	struct reg_settings s = polls(REG_LAW_WINDOW);

	(void)unused;
	set(s);
	lines_happen(cpu, 1048, 0);
	fake_on_cpu(2);
	regulation_period(cpu, fake.now_ns);
	assert_int_equal(cpu->reg.own.total.lines, -1000);
	s.mode = 0;
	set(s);
	for (unsigned int n = 0; n < 4; n++)
		assert_true(fake_cpu_area(n)->stall_requested);
	assert_in_range(-cell_root()->reg.pool.total.lines, 1000 - 192, 1000);
}

/* What is polled anyway is polled as often as is asked for. */
static void test_polls_of_others(void **unused)
{
	struct reg_settings s = polls(REG_LAW_BUCKET);

	(void)unused;
	s.regulator = REGULATOR_MEMGUARD;
	assert_int_equal(set(s).effective.poll_ns, 0);
	lines_interrupt(false);
	lines_poll_every(50000);
	assert_int_equal(lines_setup(NULL), 0);
	lines_poll_every(0);
	lines_interrupt(true);
	assert_int_equal(set(s).effective.poll_ns, POLL_NS);
	assert_int_equal(fake_cpu_area(0)->reg.active.poll_ns, POLL_NS);
	s.poll_ns = 0;
	assert_int_equal(set(s).effective.poll_ns, 50000);
}

/* CPU 1 as fast as it is let; CPU 0 looks for it, and kicks it. */
static unsigned int run_watched(uint64_t span_ns)
{
	struct per_cpu *cpu = fake_cpu_area(1);
	uint64_t end_ns = fake.now_ns + span_ns;
	unsigned int lines = 0;

	while (fake.now_ns < end_ns) {
		fake.now_ns += GAP_NS;
		for (unsigned int n = 0; n < 2; n++) {
			fake_on_cpu(n);
			if (fake_cpu_area(n)->tick.armed_ns <= fake.now_ns)
				tick_run(fake_cpu_area(n));
		}
		if (cpu->events)
			fake_settle();
		if (cpu->stall_requested)
			continue;
		lines_happen(cpu, 1, 0);
		lines++;
	}
	return lines;
}

static void test_watched(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(1);
	struct cell *cell = cells_make_running(1);
	struct reg_settings s = polls(REG_LAW_BUCKET);
	uint64_t looks;

	(void)unused;
	fake_settle();
	s.valid |= REG_SET_WATCH;
	s.watch_cpu = 1;
	s.budget_bytes_per_s = 64ull * 500000;
	assert_int_equal(lines_set(cell, s).effective.watch_cpu, 1);
	fake_settle();
	assert_in_range(fake_cpu_area(0)->tick.deadline_ns[TICK_WATCH],
			fake.now_ns, fake.now_ns + POLL_NS);
	assert_in_range(run_watched(100 * MS), 50000 - POLL_LINES,
			50000 + 48 + 2 * POLL_LINES);
	/* Seen by the other one, two timers being late by a line each. */
	assert_true(cpu->reg.stats.overshoot_max_lines <= POLL_LINES + 2);
	assert_true(cpu->reg.stats.stalls > 100);
	/* Alone it looks a sixteenth as often, and when it is held. */
	s.valid |= REG_SET_DEPTH;
	s.depth_bytes = 64ull * 10000;
	s.budget_bytes_per_s = 64ull * 100000000;
	(void)lines_set(cell, s);
	fake_settle();
	looks = cpu->reg.stats.periods;
	run_watched(60 * MS);
	assert_true(cpu->reg.stats.periods - looks < 700);
	/* Nobody else's when it is over. */
	s.valid = REG_SET_WATCH;
	s.watch_cpu = 0;
	(void)lines_set(cell, s);
	fake_settle();
	run_watched(MS);
	assert_int_equal(fake_cpu_area(0)->tick.deadline_ns[TICK_WATCH],
			 TICK_NEVER);
}

/* Short ways of the one that watches would not see when a look is due. */
static void test_short_ways_of_who_watches(void **unused)
{
	struct reg_cpu *reg = &fake_cpu_area(0)->reg;
	struct reg_settings root = {
		.valid = REG_SET_BUDGET | REG_SET_REGULATOR,
		.budget_bytes_per_s = 64 * 1000000,
		.regulator = REGULATOR_MEMGUARD,
	};
	struct reg_settings s = polls(REG_LAW_BUCKET);
	struct cell *cell;

	(void)unused;
	assert_int_equal(lines_setup(NULL), 0);
	cell = cells_make_running(1);
	fake_settle();
	(void)lines_set(cell_root(), root);
	assert_true(reg->short_late_ns > 0);
	s.valid |= REG_SET_WATCH;
	s.watch_cpu = 1;
	(void)lines_set(cell, s);
	fake_settle();
	assert_int_equal(reg->short_late_ns, 0);
	fake_on_cpu(0);
	regulation_period(fake_cpu_area(0), fake.now_ns);
	assert_int_equal(reg->short_late_ns, 0);
	s.watch_cpu = 0;
	(void)lines_set(cell, s);
	root.budget_bytes_per_s++;
	(void)lines_set(cell_root(), root);
	assert_true(reg->short_late_ns > 0);
}

/* The one that watches is gone: the other one looks for itself. */
static void test_the_watching_cpu_goes(void **unused)
{
	struct cell *cell = cells_make_running(1);
	struct reg_settings s = polls(REG_LAW_BUCKET);
	unsigned int lines;

	(void)unused;
	fake_settle();
	s.valid |= REG_SET_WATCH;
	s.watch_cpu = 4;
	s.budget_bytes_per_s = 64ull * 500000;
	(void)lines_set(cell, s);
	fake_settle();
	cpu_post_event(fake_cpu_area(3), EVENT_PARK);
	fake_settle();
	lines = run_watched(200 * MS);
	assert_in_range(lines, 100000 - 16 * POLL_LINES,
			100000 + 48 + 17 * POLL_LINES);
}

static void test_watch_refusals(void **unused)
{
	struct reg_settings s = polls(REG_LAW_BUCKET);

	(void)unused;
	s.valid |= REG_SET_WATCH;
	s.watch_cpu = 2;
	lines_refuse(cell_root(), s, "watched by CPU 1, which must be one of");
	s.watch_cpu = 200;
	lines_refuse(cell_root(), s, "watched by CPU 199");
	lines_watchable(false);
	assert_int_equal(lines_setup(NULL), 0);
	lines_watchable(true);
	cells_make_running(1);
	fake_settle();
	s.watch_cpu = 2;
	lines_refuse(cell_root(), s, "no CPU can watch another one's counter");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(test_a_counter_that_cannot_interrupt),
		TEST(test_live),
		TEST(test_beside_others),
		TEST(test_beside_a_burst_cap),
		TEST(test_switching_over),
		TEST(test_from_shares_to_a_pool),
		TEST(test_polls_of_others),
		TEST(test_watched),
		TEST(test_short_ways_of_who_watches),
		TEST(test_the_watching_cpu_goes),
		TEST(test_watch_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
