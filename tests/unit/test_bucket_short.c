/* SPDX-License-Identifier: GPL-2.0-only */
/* The short way of a bucket's overflow, against the long one: the same, exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hv/errno.h"
#include "tests/sim/bounds.h"

static int setup(void **state)
{
	(void)state;
	return registry_init();
}

/* A random machine whose counter interrupts, as a bucket's. */
static struct sim bucket_machine(uint64_t seed, bool long_ways)
{
	struct sim sim = random_machine(seed);

	sim.regulator = REGULATOR_BUCKET;
	sim.polled = false;
	sim.long_ways = long_ways;
	if (seed % 3 == 0)
		sim.cpus_count = 1;
	/*
	 * Every other one loses alarms. What nobody saw is charged at last, and no more:
	 * the short way leaves writes uncounted, which a later budget for them, of a pool
	 * that another CPU has converted already, must not find.
	 */
	if (seed % 2 == 0)
		sim.missed_percent = (unsigned int)(seed * 7 % 100);
	/* The counters wrap while it runs. */
	sim.counts_from = 0 - seed % 5000;
	return sim;
}

/* The same settings, at the same times, whoever asks. */
static void drive(struct sim *sim, uint64_t seed)
{
	struct sim dice = machine(1, seed + 7777);

	sim_start(sim, 12345);
	for (unsigned int n = 0; n < 4; n++) {
		struct reg_settings s = random_settings(&dice);

		s.mode = sim_random(&dice, 3) == 0 ? REG_MODE_PER_CPU : 0;
		if (n % 2)
			s.budget_bytes_per_s += 1500 * MB;
		if (sim_random(&dice, 4) != 0)
			s.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED;
		if (sim_random(&dice, 3) == 0)
			s.depth_bytes = 64 * (sim->cpus_count +
					      sim_random(&dice, 500));
		assert_int_equal(sim_set(sim, &s, 1000), 0);
		sim_run(sim, sim->now_ns + 2 * s.period_ns + 300000);
		if (sim_random(&dice, 2))
			sim_reset(sim, n % sim->cpus_count);
	}
	sim_free(&dice);
}

static void same_level(const struct reg_level *a, const struct reg_level *b)
{
	assert_int_equal(a->limited, b->limited);
	assert_int_equal(a->lines, b->lines);
	assert_int_equal(a->remainder, b->remainder);
}

static void same_pool(const struct reg_pool *a, const struct reg_pool *b)
{
	same_level(&a->total, &b->total);
	same_level(&a->writes, &b->writes);
	assert_int_equal(a->since_ns, b->since_ns);
}

static void same_cpu(const struct sim_cpu *a, const struct sim_cpu *b)
{
	same_pool(&a->reg.own, &b->reg.own);
	assert_int_equal(a->reads, b->reads);
	assert_int_equal(a->writes, b->writes);
	assert_int_equal(a->stalls, b->stalls);
	assert_int_equal(a->reg.grant_lines, b->reg.grant_lines);
	assert_int_equal(a->reg.settled_lines, b->reg.settled_lines);
	assert_int_equal(a->reg.alarm.lines, b->reg.alarm.lines);
	assert_int_equal(a->reg.next_ns, b->reg.next_ns);
	assert_int_equal(a->reg.stats.overflows, b->reg.stats.overflows);
	assert_int_equal(a->reg.stats.overshoot_lines,
			 b->reg.stats.overshoot_lines);
	assert_int_equal(a->reg.stats.overshoot_max_lines,
			 b->reg.stats.overshoot_max_lines);
}

/* Line for line, and all that is kept of it. */
static void same_machine(const struct sim *a, const struct sim *b)
{
	assert_int_equal(a->lines_count, b->lines_count);
	for (size_t n = 0; n < a->lines_count; n++) {
		assert_int_equal(a->lines[n].ns, b->lines[n].ns);
		assert_int_equal(a->lines[n].cpu, b->lines[n].cpu);
	}
	same_pool(&a->cell.pool, &b->cell.pool);
	assert_int_equal(a->cell.pool.last_ns, b->cell.pool.last_ns);
	for (unsigned int n = 0; n < a->cpus_count; n++)
		same_cpu(&a->cpu[n], &b->cpu[n]);
}

static void test_same_as_the_long_way(void **unused)
{
	uint64_t brief_alone = 0, brief_shared = 0, whole = 0;

	(void)unused;
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct sim brief = bucket_machine(seed, false);
		struct sim slow = bucket_machine(seed, true);

		drive(&brief, seed);
		drive(&slow, seed);
		same_machine(&brief, &slow);
		for (unsigned int n = 0; n < brief.cpus_count; n++) {
			uint64_t count = brief.cpu[n].short_overflows;

			*(brief.cell.effective.own_pool ? &brief_alone :
							   &brief_shared) += count;
			whole += brief.cpu[n].reg.stats.overflows - count;
			assert_int_equal(slow.cpu[n].short_overflows, 0);
		}
		sim_free(&brief);
		sim_free(&slow);
	}
	/* All of them were taken. */
	assert_true(brief_alone > 1000);
	assert_true(brief_shared > 1000);
	assert_true(whole > 1000);
}

/* A CPU within its budget has nothing else. */
static void test_it_is_taken(void **unused)
{
	(void)unused;
	for (unsigned int cpus = 1; cpus <= 4; cpus++) {
		struct reg_settings s = budget(200 * MB, 100000);
		struct sim sim = machine(cpus, cpus);

		sim.regulator = REGULATOR_BUCKET;
		for (unsigned int n = 0; n < cpus; n++) {
			sim.cpu[n].load = SIM_STEADY;
			/* Of all CPUs together 80 % of the budget. */
			sim.cpu[n].steady_ns = 400 * cpus;
		}
		sim_start(&sim, 0);
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, 100000000);
		for (unsigned int n = 0; n < cpus; n++) {
			const struct sim_cpu *cpu = &sim.cpu[n];

			assert_true(cpu->short_overflows > 500);
			assert_true(cpu->reg.stats.overflows -
				    cpu->short_overflows < 10);
		}
		sim_free(&sim);
	}
}

/* Not where more counts than it looks at, nor when nothing is ever there. */
static void test_it_is_not_taken(void **unused)
{
	(void)unused;
	for (unsigned int n = 0; n < 3; n++) {
		struct reg_settings s = budget(n == 2 ? 0 : 200 * MB, 100000);
		struct sim sim = machine(2, n);

		sim.regulator = REGULATOR_BUCKET;
		sim.cpu[0].write_percent = 50;
		sim.polled = n == 1;
		if (n == 0)
			s.write_budget_bytes_per_s = 150 * MB;
		sim_start(&sim, 0);
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim_run(&sim, 10000000);
		assert_null(sim.cpu[0].reg.renew);
		assert_int_equal(sim.cpu[0].short_overflows, 0);
		sim_free(&sim);
	}
}

static void refused(struct reg_cpu *cpu, uint64_t used_lines, uint64_t now_ns)
{
	assert_int_equal(cpu->renew(cpu, used_lines, now_ns), -EAGAIN);
}

/* Somebody has the lock, or the pool follows a setting that is not its own. */
static void test_left_to_a_look(void **unused)
{
	struct reg_settings s = budget(200 * MB, 100000);
	struct sim sim = machine(2, 1);
	struct reg_cpu *cpu = &sim.cpu[0].reg;
	struct reg_pool before;
	uint64_t used;

	(void)unused;
	sim.regulator = REGULATOR_BUCKET;
	sim_start(&sim, 12345);
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	sim.cpu[0].load = sim.cpu[1].load = SIM_IDLE;
	sim_run(&sim, 1000000);
	assert_non_null(cpu->renew);
	used = cpu->grant_lines;
	before = sim.cell.pool;
	spin_lock(&sim.cell.lock);
	refused(cpu, used, sim.now_ns);
	spin_unlock(&sim.cell.lock);
	sim.cell.pool.revision++;
	refused(cpu, used, sim.now_ns);
	sim.cell.pool.revision--;
	/* More than there is. */
	refused(cpu, 5000, sim.now_ns);
	same_pool(&sim.cell.pool, &before);
	/* A clock that is behind: before all credit, and before the last. */
	refused(cpu, 0, before.since_ns - 1);
	assert_int_equal(cpu->renew(cpu, used, sim.now_ns), 0);
	before = sim.cell.pool;
	refused(cpu, 0, sim.now_ns - 1000);
	same_pool(&sim.cell.pool, &before);
	assert_int_equal(cpu->stats.overflows, 1);
	sim_free(&sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_the_long_way),
		cmocka_unit_test(test_it_is_taken),
		cmocka_unit_test(test_it_is_not_taken),
		cmocka_unit_test(test_left_to_a_look),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
