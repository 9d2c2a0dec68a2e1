/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regulators under random policies, loads, CPU counts, resets, late and lost
 * alarms: two million operations, each event of which the ledger checks.
 *
 * WEIR_SEED=N runs only that seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/sim/bounds.h"
#include "tests/sim/chaos.h"

#define SEEDS		250u
#define OPERATIONS	4000u	/* per seed */

static int setup(void **state)
{
	(void)state;
	return registry_init();
}

/* Settings that came into force, with what they pay looked at. */
static uint64_t handovers;

/* Returns how many CPUs saw their counters wrap. */
static uint64_t run(uint64_t seed, uint16_t regulator, bool misses)
{
	static struct chaos chaos;

	chaos.misses = misses;
	if (!chaos_run(&chaos, seed, regulator, OPERATIONS))
		fail_msg("WEIR_SEED=%llu, operation %llu: %s",
			 (unsigned long long)seed,
			 (unsigned long long)chaos.operations,
			 chaos.ledger.failure);
	handovers += chaos.handover.checked;
	return chaos.wraps;
}

static void run_seeds(uint64_t first, uint16_t regulator, bool misses)
{
	const char *only = getenv("WEIR_SEED");
	uint64_t wraps = 0;

	if (only) {
		run(strtoull(only, NULL, 0), regulator, misses);
		return;
	}
	for (uint64_t seed = first; seed < first + SEEDS / 2; seed++)
		wraps += run(seed, regulator, misses);
	assert_true(wraps > SEEDS / 4);
}

static void test_nothing_is_lost_or_counted_twice(void **unused)
{
	(void)unused;
	handovers = 0;
	run_seeds(1, REGULATOR_MEMGUARD, false);
	assert_true(getenv("WEIR_SEED") || handovers > 10 * SEEDS);
}

static void test_lost_alarms_are_repaid(void **unused)
{
	(void)unused;
	run_seeds(1 + SEEDS, REGULATOR_MEMGUARD, true);
}

static void test_buckets_keep_their_ceiling(void **unused)
{
	(void)unused;
	run_seeds(1 + 2 * SEEDS, REGULATOR_BUCKET, false);
}

/* What was used unseen is owed, and comes on top of it: nothing else does. */
static void test_buckets_owe_what_nobody_saw(void **unused)
{
	(void)unused;
	run_seeds(1 + 4 * SEEDS, REGULATOR_BUCKET, true);
}

static void test_polls_keep_their_ceiling(void **unused)
{
	(void)unused;
	run_seeds(1 + 3 * SEEDS, REGULATOR_MEMPOL, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_lost_or_counted_twice),
		cmocka_unit_test(test_lost_alarms_are_repaid),
		cmocka_unit_test(test_buckets_keep_their_ceiling),
		cmocka_unit_test(test_buckets_owe_what_nobody_saw),
		cmocka_unit_test(test_polls_keep_their_ceiling),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
