/* SPDX-License-Identifier: GPL-2.0-only */
/* What cells ask of others: how it ends, how often, what is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controllers.h"
#include "hv/errno.h"
#include "hv/regulation.h"
#include "tests/sim/lines.h"

static void hold_both(void)
{
	control_asks(1, 0, 200, 80 * MB);
	control_asks(1, 3, 50, 0);
	control_asks(2, 0, 400, 0);
	control_expect(cell_root(), 0, 200, 80 * MB);
	control_expect(cell_by_id(3), 3, 50, REG_BUDGET_UNLIMITED);
}

static void expect_gone(void)
{
	control_expect(cell_root(), 0, 400, REG_BUDGET_UNLIMITED);
	control_expect(cell_by_id(3), 3, FREE);
}

static void test_it_ends_with_the_cell(void **unused)
{
	struct cell_report fault = { .reason = PARK_MEMORY_ACCESS };
	struct cell *cell = controller_make(1);
	struct reg_status status;

	(void)unused;
	controller_make(2);
	cells_make_running(3);
	hold_both();
	assert_int_equal(fake_hypercall(0, HC_CELL_SET_LOADABLE, 1, 0), 0);
	expect_gone();
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	expect_gone();
	hold_both();
	/* Started anew, from the beginning. */
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	expect_gone();
	hold_both();
	fake_on_cpu(1);
	fake_cpu_area(1)->parked = true;
	cell_record_fault(cell, &fault);
	fake_settle();
	assert_int_equal(cell_get_state(1), CELL_FAILED);
	expect_gone();
	status = control_status(cell_root());
	assert_int_equal(status.num_holds, 2);
	assert_int_equal(status.hold[0].cell_id, 1);
	assert_int_equal(status.hold[0].lapses, 3);
	assert_int_equal(status.hold[0].requests, 3);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	hold_both();
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	expect_gone();
	/* Whoever comes next with that id is another one. */
	controller_make(1);
	status = control_status(cell_root());
	assert_int_equal(status.num_holds, 1);
	assert_int_equal(status.hold[0].cell_id, 2);
	expect_gone();
}

/* A cell that ends without a word is noticed by whoever it holds. */
static void test_it_ends_without_a_word(void **unused)
{
	struct cell *cell = controller_make(1);
	struct per_cpu *held = fake_cpu_area(0);

	(void)unused;
	for (unsigned int way = 0; way < 3; way++) {
		control_asks(1, 0, 200, 0);
		fake_on_cpu(0);
		for (unsigned int n = 0; n < 4 && !held->stall_requested; n++) {
			fake.now_ns = held->tick.armed_ns;
			tick_run(held);
		}
		assert_true(held->stall_requested);
		if (way == 0)
			cell->comm->head.cell_state = CELL_SHUT_DOWN;
		if (way == 1)
			cell->comm->head.cell_state = 4711;
		if (way == 2)
			fake_cpu_area(1)->parked = true;
		regulation_stall(held);
		fake_settle();
		control_expect(cell_root(), 0, FREE);
		assert_int_equal(control_status(cell_root()).hold[0].lapses, way + 1);
		control_refused(1, control_ask(0, 500, 0), -EPERM, "does not run");
		cell->comm->head.cell_state = CELL_RUNNING;
		fake_cpu_area(1)->parked = false;
	}
	/* Or by whoever asks. */
	control_asks(1, 0, 200, 0);
	cell->comm->head.cell_state = CELL_FAILED;
	assert_int_equal(control_status(cell_root()).hold[0].what, 0);
	fake_settle();
	control_expect(cell_root(), 0, FREE);
}

/* The held cell stops and starts: what is asked of it stays. */
static void test_it_outlives_a_restart(void **unused)
{
	(void)unused;
	controller_make(1);
	cells_make_running(3);
	control_asks(1, 3, 50, 5 * MB);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 3, 0), 0);
	control_expect(cell_by_id(3), 3, 50, 5 * MB);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 3, 0), 0);
	cells_make_running(3);
	control_expect(cell_by_id(3), 3, FREE);
	control_releases(1, 3, CONTROL_KNOWN);
}

static void test_status_says_who_and_since_when(void **unused)
{
	struct reg_status status;

	(void)unused;
	controller_make(1);
	fake.now_ns = 10 * MS - CONTROL_INTERVAL_NS;
	control_asks(1, 0, 200, 0);
	fake.now_ns = 14 * MS - CONTROL_INTERVAL_NS;
	control_asks(1, 0, 0, 90 * MB);
	status = control_status(cell_root());
	assert_int_equal(status.num_holds, 1);
	assert_int_equal(status.hold[0].cell_id, 1);
	assert_int_equal(status.hold[0].what, CONTROL_KNOWN);
	assert_int_equal(status.hold[0].duty_permille, 200);
	assert_int_equal(status.hold[0].budget_bytes_per_s, 90 * MB);
	assert_int_equal(status.hold[0].since_ns, 10 * MS);
	assert_int_equal(status.hold[0].held_ns, 0);
	assert_int_equal(status.hold[0].requests, 2);
	fake.now_ns = 17 * MS - CONTROL_INTERVAL_NS;
	control_releases(1, 0, CONTROL_KNOWN);
	status = control_status(cell_root());
	assert_int_equal(status.hold[0].what, 0);
	assert_int_equal(status.hold[0].held_ns, 7 * MS);
	assert_int_equal(status.hold[0].requests, 3);
	assert_int_equal(status.hold[0].lapses, 0);
	status = control_status(cell_by_id(1));
	assert_int_equal(status.control_requests, 3);
	assert_int_equal(status.num_holds, 0);
}

/* Whoever calls in a loop is told to wait, and nobody else hears of it. */
static void test_calls_are_bounded(void **unused)
{
	struct control_request requests[] = { control_ask(0, 200, 0), control_ask(0, 201, 0) };
	uint64_t granted = 0, limited = 0, revisions;
	struct reg_status status;
	long result;

	(void)unused;
	controller_make(1);
	fake.now_ns = 100 * MS;
	revisions = cell_root()->reg.effective.revision;
	for (unsigned int n = 0; n < 100000; n++) {
		fake.now_ns += 1000;
		result = control_call(1, &requests[n % 2]);
		granted += result == 0;
		limited += result == -EBUSY;
	}
	assert_int_equal(granted + limited, 100000);
	assert_in_range(granted, 200, 200 + CONTROL_BURST_CALLS);
	assert_true(cell_root()->reg.effective.revision - revisions <= granted);
	status = control_status(cell_by_id(1));
	assert_int_equal(status.control_requests, granted);
	assert_int_equal(status.control_limited, limited);
	assert_non_null(strstr(control_buffer(1)->reason, "try again"));
	/* The same once more wakes nobody. */
	control_asks(1, 0, 300, 0);
	revisions = cell_root()->reg.effective.revision;
	control_asks(1, 0, 300, 0);
	assert_int_equal(cell_root()->reg.effective.revision, revisions);
}

/* However it is timed, what the permission leaves is there. */
static void test_the_root_is_not_starved(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(0);
	uint64_t ran_ns = 0, seed = 1, end_ns;

	(void)unused;
	controller_make(1);
	fake.now_ns = 10 * MS;
	end_ns = fake.now_ns + 400 * MS;
	while (fake.now_ns < end_ns) {
		uint64_t next_ns, from_ns = fake.now_ns;

		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		next_ns = from_ns + (seed >> 33) % 700000;
		fake_on_cpu(0);
		while (cpu->tick.armed_ns < next_ns) {
			ran_ns += cpu->stall_requested ? 0 :
				  cpu->tick.armed_ns - fake.now_ns;
			fake.now_ns = cpu->tick.armed_ns;
			tick_run(cpu);
		}
		ran_ns += cpu->stall_requested ? 0 : next_ns - fake.now_ns;
		fake.now_ns = next_ns;
		if (seed >> 63) {
			struct control_request request = control_ask(0, 100, 0);

			control_call(1, &request);
		} else {
			struct control_request request = control_ask(0, 900, 0);

			request.operation = seed >> 62 & 1 ? CONTROL_ASK :
							     CONTROL_RELEASE;
			control_call(1, &request);
		}
	}
	/* A tenth of 400 ms, but for the period that it ends in. */
	assert_true(ran_ns >= 39 * MS);
}

/* Nine want to hold one: there is room for eight that do. */
static void test_entries_are_used_again(void **unused)
{
	struct cell *target;
	struct control_request request = control_ask(0, 500, 0);

	(void)unused;
	controller_make(1);
	target = cell_root();
	for (unsigned int n = 0; n < CONTROL_HOLDS_MAX; n++)
		target->reg.holds[n] = (struct reg_hold){
			.serial = 1000 + n,
			.hold = { .cell_id = 100 + n, .what = CONTROL_DUTY,
				  .duty_permille = 700 },
		};
	control_refused(1, request, -ENOSPC, "8 cells hold cell 0 already");
	target->reg.holds[5].hold.what = 0;
	control_asks(1, 0, 500, 0);
	assert_int_equal(target->reg.holds[5].hold.cell_id, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lines_setup)
	const struct CMUnitTest tests[] = {
		TEST(test_it_ends_with_the_cell),
		TEST(test_it_ends_without_a_word),
		TEST(test_it_outlives_a_restart),
		TEST(test_status_says_who_and_since_when),
		TEST(test_calls_are_bounded),
		TEST(test_the_root_is_not_starved),
		TEST(test_entries_are_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
