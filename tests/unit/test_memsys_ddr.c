// SPDX-License-Identifier: GPL-2.0-only
/* DDR request by request against closed forms: banks, row hits, the bus. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/memsys/ddr.h"

#define CYCLE_PS	47000u
#define HIT_PS		15000u
#define BURST_PS	3750u
#define BANKS		16u
#define ROW_LINES	128u
#define ROW		(BANKS * ROW_LINES)	/* from a row to the next */

static const struct ddr_config config = {
	.banks = BANKS,
	.row_lines = ROW_LINES,
	.hit_cap = 4,
	.row_cycle_ps = CYCLE_PS,
	.row_hit_ps = HIT_PS,
	.burst_ps = BURST_PS,
};

static struct ddr ddr;

static void set_up(const struct ddr_config *wanted)
{
	assert_int_equal(ddr_create(&ddr, wanted), 0);
}

/* Runs until something is done. */
static struct ddr_done next_done(void)
{
	struct ddr_done done;

	while (!ddr_take(&ddr, &done)) {
		assert_true(ddr_unknown_ps(&ddr) != DDR_NEVER);
		ddr_run(&ddr, ddr_unknown_ps(&ddr));
	}
	return done;
}

static void expect(uint32_t tag, uint64_t done_ps)
{
	struct ddr_done done = next_done();

	assert_int_equal(done.tag, tag);
	assert_int_equal(done.done_ps, done_ps);
}

static void maps_lines_to_banks_and_rows(void **state)
{
	(void)state;
	set_up(&config);
	assert_int_equal(ddr_bank_of(&ddr, 0), 0);
	assert_int_equal(ddr_bank_of(&ddr, ROW_LINES - 1), 0);
	assert_int_equal(ddr_bank_of(&ddr, ROW_LINES), 1);
	assert_int_equal(ddr_bank_of(&ddr, ROW - 1), 15);
	assert_int_equal(ddr_bank_of(&ddr, ROW), 0);
	assert_int_equal(ddr_row_of(&ddr, ROW - 1), 0);
	assert_int_equal(ddr_row_of(&ddr, ROW), 1);
	for (uint64_t i = 0; i < 3 * ROW_LINES; i++) {
		uint64_t line = ddr_line_in_bank(&ddr, 5, 7, i);

		assert_int_equal(ddr_bank_of(&ddr, line), 5);
		assert_int_equal(ddr_row_of(&ddr, line), 7 + i / ROW_LINES);
	}
	ddr_destroy(&ddr);
}

static void takes_a_cycle_for_a_row_and_less_for_a_hit(void **state)
{
	(void)state;
	set_up(&config);
	ddr_submit(&ddr, 1000, 0, 1);
	expect(1, 1000 + CYCLE_PS + BURST_PS);
	ddr_submit(&ddr, 100000, 1, 2);
	expect(2, 100000 + HIT_PS + BURST_PS);
	ddr_submit(&ddr, 200000, ROW, 3);
	expect(3, 200000 + CYCLE_PS + BURST_PS);
	assert_int_equal(ddr_begins_ps(&ddr), DDR_NEVER);
	assert_int_equal(ddr_unknown_ps(&ddr), DDR_NEVER);
	assert_int_equal(ddr.requests, 3);
	assert_int_equal(ddr.row_hits, 1);
	ddr_destroy(&ddr);
}

static void banks_work_at_once_and_share_the_bus(void **state)
{
	(void)state;
	set_up(&config);
	for (uint32_t n = 0; n < BANKS; n++)
		ddr_submit(&ddr, 0, n * ROW_LINES, n);
	for (uint32_t n = 0; n < BANKS; n++)
		expect(n, CYCLE_PS + (n + 1) * BURST_PS);
	ddr_destroy(&ddr);
}

/* A hit that begins later is ready earlier: the bus is free for it. */
static void the_bus_takes_what_is_ready_first(void **state)
{
	(void)state;
	set_up(&config);
	ddr_submit(&ddr, 0, 0, 1);
	expect(1, CYCLE_PS + BURST_PS);
	ddr_submit(&ddr, 100000, ROW_LINES, 2);
	ddr_submit(&ddr, 101000, 1, 3);
	expect(3, 101000 + HIT_PS + BURST_PS);
	expect(2, 100000 + CYCLE_PS + BURST_PS);
	ddr_destroy(&ddr);
}

/* Hits overtake the oldest request hit_cap times, and no more. */
static void hits_go_first_up_to_the_cap(void **state)
{
	uint64_t at_ps = CYCLE_PS;

	(void)state;
	set_up(&config);
	ddr_submit(&ddr, 0, 0, 0);
	ddr_submit(&ddr, 10, ROW, 100);
	for (uint32_t n = 1; n <= 6; n++)
		ddr_submit(&ddr, 20, n, n);
	expect(0, at_ps + BURST_PS);
	for (uint32_t n = 1; n <= config.hit_cap; n++)
		expect(n, (at_ps += HIT_PS) + BURST_PS);
	expect(100, (at_ps += CYCLE_PS) + BURST_PS);
	expect(5, (at_ps += CYCLE_PS) + BURST_PS);
	expect(6, (at_ps += HIT_PS) + BURST_PS);
	ddr_destroy(&ddr);
}

static void without_a_cap_of_hits_the_oldest_goes_first(void **state)
{
	struct ddr_config fifo = config;

	(void)state;
	fifo.hit_cap = 0;
	set_up(&fifo);
	ddr_submit(&ddr, 0, 0, 0);
	ddr_submit(&ddr, 10, ROW, 1);
	ddr_submit(&ddr, 20, 1, 2);
	expect(0, CYCLE_PS + BURST_PS);
	expect(1, 2 * CYCLE_PS + BURST_PS);
	expect(2, 3 * CYCLE_PS + BURST_PS);
	ddr_destroy(&ddr);
}

/* A hit that has not arrived yet is not waited for. */
static void only_what_has_arrived_overtakes(void **state)
{
	(void)state;
	set_up(&config);
	ddr_submit(&ddr, 0, 0, 0);
	ddr_submit(&ddr, 10, ROW, 1);
	ddr_submit(&ddr, CYCLE_PS + 1, 1, 2);
	expect(0, CYCLE_PS + BURST_PS);
	expect(1, 2 * CYCLE_PS + BURST_PS);
	expect(2, 3 * CYCLE_PS + BURST_PS);
	ddr_destroy(&ddr);
}

/*
 * N clients with K requests each, and one with a single request that waits for
 * its answer: all in one bank, each in a row of its own, `path_ps` from the
 * answer to the next request. Returns the time of the last answer to the one.
 */
static uint64_t crowd(unsigned int clients, unsigned int depth,
		      unsigned int answers, uint64_t path_ps)
{
	uint64_t row = 0, last_ps = 0;
	struct ddr_done done;

	for (uint32_t n = 0; n <= clients * depth; n++)
		ddr_submit(&ddr, 0, row++ * ROW, n);
	for (unsigned int n = 0; n < answers;) {
		done = next_done();
		ddr_submit(&ddr, done.done_ps + path_ps, row++ * ROW, done.tag);
		if (done.tag != 0)
			continue;
		last_ps = done.done_ps;
		n++;
	}
	return last_ps;
}

/* One of N x K + 1 in a full bank: an answer every (N x K + 1) x tRC. */
static void single_bank_latency(void **state)
{
	static const struct {
		unsigned int clients, depth;
	} cases[] = { { 3, 6 }, { 3, 1 }, { 1, 6 }, { 4, 12 }, { 15, 32 } };

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		uint64_t each = cases[n].clients * cases[n].depth + 1;
		uint64_t first_ps, last_ps;

		set_up(&config);
		first_ps = crowd(cases[n].clients, cases[n].depth, 1, 70000);
		ddr_destroy(&ddr);
		set_up(&config);
		last_ps = crowd(cases[n].clients, cases[n].depth, 101, 70000);
		ddr_destroy(&ddr);
		assert_int_equal(first_ps, CYCLE_PS + BURST_PS);
		assert_int_equal(last_ps - first_ps, 100 * each * CYCLE_PS);
	}
}

/* However many are waiting, a bank serves a line per tRC. */
static void single_bank_capacity(void **state)
{
	struct ddr_done done = { 0 };

	(void)state;
	set_up(&config);
	for (uint32_t n = 0; n < 1000; n++)
		ddr_submit(&ddr, 0, (uint64_t)n * ROW, n);
	for (uint32_t n = 0; n < 1000; n++)
		done = next_done();
	assert_int_equal(done.done_ps, 1000u * CYCLE_PS + BURST_PS);
	ddr_destroy(&ddr);
}

/* All banks busy: a line per burst, exactly, hits or not. */
static void peak(void **state)
{
	uint64_t first_ps = 0, last_ps = 0;

	(void)state;
	for (uint64_t step = 1; step <= ROW_LINES; step *= ROW_LINES) {
		set_up(&config);
		for (uint32_t n = 0; n < 1000; n++)
			ddr_submit(&ddr, 0, (n % BANKS) * ROW_LINES +
				   (step == 1 ? n / BANKS : n / BANKS * ROW),
				   n);
		for (uint32_t n = 0; n < 1000; n++) {
			last_ps = next_done().done_ps;
			first_ps = n == 0 ? last_ps : first_ps;
		}
		assert_int_equal(last_ps - first_ps, 999u * BURST_PS);
		ddr_destroy(&ddr);
	}
}

/* Whatever is asked, answers come in order, and never faster than the bus. */
static void never_more_than_the_peak(void **state)
{
	uint64_t last_ps = 0, at_ps = 0, served = 0;
	struct ddr_done done;

	(void)state;
	srand(1);
	set_up(&config);
	for (uint32_t n = 0; n < 100000; n++) {
		at_ps += (uint64_t)rand() % (n & 4096 ? 3000 : 60000);
		ddr_run(&ddr, at_ps);
		while (ddr_take(&ddr, &done)) {
			assert_true(done.done_ps >= last_ps + BURST_PS);
			last_ps = done.done_ps;
			served++;
		}
		if (n - served < 500)
			ddr_submit(&ddr, at_ps, (uint64_t)rand() % (64 * ROW),
				   n);
		else
			served++;
	}
	assert_true(ddr.row_hits > 1000);
	ddr_destroy(&ddr);
}

#define REQUESTS	20000u

/* Served in steps of about `step_ps`; what is done, in order. */
static void serve_in_steps(uint64_t step_ps, struct ddr_done all[REQUESTS])
{
	uint64_t at_ps = 0, limit_ps = 0, unknown_ps = 0;
	unsigned int seed = 5, done = 0;

	set_up(&config);
	for (uint32_t n = 0; n < REQUESTS || done < REQUESTS;) {
		limit_ps += 1 + (uint64_t)rand() % (2 * step_ps);
		for (; n < REQUESTS && at_ps < limit_ps; n++) {
			ddr_submit(&ddr, at_ps,
				   (uint64_t)rand_r(&seed) % (4 * ROW), n);
			at_ps += (uint64_t)rand_r(&seed) % 20 * 1000;
		}
		ddr_run(&ddr, limit_ps);
		for (; ddr_take(&ddr, &all[done]); done++)
			assert_true(all[done].done_ps >= unknown_ps);
		unknown_ps = ddr_unknown_ps(&ddr);
		/* What comes later arrives at the limit at the earliest. */
		if (unknown_ps > limit_ps + HIT_PS + BURST_PS)
			unknown_ps = limit_ps + HIT_PS + BURST_PS;
		assert_true(done <= REQUESTS);
	}
	ddr_destroy(&ddr);
}

/* How far ahead it is run changes nothing, and nothing is done unforeseen. */
static void steps_do_not_matter(void **state)
{
	static struct ddr_done one[REQUESTS + 1], other[REQUESTS + 1];

	(void)state;
	srand(7);
	serve_in_steps(1000, one);
	for (uint64_t step_ps = 7000; step_ps < 10000000; step_ps *= 11) {
		serve_in_steps(step_ps, other);
		for (uint32_t n = 0; n < REQUESTS; n++) {
			assert_int_equal(one[n].tag, other[n].tag);
			assert_int_equal(one[n].done_ps, other[n].done_ps);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_lines_to_banks_and_rows),
		cmocka_unit_test(takes_a_cycle_for_a_row_and_less_for_a_hit),
		cmocka_unit_test(banks_work_at_once_and_share_the_bus),
		cmocka_unit_test(the_bus_takes_what_is_ready_first),
		cmocka_unit_test(hits_go_first_up_to_the_cap),
		cmocka_unit_test(without_a_cap_of_hits_the_oldest_goes_first),
		cmocka_unit_test(only_what_has_arrived_overtakes),
		cmocka_unit_test(single_bank_latency),
		cmocka_unit_test(single_bank_capacity),
		cmocka_unit_test(peak),
		cmocka_unit_test(never_more_than_the_peak),
		cmocka_unit_test(steps_do_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
