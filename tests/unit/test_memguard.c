/* SPDX-License-Identifier: GPL-2.0-only */
/* memguard on a machine of lines: conservation, windows, rates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/errno.h"
#include "regulators/pool.h"
#include "tests/sim/bounds.h"

static int setup(void **state)
{
	(void)state;
	return registry_init();
}

static void test_saturated_rate(void **unused)
{
	static const uint64_t rates[] = { 1 * MB, 50 * MB, 100 * MB, 200 * MB,
					  400 * MB, 2000 * MB };
	static const uint64_t periods[] = { 20000, 100000, 1000000 };

	(void)unused;
	for (size_t r = 0; r < ARRAY_COUNT(rates); r++) {
		for (size_t p = 0; p < ARRAY_COUNT(periods); p++) {
			struct sim sim = machine(2, r * 7 + p);
			struct reg_settings s = budget(rates[r], periods[p]);
			uint64_t ns = 40000000, lines, exact;

			sim.audit = audit_outstanding;
			sim_start(&sim, 12345);
			assert_int_equal(sim_set(&sim, &s, 0), 0);
			sim_run(&sim, 12345 + ns);
			lines = lines_issued(&sim, -1);
			check_rate(&sim, ns, lines);
			check_windows(&sim, false);
			/* Where a period is short against the run: 0.5 %. */
			exact = allowed(rates[r], ns);
			if (periods[p] <= 100000 && rates[r] > MB)
				assert_true(lines * 200 <= exact * 201 &&
					    lines * 200 >= exact * 199);
			sim_free(&sim);
		}
	}
}

/* Overshoot of several periods' budgets, again and again, is all repaid. */
static void test_debt_is_never_forgotten(void **unused)
{
	struct sim sim = machine(1, 3);
	struct reg_settings s = budget(100 * MB, 20000);

	(void)unused;
	/* 31 lines a period; an alarm seen up to 10 us late is 667 lines. */
	sim.delay_ns = 10000;
	sim_start(&sim, 0);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, 200000000);
	check_rate(&sim, 200000000, lines_issued(&sim, -1));
	check_windows(&sim, false);
	/* The overshoot was there, and was seen. */
	assert_true(sim.cpu[0].reg.stats.overshoot_max_lines > 100);
	sim_free(&sim);
}

static void test_random_loads_keep_the_bounds(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 400; seed++) {
		struct sim sim = random_machine(seed);
		struct reg_settings s = random_settings(&sim);

		sim.audit = audit_outstanding;
		sim_start(&sim, sim_random(&sim, 1000000000));
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, sim.now_ns + 8 * s.period_ns + 2000000);
		check_windows(&sim, false);
		if (s.write_budget_bytes_per_s != REG_BUDGET_UNLIMITED)
			check_windows(&sim, true);
		sim_free(&sim);
	}
}

/* Interrupts that never come: what was used meanwhile is found, and repaid. */
static void test_lost_interrupts_are_repaid(void **unused)
{
	(void)unused;
	for (unsigned int cpus = 1; cpus <= 4; cpus++) {
		struct sim sim = machine(cpus, cpus);
		struct reg_settings s = budget(200 * MB, 100000);
		/* Sixteen periods and what is left of one, at full speed. */
		uint64_t most = cpus * 17 * s.period_ns / sim.gap_ns;

		sim.missed_percent = 100;
		sim.unlogged = true;
		sim_start(&sim, 0);
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, 1000000000);
		assert_true(lines_issued(&sim, -1) <=
			    allowed(200 * MB, 1000000000) + most);
	}
}

/* Whatever CPUs are idle, the busy ones get all of the budget. */
static void test_idle_share_is_not_lost(void **unused)
{
	(void)unused;
	for (unsigned int cpus = 2; cpus <= 8; cpus++) {
		struct sim sim = machine(cpus, cpus);
		struct reg_settings s = budget(150 * MB, 100000);

		for (unsigned int n = 1; n < cpus; n++)
			sim.cpu[n].load = SIM_IDLE;
		sim_start(&sim, 0);
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, 50000000);
		check_rate(&sim, 50000000, lines_issued(&sim, 0));
		sim_free(&sim);
	}
}

/* A load below its budget is never stopped: the cap takes nothing of it. */
static void test_load_within_its_budget_is_not_stalled(void **unused)
{
	(void)unused;
	for (unsigned int cpus = 1; cpus <= 4; cpus++) {
		struct sim sim = machine(cpus, 11 + cpus);
		struct reg_settings s = budget(200 * MB, 1000000);

		for (unsigned int n = 0; n < cpus; n++) {
			sim.cpu[n].load = SIM_STEADY;
			/* 97 % of the budget, shared evenly. */
			sim.cpu[n].steady_ns = 330 * cpus;
		}
		sim_start(&sim, 0);
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		/* The pool starts with one refill; let it fill up. */
		for (unsigned int n = 0; n < cpus; n++)
			sim.cpu[n].line_ns = 2000000;
		sim_run(&sim, 102000000);
		for (unsigned int n = 0; n < cpus; n++)
			assert_int_equal(sim.cpu[n].stalls, 0);
		sim_free(&sim);
	}
}

/* Even where there are fewer lines per period than CPUs. */
static void test_nobody_starves(void **unused)
{
	static const uint64_t rates[] = { 100000, 1 * MB, 10 * MB, 500 * MB };

	(void)unused;
	for (size_t r = 0; r < ARRAY_COUNT(rates); r++) {
		for (unsigned int cpus = 2; cpus <= 8; cpus += 3) {
			struct sim sim = machine(cpus, r + cpus);
			struct reg_settings s = budget(rates[r], 20000);
			uint64_t fair = allowed(rates[r], 100000000) / cpus;

			/* The same CPU would always come first otherwise. */
			sim.late_ns = 0;
			sim.delay_ns = 100;
			sim_start(&sim, 0);
			assert_int_equal(sim_set(&sim, &s, 0), 0);
			sim_run(&sim, 100000000);
			for (unsigned int n = 0; n < cpus; n++)
				if (lines_issued(&sim, (int)n) < fair / 2)
					fail_msg("CPU %u of %u got %llu lines, fair are %llu",
						 n, cpus, (unsigned long long)
						 lines_issued(&sim, (int)n),
						 (unsigned long long)fair);
			sim_free(&sim);
		}
	}
}

/* Static shares: each CPU by itself, whatever the others do. */
static void test_per_cpu_shares(void **unused)
{
	(void)unused;
	for (unsigned int cpus = 1; cpus <= 6; cpus++) {
		struct sim sim = machine(cpus, cpus);
		struct reg_settings s = budget(300 * MB, 100000);
		uint64_t share = allowed(300 * MB, 100000) / cpus + 1;

		s.mode = REG_MODE_PER_CPU;
		if (cpus > 1)
			sim.cpu[0].load = SIM_IDLE;
		sim_start(&sim, 999);
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, 999 + 50000000);
		for (unsigned int n = cpus > 1; n < cpus; n++) {
			uint64_t exact = allowed(300 * MB, 50000000) / cpus;
			uint64_t lines = lines_issued(&sim, (int)n);
			uint64_t o = sim_overshoot_lines(&sim);

			assert_true(lines <= exact + share + o);
			assert_true(lines + share + o >= exact);
			assert_true(sim_worst_window(&sim, 100000, false, (int)n)
				    <= 2 * share + o);
			assert_true(sim_worst_window(&sim, 1000000, false,
						     (int)n) <= 11 * share + o);
		}
		sim_free(&sim);
	}
}

/* CPUs of a cell do not all burst after the same boundary. */
static void test_phases_are_staggered(void **unused)
{
	struct sim sim = machine(4, 5);
	struct reg_settings s = budget(400 * MB, 1000000);

	(void)unused;
	s.mode = REG_MODE_PER_CPU;
	sim_start(&sim, 0);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	/* They all start with a refill when it is set: once. */
	sim_run(&sim, 2000000);
	sim_free(&sim);
	sim_run(&sim, 50000000);
	/* Together they would use the budget of a period within 25 us. */
	assert_true(sim_worst_window(&sim, 25000, false, -1) <
		    lines_in_period(&s, false) / 3);
	sim_free(&sim);
}

static void test_budget_of_zero_stops(void **unused)
{
	struct sim sim = machine(3, 9);
	struct reg_settings s = budget(0, 1000000);

	(void)unused;
	sim_start(&sim, 0);
	sim_run(&sim, 10000);
	assert_true(lines_issued(&sim, -1) > 1000);
	sim_free(&sim);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, 100000000);
	/* They were stopped at once, before the next line. */
	assert_int_equal(sim.lines_count, 0);
	s = budget(REG_BUDGET_UNLIMITED, 1000000);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, 100010000);
	assert_true(sim.lines_count > 1000);
	sim_free(&sim);
}

/* What a CPU did before it was regulated is not charged to it. */
static void test_budget_starts_when_it_is_set(void **unused)
{
	struct sim sim = machine(2, 17);
	struct reg_settings s = budget(200 * MB, 100000);

	(void)unused;
	sim_start(&sim, 0);
	sim_run(&sim, 20000000);
	sim_free(&sim);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	/* With one refill to begin with. */
	sim_run(&sim, 20000001);
	assert_true(sim_outstanding(&sim, false) <= 157);
	sim_run(&sim, 70000000);
	check_rate(&sim, 50000000, sim.lines_count);
	sim_free(&sim);
}

/* One line per second, and far more than the machine can do. */
static void test_extreme_budgets(void **unused)
{
	struct sim sim = machine(2, 21);
	struct reg_settings s = budget(64, 20000);

	(void)unused;
	sim_start(&sim, 0);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, 10000000000);
	assert_true(sim.lines_count >= 9);
	assert_true(sim.lines_count <= 11 + 2 * sim_overshoot_lines(&sim));
	sim_free(&sim);

	sim = machine(2, 22);
	s = budget(UINT64_MAX - 1, REG_PERIOD_MAX_NS);
	sim_start(&sim, 0);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, 20000000);
	assert_int_equal(sim.cpu[0].stalls + sim.cpu[1].stalls, 0);
	sim_free(&sim);
}

/* A CPU that is reset, or leaves, takes nothing with it and leaves nothing. */
static void test_reset_gives_grants_back(void **unused)
{
	struct sim sim = machine(4, 51);
	struct reg_settings s = budget(200 * MB, 1000000);
	const struct regulator *regulator;
	int64_t level;

	(void)unused;
	regulator = registry_regulator(REGULATOR_MEMGUARD)->regulator;
	sim_start(&sim, 0);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, 4321000);
	level = sim_outstanding(&sim, false);
	for (unsigned int n = 0; n < 4; n++) {
		regulator->cpu_reset(&sim.cpu[n].reg, sim.now_ns);
		assert_int_equal(sim_outstanding(&sim, false), level);
		assert_int_equal(sim.cpu[n].reg.grant_lines, 0);
	}
	assert_int_equal(sim.cell.pool.total.lines, level);
	assert_int_equal(sim.cell.pool.waiting, 0);
	/* And again it holds nothing. */
	regulator->cpu_reset(&sim.cpu[0].reg, sim.now_ns);
	assert_int_equal(sim.cell.pool.total.lines, level);
	sim_free(&sim);
}

static void test_check_reports_what_is_wrong(void **unused)
{
	const struct regulator *regulator =
		registry_regulator(REGULATOR_MEMGUARD)->regulator;
	struct reg_platform platform = { .line_bytes = 64, .cpus_count = 2 };
	struct reg_settings s = budget(200 * MB, 1000000);
	struct reg_effective e;
	struct reason reason;

	(void)unused;
	assert_int_equal(regulator->check(&platform, &s, &e, &reason), 0);
	assert_int_equal(e.settings.budget_bytes_per_s, 200 * MB);
	assert_int_equal(e.total.cap_lines, 3125);
	assert_int_equal(e.total.grant_lines, 195);
	assert_int_equal(e.refill_parts, 2);
	assert_true(e.active && e.total.limited && !e.writes.limited);
	s.write_budget_bytes_per_s = MB;
	assert_int_equal(regulator->check(&platform, &s, &e, &reason), -EINVAL);
	assert_non_null(strstr(reason.text, "writes"));
	s = budget(200 * MB, 1000000);
	s.mode = 0x8001;
	assert_int_equal(regulator->check(&platform, &s, &e, &reason), -EINVAL);
	assert_string_equal(reason.text, "unknown mode bits 8000");
	s.mode = 0;
	platform.cpus_count = 0;
	assert_int_equal(regulator->check(&platform, &s, &e, &reason), -EINVAL);
	platform.cpus_count = 65;
	assert_int_equal(regulator->check(&platform, &s, &e, &reason), -EINVAL);
	platform.cpus_count = 64;
	s = budget(REG_BUDGET_UNLIMITED, 20000);
	assert_int_equal(regulator->check(&platform, &s, &e, &reason), 0);
	assert_false(e.active);
}

/* Ticks at the exact boundaries, a million of them. */
static void test_periods_do_not_drift(void **unused)
{
	struct sim sim = machine(3, 61);
	struct reg_settings s = budget(200 * MB, 20000);
	const struct reg_cpu *reg = &sim.cpu[1].reg;
	uint32_t part;

	(void)unused;
	for (unsigned int n = 0; n < 3; n++)
		sim.cpu[n].load = SIM_IDLE;
	sim.late_ns = 0;
	sim_start(&sim, 5);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, 1000000ull * 20000 + 10);
	assert_int_equal(reg->stats.periods, 1000000);
	assert_int_equal(reg->boundary_ns, 1000000ull * 20000 + 20000 / 3);
	assert_int_equal(reg->stats.late_max_ns, 0);
	/* The refills between them, at thirds of a period, stay there too. */
	assert_int_equal(sim.cell.pool.next_ns,
			 pool_grid_next(20000, 3, sim.now_ns + 1, &part));
	assert_int_equal(sim.cell.pool.part, part);
	sim_free(&sim);
}

/* After a sleep of days everything is in place at once, without loops. */
static void test_long_sleep(void **unused)
{
	struct sim sim = machine(3, 71);
	struct reg_settings s = budget(200 * MB, 20000);
	struct reg_cpu *reg = &sim.cpu[0].reg;
	const uint64_t days_ns = 86400000000000ull * 30;
	uint32_t part;

	(void)unused;
	for (unsigned int n = 0; n < 3; n++)
		sim.cpu[n].load = SIM_IDLE;
	sim_start(&sim, 7);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim_run(&sim, 100);
	/* Deep in debt, of which a sixth is left after 30 days. */
	sim.cell.pool.total.lines = -(int64_t)(allowed(240 * MB, days_ns));
	assert_int_equal(registry_regulator(REGULATOR_MEMGUARD)->
			 regulator->period(reg, days_ns), REG_STALL);
	assert_in_range(-sim.cell.pool.total.lines,
			allowed(40 * MB, days_ns) - 100,
			allowed(40 * MB, days_ns) + 100);
	assert_int_equal(sim.cell.pool.next_ns,
			 pool_grid_next(20000, 3, days_ns + 1, &part));
	assert_int_equal(reg->boundary_ns, days_ns + 20000);
	assert_int_equal(reg->stats.periods, days_ns / 20000);
	/* And after another 30 there is a period's budget again, no more. */
	assert_int_equal(registry_regulator(REGULATOR_MEMGUARD)->
			 regulator->period(reg, 2 * days_ns), REG_RUN);
	assert_int_equal(sim_outstanding(&sim, false) -
			 (int64_t)sim.cpu[1].reg.grant_lines -
			 (int64_t)sim.cpu[2].reg.grant_lines, 63);
	sim_free(&sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_saturated_rate),
		cmocka_unit_test(test_debt_is_never_forgotten),
		cmocka_unit_test(test_random_loads_keep_the_bounds),
		cmocka_unit_test(test_lost_interrupts_are_repaid),
		cmocka_unit_test(test_idle_share_is_not_lost),
		cmocka_unit_test(test_load_within_its_budget_is_not_stalled),
		cmocka_unit_test(test_nobody_starves),
		cmocka_unit_test(test_per_cpu_shares),
		cmocka_unit_test(test_phases_are_staggered),
		cmocka_unit_test(test_budget_of_zero_stops),
		cmocka_unit_test(test_budget_starts_when_it_is_set),
		cmocka_unit_test(test_extreme_budgets),
		cmocka_unit_test(test_reset_gives_grants_back),
		cmocka_unit_test(test_check_reports_what_is_wrong),
		cmocka_unit_test(test_periods_do_not_drift),
		cmocka_unit_test(test_long_sleep),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
