/* SPDX-License-Identifier: GPL-2.0-only */
/* bucket on a machine of lines: windows, rates, interrupts, waiting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/errno.h"
#include "tests/sim/bounds.h"

static int setup(void **state)
{
	(void)state;
	return registry_init();
}

static struct sim bucket_machine(unsigned int cpus, uint64_t seed)
{
	struct sim sim = machine(cpus, seed);

	sim.regulator = REGULATOR_BUCKET;
	return sim;
}

static void start(struct sim *sim, const struct reg_settings *s)
{
	sim->audit = audit_outstanding;
	sim_start(sim, 12345);
	assert_int_equal(sim_set(sim, s, 0), 0);
}

static uint64_t interrupts(const struct sim *sim)
{
	uint64_t sum = 0;

	for (unsigned int n = 0; n < sim->cpus_count; n++)
		sum += sim->cpu[n].reg.stats.overflows;
	return sum;
}

/*
 * The closed form: what came in, two buckets, and what is seen late. Where that
 * is more than a bucket, credit from before the window may pay for it.
 */
static uint64_t bucket_bound(const struct sim *sim, uint64_t window_ns,
			     bool writes)
{
	const struct reg_effective *e = &sim->cell.effective;
	const struct reg_budget *b = writes ? &e->writes : &e->total;
	uint64_t bytes_per_s = writes ? e->settings.write_budget_bytes_per_s :
					e->settings.budget_bytes_per_s;
	uint64_t buckets = e->per_cpu ? e->cpus_count : 1;
	uint64_t depth_lines = b->cap_lines * buckets;
	uint64_t late_lines = sim->cpus_count * sim_overshoot_lines(sim);

	if (!b->limited)
		return UINT64_MAX;
	return allowed(bytes_per_s, window_ns) + buckets + depth_lines +
	       (late_lines > depth_lines ? late_lines : depth_lines) +
	       late_lines;
}

static void check_closed_form(const struct sim *sim)
{
	check_windows_by(sim, bucket_bound, false);
	check_windows_by(sim, bucket_bound, true);
}

/* A second at each rate: within a bucket or two, whatever the period. */
static void test_saturated_rate(void **unused)
{
	static const uint64_t rates[] = { 50 * MB, 333 * MB, 2000 * MB };
	static const uint64_t periods[] = { 20000, 100000, 1000000 };

	(void)unused;
	for (size_t n = 0; n < 9; n++) {
		struct sim sim = bucket_machine(1 + n % 2, n);
		uint64_t rate = rates[n / 3];
		struct reg_settings s = budget(rate, periods[n % 3]);
		uint64_t ns = 200000000, lines, exact = allowed(rate, ns);

		sim.cpu[0].write_percent = (unsigned int)(n * 11 % 100);
		start(&sim, &s);
		sim_run(&sim, 12345 + ns);
		lines = lines_issued(&sim, -1);
		check_rate(&sim, ns, lines);
		check_closed_form(&sim);
		if (periods[n % 3] <= 100000)
			assert_in_range(lines * 1000, exact * 995, exact * 1005);
		sim_free(&sim);
	}
}

static void test_random_loads_keep_the_bounds(void **unused)
{
	uint64_t stalls = 0;

	(void)unused;
	for (uint64_t seed = 1; seed <= 400; seed++) {
		struct sim sim = random_machine(seed);
		struct reg_settings s = random_settings(&sim);

		sim.regulator = REGULATOR_BUCKET;
		s.mode &= REG_MODE_PER_CPU;
		if (sim_random(&sim, 3) == 0)
			s.depth_bytes = 64 * (sim.cpus_count +
					      sim_random(&sim, 500));
		start(&sim, &s);
		sim_run(&sim, sim.now_ns + 8 * s.period_ns + 2000000);
		check_closed_form(&sim);
		for (unsigned int n = 0; n < sim.cpus_count; n++)
			stalls += sim.cpu[n].stalls;
		sim_free(&sim);
	}
	/* They were loads that something had to be done about. */
	assert_true(stalls > 1000);
}

/* Interrupts are as many as buckets are used, and none when idle. */
static void test_interrupts_scale_with_use(void **unused)
{
	/* Of 100 MB/s: 100 %, 70 %, 18 %, and nothing. */
	static const uint64_t steady_ns[] = { 640, 914, 3556, 0 };
	struct reg_settings s = budget(100 * MB, 100000);
	uint64_t counts[4];

	(void)unused;
	s.depth_bytes = 157 * 64;
	for (unsigned int n = 0; n < 4; n++) {
		struct sim sim = bucket_machine(1, n);

		sim.cpu[0].load = steady_ns[n] ? SIM_STEADY : SIM_IDLE;
		sim.cpu[0].steady_ns = steady_ns[n];
		start(&sim, &s);
		sim_run(&sim, 12345 + 1000000000);
		counts[n] = interrupts(&sim) + sim.cpu[0].stalls;
		/* Whoever keeps to the budget is not held. */
		if (n > 0)
			assert_int_equal(sim.cpu[0].stalls, 0);
		if (steady_ns[n])
			assert_in_range(lines_issued(&sim, -1),
					1000000000 / steady_ns[n] - 2,
					1000000000 / steady_ns[n] + 2);
		sim_free(&sim);
	}
	/* A tick every 100 us would be 10000 in each of these. */
	assert_in_range(counts[1], 6900, 7050);
	assert_in_range(counts[2], 1750, 1850);
	assert_int_equal(counts[3], 0);
}

/* Twice per bucket at most: used up, and there again. */
static void test_interrupts_when_saturated(void **unused)
{
	struct reg_settings s = budget(100 * MB, 100000);
	struct sim sim = bucket_machine(1, 5);

	(void)unused;
	s.depth_bytes = 157 * 64;
	start(&sim, &s);
	sim_run(&sim, 12345 + 1000000000);
	assert_in_range(interrupts(&sim) + sim.cpu[0].stalls, 10000, 20200);
	sim_free(&sim);
}

/* What was used is taken off before the rest is cut to the depth. */
static void test_nothing_is_lost_to_the_cap(void **unused)
{
	struct reg_settings s = budget(500 * MB, 100000);
	struct sim sim = bucket_machine(1, 1);
	uint64_t lines, exact = allowed(500 * MB, 1000000000);

	(void)unused;
	/* Just below the budget: the bucket is nearly full at each look. */
	sim.cpu[0].load = SIM_STEADY;
	sim.cpu[0].steady_ns = 129;
	start(&sim, &s);
	sim_run(&sim, 12345 + 1000000000);
	lines = lines_issued(&sim, -1);
	assert_in_range(lines, 7751900, exact);
	assert_int_equal(sim.cpu[0].stalls, 0);
	sim_free(&sim);
}

/* The whole budget is there for whoever needs it; fair when all do. */
static void test_pool(void **unused)
{
	struct reg_settings s = budget(400 * MB, 1000000);
	struct sim sim = bucket_machine(4, 9);
	uint64_t exact = allowed(400 * MB, 400000000);

	(void)unused;
	start(&sim, &s);
	sim_run(&sim, 12345 + 400000000);
	check_rate(&sim, 400000000, lines_issued(&sim, -1));
	for (int n = 0; n < 4; n++)
		assert_in_range(lines_issued(&sim, n), exact / 4 * 98 / 100,
				exact / 4 * 102 / 100);
	sim_free(&sim);
	sim = bucket_machine(4, 10);
	for (unsigned int n = 1; n < 4; n++)
		sim.cpu[n].load = n == 1 ? SIM_STEADY : SIM_IDLE;
	sim.cpu[1].steady_ns = 6400;	/* 10 MB/s */
	start(&sim, &s);
	sim_run(&sim, 12345 + 400000000);
	assert_true(lines_issued(&sim, -1) * 100 >= exact * 99);
	/* Whoever asks for little waits for a grant now and then. */
	assert_true(lines_issued(&sim, 1) * 100 >= 62500 * 95);
	sim_free(&sim);
}

static void test_depth(void **unused)
{
	struct reg_settings s = budget(100 * MB, 1000000);
	struct sim sim = bucket_machine(2, 3);

	(void)unused;
	s.depth_bytes = 64 * 20;
	start(&sim, &s);
	assert_int_equal(sim.cell.effective.total.cap_lines, 20);
	assert_int_equal(sim.cell.effective.settings.depth_bytes, 1280);
	sim_run(&sim, 12345 + 20000000);
	check_closed_form(&sim);
	/* 31 come in in 20 us. */
	assert_true(sim_worst_window(&sim, 20000, false, -1) <=
		    32 + 40 + 2 * sim_overshoot_lines(&sim));
	sim_free(&sim);
}

/*
 * By default: 33 us for a CPU alone with its bucket, 100 us for those that share
 * one, less when periods are.
 */
static void test_depth_by_default(void **unused)
{
	static const struct {
		unsigned int cpus;
		uint32_t mode;
		uint64_t period_ns, lines;	/* of 640 MB/s, all buckets */
	} cases[] = {
		{ 1, 0, 1000000, 330 }, { 1, REG_MODE_PER_CPU, 100000, 330 },
		{ 1, 0, 20000, 200 }, { 4, 0, 1000000, 1000 },
		{ 4, 0, 100000, 1000 }, { 4, 0, 40000, 400 },
		{ 2, REG_MODE_PER_CPU, 1000000, 330 },
		{ 2, REG_MODE_PER_CPU, 20000, 200 },
	};

	(void)unused;
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		struct reg_settings s = budget(640 * MB, cases[n].period_ns);
		struct sim sim = bucket_machine(cases[n].cpus, n);

		s.mode = cases[n].mode;
		start(&sim, &s);
		assert_int_equal(sim.cell.effective.settings.depth_bytes,
				 64 * cases[n].lines);
		sim_free(&sim);
	}
}

/* Buckets of their own that were full together are not full together again. */
static void test_buckets_in_turn(void **unused)
{
	struct reg_settings s = budget(150 * MB, 1000000);
	struct sim sim = bucket_machine(3, 3);
	uint64_t ns = 100000000;

	(void)unused;
	s.mode = REG_MODE_PER_CPU;
	s.depth_bytes = 3ul * 200 * 64;
	sim.delay_ns = 0;
	sim.late_ns = 0;
	start(&sim, &s);
	sim_run(&sim, 12345 + 1000000);
	/* From here on; 256 us bring what a bucket holds. */
	sim.lines_count = 0;
	sim_run(&sim, 12345 + ns);
	assert_in_range(sim_worst_window(&sim, 20000, false, -1), 200, 220);
	sim_free(&sim);
}

/* Reloads in any order: no line more than the larger setting gives. */
static void test_reloads(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct sim sim = bucket_machine(1 + seed % 3, seed);
		struct reg_settings s = budget(200 * MB, 100000);
		uint64_t most;

		start(&sim, &s);
		/* What an older setting granted may come back to the pool. */
		sim.audit = NULL;
		for (unsigned int n = 0; n < 200; n++) {
			s = budget((20 + sim_random(&sim, 181)) * MB, 100000);
			if (sim_random(&sim, 4) == 0)
				s.mode = REG_MODE_PER_CPU;
			assert_int_equal(sim_set(&sim, &s, 2000), 0);
			sim_run(&sim, sim.now_ns + sim_random(&sim, 200000));
		}
		most = allowed(200 * MB, sim.now_ns) + 2 * 313 +
		       sim.cpus_count * sim_overshoot_lines(&sim);
		if (lines_issued(&sim, -1) > most)
			fail_msg("seed %u: %llu lines, at most %llu",
				 (unsigned int)seed,
				 (unsigned long long)lines_issued(&sim, -1),
				 (unsigned long long)most);
		sim_free(&sim);
	}
}

/*
 * An interrupt that never comes: the CPU goes on until somebody looks. Then it
 * waits for all that it used, and in the long run has what its budget is.
 */
static void test_a_lost_alarm_is_repaid(void **unused)
{
	struct reg_settings s = budget(100 * MB, 100000);
	uint64_t from_ns = 12345, unseen, lines;

	(void)unused;
	for (unsigned int cpus = 1; cpus <= 2; cpus++) {
		struct sim sim = bucket_machine(cpus, cpus);

		sim_start(&sim, from_ns);
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		sim.missed_percent = 100;
		sim_run(&sim, from_ns + 1000000);
		sim.missed_percent = 0;
		unseen = lines_issued(&sim, -1);
		/* As fast as it could: nobody saw it. */
		assert_true(unseen > cpus * 66000ull);
		for (unsigned int n = 0; n < cpus; n++)
			sim_reset(&sim, n);
		/* 100 MB/s for as long as it takes to have brought that. */
		sim_run(&sim, from_ns + unseen * 640 - 200000);
		lines = lines_issued(&sim, -1);
		/* Who was looked at first waits for his own, and has a grant. */
		assert_in_range(lines, unseen, unseen + (cpus - 1) *
				(79 + sim_overshoot_lines(&sim)));
		sim_run(&sim, from_ns + 200000000);
		check_rate(&sim, 200000000, lines_issued(&sim, -1));
		sim_free(&sim);
	}
}

/* A CPU that is reset while it waits gives back what it waited for. */
static void test_resets(void **unused)
{
	struct reg_settings s = budget(100 * MB, 1000000);
	struct sim sim = bucket_machine(2, 8);

	(void)unused;
	start(&sim, &s);
	for (unsigned int n = 0; n < 1000; n++) {
		sim_run(&sim, sim.now_ns + sim_random(&sim, 100000));
		sim_reset(&sim, n % 2);
	}
	check_rate(&sim, sim.now_ns - 12345, lines_issued(&sim, -1));
	check_closed_form(&sim);
	sim_free(&sim);
}

static void expect_refusal(struct reg_settings s, const char *words)
{
	struct reg_platform platform = {
		.line_bytes = 64, .cpus_count = 4, .counts_writes = true,
		.interrupts = true,
	};
	const struct regulator *bucket =
		registry_regulator(REGULATOR_BUCKET)->regulator;
	struct reg_effective effective;
	struct reason reason = { "" };

	assert_true(bucket->check(&platform, &s, &effective, &reason) < 0);
	if (!strstr(reason.text, words))
		fail_msg("wanted \"%s\", found \"%s\"", words, reason.text);
}

static void test_refusals(void **unused)
{
	struct reg_settings s = budget(100 * MB, 1000000);

	(void)unused;
	s.depth_bytes = 255;
	expect_refusal(s, "bucket of 255 bytes, allowed are 256 (a line for each CPU) to 1099511627776");
	s.depth_bytes = (1ull << 40) + 1;
	expect_refusal(s, "bucket of 1099511627777 bytes");
	s = budget(63, 1000000);
	expect_refusal(s, "63 B/s");
	s = budget(MB, 19999);
	expect_refusal(s, "19999 ns");
	s = budget(MB, 1000000);
	s.mode = REG_MODE_NO_DEBT;
	expect_refusal(s, "credit by the clock does not have");
}

/* No budget, the least, the most: all of it means what it says. */
static void test_extremes(void **unused)
{
	static const uint64_t rates[] = { 0, 64, 1ull << 60,
					  REG_BUDGET_UNLIMITED - 1 };

	(void)unused;
	for (unsigned int n = 0; n < 4; n++) {
		struct reg_settings s = budget(rates[n], 1000000);
		struct sim sim = bucket_machine(2, n);
		uint64_t lines;

		sim_start(&sim, 12345);
		assert_int_equal(sim_set(&sim, &s, 0), 0);
		/* Slow ones for long, fast ones for a moment. */
		sim_run(&sim, n < 2 ? 5000000000 : 3000000);
		lines = lines_issued(&sim, -1);
		if (n == 0)
			assert_int_equal(lines, 0);
		else if (n == 1)
			assert_in_range(lines, 8, 16 + 5 + 2 *
					sim_overshoot_lines(&sim));
		else
			assert_in_range(lines, 397000, 401000);
		sim_free(&sim);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_saturated_rate),
		cmocka_unit_test(test_random_loads_keep_the_bounds),
		cmocka_unit_test(test_interrupts_scale_with_use),
		cmocka_unit_test(test_interrupts_when_saturated),
		cmocka_unit_test(test_nothing_is_lost_to_the_cap),
		cmocka_unit_test(test_pool),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_depth_by_default),
		cmocka_unit_test(test_buckets_in_turn),
		cmocka_unit_test(test_reloads),
		cmocka_unit_test(test_a_lost_alarm_is_repaid),
		cmocka_unit_test(test_resets),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_extremes),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
