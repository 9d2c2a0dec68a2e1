/* SPDX-License-Identifier: GPL-2.0-only */
/* Lending: the owner never notices, nobody gets what the owner did not leave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/errno.h"
#include "tests/sim/bounds.h"

#define STEP_NS		2000u

static struct reg_loans loans;

static int setup(void **state)
{
	(void)state;
	loans = (struct reg_loans){ 0 };
	return registry_init();
}

static struct reg_settings lender(uint64_t rate, uint64_t period_ns)
{
	struct reg_settings s = budget(rate, period_ns);

	s.class_ = REG_CLASS_GUARANTEED;
	s.flags = REG_FLAG_LEND;
	return s;
}

static struct reg_settings taker(uint64_t rate, uint64_t period_ns)
{
	struct reg_settings s = budget(rate, period_ns);

	s.flags = REG_FLAG_LEND;
	return s;
}

/* All machines, to the same time, in small steps by turns. */
static void run_all(struct sim *const *sims, unsigned int count,
		    uint64_t until_ns)
{
	while (sims[0]->now_ns < until_ns) {
		uint64_t next_ns = sims[0]->now_ns + STEP_NS;

		for (unsigned int n = 0; n < count; n++)
			sim_run(sims[n], next_ns);
	}
}

static void run_both(struct sim *owner, struct sim *other, uint64_t until_ns)
{
	struct sim *both[] = { owner, other };

	run_all(both, 2, until_ns);
}

/* One owner of random demand, with `other` beside it or not. */
static struct sim owner_of(uint64_t seed, struct reg_settings *s)
{
	struct sim sim = random_machine(seed);

	*s = random_settings(&sim);
	s->class_ = REG_CLASS_GUARANTEED;
	s->flags = REG_FLAG_LEND;
	return sim;
}

static void check_same(const struct sim *a, const struct sim *b)
{
	assert_int_equal(a->lines_count, b->lines_count);
	assert_memory_equal(a->lines, b->lines,
			    a->lines_count * sizeof(a->lines[0]));
	for (unsigned int n = 0; n < a->cpus_count; n++)
		assert_int_equal(a->cpu[n].stalls, b->cpu[n].stalls);
}

static uint64_t lent_by(const struct sim *sim)
{
	uint64_t sum = 0;

	for (unsigned int n = 0; n < sim->cpus_count; n++)
		sum += sim->cpu[n].reg.stats.lent_lines;
	return sum;
}

static uint64_t borrowed_by(const struct sim *sim)
{
	uint64_t sum = 0;

	for (unsigned int n = 0; n < sim->cpus_count; n++)
		sum += sim->cpu[n].reg.stats.borrowed_lines;
	return sum;
}

/*
 * Line for line, at the same times, with the same stalls: the owner with a
 * greedy borrower and another lender beside it, and the owner alone, who lends
 * nothing.
 */
static void test_the_owner_never_notices(void **unused)
{
	unsigned int lent = 0;

	(void)unused;
	for (uint64_t seed = 1; seed <= 120; seed++) {
		struct sim other = machine(2, seed + 1000);
		struct reg_settings s, t = taker(50 * MB, 50000);
		struct sim second = owner_of(seed + 500, &s);
		struct reg_settings of_second = s;
		struct sim alone = owner_of(seed, &s);
		struct sim owner = owner_of(seed, &s);
		struct sim *all[] = { &owner, &second, &other };

		loans = (struct reg_loans){ 0 };
		owner.loans = &loans;
		second.loans = &loans;
		other.loans = &loans;
		/* Lenders take no short ways. */
		alone.long_ways = true;
		sim_start(&alone, 0);
		sim_start(&owner, 0);
		sim_start(&second, 0);
		sim_start(&other, 0);
		assert_int_equal(sim_set(&alone, &s, 0), 0);
		assert_int_equal(sim_set(&owner, &s, 0), 0);
		assert_int_equal(sim_set(&second, &of_second, 0), 0);
		assert_int_equal(sim_set(&other, &t, 0), 0);
		run_all(all, 3, 3000000);
		while (alone.now_ns < owner.now_ns)
			sim_run(&alone, alone.now_ns + STEP_NS);
		check_same(&owner, &alone);
		lent += loans.taken_lines != 0;
		sim_free(&owner);
		sim_free(&second);
		sim_free(&other);
		sim_free(&alone);
	}
	/* It was tried. */
	assert_true(lent > 40);
}

static uint64_t bound(const struct sim *sim, uint64_t window_ns)
{
	const struct reg_effective *e = &sim->cell.effective;
	uint64_t periods = (window_ns + e->settings.period_ns - 1) /
			   e->settings.period_ns;
	uint64_t q = sim->cpus_count > 1 ? e->total.grant_lines : 0;

	return lines_in_period(&e->settings, false) * (1 + periods) +
	       sim->cpus_count * (q + sim_overshoot_lines(sim));
}

static uint64_t lines_between(const struct sim *sim, uint64_t from_ns,
			      uint64_t to_ns)
{
	uint64_t count = 0;

	for (size_t n = 0; n < sim->lines_count; n++)
		count += sim->lines[n].ns >= from_ns && sim->lines[n].ns < to_ns;
	return count;
}

/*
 * In no window all together use more than all may, and a period's budget of each
 * owner that was lent before; in the long run not even that.
 */
static void test_the_sum_is_bounded(void **unused)
{
	(void)unused;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct sim other = machine(1 + seed % 3, seed + 77);
		struct reg_settings s, t = taker(40 * MB, 50000);
		struct sim second = owner_of(seed + 500, &s);
		struct reg_settings of_second = s;
		struct sim owner = owner_of(seed, &s);
		struct sim *all[] = { &owner, &second, &other };
		uint64_t end_ns = 4000000, window_ns, most, sum;

		loans = (struct reg_loans){ 0 };
		owner.loans = second.loans = other.loans = &loans;
		sim_start(&owner, 0);
		sim_start(&second, 0);
		sim_start(&other, 0);
		assert_int_equal(sim_set(&owner, &s, 0), 0);
		assert_int_equal(sim_set(&second, &of_second, 0), 0);
		assert_int_equal(sim_set(&other, &t, 0), 0);
		run_all(all, 3, end_ns);
		window_ns = s.period_ns;
		for (uint64_t at = 0; at < end_ns; at += window_ns / 2 + 1) {
			sum = 0;
			most = (uint64_t)loans.cap_lines;
			for (unsigned int n = 0; n < 3; n++) {
				sum += lines_between(all[n], at, at + window_ns);
				most += bound(all[n], window_ns);
			}
			assert_true(sum <= most);
		}
		assert_int_equal(lent_by(&owner) + lent_by(&second),
				 loans.lent_lines);
		assert_int_equal(borrowed_by(&other), loans.taken_lines);
		assert_int_equal(lent_by(&other) + borrowed_by(&owner), 0);
		/* Each line taken was lent, each line lent was not used. */
		assert_true(loans.taken_lines <= loans.lent_lines);
		assert_true(loans.lines >= 0);
		assert_true(lent_by(&owner) + lines_issued(&owner, -1) <=
			    allowed(s.budget_bytes_per_s, end_ns) +
			    2 * owner.cell.effective.total.cap_lines +
			    owner.cpus_count * sim_overshoot_lines(&owner));
		assert_true(lines_issued(&other, -1) <=
			    allowed(40 * MB, end_ns) + loans.taken_lines +
			    bound(&other, 0));
		sim_free(&owner);
		sim_free(&second);
		sim_free(&other);
	}
}

/* An idle owner's budget is used to the full, and given back at once. */
static void test_what_is_left_is_used(void **unused)
{
	struct sim owner = machine(1, 3), other = machine(2, 4);
	struct reg_settings s = lender(300 * MB, 100000);
	struct reg_settings t = taker(100 * MB, 100000);
	uint64_t idle, busy;

	(void)unused;
	owner.loans = other.loans = &loans;
	owner.cpu[0].load = SIM_IDLE;
	sim_start(&owner, 0);
	sim_start(&other, 0);
	assert_int_equal(sim_set(&owner, &s, 0), 0);
	assert_int_equal(sim_set(&other, &t, 0), 0);
	run_both(&owner, &other, 20000000);
	idle = lines_issued(&other, -1);
	/* 100 of its own, and of the 300 all but what was lent too late. */
	assert_true(idle * 100 >= allowed(400 * MB, 20000000) * 90);
	assert_true(idle <= allowed(400 * MB, 20000000) + bound(&other, 0));
	owner.cpu[0].load = SIM_SATURATE;
	owner.cpu[0].line_ns = owner.now_ns;
	run_both(&owner, &other, 40000000);
	busy = lines_issued(&other, -1) - idle;
	/* All of the owner's, from its first period on. */
	assert_true(lines_issued(&owner, -1) * 1000 >=
		    allowed(300 * MB, 20000000) * 999);
	assert_true(busy <= allowed(100 * MB, 20000000) +
		    owner.cell.effective.total.cap_lines + bound(&other, 0));
	sim_free(&owner);
	sim_free(&other);
}

/*
 * Several owners that leave four fifths: what all of them release is there to be
 * taken, however long the periods of either are.
 */
static void test_all_that_several_leave_is_used(void **unused)
{
	static const uint64_t periods[][2] = {
		{ 100000, 100000 }, { 100000, 1000000 }, { 1000000, 100000 },
		{ 20000, 100000 }, { 70000, 110000 },
	};
	const uint64_t ns = 100000000;

	(void)unused;
	for (unsigned int n = 0; n < 15; n++) {
		struct sim sim[4] = { machine(1, n), machine(2, n + 20),
				      machine(1, n + 40), machine(1, n + 60) };
		struct sim *all[] = { &sim[0], &sim[1], &sim[2], &sim[3] };
		unsigned int owners = 1 + n / 5;
		uint64_t free_lines = 0, own_lines;

		loans = (struct reg_loans){ 0 };
		for (unsigned int at = 0; at <= owners; at++) {
			bool owns = at < owners;
			struct reg_settings s = budget(50 * MB,
						       periods[n % 5][!owns]);

			s.flags = REG_FLAG_LEND;
			s.class_ = owns ? REG_CLASS_GUARANTEED : 0;
			/* 10 MB/s of 50. */
			for (unsigned int cpu = 0; owns && cpu < 2; cpu++) {
				sim[at].cpu[cpu].load = SIM_STEADY;
				sim[at].cpu[cpu].steady_ns =
					6400 * sim[at].cpus_count;
			}
			sim[at].loans = &loans;
			sim_start(&sim[at], 0);
			assert_int_equal(sim_set(&sim[at], &s, 0), 0);
		}
		assert_int_equal(loans.cap_lines, owners *
				 sim[0].cell.effective.total.cap_lines);
		run_all(all, owners + 1, ns);
		for (unsigned int at = 0; at < owners; at++) {
			own_lines = lines_issued(&sim[at], -1);
			free_lines += allowed(50 * MB, ns) - own_lines;
			/* Nobody was held who owns. */
			assert_true(own_lines * 1000 >=
				    allowed(10 * MB, ns) * 998);
		}
		own_lines = allowed(50 * MB, ns);
		assert_true((lines_issued(&sim[owners], -1) - own_lines) * 100 >=
			    free_lines * 95);
		assert_true(loans.taken_lines <= loans.lent_lines);
		for (unsigned int at = 0; at <= owners; at++)
			sim_free(&sim[at]);
	}
}

/* What is there to be taken goes with the setting that it comes from. */
static void test_the_cap_follows_settings(void **unused)
{
	struct reg_settings s = lender(64 * MB, 100000), none = s;
	struct sim a = machine(1, 1), b = machine(2, 2);

	(void)unused;
	a.loans = b.loans = &loans;
	sim_start(&a, 0);
	sim_start(&b, 0);
	assert_int_equal(sim_set(&a, &s, 0), 0);
	assert_int_equal(loans.cap_lines, 100);
	s.mode = REG_MODE_PER_CPU;
	assert_int_equal(sim_set(&b, &s, 0), 0);
	assert_int_equal(loans.cap_lines, 200);
	a.cpu[0].load = b.cpu[0].load = b.cpu[1].load = SIM_IDLE;
	run_both(&a, &b, 1000000);
	assert_int_equal(loans.lines, 200);
	none.flags = 0;
	assert_int_equal(sim_set(&a, &none, 0), 0);
	assert_int_equal(loans.cap_lines, 100);
	assert_int_equal(loans.lines, 100);
	s.budget_bytes_per_s = REG_BUDGET_UNLIMITED - 1;
	s.period_ns = REG_PERIOD_MAX_NS;
	assert_int_equal(sim_set(&b, &s, 0), 0);
	assert_int_equal(loans.cap_lines, (int64_t)1 << 49);
	s.flags = 0;
	assert_int_equal(sim_set(&b, &s, 0), 0);
	assert_int_equal(loans.cap_lines, 0);
	assert_int_equal(loans.lines, 0);
	sim_free(&a);
	sim_free(&b);
}

/* Who does not take part neither lends nor takes. */
static void test_without_the_flag(void **unused)
{
	(void)unused;
	for (unsigned int who = 0; who < 2; who++) {
		struct sim owner = machine(1, 3), other = machine(1, 4);
		struct reg_settings s = lender(300 * MB, 100000);
		struct reg_settings t = taker(100 * MB, 100000);

		loans = (struct reg_loans){ 0 };
		owner.loans = other.loans = &loans;
		owner.cpu[0].load = SIM_IDLE;
		if (who)
			s.flags = 0;
		else
			t.flags = 0;
		sim_start(&owner, 0);
		sim_start(&other, 0);
		assert_int_equal(sim_set(&owner, &s, 0), 0);
		assert_int_equal(sim_set(&other, &t, 0), 0);
		run_both(&owner, &other, 10000000);
		check_rate(&other, 10000000, lines_issued(&other, -1));
		assert_int_equal(loans.taken_lines, 0);
		assert_int_equal(loans.lent_lines != 0, !who);
		sim_free(&owner);
		sim_free(&other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_the_owner_never_notices, setup),
		cmocka_unit_test_setup(test_the_sum_is_bounded, setup),
		cmocka_unit_test_setup(test_what_is_left_is_used, setup),
		cmocka_unit_test_setup(test_all_that_several_leave_is_used,
				       setup),
		cmocka_unit_test_setup(test_the_cap_follows_settings, setup),
		cmocka_unit_test_setup(test_without_the_flag, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
