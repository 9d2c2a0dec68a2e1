/* SPDX-License-Identifier: GPL-2.0-only */
/* mempol on a machine of lines: windows, rates, stalls, both laws. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/errno.h"
#include "tests/sim/bounds.h"

#define START_NS	12345u

static int setup(void **state)
{
	(void)state;
	return registry_init();
}

static struct sim poller(unsigned int cpus, uint64_t seed)
{
	struct sim sim = machine(cpus, seed);

	sim.regulator = REGULATOR_MEMPOL;
	return sim;
}

static struct reg_settings polls(uint64_t bytes_per_s, uint64_t period_ns,
				 uint32_t poll_ns, enum reg_law law)
{
	struct reg_settings s = budget(bytes_per_s, period_ns);

	s.poll_ns = poll_ns;
	s.law = law;
	return s;
}

static void start(struct sim *sim, const struct reg_settings *s)
{
	sim_start(sim, START_NS);
	assert_int_equal(sim_set(sim, s, 0), 0);
}

static void check_closed_form(const struct sim *sim)
{
	check_windows_by(sim, polled_bound, false);
	check_windows_by(sim, polled_bound, true);
}

/* What a saturating cell gets in the long run: its rate, to the line. */
static void test_saturated_rate(void **unused)
{
	static const uint64_t rates[] = { 50 * MB, 250 * MB, 2000 * MB };
	static const uint32_t intervals[] = { 1000, 6250, 10000, 20000 };

	(void)unused;
	for (unsigned int n = 0; n < 24; n++) {
		struct sim sim = poller(1 + n % 2, n);
		uint64_t rate = rates[n / 8];
		struct reg_settings s = polls(rate, 50000, intervals[n % 4],
					      n / 4 % 2 ? REG_LAW_WINDOW :
							  REG_LAW_BUCKET);
		uint64_t ns = 200000000, exact = allowed(rate, ns);
		uint64_t lines, in_flight;

		sim.cpu[0].write_percent = n * 11 % 100;
		start(&sim, &s);
		sim_run(&sim, START_NS + ns);
		lines = lines_issued(&sim, -1);
		check_closed_form(&sim);
		/* Repaid, but for the last bucket and the last poll. */
		in_flight = rate * 50000 / 64000000000 + 1 +
			    2 * (intervals[n % 4] + sim.late_ns) / 15;
		if (lines > exact + in_flight || lines + in_flight < exact)
			fail_msg("run %u: %llu lines, exact %llu", n,
				 (unsigned long long)lines,
				 (unsigned long long)exact);
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

		sim.regulator = REGULATOR_MEMPOL;
		s.mode &= REG_MODE_PER_CPU;
		s.poll_ns = (uint32_t)(1000 + sim_random(&sim, 19000));
		s.law = seed % 2 ? REG_LAW_WINDOW : REG_LAW_BUCKET;
		if (sim_random(&sim, 3) == 0)
			s.depth_bytes = 64 * (sim.cpus_count +
					      sim_random(&sim, 500));
		start(&sim, &s);
		sim_run(&sim, sim.now_ns + 8 * s.period_ns + 1000000);
		check_closed_form(&sim);
		for (unsigned int n = 0; n < sim.cpus_count; n++)
			stalls += sim.cpu[n].stalls;
		sim_free(&sim);
	}
	/* They were loads that something had to be done about. */
	assert_true(stalls > 1000);
}

/* At fixed intervals one that is late by nothing overspends what it moves in one. */
static void test_overshoot_is_that_of_one_poll(void **unused)
{
	static const uint32_t intervals[] = { 1000, 3000, 6250, 15000 };

	(void)unused;
	for (unsigned int n = 0; n < 8; n++) {
		struct sim sim = poller(1, n);
		uint32_t poll_ns = intervals[n / 2];
		struct reg_settings s = polls(100 * MB, 50000, poll_ns,
					      n % 2 ? REG_LAW_WINDOW :
						      REG_LAW_BUCKET);
		uint64_t most = poll_ns / 15 + 1;

		sim.late_ns = 0;
		s.mode = REG_MODE_STEADY;
		start(&sim, &s);
		sim_run(&sim, START_NS + 20000000);
		/* 15 ns a line, less what came in meanwhile. */
		assert_in_range(sim.cpu[0].reg.stats.overshoot_max_lines,
				most - 4 - allowed(100 * MB, poll_ns), most);
		sim_free(&sim);
	}
}

/* The most lines in 20 us of a CPU that never rests, once its pace is known. */
static uint64_t worst_lines(uint32_t poll_ns, enum reg_law law, uint32_t mode)
{
	struct sim sim = poller(1, poll_ns);
	struct reg_settings s = polls(100 * MB, 50000, poll_ns, law);
	uint64_t lines;

	sim.late_ns = 0;
	s.mode = mode;
	start(&sim, &s);
	sim_run(&sim, START_NS + 5000000);
	sim_free(&sim);
	sim_run(&sim, START_NS + 25000000);
	lines = sim_worst_window(&sim, 20000, false, -1);
	sim_free(&sim);
	return lines;
}

/* One that is about to use up its room looks a microsecond later, not a poll. */
static void test_looks_come_in_time(void **unused)
{
	static const uint32_t intervals[] = { 6250, 10000, 20000 };

	(void)unused;
	for (unsigned int n = 0; n < 6; n++) {
		uint32_t poll_ns = intervals[n / 2];
		enum reg_law law = n % 2 ? REG_LAW_WINDOW : REG_LAW_BUCKET;

		assert_in_range(worst_lines(poll_ns, law, 0), 1,
				2 * (REG_POLL_MIN_NS / 15 + 1) +
					allowed(100 * MB, 20000));
		assert_true(worst_lines(poll_ns, law, REG_MODE_STEADY) >=
			    poll_ns / 15);
	}
}

/* From now on it moves lines, as fast as it can or not at all, for so long. */
static void load_for(struct sim *sim, enum sim_load load, uint64_t ns)
{
	struct sim_cpu *cpu = &sim->cpu[0];

	cpu->load = load;
	cpu->line_ns = load == SIM_IDLE ? UINT64_MAX : sim->now_ns;
	sim_run(sim, sim->now_ns + ns);
}

/* The most lines that a burst had moved before it was held, of a hundred. */
static uint64_t burst_lines(struct sim *sim, uint64_t idle_ns)
{
	uint64_t most_lines = 0;

	for (unsigned int n = 0; n < 100; n++) {
		uint64_t lines;

		/* Anywhere between two looks. */
		load_for(sim, SIM_IDLE, idle_ns + n * 97);
		lines = lines_issued(sim, 0);
		load_for(sim, SIM_SATURATE, 1);
		while (!sim->cpu[0].stalled)
			sim_run(sim, sim->now_ns + 1);
		lines = lines_issued(sim, 0) - lines;
		if (lines > most_lines)
			most_lines = lines;
		load_for(sim, SIM_SATURATE, 100000);
	}
	return most_lines;
}

/* Of one that has nothing to do, from where it may go on. */
static uint64_t looks(struct sim *sim, uint64_t ns)
{
	uint64_t before;

	load_for(sim, SIM_IDLE, 1);
	while (sim->cpu[0].stalled)
		sim_run(sim, sim->now_ns + 1);
	before = sim->cpu[0].reg.stats.periods;
	sim_run(sim, sim->now_ns + ns);
	return sim->cpu[0].reg.stats.periods - before;
}

/*
 * The next burst of one that was held is noticed after a third of an interval, at
 * least when it has forgotten its pace, but not when it has been idle for 128.
 */
static void test_looks_come_soon_after_a_stall(void **unused)
{
	static const uint32_t intervals[] = { 2000, 6250, 20000 };

	(void)unused;
	for (unsigned int n = 0; n < 6; n++) {
		uint64_t poll_ns = intervals[n / 2];
		uint64_t soon_ns = poll_ns / 3 < REG_POLL_MIN_NS ?
				   REG_POLL_MIN_NS : poll_ns / 3;
		struct reg_settings s = polls(100 * MB, 50000, (uint32_t)poll_ns,
					      n % 2 ? REG_LAW_WINDOW :
						      REG_LAW_BUCKET);
		struct sim sim = poller(1, n);
		uint64_t most;

		sim.late_ns = 0;
		start(&sim, &s);
		/* The first burst of all comes unawares. */
		load_for(&sim, SIM_SATURATE, 100000);
		/* A window has room for 79 lines, a bucket for 52. */
		most = 79 + soon_ns / 15 + 1;
		assert_in_range(burst_lines(&sim, 100 * poll_ns), 20, most);
		assert_in_range(burst_lines(&sim, 140 * poll_ns),
				poll_ns / 15 - 10, 79 + poll_ns / 15 + 1);
		/* Looks while it is idle, at first and then. */
		assert_in_range(looks(&sim, 100 * soon_ns), 99, 150);
		looks(&sim, 140 * poll_ns);
		assert_in_range(looks(&sim, 100 * poll_ns), 99, 101);
		sim_free(&sim);
	}
}

/* With the bucket a stall ends when credit for a line has come. */
static void test_stalls_are_short(void **unused)
{
	struct reg_settings s = polls(2000 * MB, 50000, 6250, REG_LAW_BUCKET);
	struct sim sim = poller(1, 4);
	const struct reg_cpu *reg = &sim.cpu[0].reg;

	(void)unused;
	sim.late_ns = 0;
	start(&sim, &s);
	for (unsigned int n = 0; n < 1000; n++) {
		uint64_t least_ns = sim.now_ns;

		while (!sim.cpu[0].stalled)
			sim_run(&sim, sim.now_ns + 1);
		least_ns = sim.now_ns;
		/* 31.25 lines come in in a microsecond; 417 was the most. */
		while (sim.cpu[0].stalled) {
			assert_true(reg->own.total.lines <= 0);
			assert_true(reg->next_ns <= sim.now_ns + 6250);
			sim_run(&sim, sim.now_ns + 1);
		}
		assert_int_equal(reg->own.total.lines, 1);
		assert_in_range(sim.now_ns - least_ns, 1, 13400);
	}
	sim_free(&sim);
}

/* Of one pool everybody gets the same who asks for it, and all of it one. */
static void test_pool(void **unused)
{
	uint64_t exact = allowed(400 * MB, 400000000);

	(void)unused;
	for (unsigned int law = 0; law < 4; law++) {
		struct reg_settings s = polls(400 * MB, 100000, 3000, law % 2);
		struct sim sim = poller(4, law);

		for (unsigned int n = 1; n < 4 && law > 1; n++)
			sim.cpu[n].load = SIM_IDLE;
		start(&sim, &s);
		sim_run(&sim, START_NS + 400000000);
		assert_in_range(lines_issued(&sim, -1) * 1000, exact * 995,
				exact * 1005);
		for (int n = 0; n < 4 && law < 2; n++)
			assert_in_range(lines_issued(&sim, n),
					exact / 4 * 9 / 10, exact / 4 * 11 / 10);
		sim_free(&sim);
	}
}

/* Any settings in any order: no line more than the larger one gives. */
static void test_reloads(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct sim sim = poller(1 + seed % 3, seed);
		struct reg_settings s = polls(200 * MB, 100000, 5000, 0);
		uint64_t most;

		start(&sim, &s);
		for (unsigned int n = 0; n < 200; n++) {
			s = polls((20 + sim_random(&sim, 181)) * MB,
				  20000 + sim_random(&sim, 80001),
				  (uint32_t)(1000 + sim_random(&sim, 9000)),
				  (enum reg_law)sim_random(&sim, 2));
			if (sim_random(&sim, 4) == 0)
				s.mode = REG_MODE_PER_CPU;
			assert_int_equal(sim_set(&sim, &s, 2000), 0);
			sim_run(&sim, sim.now_ns + sim_random(&sim, 200000));
		}
		/* A bucket of 100 us, one poll each, the late ones too. */
		most = allowed(200 * MB, sim.now_ns) + 313 +
		       sim.cpus_count * (10500 / 15 + 2);
		if (lines_issued(&sim, -1) > most)
			fail_msg("seed %u: %llu lines, at most %llu",
				 (unsigned int)seed,
				 (unsigned long long)lines_issued(&sim, -1),
				 (unsigned long long)most);
		sim_free(&sim);
	}
}

/* A reset is no way out, and nothing gets stuck. */
static void test_resets(void **unused)
{
	(void)unused;
	for (unsigned int law = 0; law < 2; law++) {
		struct reg_settings s = polls(100 * MB, 100000, 6250, law);
		struct sim sim = poller(2, 8);
		uint64_t exact;

		start(&sim, &s);
		for (unsigned int n = 0; n < 1000; n++) {
			sim_run(&sim, sim.now_ns + sim_random(&sim, 100000));
			sim_reset(&sim, n % 2);
		}
		exact = allowed(100 * MB, sim.now_ns - START_NS);
		assert_in_range(lines_issued(&sim, -1) * 1000, exact * 990,
				exact * 1010);
		check_closed_form(&sim);
		sim_free(&sim);
	}
}

static void test_extremes(void **unused)
{
	static const uint64_t rates[] = { 0, 64, 1ull << 60,
					  REG_BUDGET_UNLIMITED - 1 };

	(void)unused;
	for (unsigned int n = 0; n < 8; n++) {
		struct reg_settings s = polls(rates[n / 2], 1000000, 6250,
					      n % 2);
		struct sim sim = poller(2, n);
		uint64_t lines;

		start(&sim, &s);
		/* Slow ones for long, fast ones for a moment. */
		sim_run(&sim, n < 4 ? 5000000000 : 3000000);
		lines = lines_issued(&sim, -1);
		if (n < 2)
			assert_int_equal(lines, 0);
		else if (n < 4)
			assert_in_range(lines, 4, 2 * 451 + 16);
		else
			assert_in_range(lines, 397000, 401000);
		sim_free(&sim);
	}
}

static void expect_refusal(struct reg_settings s, const char *words)
{
	struct reg_platform platform = {
		.line_bytes = 64, .cpus_count = 4, .counts_writes = true,
	};
	const struct regulator *mempol =
		registry_regulator(REGULATOR_MEMPOL)->regulator;
	struct reg_effective effective;
	struct reason reason = { "" };

	assert_true(mempol->check(&platform, &s, &effective, &reason) < 0);
	if (!strstr(reason.text, words))
		fail_msg("wanted \"%s\", found \"%s\"", words, reason.text);
}

static void test_refusals(void **unused)
{
	struct reg_settings s = polls(MB, 50000, 50001, REG_LAW_WINDOW);

	(void)unused;
	expect_refusal(s, "polls every 50001 ns, in a period of 50000 ns");
	s = polls(63, 50000, 0, REG_LAW_BUCKET);
	expect_refusal(s, "63 B/s");
	s = polls(MB, 19999, 0, REG_LAW_WINDOW);
	expect_refusal(s, "19999 ns");
	s = polls(MB, 50000, 0, REG_LAW_BUCKET);
	s.mode = REG_MODE_SYNCHRONOUS;
	expect_refusal(s, "are of periods");
}

static void test_what_is_reported(void **unused)
{
	struct reg_settings s = polls(250 * MB, 50000, 0, REG_LAW_WINDOW);
	struct sim sim = poller(1, 1);
	const struct reg_effective *e = &sim.cell.effective;

	(void)unused;
	start(&sim, &s);
	assert_int_equal(e->settings.poll_ns, REG_POLL_DEFAULT_NS);
	assert_int_equal(e->polls.slots, 8);
	assert_int_equal(e->polls.slot_ns, 6250);
	assert_int_equal(e->settings.depth_bytes, 0);
	s.poll_ns = 1000;
	s.law = REG_LAW_BUCKET;
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	assert_int_equal(e->settings.poll_ns, 1000);
	/* 33 us of it. */
	assert_int_equal(e->settings.depth_bytes, 129 * 64);
	s.law = REG_LAW_WINDOW;
	assert_int_equal(sim_set(&sim, &s, 0), 0);
	assert_int_equal(e->polls.slots, REG_WINDOW_SLOTS);
	sim_free(&sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_saturated_rate),
		cmocka_unit_test(test_random_loads_keep_the_bounds),
		cmocka_unit_test(test_overshoot_is_that_of_one_poll),
		cmocka_unit_test(test_looks_come_in_time),
		cmocka_unit_test(test_looks_come_soon_after_a_stall),
		cmocka_unit_test(test_stalls_are_short),
		cmocka_unit_test(test_pool),
		cmocka_unit_test(test_reloads),
		cmocka_unit_test(test_resets),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_what_is_reported),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
