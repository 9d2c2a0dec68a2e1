/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Critical interrupts of a CPU that is held: what it may run for them, what ends
 * it, and that whoever holds it is told of it all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/clock.h"
#include "hv/critical.h"
#include "hv/regulation.h"
#include "hv/tick.h"
#include "tests/sim/lines.h"

#define PERIOD_NS	1000000ull
#define BOUND_NS	50000ull

static void root_set(struct reg_settings settings)
{
	struct reg_request r = {
		.size = sizeof(r), .operation = REG_OP_SET,
		.settings = settings,
	};

	assert_int_equal(regulation_set(cell_root(), &r), 0);
	fake_settle();
}

/* Each CPU of four has 10 lines per millisecond for itself. */
static void shares(uint64_t lines)
{
	root_set((struct reg_settings){
		.valid = REG_SET_BUDGET | REG_SET_PERIOD | REG_SET_MODE,
		.budget_bytes_per_s = 64 * 4000 * lines,
		.period_ns = PERIOD_NS, .mode = REG_MODE_PER_CPU,
	});
}

static int setup(void **state)
{
	int err = lines_setup(state);

	fake.critical = 0;
	fake.critical_only = 0;
	cell_root()->reg.critical = (struct reg_critical){
		.period_ns = PERIOD_NS, .bound_ns = BOUND_NS,
	};
	shares(10);
	return err;
}

/* The counter interrupts, and the CPU is held at this time. */
static struct per_cpu *held(uint64_t now_ns, uint64_t lines)
{
	struct per_cpu *cpu = fake_cpu_area(0);

	fake.now_ns = now_ns;
	lines_happen(cpu, lines, 0);
	fake_on_cpu(0);
	regulation_overflow(cpu);
	assert_true(regulation_holds(cpu));
	assert_true(cpu->stall_requested);
	return cpu;
}

/* The guest is running for a critical interrupt since now. */
static void served(struct per_cpu *cpu)
{
	fake.critical = 1;
	regulation_stall(cpu);
	assert_true(regulation_holds(cpu));
	assert_false(cpu->stall_requested);
	assert_true(cpu->reg.critical.running);
	assert_int_equal(fake.critical_only, 1);
}

static void ends(struct per_cpu *cpu, uint64_t now_ns)
{
	fake.critical = 0;
	fake.now_ns = now_ns;
	critical_ended(cpu);
	assert_false(cpu->reg.critical.running);
	assert_int_equal(fake.critical_only, 0);
}

static void test_delivered_and_charged(void **unused)
{
	struct per_cpu *cpu = held(300000, 12);
	const struct reg_cpu_stats *stats = &cpu->reg.stats;

	(void)unused;
	served(cpu);
	assert_int_equal(fake.now_ns, 300000);
	assert_int_equal(stats->critical_runs, 1);
	assert_int_equal(stats->stalled, 1);
	lines_happen(cpu, 7, 0);
	ends(cpu, 310000);
	/* Held at once, as before. */
	assert_true(cpu->stall_requested);
	assert_int_equal(stats->critical_ns, 10000);
	assert_int_equal(stats->critical_lines, 7);
	assert_int_equal(stats->critical_cuts, 0);
	assert_int_equal(stats->stalls, 1);
	regulation_stall(cpu);
	assert_in_range(fake.now_ns, PERIOD_NS, PERIOD_NS + 2000);
	/* 12 and 7 were used of 10: 1 is left of the next 10. */
	assert_int_equal(lines_to_alarm(cpu), 1);
}

/* Nobody else's interrupt changes anything. */
static void test_others_wait(void **unused)
{
	struct per_cpu *cpu = held(300000, 10);

	(void)unused;
	fake.critical = 2;
	regulation_stall(cpu);
	assert_in_range(fake.now_ns, PERIOD_NS, PERIOD_NS + 2000);
	assert_int_equal(cpu->reg.stats.critical_runs, 0);
}

static void test_none_configured(void **unused)
{
	struct per_cpu *cpu;

	(void)unused;
	cell_root()->reg.critical = (struct reg_critical){ 0 };
	cpu = held(300000, 10);
	fake.critical = 1;
	regulation_stall(cpu);
	assert_in_range(fake.now_ns, PERIOD_NS, PERIOD_NS + 2000);
	assert_int_equal(cpu->reg.stats.critical_runs, 0);
}

/* A guest that never ends it runs for the bound, and no longer. */
static void test_cut(void **unused)
{
	struct per_cpu *cpu = held(300000, 10);
	const struct reg_cpu_stats *stats = &cpu->reg.stats;

	(void)unused;
	served(cpu);
	assert_int_equal(cpu->tick.armed_ns, 350000);
	fake.now_ns = 352000;
	clock_timer_fired(cpu);
	assert_true(cpu->stall_requested);
	assert_int_equal(stats->critical_cuts, 1);
	assert_int_equal(stats->critical_ns, 52000);
	/* It goes on waiting, until the stall is over. */
	regulation_stall(cpu);
	assert_in_range(fake.now_ns, PERIOD_NS, PERIOD_NS + 2000);
	assert_int_equal(stats->critical_runs, 1);
	assert_int_equal(fake.critical_only, 0);
	/* What came late is paid for in the next period. */
	held(PERIOD_NS + 300000, 10);
	served(cpu);
	assert_int_equal(cpu->tick.armed_ns, PERIOD_NS + 348000);
}

static void test_bound_is_shared_by_a_period(void **unused)
{
	struct per_cpu *cpu = held(300000, 10);
	uint64_t n;

	(void)unused;
	for (n = 0; n < 5; n++) {
		served(cpu);
		ends(cpu, fake.now_ns + 9900);
	}
	fake.critical = 1;
	regulation_stall(cpu);
	assert_in_range(fake.now_ns, PERIOD_NS, PERIOD_NS + 2000);
	assert_int_equal(cpu->reg.stats.critical_runs, 5);
	assert_int_equal(cpu->reg.stats.critical_ns, 49500);
}

/* The refill comes while the handler runs: it goes on as if nothing was. */
static void test_stall_ends_meanwhile(void **unused)
{
	struct per_cpu *cpu = held(990000, 10);

	(void)unused;
	served(cpu);
	fake.now_ns = PERIOD_NS;
	clock_timer_fired(cpu);
	assert_false(regulation_holds(cpu));
	assert_false(cpu->stall_requested);
	assert_false(cpu->reg.critical.running);
	assert_int_equal(fake.critical_only, 0);
	assert_int_equal(cpu->reg.stats.critical_ns, 10000);
	assert_int_equal(cpu->reg.stats.critical_cuts, 0);
	assert_int_equal(cpu->reg.stats.stall_ns, 10000);
	critical_ended(cpu);
	assert_false(cpu->stall_requested);
	assert_int_equal(cpu->tick.armed_ns, 2 * PERIOD_NS);
}

/* Time of a throttle is used up by handlers as well. */
static void test_throttle_is_charged(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(0);
	uint64_t next_ns;

	(void)unused;
	root_set((struct reg_settings){
		.valid = REG_SET_DUTY | REG_SET_BUDGET,
		.budget_bytes_per_s = REG_BUDGET_UNLIMITED,
		.duty_permille = 500,
	});
	fake_on_cpu(0);
	fake.now_ns = 500000;
	clock_timer_fired(cpu);
	assert_true(cpu->stall_requested);
	served(cpu);
	ends(cpu, 530000);
	regulation_stall(cpu);
	assert_in_range(fake.now_ns, PERIOD_NS, PERIOD_NS + 2000);
	next_ns = cpu->tick.armed_ns;
	assert_in_range(next_ns, 1470000, 1470000 + 2000);
}

/* Another setting, a reset and the end of the cell. */
static void test_changes_meanwhile(void **unused)
{
	struct per_cpu *cpu = held(300000, 10);

	(void)unused;
	served(cpu);
	fake.now_ns = 305000;
	shares(5);
	assert_false(cpu->reg.critical.running);
	assert_true(cpu->stall_requested);
	assert_int_equal(cpu->reg.stats.critical_ns, 5000);
	served(cpu);
	fake.now_ns = 307000;
	regulation_cpu_reset(cpu);
	assert_false(cpu->reg.critical.running);
	assert_int_equal(fake.critical_only, 0);
	assert_true(cpu->stall_requested);
	served(cpu);
	regulation_cpu_stop(cpu);
	assert_false(cpu->reg.critical.running);
	assert_false(cpu->stall_requested);
	assert_false(regulation_holds(cpu));
	assert_int_equal(fake.critical_only, 0);
	assert_int_equal(cpu->tick.armed_ns, TICK_NEVER);
	regulation_cpu_reset(cpu);
}

/*
 * A storm: whenever it is held there is a critical interrupt, whose handler takes
 * 3 us and moves 3 lines. The rate is the budget's, to the line, for all that.
 */
static void test_storm(void **unused)
{
	const uint64_t periods = 1000;
	struct per_cpu *cpu = held(1000, 10);
	uint64_t lines = 10;

	(void)unused;
	while (fake.now_ns < periods * PERIOD_NS) {
		if (!cpu->stall_requested) {
			uint64_t more = lines_to_alarm(cpu);

			fake.critical = 0;
			fake.now_ns += 1000 * more;
			lines_happen(cpu, more, 0);
			lines += more;
			if (fake.now_ns >= cpu->tick.armed_ns)
				clock_timer_fired(cpu);
			regulation_overflow(cpu);
			continue;
		}
		fake.critical = 1;
		regulation_stall(cpu);
		if (!cpu->reg.critical.running)
			continue;
		lines_happen(cpu, 3, 0);
		lines += 3;
		ends(cpu, fake.now_ns + 3000);
	}
	assert_true(cpu->reg.stats.critical_runs > periods);
	assert_in_range(lines, 10 * periods - 30, 10 * periods + 30);
}

#define UNIT(test)	cmocka_unit_test_setup(test, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(test_delivered_and_charged),
		UNIT(test_others_wait),
		UNIT(test_none_configured),
		UNIT(test_cut),
		UNIT(test_bound_is_shared_by_a_period),
		UNIT(test_stall_ends_meanwhile),
		UNIT(test_throttle_is_charged),
		UNIT(test_changes_meanwhile),
		UNIT(test_storm),
	};

	return cmocka_run_group_tests_name("critical", tests, NULL, NULL);
}
