/* SPDX-License-Identifier: GPL-2.0-only */
/* Cells that are limited begin their periods in turn, and keep their turns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/regulation.h"
#include "regulators/pool.h"
#include "tests/sim/lines.h"

#define MB		1000000ull
#define PERIOD_NS	1600000u

static void sets(struct cell *cell, uint64_t bytes_per_s, uint32_t mode)
{
	lines_set(cell, (struct reg_settings){
		.valid = REG_SET_BUDGET | REG_SET_PERIOD | REG_SET_MODE |
			 REG_SET_REGULATOR,
		.regulator = REGULATOR_MEMGUARD,
		.budget_bytes_per_s = bytes_per_s,
		.period_ns = PERIOD_NS, .mode = mode,
	});
	fake_settle();
}

/* Where in a period the CPU begins its own. */
static uint64_t begins_ns(unsigned int cpu)
{
	return fake_cpu_area(cpu)->reg.boundary_ns % PERIOD_NS;
}

static void test_cells_begin_in_turn(void **unused)
{
	(void)unused;
	for (unsigned int id = 1; id <= 3; id++)
		sets(cells_make_running(id), 100 * MB, 0);
	assert_int_equal(begins_ns(1), 0);
	assert_int_equal(begins_ns(2), PERIOD_NS / 2);
	assert_int_equal(begins_ns(3), PERIOD_NS / 4);
	/* What one cell is told moves none of the others. */
	sets(cell_by_id(2), 50 * MB, REG_MODE_SYNCHRONOUS);
	assert_int_equal(begins_ns(2), 0);
	sets(cell_by_id(2), 50 * MB, 0);
	sets(cell_by_id(1), 300 * MB, 0);
	assert_int_equal(begins_ns(1), 0);
	assert_int_equal(begins_ns(2), PERIOD_NS / 2);
	assert_int_equal(begins_ns(3), PERIOD_NS / 4);
}

/* A turn is free when nothing limits the cell any more, or it is no more. */
static void test_turns_are_given_back(void **unused)
{
	(void)unused;
	for (unsigned int id = 1; id <= 3; id++)
		sets(cells_make_running(id), 100 * MB, 0);
	sets(cell_by_id(2), REG_BUDGET_UNLIMITED, 0);
	sets(cell_root(), 100 * MB, 0);
	assert_int_equal(begins_ns(0), PERIOD_NS / 2);
	sets(cell_by_id(2), 100 * MB, 0);
	assert_int_equal(begins_ns(2), PERIOD_NS * 3 / 4);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	sets(cells_make_running(1), 100 * MB, 0);
	assert_int_equal(begins_ns(1), 0);
	assert_int_equal(begins_ns(0), PERIOD_NS / 2);
	assert_int_equal(begins_ns(3), PERIOD_NS / 4);
}

/* CPUs of two cells alternate; a pool is refilled when its CPUs begin. */
static void test_cells_of_several_cpus(void **unused)
{
	(void)unused;
	sets(cells_make_running(1), 100 * MB, 0);
	sets(cell_root(), 100 * MB, 0);
	assert_int_equal(begins_ns(1), 0);
	/* CPUs 0, 2 and 3 are the root's: half of a third after thirds. */
	for (unsigned int n = 0; n < 3; n++)
		assert_int_equal(begins_ns(n ? n + 1 : 0),
				 n * PERIOD_NS / 3 + PERIOD_NS / 6);
	for (unsigned int n = 0; n < 3; n++) {
		uint64_t next_ns = cell_root()->reg.pool.next_ns;

		assert_int_equal((next_ns + PERIOD_NS - PERIOD_NS / 6) %
					 (PERIOD_NS / 3) <= 1, 1);
		fake.now_ns = next_ns;
		fake_settle();
	}
}

/* Who is held for a share of the time is so in turn as well. */
static void test_throttled_cells_take_turns(void **unused)
{
	struct reg_request request = {
		.size = sizeof(request), .operation = REG_OP_SET,
		.settings = {
			.valid = REG_SET_DUTY | REG_SET_THROTTLE_PERIOD,
			.duty_permille = 100, .throttle_period_ns = PERIOD_NS,
		},
	};

	(void)unused;
	for (unsigned int id = 1; id <= 3; id++)
		assert_int_equal(regulation_set(cells_make_running(id),
						&request), 0);
	fake_settle();
	assert_int_equal(fake_cpu_area(1)->reg.throttle.phase_ns, 0);
	assert_int_equal(fake_cpu_area(2)->reg.throttle.phase_ns,
			 PERIOD_NS / 2);
	assert_int_equal(fake_cpu_area(3)->reg.throttle.phase_ns,
			 PERIOD_NS / 4);
}

/* However many there are, no two have one turn. */
static void test_sixteen_turns_differ(void **unused)
{
	uint32_t seen = 0;

	(void)unused;
	for (uint32_t turn = 0; turn < 16; turn++)
		seen |= 1u << pool_turn_q4(turn);
	assert_int_equal(seen, 0xffff);
	assert_int_equal(pool_turn_q4(0), 0);
	assert_int_equal(pool_turn_q4(1), 8);
	assert_int_equal(pool_turn_q4(2), 4);
	assert_int_equal(pool_turn_q4(3), 12);
	assert_int_equal(pool_turn_q4(4), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_cells_begin_in_turn, lines_setup),
		cmocka_unit_test_setup(test_turns_are_given_back, lines_setup),
		cmocka_unit_test_setup(test_cells_of_several_cpus, lines_setup),
		cmocka_unit_test_setup(test_throttled_cells_take_turns,
				       lines_setup),
		cmocka_unit_test(test_sixteen_turns_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
