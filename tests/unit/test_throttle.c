/* SPDX-License-Identifier: GPL-2.0-only */
/* Duty cycles: exact in the long run, bounded in the short, through anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/clock.h"
#include "hv/errno.h"
#include "hv/regulation.h"
#include "tests/sim/lines.h"

#define MS	1000000ull
#define DUTY	(REG_SET_DUTY | REG_SET_THROTTLE_PERIOD | REG_SET_THROTTLE_CPUS)

static struct reg_settings duty(uint16_t permille, uint64_t period_ns,
				uint64_t cpus)
{
	return (struct reg_settings){
		.valid = DUTY,
		.duty_permille = permille,
		.throttle_period_ns = period_ns,
		.throttle_cpus = cpus,
	};
}

static void set(struct cell *cell, uint16_t permille, uint64_t period_ns,
		uint64_t cpus)
{
	(void)lines_set(cell, duty(permille, period_ns, cpus));
}

static void budget(uint64_t bytes_per_s)
{
	(void)lines_set(cell_root(), (struct reg_settings){
		.valid = REG_SET_BUDGET | REG_SET_MODE,
		.mode = REG_MODE_PER_CPU,
		.budget_bytes_per_s = bytes_per_s,
	});
}

/* A CPU that lives for a while; its timer is late by less than `late_ns`. */
struct life {
	uint64_t run_ns;
	uint64_t longest_stall_ns;
	uint64_t longest_run_ns;
	uint64_t turns;
};

static struct life live(struct per_cpu *cpu, uint64_t span_ns, uint64_t late_ns)
{
	uint64_t end_ns = fake.now_ns + span_ns;
	uint64_t since_ns = fake.now_ns;
	struct life life = { 0 };

	fake_on_cpu(cpu->id);
	while (cpu->tick.armed_ns < end_ns) {
		bool held = cpu->stall_requested;
		uint64_t at_ns = cpu->tick.armed_ns + lines_random(late_ns + 1);
		uint64_t passed_ns;

		if (at_ns > fake.now_ns)
			fake.now_ns = at_ns;
		tick_run(cpu);
		passed_ns = fake.now_ns - since_ns;
		if (held == cpu->stall_requested)
			continue;
		life.turns++;
		life.run_ns += held ? 0 : passed_ns;
		if (held && passed_ns > life.longest_stall_ns)
			life.longest_stall_ns = passed_ns;
		if (!held && passed_ns > life.longest_run_ns)
			life.longest_run_ns = passed_ns;
		since_ns = fake.now_ns;
	}
	if (!cpu->stall_requested)
		life.run_ns += end_ns - since_ns;
	fake.now_ns = end_ns;
	return life;
}

static void test_duty_is_exact(void **unused)
{
	static const uint16_t duties[] = { 10, 100, 250, 333, 400, 500, 617,
					   750, 900, 999 };
	static const uint64_t periods_ns[] = { 1 * MS, 1234567, 10 * MS };

	(void)unused;
	for (size_t n = 0; n < ARRAY_COUNT(duties) * 3; n++) {
		uint64_t period_ns = periods_ns[n % 3];
		uint16_t duty = duties[n / 3];
		struct life life;

		assert_int_equal(lines_setup(NULL), 0);
		set(cell_root(), duty, period_ns, 0);
		life = live(fake_cpu_area(0), 1000 * period_ns, 0);
		/* Every thousandth counts: 1000 periods are whole. */
		assert_int_equal(life.run_ns, duty * period_ns);
		assert_int_equal(life.turns, 1999);
		assert_true(life.longest_stall_ns <= period_ns);
	}
}

/* What comes late is made good; no stall gets longer than a period for it. */
static void test_lateness_is_carried(void **unused)
{
	static const uint16_t duties[] = { 20, 100, 250, 500, 750, 900, 980 };

	(void)unused;
	for (size_t n = 0; n < ARRAY_COUNT(duties); n++) {
		struct life life;
		int64_t error_ns;

		assert_int_equal(lines_setup(NULL), 0);
		lines_seed = n;
		set(cell_root(), duties[n], MS, 0);
		/* Late by up to 15 us, which is much for a run of 20. */
		life = live(fake_cpu_area(0), 5000 * MS, 15000);
		error_ns = (int64_t)(life.run_ns - duties[n] * 5 * MS);
		assert_in_range(error_ns + (int64_t)MS, 0, 2 * MS);
		assert_true(life.longest_stall_ns <= MS + 15000);
	}
}

/* Even a timer that is always later than a run lasts ends every stall. */
static void test_stalls_are_bounded(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(0);
	uint64_t run_ns = 0;

	(void)unused;
	set(cell_root(), 10, MS, 0);
	for (unsigned int n = 0; n < 200; n++) {
		uint64_t from_ns = fake.now_ns;

		fake.now_ns = cpu->tick.armed_ns + 50000;
		tick_run(cpu);
		if (cpu->stall_requested)
			run_ns += fake.now_ns - from_ns;
		else
			assert_true(fake.now_ns - from_ns <= MS + 50000);
	}
	assert_true(run_ns > 0);
}

/* A CPU that was suspended did not run, and gets nothing for it. */
static void test_suspension_is_no_debt(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(0);
	struct life life;

	(void)unused;
	set(cell_root(), 500, MS, 0);
	live(cpu, 10 * MS + 100000, 0);
	assert_false(cpu->stall_requested);
	fake.now_ns += 77 * MS;
	life = live(cpu, 100 * MS, 0);
	assert_in_range(life.run_ns, 49 * MS + 500000, 50 * MS + 500000);
	assert_true(life.longest_run_ns <= 500000);
	/* The same while it was held. */
	assert_int_equal(lines_setup(NULL), 0);
	set(cell_root(), 500, MS, 0);
	live(cpu, 10 * MS + 600000, 0);
	assert_true(cpu->stall_requested);
	fake.now_ns += 77 * MS;
	life = live(cpu, 100 * MS, 0);
	assert_in_range(life.run_ns, 49 * MS + 500000, 50 * MS + 500000);
	assert_true(life.longest_run_ns <= 500000);
}

static void test_phases_are_staggered(void **unused)
{
	(void)unused;
	fake.now_ns = 10 * MS;
	set(cell_root(), 250, MS, 0);
	/* One of four runs at any time: each begins a quarter later. */
	for (unsigned int at = 0; at < 40; at++) {
		unsigned int running = 0;

		for (unsigned int n = 0; n < 4; n++) {
			struct per_cpu *cpu = fake_cpu_area(n);

			fake_on_cpu(n);
			if (cpu->tick.armed_ns <= fake.now_ns)
				tick_run(cpu);
			if (!cpu->stall_requested) {
				assert_int_equal(n, at % 4);
				running++;
			}
		}
		assert_int_equal(running, 1);
		fake.now_ns += 250000;
	}
}

static void test_only_some_cpus(void **unused)
{
	(void)unused;
	fake.now_ns = 3 * MS + 999999;
	set(cell_root(), 100, MS, BIT(1) | BIT(3));
	assert_int_equal(fake_cpu_area(0)->tick.armed_ns, TICK_NEVER);
	assert_int_equal(fake_cpu_area(2)->tick.armed_ns, TICK_NEVER);
	assert_true(fake_cpu_area(1)->stall_requested);
	assert_true(fake_cpu_area(3)->stall_requested);
	/* Whoever is no longer meant goes on at once. */
	set(cell_root(), 100, MS, BIT(3));
	assert_false(fake_cpu_area(1)->stall_requested);
	assert_int_equal(fake_cpu_area(1)->tick.armed_ns, TICK_NEVER);
	assert_true(fake_cpu_area(3)->stall_requested);
	set(cell_root(), REG_DUTY_FULL, MS, 0);
	assert_false(fake_cpu_area(3)->stall_requested);
	assert_int_equal(fake_cpu_area(3)->tick.armed_ns, TICK_NEVER);
}

static void expect_refusal(struct cell *cell, uint16_t permille,
			   uint64_t period_ns, uint64_t cpus,
			   const char *words)
{
	lines_refuse(cell, duty(permille, period_ns, cpus), words);
	assert_int_equal(cell->reg.effective.throttle.named.run_ns, 0);
	assert_int_equal(cell->reg.requested.duty_permille, REG_DUTY_FULL);
}

static void test_refusals(void **unused)
{
	struct cell *root = cell_root();
	struct reg_settings s = duty(400, MS, 0);

	(void)unused;
	expect_refusal(root, 0, MS, 0, "duty of 0 permille, allowed are 1 to 1000");
	expect_refusal(root, 1001, MS, 0, "duty of 1001 permille");
	expect_refusal(root, 500, 99999, 0,
		       "99999 ns, allowed are 100000 to 1000000000 ns");
	expect_refusal(root, 500, 1000000001, 0, "throttle period of 1000000001");
	expect_refusal(root, 1000, 0, 0, "throttle period of 0 ns");
	expect_refusal(root, 9, 100000, 0, "is 900 ns, at least 1000 ns");
	expect_refusal(root, 995, 100000, 0, "holds for 500 ns");
	expect_refusal(root, 400, MS, 0x11,
		       "throttled CPUs 0x11, but the cell has 0xf");
	s.valid |= REG_SET_REGULATOR;
	s.regulator = REGULATOR_THROTTLE;
	lines_refuse(root, s, "regulator throttle keeps no budgets: it goes beside one that does");
}

/* Whoever is reset, parked or started anew is where the grid says. */
static void test_reset_is_no_way_out(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(2);

	(void)unused;
	fake.now_ns = 20 * MS;
	set(cell_root(), 250, MS, 0);
	/* The third of four runs from the middle of a period. */
	assert_true(cpu->stall_requested);
	assert_int_equal(cpu->tick.armed_ns, 20500000);
	cpu_post_event(cpu, EVENT_RESET);
	fake_settle();
	assert_true(cpu->stall_requested);
	assert_int_equal(cpu->tick.armed_ns, 20500000);
	fake.now_ns = 20500000;
	fake_on_cpu(2);
	tick_run(cpu);
	assert_false(cpu->stall_requested);
	/* No run begins anew by it either. */
	for (unsigned int n = 0; n < 100; n++) {
		fake.now_ns += 2000;
		cpu_post_event(cpu, EVENT_RESET);
		fake_settle();
	}
	assert_false(cpu->stall_requested);
	assert_int_equal(cpu->tick.armed_ns, 20750000);
	cpu_post_event(cpu, EVENT_PARK);
	fake_settle();
	assert_int_equal(cpu->tick.armed_ns, TICK_NEVER);
	fake.now_ns = 50 * MS + 800000;
	cpu_post_event(cpu, EVENT_RESET);
	fake_settle();
	/* What it slept through gives it a turn at most, and no debt. */
	assert_in_range(cpu->reg.throttle.balance_ns, 0, 250000);
}

/* A reload of something else disturbs no period; one of the duty at once. */
static void test_reloads(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(0);
	uint64_t run_ns = 0;

	(void)unused;
	set(cell_root(), 500, MS, 0);
	for (unsigned int n = 0; n < 2000; n++) {
		fake.now_ns += 10007;
		fake_on_cpu(0);
		tick_run(cpu);
		run_ns += cpu->stall_requested ? 0 : 10007;
		budget((n + 1) * 1000000);
	}
	/* 2000 looks at every 10 us: a tenth of a per mille of 20 s. */
	assert_in_range(run_ns, 10007000 - 40000, 10007000 + 40000);
	fake.now_ns = 100 * MS + 100000;
	set(cell_root(), 900, MS, 0);
	fake.now_ns = 101 * MS;
	fake_on_cpu(0);
	tick_run(cpu);
	assert_false(cpu->stall_requested);
	assert_int_equal(cpu->tick.deadline_ns[TICK_THROTTLE], 101900000);
	fake.now_ns = 101500000;
	set(cell_root(), 300, MS, 0);
	assert_true(cpu->stall_requested);
	assert_int_equal(cpu->tick.deadline_ns[TICK_THROTTLE], 102 * MS);
}

/* Who is named, and to whom the time is put down. */
static void test_composition_with_a_budget(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(0);
	const struct reg_cpu_stats *stats = &cpu->reg.stats;
	struct reg_status status = { .size = sizeof(status) };

	(void)unused;
	set(cell_root(), 500, MS, 0);
	budget(64 * 40000);	/* 10 lines a millisecond for each CPU */
	assert_int_equal(stats->held_by, REG_HELD_NOT);
	assert_false(cpu->reg.active.short_ways);
	fake.now_ns = 200000;
	lines_happen(cpu, 10, 0);
	fake_on_cpu(0);
	regulation_overflow(cpu);
	assert_int_equal(stats->held_by, REG_HELD_BUDGET);
	assert_int_equal(cpu->tick.armed_ns, 500000);
	fake.now_ns = 500000;
	tick_run(cpu);
	assert_int_equal(stats->held_by, REG_HELD_THROTTLE);
	assert_int_equal(stats->holders, REG_HOLDER_BIT(REG_HELD_THROTTLE) |
					 REG_HOLDER_BIT(REG_HELD_BUDGET));
	fake.now_ns = 600000;
	assert_int_equal(regulation_get(cell_root(), &status), 0);
	assert_int_equal(status.cpu[0].stall_ns, 400000);
	assert_int_equal(status.cpu[0].held_ns[REG_HELD_BUDGET - 1], 300000);
	assert_int_equal(status.cpu[0].held_ns[REG_HELD_THROTTLE - 1], 100000);
	fake_on_cpu(0);
	regulation_stall(cpu);
	assert_in_range(fake.now_ns, MS, MS + 2000);
	assert_int_equal(stats->held_by, REG_HELD_NOT);
	assert_int_equal(stats->stalls, 1);
	assert_int_equal(stats->held_stalls[REG_HELD_BUDGET - 1], 1);
	assert_int_equal(stats->held_stalls[REG_HELD_THROTTLE - 1], 1);
	assert_int_equal(stats->held_ns[0] + stats->held_ns[1] +
			 stats->held_ns[2], stats->stall_ns);
}

static void lift(void)
{
	struct reg_request r = {
		.size = sizeof(r), .operation = REG_OP_SET,
		.settings = duty(REG_DUTY_FULL, MS, 0),
	};

	assert_int_equal(regulation_set(cell_root(), &r), 0);
}

static unsigned int turns;

static void on_relax(void)
{
	if (++turns == 10)
		lift();
}

static void test_a_stall_answers(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(0);

	(void)unused;
	set(cell_root(), 10, REG_THROTTLE_PERIOD_MAX_NS, BIT(0));
	fake.now_ns = 20 * MS;
	fake_on_cpu(0);
	tick_run(cpu);
	assert_true(cpu->stall_requested);
	turns = 0;
	fake.on_relax = on_relax;
	regulation_stall(cpu);
	fake.on_relax = NULL;
	assert_true(fake.now_ns < 20 * MS + 20 * FAKE_RELAX_NS);
	assert_int_equal(cpu->tick.armed_ns, TICK_NEVER);
}

/* It takes no counter to be throttled. */
static void test_no_counter_source(void **unused)
{
	struct blob_system system;
	struct blob_cell blob;
	struct per_cpu *cpu;

	(void)unused;
	fake_machine();
	blob_system_init(&system);
	system.counter.record.type = 99;
	system.counter.record.flags = WEIR_RECORD_OPTIONAL;
	assert_int_equal(fake_boot(&system, sizeof(system)), 0);
	lines_cpus_join();
	set(cell_root(), 400, MS, 0);
	assert_int_equal(live(fake_cpu_area(3), 100 * MS, 0).run_ns, 40 * MS);
	lift();
	fake_settle();
	assert_int_equal(fake_cpu_area(3)->tick.armed_ns, TICK_NEVER);
	/* And a cell by its configuration, from the beginning. */
	blob_cell_init(&blob, 1);
	blob.policy.settings.valid = REG_SET_DUTY;
	blob.policy.settings.duty_permille = 300;
	assert_true(cells_create(&blob, sizeof(blob)) >= 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	fake_settle();
	cpu = fake_cpu_area(1);
	assert_ptr_equal(cpu->reg.cell, &cell_by_id(1)->reg);
	live(cpu, 2 * MS, 0);
	assert_int_equal(live(cpu, 100 * MS, 0).run_ns, 30 * MS);
}

/* A CPU that the root gives away is meant again when it comes back. */
static void test_cpus_come_and_go(void **unused)
{
	(void)unused;
	set(cell_root(), 500, MS, BIT(1) | BIT(2));
	cells_make_running(1);
	fake_settle();
	assert_int_equal(fake_cpu_area(1)->tick.armed_ns, TICK_NEVER);
	assert_int_equal(cell_root()->reg.effective.throttle.named.cpus, BIT(2));
	/* Other settings can still be made. */
	budget(64 * 40000);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	fake_settle();
	cpu_post_event(fake_cpu_area(1), EVENT_RESET);
	fake_settle();
	assert_int_equal(cell_root()->reg.effective.throttle.named.cpus,
			 BIT(1) | BIT(2));
	assert_true(fake_cpu_area(1)->tick.armed_ns != TICK_NEVER);
}

/* Each way out of the guest takes 2 us, each way back 3 us. */
static void test_hypervisor_takes_no_guest_time(void **unused)
{
	struct per_cpu *cpu = percpu_get(0);
	uint64_t start_ns, resumed_ns, left_ns = 0, ran_ns = 0;

	(void)unused;
	set(cell_root(), 400, MS, 1);
	fake_on_cpu(0);
	start_ns = resumed_ns = fake.now_ns;
	for (unsigned int ticks = 0; ticks < 2000; ticks++) {
		uint64_t at_ns = cpu->tick.armed_ns;

		if (!cpu->stall_requested) {
			ran_ns += at_ns - resumed_ns;
			left_ns = at_ns;
			at_ns += 2000;
		}
		fake.now_ns = at_ns;
		tick_run(cpu);
		if (cpu->stall_requested)
			continue;
		fake.now_ns += 3000;
		regulation_throttle_resume(cpu, left_ns, fake.now_ns);
		assert_true(cpu->tick.armed_ns <= cpu->reg.throttle.boundary_ns);
		left_ns = 0;
		resumed_ns = fake.now_ns;
	}
	assert_in_range(ran_ns * 1000 / (fake.now_ns - start_ns), 399, 401);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lines_setup)
	const struct CMUnitTest tests[] = {
		TEST(test_duty_is_exact),
		TEST(test_lateness_is_carried),
		TEST(test_stalls_are_bounded),
		TEST(test_suspension_is_no_debt),
		TEST(test_phases_are_staggered),
		TEST(test_only_some_cpus),
		TEST(test_refusals),
		TEST(test_reset_is_no_way_out),
		TEST(test_reloads),
		TEST(test_composition_with_a_budget),
		TEST(test_a_stall_answers),
		TEST(test_no_counter_source),
		TEST(test_cpus_come_and_go),
		TEST(test_hypervisor_takes_no_guest_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
