/* SPDX-License-Identifier: GPL-2.0-only */
/* memguard on a machine of lines while its settings change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "regulators/pool.h"
#include "tests/sim/bounds.h"

static int setup(void **state)
{
	(void)state;
	return registry_init();
}

/*
 * Reloads at random times, picked up by each CPU when it happens to: the
 * budget in force bounds what is used, no window has the old and the new one.
 */
static void reload_randomly(uint64_t seed)
{
	struct sim sim = random_machine(seed);
	uint64_t period_ns = 20000 + sim_random(&sim, 300000);
	uint64_t most = 0, refills, bound, end_ns;
	unsigned int reloads = 40;
	bool same_period = sim_random(&sim, 2);

	sim_start(&sim, sim_random(&sim, 1000000));
	for (unsigned int n = 0; n < reloads; n++) {
		struct reg_settings s = random_settings(&sim);

		s.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED;
		if (same_period)
			s.period_ns = period_ns;
		else
			s.period_ns = period_ns + sim_random(&sim, period_ns);
		if (lines_in_period(&s, false) > most)
			most = lines_in_period(&s, false);
		assert_int_equal(sim_set(&sim, &s, s.period_ns / 2), 0);
		/* Often faster than the CPUs pick up what was set before. */
		sim_run(&sim, sim.now_ns + sim_random(&sim, 2 * period_ns));
	}
	end_ns = sim.lines_count ? sim.lines[sim.lines_count - 1].ns : 0;
	refills = sim.lines_count ?
		  (end_ns - sim.lines[0].ns) / period_ns + 2 : 0;
	bound = most * (1 + refills) + sim.cpus_count *
		(most / 8 + 4 + sim_overshoot_lines(&sim));
	if (sim.lines_count > bound)
		fail_msg("seed %llu: %zu lines, bound %llu",
			 (unsigned long long)seed, sim.lines_count,
			 (unsigned long long)bound);
	sim_free(&sim);
}

static void test_reloads_yield_nothing_extra(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 300; seed++)
		reload_randomly(seed);
}

/* The same budget set a thousand times a period, and changing modes. */
static void reload_storm(bool modes)
{
	struct sim sim = machine(3, 31);
	struct reg_settings s = budget(200 * MB, 100000);

	sim_start(&sim, 0);
	for (unsigned int n = 0; n < 20000; n++) {
		if (modes)
			s.mode = n & 1 ? REG_MODE_PER_CPU : 0;
		assert_int_equal(sim_set(&sim, &s, 100), 0);
		sim_run(&sim, sim.now_ns + 1 + sim_random(&sim, 4000));
	}
	/* Never more than the budget; no less either, but for the remainders. */
	assert_true(sim.lines_count <=
		    allowed(200 * MB, sim.now_ns) + 400 +
		    3 * sim_overshoot_lines(&sim));
	if (!modes)
		assert_true(sim.lines_count * 100 >=
			    allowed(200 * MB, sim.now_ns) * 98);
	sim_free(&sim);
}

static void test_reload_storm(void **unused)
{
	(void)unused;
	reload_storm(false);
	reload_storm(true);
}

/* A debt made under one budget is repaid under the next, and in each mode. */
static void test_debt_survives_reloads(void **unused)
{
	struct sim sim = machine(2, 41);
	struct reg_settings s = budget(1000 * MB, 20000);
	int64_t owed;

	(void)unused;
	sim.delay_ns = 50000;
	sim_start(&sim, 0);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	do
		sim_run(&sim, sim.now_ns + 1000);
	while (sim.cell.pool.total.lines > -500 || !sim.cpu[0].stalled ||
	       !sim.cpu[1].stalled);
	owed = sim.cell.pool.total.lines;
	s = budget(64 * MB, 1000000);		/* a line per us */
	s.mode = REG_MODE_PER_CPU;
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, sim.now_ns + 1);
	assert_true(sim.cpu[0].reg.own.total.lines +
		    sim.cpu[1].reg.own.total.lines <= owed);
	assert_true(sim.cell.pool.total.lines <= 0);
	s.mode = 0;
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_free(&sim);
	sim_run(&sim, sim.now_ns + 1);
	assert_true(sim.cell.pool.total.lines <= owed);
	/* They stand still until it is repaid. */
	sim_run(&sim, sim.now_ns + (uint64_t)-owed * 1000 - 1000000);
	assert_int_equal(sim.lines_count, 0);
	sim_run(&sim, sim.now_ns + 3000000);
	assert_true(sim.lines_count > 0);
	sim_free(&sim);
}

/* What was saved up in one mode is not kept for when the mode comes back. */
static void test_modes_do_not_save_up(void **unused)
{
	struct sim sim = machine(2, 43);
	struct reg_settings s = budget(640 * MB, 1000000);

	(void)unused;
	sim.cpu[0].load = SIM_IDLE;
	sim.cpu[1].load = SIM_IDLE;
	sim.late_ns = 0;
	sim_start(&sim, 0);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, 5100000);
	assert_true(sim_outstanding(&sim, false) >= 10000);
	for (unsigned int n = 0; n < 5; n++) {
		s.mode = REG_MODE_PER_CPU;
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, sim.now_ns + 10);
		assert_true(sim.cpu[0].reg.own.total.lines +
			    (int64_t)sim.cpu[0].reg.grant_lines <= 0);
		sim_run(&sim, sim.now_ns + 3000000);
		assert_true(sim.cpu[0].reg.own.total.lines +
			    (int64_t)sim.cpu[0].reg.grant_lines >= 5000);
		s.mode = 0;
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, sim.now_ns + 10);
		assert_true(sim_outstanding(&sim, false) <= 0);
		assert_true(sim.cell.pool.next_ns > sim.now_ns);
		assert_int_equal(sim.cpu[0].reg.own.total.lines, 0);
	}
	sim_free(&sim);
}

/*
 * CPUs take a budget over one after another. What the later ones used before, when
 * nothing limited it, is not charged to what the first one has made of their pool.
 */
static void test_a_new_budget_owes_nothing(void **unused)
{
	static const uint16_t regulators[] = { REGULATOR_MEMGUARD, REGULATOR_BUCKET,
					       REGULATOR_MEMPOL };

	(void)unused;
	for (unsigned int n = 0; n < 6; n++) {
		bool writes = n % 2;
		struct reg_settings s = budget(writes ? 400 * MB :
					       REG_BUDGET_UNLIMITED, 10000000);
		struct sim sim = machine(3, n);

		sim.regulator = regulators[n / 2];
		s.write_budget_bytes_per_s = writes ? REG_BUDGET_UNLIMITED :
						      100 * MB;
		for (unsigned int cpu = 0; cpu < 3; cpu++) {
			sim.cpu[cpu].load = SIM_STEADY;
			/* 80 % of 400 MB/s together, or what cannot be limited. */
			sim.cpu[cpu].steady_ns = 600;
			sim.cpu[cpu].write_percent = writes ? 100 : 0;
		}
		sim_start(&sim, 0);
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, 155000000);
		s.budget_bytes_per_s = 400 * MB;
		s.write_budget_bytes_per_s = 100 * MB;
		assert_int_equal(sim_set(&sim, &s, 3000), 0);
		sim_run(&sim, sim.now_ns + 5000);
		/* Of 5 us, and what is under way. */
		if (sim_outstanding(&sim, writes) < -30)
			fail_msg("regulator %u, writes %d: %lld lines",
				 sim.regulator, writes,
				 (long long)sim_outstanding(&sim, writes));
		sim_free(&sim);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reloads_yield_nothing_extra),
		cmocka_unit_test(test_reload_storm),
		cmocka_unit_test(test_debt_survives_reloads),
		cmocka_unit_test(test_modes_do_not_save_up),
		cmocka_unit_test(test_a_new_budget_owes_nothing),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
