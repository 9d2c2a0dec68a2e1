/* SPDX-License-Identifier: GPL-2.0-only */
/* The short ways of memguard's ticks and overflows, against the long ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/sim/bounds.h"

#define RUN_NS	100000000ull

static int setup(void **state)
{
	(void)state;
	return registry_init();
}

static struct sim run(unsigned int cpus, enum sim_load load, bool polled,
		      bool long_ways)
{
	struct sim sim = machine(cpus, 90 + cpus);
	struct reg_settings s = budget(200 * MB, 1000000);

	sim.polled = polled;
	sim.long_ways = long_ways;
	for (unsigned int n = 0; n < cpus; n++) {
		sim.cpu[n].load = load;
		/* Of all CPUs together 80 % of the budget. */
		sim.cpu[n].steady_ns = 400 * cpus;
	}
	sim.audit = audit_outstanding;
	sim_start(&sim, 0);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, RUN_NS);
	return sim;
}

/* A CPU within its budget ticks the short way, and draws on so if it can. */
static void test_they_are_taken(void **unused)
{
	(void)unused;
	for (unsigned int cpus = 1; cpus <= 4; cpus++) {
		struct sim sim = run(cpus, SIM_STEADY, false, false);

		for (unsigned int n = 0; n < cpus; n++) {
			const struct sim_cpu *cpu = &sim.cpu[n];

			/* Not when it comes later than any before. */
			assert_in_range(cpu->short_ticks, 85, 100);
			assert_true(cpus == 1 ? cpu->short_overflows == 0 :
						cpu->short_overflows > 100);
			/* The last one may be under way. */
			assert_in_range(cpu->reg.stats.periods, 99, 100);
		}
		sim_free(&sim);
	}
}

static void test_not_on_a_polled_source(void **unused)
{
	struct sim sim = run(2, SIM_STEADY, true, false);

	(void)unused;
	assert_int_equal(sim.cpu[0].short_ticks, 0);
	assert_int_equal(sim.cpu[0].short_overflows, 0);
	sim_free(&sim);
}

/* Nor with a budget for writes, which they know nothing of. */
static void test_not_with_a_write_budget(void **unused)
{
	struct sim sim = machine(2, 7);
	struct reg_settings s = budget(200 * MB, 1000000);

	(void)unused;
	s.write_budget_bytes_per_s = 150 * MB;
	sim.cpu[0].write_percent = 50;
	sim_start(&sim, 0);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, RUN_NS);
	assert_int_equal(sim.cpu[0].short_ticks, 0);
	assert_int_equal(sim.cpu[0].short_overflows, 0);
	sim_free(&sim);
}

/* The cell gets the same, whatever it asks for, but for what is in flight. */
static void test_same_as_the_long_ways(void **unused)
{
	static const enum sim_load loads[] = { SIM_SATURATE, SIM_BURSTS,
					       SIM_STEADY };

	(void)unused;
	for (size_t l = 0; l < ARRAY_COUNT(loads); l++) {
		for (unsigned int cpus = 1; cpus <= 4; cpus++) {
			struct sim brief = run(cpus, loads[l], false, false);
			struct sim whole = run(cpus, loads[l], false, true);
			const struct reg_effective *e = &brief.cell.effective;
			uint64_t a = lines_issued(&brief, -1);
			uint64_t b = lines_issued(&whole, -1);
			uint64_t in_flight = e->total.cap_lines + cpus *
				(e->total.grant_lines +
				 sim_overshoot_lines(&brief));

			/* Bursts differ, as chance falls differently. */
			if (loads[l] != SIM_BURSTS)
				assert_true(a <= b + in_flight &&
					    b <= a + in_flight);
			check_windows(&brief, false);
			check_windows(&whole, false);
			assert_int_equal(whole.cpu[0].short_ticks, 0);
			sim_free(&brief);
			sim_free(&whole);
		}
	}
}

/* Each CPU's lines are all in its statistics when it has been looked at. */
static void test_nothing_is_lost_to_the_statistics(void **unused)
{
	struct sim sim = run(3, SIM_STEADY, false, false);

	(void)unused;
	for (unsigned int n = 0; n < 3; n++) {
		struct sim_cpu *cpu = &sim.cpu[n];

		assert_true(cpu->short_overflows > 0);
		sim.cell.effective.regulator->cpu_reset(&cpu->reg, sim.now_ns);
		assert_int_equal(cpu->reg.counter.read_lines +
				 cpu->reg.counter.write_lines,
				 lines_issued(&sim, (int)n));
		assert_int_equal(cpu->reg.settled_lines,
				 lines_issued(&sim, (int)n));
	}
	sim_free(&sim);
}

/*
 * CPU 0 comes when two refills are due, to a full pool, and has used more than
 * both of them, which nobody knows yet: the short way must not add the first of
 * them and then leave the rest to a look. None of it is lost to the cap.
 */
static void test_two_refills_due_are_left_to_a_look(void **unused)
{
	struct sim sim = machine(2, 5);
	struct reg_settings s = budget(64 * MB, 1000000);
	int64_t full;

	(void)unused;
	sim.exact = true;
	sim.late_ns = 950000;
	sim.delay_ns = 10000000;
	sim.cpu[0].load = sim.cpu[1].load = SIM_IDLE;
	sim_start(&sim, 0);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, 10960000);
	full = sim_outstanding(&sim, false);
	assert_in_range(full, 1000, 1000 + sim.cell.effective.total.grant_lines);
	assert_true(sim.cpu[0].reg.short_late_ns > sim.late_ns);
	sim.cpu[1].tick_ns = REG_NEVER;
	sim.cpu[0].load = SIM_SATURATE;
	sim.cpu[0].line_ns = sim.now_ns;
	sim_run(&sim, 11950001);
	assert_true(lines_issued(&sim, 0) > 60000);
	assert_int_equal(sim_outstanding(&sim, false),
			 full + 2 * 500 - (int64_t)lines_issued(&sim, 0));
	sim_free(&sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_they_are_taken),
		cmocka_unit_test(test_not_on_a_polled_source),
		cmocka_unit_test(test_not_with_a_write_budget),
		cmocka_unit_test(test_same_as_the_long_ways),
		cmocka_unit_test(test_nothing_is_lost_to_the_statistics),
		cmocka_unit_test(test_two_refills_due_are_left_to_a_look),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
