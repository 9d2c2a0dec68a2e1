/* SPDX-License-Identifier: GPL-2.0-only */
/* Recorded traffic walked under a budget, and the smallest budget that will do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tools/profile/plan.h"

static struct session session;

/* A thousand samples of 10 us: `bytes` in every `every`-th one. */
static void demand_by_hand(struct demand *demand, uint32_t bytes,
			   unsigned int every)
{
	session = (struct session){ .head = {
		.clock_hz = 1000000000, .interval_cycles = 10000,
		.sources_count = 1 } };

	for (uint64_t n = 1; n <= 1000; n++) {
		struct session_sample sample = { n, n * 10000 };
		struct profile_value value = { .read_bytes = (n - 1) % every ||
						n > 991 ? 0 : bytes };

		/* Idle ends do not count: the first and the last sample move. */
		if (n == 1000)
			value.written_bytes = 1;
		assert_int_equal(session_add(&session, &sample, &value), 0);
	}
	assert_int_equal(demand_make(demand, &session, 0), 0);
}

static void test_predictions_by_hand(void **state)
{
	struct demand demand;

	(void)state;
	/* 10,000 bytes each 10 us, 1 GB/s for 9.91 ms, then next to nothing. */
	demand_by_hand(&demand, 10000, 1);
	assert_float_equal(demand.ns, 10000000, 1);
	assert_float_equal(demand.bytes, 9910001, 1);
	/* Enough: as recorded. */
	assert_float_equal(demand_predict(&demand, 1.1e9, 1e6, 0), 1e7, 1);
	/*
	 * Half of it: 0.5 ms of each 1 ms. 9.91 MB are 19 periods and 410,000
	 * bytes, which take 0.41 ms more; then 90 us, of which the last needs a
	 * byte and has it.
	 */
	assert_float_equal(demand_predict(&demand, 0.5e9, 1e6, 0), 19.5e6, 10);
	/*
	 * 0.9 ms of the first period gone: 0.1 ms run freely, 9.81 MB are 19
	 * periods and 310,000 bytes, and the 90 us: 0.1 + 19 + 0.31 + 0.09.
	 */
	assert_float_equal(demand_predict(&demand, 0.5e9, 1e6, 0.9e6),
			   19.5e6, 10);
	demand_free(&demand);
	session_free(&session);
}

/* A burst that fits the period's budget is not slowed down by it. */
static void test_bursts_within_the_quota_are_free(void **state)
{
	struct demand demand;

	(void)state;
	/* 64,000 bytes each 100 us: 640 MB/s on average, 6.4 GB/s in bursts. */
	demand_by_hand(&demand, 64000, 10);
	assert_float_equal(demand_predict(&demand, 641e6, 1e6, 0), demand.ns, 1);
	assert_true(demand_predict(&demand, 600e6, 1e6, 0) > demand.ns * 1.05);
	/* Shorter periods cannot take the burst at once. */
	assert_true(demand_predict(&demand, 641e6, 20e3, 0) > demand.ns * 1.05);
	demand_free(&demand);
	session_free(&session);
}

static void test_plans_are_the_smallest(void **state)
{
	static const double slowdowns[] = { 1.01, 1.05, 1.5, 4 };
	struct demand demand;

	(void)state;
	demand_by_hand(&demand, 64000, 7);
	for (size_t n = 0; n < 4; n++) {
		double bound = slowdowns[n] * demand.ns;
		double budget = demand_plan(&demand, slowdowns[n], 1e6);

		assert_true(demand_predict(&demand, budget, 1e6, 0) <= bound);
		assert_true(demand_predict(&demand, budget * 0.995, 1e6, 0) >
			    bound);
	}
	demand_free(&demand);
	session_free(&session);
	assert_float_equal(demand_plan(&demand, 1.1, 1e6), 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_predictions_by_hand),
		cmocka_unit_test(test_bursts_within_the_quota_are_free),
		cmocka_unit_test(test_plans_are_the_smallest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
