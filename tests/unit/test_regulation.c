/* SPDX-License-Identifier: GPL-2.0-only */
/* Policies of cells: requests, refusals, reloads, what survives what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/errno.h"
#include "hv/regulation.h"
#include "tests/sim/lines.h"

#define MB	1000000ull

static struct reg_request request(uint32_t operation)
{
	return (struct reg_request){
		.size = sizeof(struct reg_request), .operation = operation,
	};
}

static struct reg_request request_budget(uint64_t bytes_per_s)
{
	struct reg_request r = request(REG_OP_SET);

	r.settings.valid = REG_SET_BUDGET;
	r.settings.budget_bytes_per_s = bytes_per_s;
	return r;
}

static struct reg_status status_of(struct cell *cell)
{
	struct reg_status status = { .size = sizeof(status), .cell_id = cell->id };

	assert_int_equal(regulation_get(cell, &status), 0);
	return status;
}

static void expect_refusal(struct reg_request r, int error, const char *words)
{
	struct cell *root = cell_root();
	struct reg_status before = status_of(root), after;

	assert_int_equal(regulation_set(root, &r), error);
	if (!strstr(r.reason, words))
		fail_msg("wanted \"%s\", found \"%s\"", words, r.reason);
	after = status_of(root);
	assert_int_equal(after.refusals, before.refusals + 1);
	assert_int_equal(after.reloads, before.reloads);
	assert_int_equal(after.generation, before.generation);
	assert_memory_equal(&after.effective, &before.effective,
			    sizeof(after.effective));
	assert_memory_equal(&after.requested, &before.requested,
			    sizeof(after.requested));
	/* Nobody was disturbed. */
	for (unsigned int n = 0; n < 4; n++)
		assert_int_equal(fake_cpu_area(n)->events, 0);
}

static void test_unregulated_takes_no_tick(void **unused)
{
	struct reg_status status = status_of(cell_root());

	(void)unused;
	for (unsigned int n = 0; n < 4; n++) {
		assert_int_equal(fake_cpu_area(n)->tick.armed_ns, TICK_NEVER);
		assert_false(fake_cpu_area(n)->stall_requested);
	}
	assert_int_equal(status.effective.budget_bytes_per_s,
			 REG_BUDGET_UNLIMITED);
	assert_int_equal(status.effective.write_budget_bytes_per_s,
			 REG_BUDGET_UNLIMITED);
	assert_int_equal(status.effective.period_ns, REG_PERIOD_DEFAULT_NS);
	assert_int_equal(status.effective.regulator, REGULATOR_MEMGUARD);
	assert_int_equal(status.effective.source, COUNTER_FAKE);
	assert_int_equal(status.generation, 0);
	assert_int_equal(regulation_regulators(), BIT(REGULATOR_MEMGUARD));
	assert_int_equal(regulation_sources(), 0);	/* ids below 64 */
}

static void test_set_is_in_force_at_once(void **unused)
{
	struct reg_request r = request_budget(200 * MB);
	struct reg_status status;

	(void)unused;
	fake.now_ns = 5000000;
	assert_int_equal(regulation_set(cell_root(), &r), 0);
	assert_string_equal(r.reason, "");
	assert_int_equal(r.generation, 1);
	assert_int_equal(r.requested_ns, 5000000);
	assert_int_equal(r.effective.valid, REG_SET_KNOWN);
	assert_int_equal(r.effective.budget_bytes_per_s, 200 * MB);
	assert_int_equal(r.effective.source, COUNTER_FAKE);
	/* Kicks were answered; this CPU looks on its way back. */
	assert_int_equal(fake_cpu_area(0)->events, EVENT_REGULATION);
	fake_settle();
	status = status_of(cell_root());
	assert_int_equal(status.num_cpus, 4);
	assert_int_equal(status.reloads, 1);
	assert_int_equal(status.line_bytes, 64);
	assert_string_equal(status.regulator_name, "memguard");
	assert_string_equal(status.source_name, "lines");
	assert_string_equal(status.event_name, "made-up");
	for (unsigned int n = 0; n < 4; n++) {
		assert_int_equal(status.cpu[n].cpu, n);
		assert_int_equal(status.cpu[n].generation, 1);
		assert_int_equal(status.cpu[n].effective_ns, 5000000);
		/* Staggered: boundaries at quarters of a period. */
		assert_int_equal(fake_cpu_area(n)->tick.armed_ns,
				 (n ? 5000000 : 6000000) + n * 250000);
	}
}

static void test_refusals(void **unused)
{
	struct reg_request r = request_budget(200 * MB);

	(void)unused;
	r.size--;
	expect_refusal(r, -EINVAL, "request of 367 bytes, not 368");
	r = request_budget(200 * MB);
	r.operation = 0;
	expect_refusal(r, -EINVAL, "unknown operation 0");
	r.operation = 4;
	expect_refusal(r, -EINVAL, "unknown operation 4");
	r = request_budget(200 * MB);
	r.reserved = 1;
	expect_refusal(r, -EINVAL, "reserved field of the request");
	r = request_budget(200 * MB);
	r.settings.reserved[1] = 1;
	expect_refusal(r, -EINVAL, "reserved field of the settings");
	r = request_budget(200 * MB);
	r.settings.valid |= REG_SET_POLL;
	r.settings.poll_ns = 999;
	expect_refusal(r, -ERANGE, "every 999 ns, allowed are 1000 to 1000000");
	r.settings.poll_ns = 1000001;
	expect_refusal(r, -ERANGE, "polls every 1000001 ns");
	r = request_budget(200 * MB);
	r.settings.valid |= REG_SET_LAW;
	r.settings.law = 2;
	expect_refusal(r, -EINVAL, "law 2 is not known, allowed are 0 and 1");
	r = request_budget(200 * MB);
	r.settings.valid |= 0x80000000;
	expect_refusal(r, -EINVAL, "unknown setting bits 80000000");
	expect_refusal(request_budget(63), -ERANGE, "63 B/s");
	expect_refusal(request_budget(0), -EINVAL, "stop the root cell");
	r = request_budget(200 * MB);
	r.settings.valid |= REG_SET_PERIOD;
	r.settings.period_ns = 19999;
	expect_refusal(r, -ERANGE, "19999 ns, allowed are 20000 to 1000000000");
	r.settings.valid = REG_SET_WRITE_BUDGET;
	r.settings.write_budget_bytes_per_s = 0;
	expect_refusal(r, -EINVAL, "stop the root cell");
	r.settings.valid = REG_SET_SOURCE;
	r.settings.source = 99;
	expect_refusal(r, -ENODEV, "counter source 99 is not known");
	r.settings.source = COUNTER_PMUV3;
	expect_refusal(r, -ENODEV, "counter source");
	r.settings.valid = REG_SET_REGULATOR;
	r.settings.regulator = REGULATOR_CAT;
	expect_refusal(r, -ENODEV, "regulator 5 is not known");
	r.settings.valid = REG_SET_MODE;
	r.settings.mode = 0x100;
	expect_refusal(r, -EINVAL, "unknown mode bits 100");
	r.settings.mode = REG_MODE_STEADY;
	expect_refusal(r, -EINVAL, "are of polls");
	/* A check is refused alike. */
	r = request_budget(1);
	r.operation = REG_OP_CHECK;
	expect_refusal(r, -ERANGE, "1 B/s");
}

static void test_fields_not_named_keep(void **unused)
{
	struct reg_request r = request_budget(200 * MB);

	(void)unused;
	r.settings.valid |= REG_SET_PERIOD | REG_SET_MODE;
	r.settings.period_ns = 100000;
	r.settings.mode = REG_MODE_PER_CPU;
	/* Not named, so senseless values do not matter. */
	r.settings.write_budget_bytes_per_s = 1;
	r.settings.source = 4711;
	assert_int_equal(regulation_set(cell_root(), &r), 0);
	r = request_budget(100 * MB);
	assert_int_equal(regulation_set(cell_root(), &r), 0);
	assert_int_equal(r.effective.period_ns, 100000);
	assert_int_equal(r.effective.mode, REG_MODE_PER_CPU);
	assert_int_equal(r.effective.budget_bytes_per_s, 100 * MB);
	assert_int_equal(r.effective.write_budget_bytes_per_s,
			 REG_BUDGET_UNLIMITED);
	r = request(REG_OP_SET);
	r.settings.valid = REG_SET_WRITE_BUDGET;
	r.settings.write_budget_bytes_per_s = 30 * MB;
	assert_int_equal(regulation_set(cell_root(), &r), 0);
	assert_int_equal(r.effective.budget_bytes_per_s, 100 * MB);
	assert_int_equal(r.effective.write_budget_bytes_per_s, 30 * MB);
}

static void test_check_changes_nothing(void **unused)
{
	struct reg_request r = request_budget(123 * MB);
	struct reg_status before = status_of(cell_root()), after;

	(void)unused;
	r.operation = REG_OP_CHECK;
	assert_int_equal(regulation_set(cell_root(), &r), 0);
	assert_int_equal(r.effective.budget_bytes_per_s, 123 * MB);
	assert_int_equal(r.generation, 0);
	after = status_of(cell_root());
	assert_memory_equal(&before, &after, sizeof(after));
	assert_int_equal(fake_cpu_area(0)->events, 0);
}

/* Cell 1 with a policy of its own in the configuration. */
static struct cell *cell_with_policy(void)
{
	struct blob_cell blob;
	long error;

	blob_cell_init(&blob, 1);
	blob.policy.settings.valid = REG_SET_BUDGET | REG_SET_PERIOD;
	blob.policy.settings.budget_bytes_per_s = 64 * MB;
	blob.policy.settings.period_ns = 500000;
	error = cells_create(&blob, sizeof(blob));
	if (error)
		fail_msg("create: %ld: %s", error, cells_last_reason());
	return cell_by_id(1);
}

static void test_policy_of_the_configuration(void **unused)
{
	struct cell *cell = cell_with_policy();
	struct per_cpu *cpu = fake_cpu_area(1);
	struct reg_request r = request_budget(REG_BUDGET_UNLIMITED);
	struct reg_status status;

	(void)unused;
	assert_int_equal(cpu->tick.armed_ns, TICK_NEVER);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	fake_settle();
	/* In force before the guest's first instruction. */
	assert_true(cpu->reg.active.active);
	assert_true(cpu->tick.armed_ns != TICK_NEVER);
	assert_ptr_equal(cpu->reg.cell, &cell->reg);
	status = status_of(cell);
	assert_int_equal(status.effective.budget_bytes_per_s, 64 * MB);
	assert_int_equal(status.effective.period_ns, 500000);
	assert_int_equal(status.num_cpus, 1);
	assert_int_equal(status.cpu[0].cpu, 1);
	assert_int_equal(regulation_set(cell, &r), 0);
	fake_settle();
	assert_int_equal(cpu->tick.armed_ns, TICK_NEVER);
	r = request(REG_OP_CLEAR);
	assert_int_equal(regulation_set(cell, &r), 0);
	assert_int_equal(r.effective.budget_bytes_per_s, 64 * MB);
	assert_int_equal(r.generation, 2);
	fake_settle();
	assert_true(cpu->tick.armed_ns != TICK_NEVER);
}

/* Settings and what was counted outlive a restart; a new cell starts anew. */
static void test_restart_changes_nothing(void **unused)
{
	struct cell *cell = cell_with_policy();
	struct per_cpu *cpu = fake_cpu_area(1);
	struct reg_request r = request_budget(32 * MB);
	struct reg_status status;

	(void)unused;
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	fake_settle();
	/*
	 * A period so long that no refill comes between, and all of whose budget is
	 * there at once: the grid's first point is nearly a second away.
	 */
	r.settings.valid |= REG_SET_PERIOD;
	r.settings.period_ns = REG_PERIOD_MAX_NS;
	assert_int_equal(regulation_set(cell, &r), 0);
	fake_settle();
	lines_happen(cpu, 7, 2);
	assert_int_equal(fake_hypercall(0, HC_CELL_SET_LOADABLE, 1, 0), 0);
	fake_settle();
	assert_int_equal(cpu->tick.armed_ns, TICK_NEVER);
	assert_false(lines_counting(cpu));
	/* The pool owes nothing and lost nothing but what was used. */
	assert_int_equal(cpu->reg.own.total.lines, 500000 - 9);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	fake_settle();
	lines_happen(cpu, 1, 0);
	status = status_of(cell);
	assert_int_equal(status.effective.budget_bytes_per_s, 32 * MB);
	assert_int_equal(status.cpu[0].generation, 1);
	assert_int_equal(status.cpu[0].read_lines, 8);
	assert_int_equal(status.cpu[0].written_lines, 2);
	assert_int_equal(cpu->reg.own.total.lines +
			 (int64_t)cpu->reg.grant_lines, 500000 - 9);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	fake_settle();
	cell = cell_with_policy();
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	fake_settle();
	status = status_of(cell);
	assert_int_equal(status.cpu[0].read_lines, 0);
	assert_int_equal(status.generation, 0);
	assert_int_equal(status.effective.budget_bytes_per_s, 64 * MB);
}

/* What a CPU was in a cell that is gone says nothing of the next one. */
static void test_a_cell_after_another(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(1);
	struct cell *cell = cells_make_running(1);
	uint64_t revision = cell->reg.effective.revision;

	(void)unused;
	fake_settle();
	assert_false(cpu->reg.active.active);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	fake_settle();
	cell = cell_with_policy();
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	fake_settle();
	assert_int_equal(cell->reg.effective.revision, revision);
	assert_true(cpu->reg.own.total.limited);
	lines_happen(cpu, 501, 0);
	fake_on_cpu(1);
	regulation_overflow(cpu);
	assert_true(cpu->stall_requested);
}

static void test_policy_out_of_range_is_refused(void **unused)
{
	struct blob_cell blob;

	(void)unused;
	blob_cell_init(&blob, 1);
	blob.policy.settings.valid = REG_SET_BUDGET;
	blob.policy.settings.budget_bytes_per_s = 5;
	cells_expect(cells_create(&blob, sizeof(blob)), -ERANGE, "5 B/s");
	assert_int_equal(cell_count(), 1);
}

/* The root's shares follow the CPUs that come and go. */
static void test_cpus_come_and_go(void **unused)
{
	struct reg_request r = request_budget(200 * MB);
	const struct reg_effective *e = &cell_root()->reg.effective;

	(void)unused;
	assert_int_equal(regulation_set(cell_root(), &r), 0);
	fake_settle();
	assert_int_equal(e->cpus_count, 4);
	cells_make_running(1);
	fake_settle();
	assert_int_equal(e->cpus_count, 3);
	assert_int_equal(e->total.cap_lines, 3125);
	for (unsigned int n = 0; n < 4; n++) {
		const struct reg_cpu *reg = &fake_cpu_area(n)->reg;

		if (n == 1) {
			assert_ptr_equal(reg->cell, &cell_by_id(1)->reg);
			continue;
		}
		assert_int_equal(reg->index, n ? n - 1 : 0);
		assert_int_equal(reg->active.cpus_count, 3);
	}
	/* That was no reload. */
	assert_int_equal(e->generation, 1);
	assert_int_equal(status_of(cell_root()).reloads, 1);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	fake_settle();
	/* The CPU is offline in the root until that switches it on. */
	assert_int_equal(fake_cpu_area(1)->tick.armed_ns, TICK_NEVER);
	cpu_post_event(fake_cpu_area(1), EVENT_RESET);
	fake_settle();
	assert_int_equal(e->cpus_count, 4);
	assert_int_equal(fake_cpu_area(1)->reg.active.cpus_count, 4);
	assert_true(fake_cpu_area(1)->tick.armed_ns != TICK_NEVER);
}

static void test_ten_thousand_reloads(void **unused)
{
	struct reg_status status;

	(void)unused;
	for (uint64_t n = 1; n <= 10000; n++) {
		struct reg_request r = request_budget(n * MB);

		fake.now_ns += 12345;
		lines_happen(fake_cpu_area(n % 4), 1, 1);
		assert_int_equal(regulation_set(cell_root(), &r), 0);
		assert_int_equal(r.generation, n);
		assert_int_equal(r.effective.budget_bytes_per_s, n * MB);
		fake_settle();
		for (unsigned int i = 0; i < 4; i++) {
			const struct reg_cpu *reg = &fake_cpu_area(i)->reg;

			assert_int_equal(reg->stats.generation, n);
			assert_int_equal(reg->active.settings.budget_bytes_per_s,
					 n * MB);
		}
	}
	status = status_of(cell_root());
	assert_int_equal(status.reloads, 10000);
	assert_int_equal(status.cpu[1].read_lines, 2500);
	assert_int_equal(status.cpu[1].written_lines, 2500);
}

/* A system whose configuration names no source can be used, not regulated. */
static void test_no_counter_source(void **unused)
{
	struct blob_system system;
	struct reg_request r = request_budget(200 * MB);
	struct blob_cell blob;

	(void)unused;
	fake_machine();
	blob_system_init(&system);
	system.counter.record.type = 99;
	system.counter.record.flags = WEIR_RECORD_OPTIONAL;
	assert_int_equal(fake_boot(&system, sizeof(system)), 0);
	lines_cpus_join();
	assert_int_equal(regulation_set(cell_root(), &r), -ENODEV);
	assert_string_equal(r.reason,
			    "the system configuration lists no counter source");
	assert_int_equal(fake_cpu_area(0)->tick.armed_ns, TICK_NEVER);
	cells_make_running(2);
	blob_cell_init(&blob, 1);
	blob.policy.settings.valid = REG_SET_BUDGET;
	blob.policy.settings.budget_bytes_per_s = MB;
	cells_expect(cells_create(&blob, sizeof(blob)), -ENODEV,
		     "lists no counter source");
}

static void test_status_wants_its_size(void **unused)
{
	struct reg_status status = { .size = sizeof(status) - 1 };

	(void)unused;
	assert_int_equal(regulation_get(cell_root(), &status), -EINVAL);
}

static void test_guests_overflow_is_acknowledged(void **unused)
{
	struct fake_pmu *pmu = &fake_pmu[0];

	(void)unused;
	/* The counter source in use is another one, idle or with a budget. */
	for (unsigned int regulated = 0; regulated < 2; regulated++) {
		struct reg_request r = request_budget(200 * MB);

		if (regulated)
			assert_int_equal(regulation_set(cell_root(), &r), 0);
		pmu->overflows = BIT(0);
		regulation_overflow(fake_cpu_area(0));
		assert_int_equal(pmu->overflows, 0);
		assert_false(fake_cpu_area(0)->stall_requested);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lines_setup)
	const struct CMUnitTest tests[] = {
		TEST(test_unregulated_takes_no_tick),
		TEST(test_set_is_in_force_at_once),
		TEST(test_refusals),
		TEST(test_fields_not_named_keep),
		TEST(test_check_changes_nothing),
		TEST(test_policy_of_the_configuration),
		TEST(test_restart_changes_nothing),
		TEST(test_a_cell_after_another),
		TEST(test_policy_out_of_range_is_refused),
		TEST(test_cpus_come_and_go),
		TEST(test_ten_thousand_reloads),
		TEST(test_no_counter_source),
		TEST(test_guests_overflow_is_acknowledged),
		TEST(test_status_wants_its_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
