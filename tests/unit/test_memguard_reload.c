/* SPDX-License-Identifier: GPL-2.0-only */
/* memguard on a machine of lines while its settings change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "regulators/pool.h"
#include "tests/sim/bounds.h"

#define NS_PER_S	1000000000ull

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

#define PERIOD_MAX_NS	2000000u

/* One rate, and a period up to a hundred times as long as another one. */
static struct reg_settings other_period(struct sim *sim, uint32_t mode)
{
	struct reg_settings s = budget(200 * MB,
				       20000 + (sim_random(sim, PERIOD_MAX_NS -
							   20000) >>
						sim_random(sim, 7)));

	s.mode = mode;
	return s;
}

static const struct reg_pool *pool_in_use(const struct sim *sim)
{
	return sim->cell.effective.own_pool ? &sim->cpu[0].reg.own :
					      &sim->cell.pool;
}

/* Nothing is left to lose: whoever has lines may lose some to a smaller cap. */
static void run_dry(struct sim *sim)
{
	for (unsigned int n = 0; n < sim->cpus_count; n++)
		while (!sim->cpu[n].stalled)
			sim_run(sim, sim->now_ns + 20);
}

/*
 * A refill comes within one of the new periods, whatever was before; in another pool
 * after what has been paid for, which is up to `paid_ns` from now.
 */
static void check_begins(const struct sim *sim, uint64_t paid_ns)
{
	const struct reg_effective *e = &sim->cell.effective;
	const struct reg_pool *pool = pool_in_use(sim);

	assert_int_equal(pool->revision, e->revision);
	assert_true(pool->next_ns >= sim->now_ns);
	assert_in_range(pool->next_ns - sim->now_ns, 0, paid_ns +
			e->settings.period_ns / e->refill_parts + 1);
}

/* What all periods together bring is the rate, to the line, and a period's. */
static void periods_change(uint64_t seed, bool dry, bool any_mode)
{
	struct sim sim = machine(1 + (unsigned int)seed % 4, seed);
	uint32_t mode = seed & 8 ? REG_MODE_PER_CPU : 0;
	uint64_t begin_ns, most = allowed(200 * MB, PERIOD_MAX_NS);
	uint64_t windows[] = { 10000, 100000, PERIOD_MAX_NS, 5 * PERIOD_MAX_NS };
	uint64_t over = sim.cpus_count * (sim_overshoot_lines(&sim) + 1);
	uint64_t lines, exact, changes = 0;

	sim_start(&sim, sim_random(&sim, NS_PER_S));
	begin_ns = sim.now_ns;
	while (changes < 400) {
		struct reg_settings s = other_period(&sim, mode);

		if (any_mode && sim_random(&sim, 2))
			s.mode ^= REG_MODE_PER_CPU;
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, sim.now_ns + 1);
		check_begins(&sim, any_mode ? 2 * PERIOD_MAX_NS : 0);
		changes++;
		sim_run(&sim, sim.now_ns + (sim_random(&sim, 3 * s.period_ns) >>
					    sim_random(&sim, 16)));
		if (dry)
			run_dry(&sim);
	}
	exact = allowed(200 * MB, sim.now_ns - begin_ns);
	lines = lines_issued(&sim, -1);
	if (lines > exact + most + over)
		fail_msg("seed %llu: %llu lines, %llu and %llu are allowed",
			 (unsigned long long)seed, (unsigned long long)lines,
			 (unsigned long long)exact, (unsigned long long)most);
	/* Fractions of a line, at each change and of each pool. */
	if (dry && lines + most + changes * sim.cpus_count < exact)
		fail_msg("seed %llu: %llu lines of %llu", (unsigned long long)seed,
			 (unsigned long long)lines, (unsigned long long)exact);
	for (size_t n = 0; n < ARRAY_COUNT(windows); n++)
		assert_true(sim_worst_window(&sim, windows[n], false, -1) <=
			    allowed(200 * MB, windows[n]) + 2 * most +
			    most / 8 + over);
	sim_free(&sim);
}

static void test_periods_change(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 96; seed++)
		periods_change(seed, (seed & 48) == 16, (seed & 48) == 32);
}

/*
 * Together, all CPUs are paid for a period at its beginning; in turn, each then. Who
 * changes from one to the other between has been paid already.
 */
static void test_pools_in_turn_yield_nothing_extra(void **unused)
{
	(void)unused;
	for (unsigned int n = 1; n < 40; n++) {
		struct reg_settings s = budget(200 * MB, 1000000);
		struct sim sim = machine(2 + n % 3, n);
		uint64_t begin_ns, lines, most;

		sim.late_ns = 0;
		sim_start(&sim, NS_PER_S + n * s.period_ns / 20 % s.period_ns);
		begin_ns = sim.now_ns;
		for (unsigned int periods = 0; periods < 400; periods++) {
			uint64_t held_ns = n * s.period_ns / 40;

			s.mode = REG_MODE_PER_CPU;
			assert_int_equal(sim_set(&sim, &s, 0), 0);
			sim_run(&sim, sim.now_ns + s.period_ns - held_ns);
			s.mode = REG_MODE_SYNCHRONOUS;
			assert_int_equal(sim_set(&sim, &s, 0), 0);
			sim_run(&sim, sim.now_ns + held_ns);
		}
		/* A period's at the beginning, and one that is paid ahead. */
		most = allowed(200 * MB, sim.now_ns - begin_ns +
					 2 * s.period_ns) +
		       sim.cpus_count * (sim_overshoot_lines(&sim) + 1);
		lines = lines_issued(&sim, -1);
		if (lines > most)
			fail_msg("%u: %llu lines of %llu", n,
				 (unsigned long long)lines,
				 (unsigned long long)most);
		sim_free(&sim);
	}
}

/* Between two refills a setting may change to and fro: it is as if it had not. */
static void to_and_fro(uint64_t seed)
{
	struct sim sim = machine(1 + (unsigned int)seed % 3, seed);
	struct reg_settings s[3];
	uint64_t again = 0;
	int64_t before = 0, now;
	bool refilled = false;

	for (unsigned int n = 0; n < ARRAY_COUNT(s); n++) {
		s[n] = other_period(&sim, 0);
		s[n].budget_bytes_per_s = (1 + sim_random(&sim, 1000)) * MB;
	}
	/* Nothing happens meanwhile. */
	for (unsigned int n = 0; n < sim.cpus_count; n++)
		sim.cpu[n].load = SIM_IDLE;
	sim_start(&sim, sim_random(&sim, NS_PER_S));
	while (again < 30 && !refilled) {
		for (unsigned int n = 0; n < ARRAY_COUNT(s); n++) {
			assert_int_equal(sim_set(&sim, &s[n], 0), 0);
			sim_run(&sim, sim.now_ns + 1);
			check_begins(&sim, 0);
			refilled |= pool_in_use(&sim)->next_ns <
				    sim.now_ns + 200;
		}
		now = sim_outstanding(&sim, false);
		/*
		 * The first rounds pay up to the farthest refill, and cut to the
		 * smallest cap; no other does.
		 */
		if (++again > 10 && !refilled)
			assert_true(now <= before && now >= before - 4);
		before = now;
	}
	sim_free(&sim);
}

static void test_to_and_fro(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 300; seed++)
		to_and_fro(seed);
}

/* A budget that is the first one is paid from then on, not for the time before. */
static void test_a_first_budget(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct sim sim = machine(1 + (unsigned int)seed % 4, seed);
		struct reg_settings s = other_period(&sim, 0);
		uint64_t due;

		for (unsigned int n = 0; n < sim.cpus_count; n++)
			sim.cpu[n].load = SIM_IDLE;
		sim_start(&sim, sim_random(&sim, NS_PER_S));
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, sim.now_ns + 1);
		check_begins(&sim, 0);
		due = allowed(s.budget_bytes_per_s,
			      pool_in_use(&sim)->next_ns - (sim.now_ns - 1));
		assert_int_equal(sim_outstanding(&sim, false), due);
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
		cmocka_unit_test(test_periods_change),
		cmocka_unit_test(test_pools_in_turn_yield_nothing_extra),
		cmocka_unit_test(test_to_and_fro),
		cmocka_unit_test(test_a_first_budget),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
