// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a tick of a budget costs, a poll, and a change of the budget: instructions
 * from the exit to the entry. The counters of Bochs do not count, so nothing is
 * ever used up, and each tick finds a CPU that goes on. With the image that takes
 * such counters.
 */
#include "abi/regulation.h"
#include "groups.h"
#include "weir.h"

#define ROOT_ID			0u
#define PERIOD_US		100u
#define TICKS			500u
#define CHANGES			20u
#define TURN_TICKS_MAX		40u	/* of the loop below */
#define PATIENCE_MS		200u

static struct reg_request request __attribute__((aligned(8)));

static long budget(uint64_t bytes_per_s, uint16_t regulator)
{
	long error;

	request = (struct reg_request){
		.size = sizeof(request), .operation = REG_OP_SET,
		.cell_id = ROOT_ID,
	};
	/* A bucket, which such a counter has by default, takes no ticks. */
	request.settings.valid = REG_SET_BUDGET | REG_SET_PERIOD |
				 REG_SET_REGULATOR | REG_SET_POLL;
	request.settings.regulator = regulator;
	request.settings.poll_ns = PERIOD_US * 1000;
	request.settings.budget_bytes_per_s = bytes_per_s;
	request.settings.period_ns = PERIOD_US * 1000;
	error = hypercall(WEIR_HC_REG_SET, virt_to_phys(&request), 0);
	if (error)
		print("  refused: %s\n", request.reason);
	return error;
}

static uint64_t gaps[TICKS];
static uint64_t stamps[TICKS];

/* Time stamps that are further apart than a turn of the loop: its cost. */
__attribute__((noinline))
static uint64_t watch(unsigned int count)
{
	uint64_t turn = UINT64_MAX;
	uint64_t last = rdtsc();
	uint64_t end = last + PATIENCE_MS * (TSC_HZ / 1000);

	for (unsigned int n = 0; n < count && last < end;) {
		uint64_t now = rdtsc();

		if (now - last > TURN_TICKS_MAX) {
			stamps[n] = last;
			gaps[n++] = now - last;
		} else if (now - last < turn) {
			turn = now - last;
		}
		last = now;
	}
	return turn;
}

static uint64_t watch_ticks(void)
{
	uint64_t flags = irq_save();
	uint64_t turn;

	stamps[TICKS - 1] = 0;
	watch(10);
	turn = watch(TICKS);
	expect(stamps[TICKS - 1] != 0);
	irq_restore(flags);
	return turn;
}

/* Polls count from each other: they are on no grid. */
static void test_poll(void)
{
	uint64_t turn, most = 0;

	test_begin("a poll of a CPU that goes on");
	if (expect_equal(budget(1000000000, REGULATOR_MEMPOL), 0)) {
		turn = watch_ticks();
		for (unsigned int n = 0; n < TICKS; n++)
			most = gaps[n] > most ? gaps[n] : most;
		test_report("poll_instructions", most - turn);
		expect(most - turn < 1000);
		expect_equal(budget(REG_BUDGET_UNLIMITED, REGULATOR_MEMPOL), 0);
	}
	test_end();
}

static void test_tick(void)
{
	uint64_t turn, most = 0, least = UINT64_MAX;
	int64_t early = 0, late = 0;

	test_begin("a tick of a CPU that goes on");
	if (expect_equal(budget(1000000000, REGULATOR_MEMGUARD), 0)) {
		turn = watch_ticks();
		for (unsigned int n = 0; n < TICKS; n++) {
			int64_t off = (int64_t)(stamps[n] - stamps[0] -
						n * PERIOD_US * TSC_HZ / 1000000);

			most = gaps[n] > most ? gaps[n] : most;
			least = gaps[n] < least ? gaps[n] : least;
			early = off < early ? off : early;
			late = off > late ? off : late;
		}
		test_report("tick_instructions", most - turn);
		test_report("tick_instructions_least", least - turn);
		test_report("tick_spread_ns",
			    (uint64_t)(late - early) * 1000000000 / TSC_HZ);
		expect((uint64_t)(late - early) < TSC_HZ / 1000000);
		expect(most - turn < 1000);
		expect_equal(budget(REG_BUDGET_UNLIMITED, REGULATOR_MEMGUARD), 0);
	}
	test_end();
}

/* The calling CPU is the one concerned: it goes on under the new setting. */
static void test_change(const char *key, uint16_t regulator)
{
	uint64_t flags, from, least = UINT64_MAX;
	long error = 0;

	test_begin("changes of a budget");
	flags = irq_save();
	for (unsigned int n = 0; n < CHANGES && !error; n++) {
		from = rdtsc();
		error = budget(1000000000 + n, regulator);
		from = rdtsc() - from;
		least = from < least ? from : least;
	}
	irq_restore(flags);
	expect_equal(error, 0);
	test_report(key, least);
	expect(least < 100000);
	expect_equal(budget(REG_BUDGET_UNLIMITED, regulator), 0);
	test_end();
}

/* The same by the call that has no buffer. */
static void test_amend(const char *key, uint16_t regulator)
{
	uint64_t flags, from, least = UINT64_MAX;
	long error = 0;

	test_begin("changes of a budget alone");
	expect_equal(budget(1000000000, regulator), 0);
	flags = irq_save();
	for (unsigned int n = 0; n < CHANGES && !error; n++) {
		from = rdtsc();
		error = hypercall(WEIR_HC_BUDGET, 0, 1000000000 + n);
		from = rdtsc() - from;
		least = from < least ? from : least;
	}
	irq_restore(flags);
	expect_equal(error, 0);
	test_report(key, least);
	expect(least < 100000);
	expect_equal(budget(REG_BUDGET_UNLIMITED, regulator), 0);
	test_end();
}

void group_tick(void)
{
	if (!weir_begin())
		return;
	test_tick();
	test_poll();
	test_change("change_instructions", REGULATOR_MEMGUARD);
	test_change("change_bucket_instructions", REGULATOR_BUCKET);
	test_amend("amend_instructions", REGULATOR_MEMGUARD);
	test_amend("amend_bucket_instructions", REGULATOR_BUCKET);
	test_begin("the hypervisor leaves");
	expect_equal(weir_disable(), 0);
	test_end();
}
