/* SPDX-License-Identifier: GPL-2.0-only */
/* What memguard is without one of its virtues: the other tests would see it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hv/errno.h"
#include "tests/sim/bounds.h"

#define RUN_NS	200000000ull

static int setup(void **state)
{
	(void)state;
	return registry_init();
}

/* Lines of all CPUs, of which a given share are writes, in RUN_NS. */
static uint64_t run(struct sim *sim, uint32_t mode, uint64_t rate,
		    uint64_t period_ns)
{
	struct reg_settings s = budget(rate, period_ns);

	s.mode = mode;
	sim_start(sim, 0);
	assert_int_equal(sim_set(sim, &s, 0), 0);
	sim_run(sim, RUN_NS);
	return lines_issued(sim, -1);
}

/* The bounds of a window do not depend on where periods begin. */
static void test_synchronous_keeps_the_bounds(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 150; seed++) {
		struct sim sim = random_machine(seed);
		struct reg_settings s = random_settings(&sim);

		s.mode = REG_MODE_SYNCHRONOUS;
		if (seed % 3 == 0)
			s.mode |= REG_MODE_PER_CPU;
		sim.audit = audit_outstanding;
		sim_start(&sim, sim_random(&sim, 1000000000));
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, sim.now_ns + 8 * s.period_ns + 2000000);
		if (!(s.mode & REG_MODE_PER_CPU))
			check_windows(&sim, false);
		sim_free(&sim);
	}
}

static void test_synchronous_delivers_the_rate(void **unused)
{
	(void)unused;
	for (unsigned int cpus = 1; cpus <= 6; cpus++) {
		struct sim sim = machine(cpus, cpus);
		uint64_t lines = run(&sim, REG_MODE_SYNCHRONOUS, 300 * MB,
				     100000);

		check_rate(&sim, RUN_NS, lines);
		sim_free(&sim);
	}
}

/* Four CPUs use a period's budget at once; staggered they cannot. */
static void test_synchronous_bursts_together(void **unused)
{
	static const uint32_t modes[] = { 0, REG_MODE_PER_CPU };

	(void)unused;
	for (size_t n = 0; n < ARRAY_COUNT(modes); n++) {
		struct sim sim = machine(4, 5);
		struct reg_settings s = budget(400 * MB, 1000000);

		run(&sim, modes[n] | REG_MODE_SYNCHRONOUS, 400 * MB, 1000000);
		sim_free(&sim);
		sim_run(&sim, 2 * RUN_NS);
		assert_true(sim_worst_window(&sim, 40000, false, -1) * 10 >
			    lines_in_period(&s, false) * 9);
		sim_free(&sim);
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, 2 * RUN_NS + 10000000);
		sim_free(&sim);
		sim_run(&sim, 3 * RUN_NS);
		assert_true(sim_worst_window(&sim, 40000, false, -1) * 2 <
			    lines_in_period(&s, false));
		sim_free(&sim);
	}
}

/* By how much the run is beyond what its budget allows, in permille. */
static int64_t error_permille(uint64_t lines, uint64_t rate)
{
	int64_t exact = (int64_t)allowed(rate, RUN_NS);

	return ((int64_t)lines - exact) * 1000 / exact;
}

static void test_debt_keeps_the_rate(void **unused)
{
	(void)unused;
	for (unsigned int cpus = 1; cpus <= 3; cpus++) {
		struct sim with = machine(cpus, cpus);
		struct sim without = machine(cpus, cpus);
		uint64_t lines = run(&with, 0, 100 * MB, 20000);

		assert_in_range(error_permille(lines, 100 * MB) + 5, 0, 10);
		lines = run(&without, REG_MODE_NO_DEBT, 100 * MB, 20000);
		/* 31 lines a period, and some dozens with each overflow. */
		assert_true(error_permille(lines, 100 * MB) > 300);
		sim_free(&with);
		sim_free(&without);
	}
}

static void test_the_grid_keeps_the_rate(void **unused)
{
	struct sim grid = machine(1, 7), relative = machine(1, 7);
	uint64_t lines;

	(void)unused;
	grid.late_ns = relative.late_ns = 2000;
	lines = run(&grid, 0, 100 * MB, 20000);
	assert_in_range(error_permille(lines, 100 * MB) + 5, 0, 10);
	/* Ticks are 1 us late on average, and so is every period after. */
	lines = run(&relative, REG_MODE_RELATIVE, 100 * MB, 20000);
	assert_true(error_permille(lines, 100 * MB) < -30);
	sim_free(&grid);
	sim_free(&relative);
}

static void test_writes_are_charged(void **unused)
{
	struct sim both = machine(2, 9), reads = machine(2, 9);
	uint64_t lines;

	(void)unused;
	for (unsigned int n = 0; n < 2; n++)
		both.cpu[n].write_percent = reads.cpu[n].write_percent = 50;
	lines = run(&both, 0, 100 * MB, 100000);
	assert_in_range(error_permille(lines, 100 * MB) + 5, 0, 10);
	lines = run(&reads, REG_MODE_READS_ONLY, 100 * MB, 100000);
	assert_true(error_permille(lines, 100 * MB) > 900);
	sim_free(&both);
	sim_free(&reads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_synchronous_keeps_the_bounds),
		cmocka_unit_test(test_synchronous_delivers_the_rate),
		cmocka_unit_test(test_synchronous_bursts_together),
		cmocka_unit_test(test_debt_keeps_the_rate),
		cmocka_unit_test(test_the_grid_keeps_the_rate),
		cmocka_unit_test(test_writes_are_charged),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
