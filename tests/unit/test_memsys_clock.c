// SPDX-License-Identifier: GPL-2.0-only
/* Clocks of the CPUs, `now`, and what the page shows of them. */
#include "test_memsys.h"

#include <string.h>

#define CPUS 3u

static int setup(void **state)
{
	struct memsys_config config = small_machine();

	*state = memsys_create(&config, CPUS);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	memsys_destroy(*state);
	return 0;
}

static void instructions_take_their_cpi(void **state)
{
	struct memsys_config config = small_machine();
	struct memsys *m;

	(void)state;
	config.base_cpi_milli = 750;
	m = memsys_create(&config, 1);
	assert_non_null(m);
	memsys_execute(m, 0, 1000);
	memsys_charge_instructions(m, 0, 4);
	assert_int_equal(read_cpu(m, 0).cycles, 753);
	assert_int_equal(read_cpu(m, 0).instructions, 1004);
	memsys_destroy(m);
}

static void now_is_the_slowest_busy_clock(void **state)
{
	struct memsys *m = *state;

	assert_int_equal(memsys_now(m), 0);
	memsys_execute(m, 0, 100);
	assert_int_equal(memsys_now(m), 100);
	memsys_execute(m, 1, 50);
	/* CPU 1 was off and begins now, at 100. */
	assert_int_equal(read_cpu(m, 1).cycles, 150);
	assert_int_equal(memsys_now(m), 100);
	memsys_execute(m, 0, 200);
	assert_int_equal(memsys_now(m), 150);
	memsys_execute(m, 1, 1000);
	assert_int_equal(memsys_now(m), 300);
	memsys_execute(m, 2, 0);
	assert_int_equal(read_cpu(m, 2).cycles, 300);
	assert_int_equal(read_cpu(m, 1).limit_cycles, 300 + SLACK);
}

static void an_idle_cpu_holds_nobody(void **state)
{
	struct memsys *m = *state;

	memsys_execute(m, 0, 100);
	memsys_execute(m, 1, 100);
	memsys_idle(m, 0);
	memsys_execute(m, 1, 1000);
	assert_int_equal(memsys_now(m), 1200);
	assert_int_equal(read_cpu(m, 0).cycles, 100);
	assert_int_equal(read_cpu(m, 0).state, MEMSYS_CPU_STATE_IDLE);
	memsys_execute(m, 0, 10);
	assert_int_equal(read_cpu(m, 0).cycles, 1210);
	assert_int_equal(read_cpu(m, 0).state, MEMSYS_CPU_STATE_BUSY);
	assert_int_equal(memsys_now(m), 1200);
}

static void an_idle_cpu_that_led_keeps_its_lead(void **state)
{
	struct memsys *m = *state;

	memsys_execute(m, 0, 10);
	memsys_execute(m, 1, 400);
	memsys_idle(m, 1);
	memsys_execute(m, 0, 10);
	memsys_execute(m, 1, 0);
	assert_int_equal(read_cpu(m, 1).cycles, 410);
	assert_int_equal(memsys_now(m), 20);
}

static void a_wait_that_ends_at_once_costs_nothing(void **state)
{
	struct memsys *m = *state;

	memsys_execute(m, 0, 100);
	memsys_execute(m, 1, 1000);
	memsys_set_control(m, 2, MEMSYS_CPU_HELD, 100000, 0);
	memsys_idle(m, 0);
	memsys_execute(m, 0, 1);
	assert_int_equal(read_cpu(m, 0).cycles, 101);
	assert_int_equal(memsys_now(m), 101);
}

static void time_stands_when_all_are_idle(void **state)
{
	struct memsys *m = *state;

	memsys_execute(m, 0, 100);
	memsys_execute(m, 1, 700);
	memsys_idle(m, 0);
	memsys_idle(m, 1);
	assert_int_equal(memsys_now(m), 100);
	memsys_execute(m, 0, 1);
	assert_int_equal(read_cpu(m, 0).cycles, 101);
}

static void a_held_cpu_follows_the_slowest(void **state)
{
	struct memsys *m = *state;

	memsys_execute(m, 0, 100);
	memsys_execute(m, 1, 100);
	memsys_set_control(m, 0, MEMSYS_CPU_HELD, 5000, 0);
	assert_int_equal(read_cpu(m, 0).state, MEMSYS_CPU_STATE_HELD);
	memsys_execute(m, 1, 1000);
	memsys_execute(m, 0, 999);
	assert_int_equal(read_cpu(m, 0).cycles, 1200);
	assert_int_equal(read_cpu(m, 0).instructions, 100);
	/* Waiting for an interrupt does not end the hold. */
	memsys_idle(m, 0);
	assert_int_equal(read_cpu(m, 0).state, MEMSYS_CPU_STATE_HELD);
	memsys_execute(m, 1, 100);
	memsys_set_control(m, 0, 0, 0, 0);
	assert_int_equal(read_cpu(m, 0).state, MEMSYS_CPU_STATE_BUSY);
	memsys_execute(m, 0, 1);
	assert_int_equal(read_cpu(m, 0).cycles, 1301);
}

static void time_jumps_to_the_earliest_hold(void **state)
{
	struct memsys *m = *state;

	memsys_execute(m, 0, 100);
	memsys_execute(m, 1, 100);
	memsys_execute(m, 2, 100);
	memsys_set_control(m, 0, MEMSYS_CPU_HELD, 90000, 0);
	memsys_set_control(m, 1, MEMSYS_CPU_HELD, 70000, 0);
	assert_int_equal(memsys_now(m), 200);
	memsys_idle(m, 2);
	memsys_execute(m, 1, 1);
	assert_int_equal(memsys_now(m), 70000);
	assert_int_equal(read_cpu(m, 1).cycles, 70000);
	assert_int_equal(read_cpu(m, 0).cycles, 70000);
	/* No further while CPU 1 is still there to go on. */
	memsys_execute(m, 0, 1);
	assert_int_equal(memsys_now(m), 70000);
	memsys_set_control(m, 1, 0, 0, 0);
	memsys_execute(m, 1, 10);
	assert_int_equal(memsys_now(m), 70010);
	assert_int_equal(memsys_epochs(m), 70);
}

static void a_hold_for_ever_is_never_jumped_to(void **state)
{
	struct memsys *m = *state;

	memsys_execute(m, 0, 100);
	memsys_set_control(m, 1, MEMSYS_CPU_HELD, UINT64_MAX, 0);
	memsys_execute(m, 0, 100);
	assert_int_equal(memsys_now(m), 200);
	/* Nobody is to go on at any time: time stands. */
	memsys_idle(m, 0);
	memsys_execute(m, 1, 1);
	assert_int_equal(memsys_now(m), 200);
	assert_true(read_cpu(m, 1).hold_until_cycles == UINT64_MAX);
	memsys_execute(m, 0, 0);
	memsys_set_control(m, 0, MEMSYS_CPU_HELD, 1000, 0);
	assert_int_equal(memsys_now(m), 1000);
}

static void an_uncharged_cpu_is_waited_for(void **state)
{
	struct memsys *m = *state;

	memsys_execute(m, 0, 100);
	memsys_execute(m, 1, 0);
	memsys_set_control(m, 0, MEMSYS_CPU_UNCHARGED, 0, 0);
	memsys_execute(m, 1, 5000);
	memsys_execute(m, 0, 5000);
	assert_int_equal(memsys_now(m), 100);
	assert_int_equal(read_cpu(m, 0).state, MEMSYS_CPU_STATE_BUSY);
}

static void the_page_is_current(void **state)
{
	struct memsys_page page;
	struct memsys *m = *state;

	memset(&page, 0, sizeof(page));
	page.control = 77;
	page.cpu[0].control = 88;
	memsys_attach(m, &page);
	assert_true(page.magic == MEMSYS_MAGIC);
	assert_int_equal(page.num_cpus, CPUS);
	assert_int_equal(page.llc_sets, LLC_SETS);
	assert_int_equal(page.slack_cycles, SLACK);
	memsys_execute(m, 0, 100);
	assert_int_equal(page.cpu[0].cycles, 100);
	assert_int_equal(page.cpu[0].limit_cycles, 100 + SLACK);
	assert_int_equal(page.cpu[0].instructions, 100);
	assert_int_equal(page.cpu[0].state, MEMSYS_CPU_STATE_BUSY);
	assert_int_equal(page.now_cycles, 100);
	memsys_access(m, 0, 0, true);
	assert_int_equal(page.cpu[0].stores, 1);
	assert_int_equal(page.cpu[0].llc_fills, 1);
	assert_int_equal(page.cpu[0].stall_cycles, MISS / OVERLAP);
	assert_int_equal(page.cpu[0].cycles, 100 + MISS / OVERLAP);
	assert_int_equal(page.now_cycles, 100 + MISS / OVERLAP);
	memsys_execute(m, 1, 3 * EPOCH);
	memsys_execute(m, 0, 2 * EPOCH);
	assert_int_equal(page.epochs, 2);
	assert_int_equal(page.control, 77);
	assert_int_equal(page.cpu[0].control, 88);
}

/* Whatever is written to the page, the model goes on from its own state. */
static void the_page_is_never_read(void **state)
{
	struct memsys_page page;
	struct memsys *m = *state;

	memsys_attach(m, &page);
	memsys_execute(m, 0, 100);
	memset(&page, 0xff, sizeof(page));
	memsys_access(m, 0, 0, false);
	memsys_execute(m, 0, 10);
	assert_int_equal(page.cpu[0].cycles, 110 + MISS);
	assert_int_equal(page.now_cycles, 110 + MISS);
	assert_int_equal(read_cpu(m, 0).control, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(instructions_take_their_cpi),
		TEST(now_is_the_slowest_busy_clock),
		TEST(an_idle_cpu_holds_nobody),
		TEST(an_idle_cpu_that_led_keeps_its_lead),
		TEST(a_wait_that_ends_at_once_costs_nothing),
		TEST(time_stands_when_all_are_idle),
		TEST(a_held_cpu_follows_the_slowest),
		TEST(time_jumps_to_the_earliest_hold),
		TEST(a_hold_for_ever_is_never_jumped_to),
		TEST(an_uncharged_cpu_is_waited_for),
		TEST(the_page_is_current),
		TEST(the_page_is_never_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
