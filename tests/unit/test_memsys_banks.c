// SPDX-License-Identifier: GPL-2.0-only
/* Single banks in the epoch model: closed forms, and what stays as it was. */
#include "test_memsys.h"

#include <stdlib.h>

#include "tools/memsys/ddr.h"

#define CYCLE		47u	/* tRC, in cycles of 1 GHz */
#define ROW_HIT		15u
#define BANKS		16u
#define ROW_LINES	128u

/* Lines one after another are a stream; all of them in one bank, in new rows. */
static struct memsys_config one_bank(void)
{
	struct memsys_config config = small_machine();

	config.ddr_banks = 1;
	config.ddr_row_bytes = LINE;
	config.ddr_row_cycle_ps = CYCLE * 1000;
	config.ddr_row_hit_ps = ROW_HIT * 1000;
	config.ddr_hit_cap = 4;
	config.core_lines = 6;
	config.limit_banks = true;
	return config;
}

static struct memsys_config banks(void)
{
	struct memsys_config config = one_bank();

	config.ddr_banks = BANKS;
	config.ddr_row_bytes = ROW_LINES * LINE;
	return config;
}

/* Cycles per line of a worker, once delays have settled. */
static double cycles_per_line(struct memsys *m, struct worker *workers,
			      unsigned int count, unsigned int cpu)
{
	struct memsys_cpu from, to;

	run_until(m, workers, count, 500 * EPOCH);
	from = read_cpu(m, cpu);
	run_until(m, workers, count, 2500 * EPOCH);
	to = read_cpu(m, cpu);
	return (double)(to.cycles - from.cycles) /
	       (double)(to.llc_fills - from.llc_fills);
}

static void expect_near(double found, double wanted, double percent)
{
	if (found < wanted * (1 - percent / 100) ||
	    found > wanted * (1 + percent / 100))
		fail_msg("%.2f, wanted %.2f", found, wanted);
}

/* N streams with K lines under way and a chase: (N x K + 1) x tRC. */
static void a_crowded_bank_takes_its_turns(void **state)
{
	struct memsys_config config = one_bank();

	(void)state;
	for (unsigned int n = 1; n <= 3; n++) {
		struct worker workers[] = {
			worker(0, 0, 3, false), worker(1, 0, 1, false),
			worker(2, 0, 1, false), worker(3, 0, 1, false),
		};
		struct memsys *m = memsys_create(&config, 4);

		for (unsigned int idle = n + 1; idle < 4; idle++)
			memsys_idle(m, idle);
		expect_near(cycles_per_line(m, workers, n + 1, 0),
			    (n * OVERLAP + 1) * CYCLE, 1);
		memsys_destroy(m);
	}
}

/* However many ask, a bank serves a line per row cycle: 64 B / tRC. */
static void a_bank_serves_a_line_per_cycle(void **state)
{
	struct memsys_config config = one_bank();

	(void)state;
	for (unsigned int n = 1; n <= 4; n++) {
		struct worker workers[] = {
			worker(0, 0, 1, false), worker(1, 0, 1, false),
			worker(2, 0, 1, false), worker(3, 0, 1, false),
		};
		struct memsys *m = memsys_create(&config, 4);

		for (unsigned int idle = n; idle < 4; idle++)
			memsys_idle(m, idle);
		expect_near(cycles_per_line(m, workers, n, 0), n * CYCLE, 0.5);
		memsys_destroy(m);
	}
}

/* Rows that are open are not what limits; all of DDR is, at 4 bytes a cycle. */
static void banks_side_by_side_serve_all_of_the_rate(void **state)
{
	struct memsys_config config = banks();
	struct worker workers[] = {
		worker(0, 0, 1, false), worker(1, 0, 1, false),
		worker(2, 0, 1, false),
	};
	struct memsys *m;

	(void)state;
	/* Apart by five banks, and long enough for a walk over all. */
	for (unsigned int n = 0; n < 3; n++)
		workers[n].next_line += 5 * n * ROW_LINES;
	config.epoch_cycles = 16 * EPOCH;
	m = memsys_create(&config, 3);
	expect_near(cycles_per_line(m, workers, 3, 0), 3 * LINE / 4, 0.5);
	memsys_destroy(m);
}

static uint64_t clocks(bool limit_banks, unsigned int step)
{
	struct memsys_config config = banks();
	struct worker workers[] = {
		worker(0, 9, step, false), worker(1, 50, 1, false),
	};
	struct memsys *m;
	uint64_t sum;

	config.limit_banks = limit_banks;
	m = memsys_create(&config, 2);
	run_until(m, workers, 2, 1000 * EPOCH);
	sum = read_cpu(m, 0).stall_cycles ^ read_cpu(m, 1).stall_cycles << 32;
	memsys_destroy(m);
	return sum;
}

/* What fits its banks is as fast as without them, to the cycle; other is not. */
static void demand_that_fits_pays_nothing(void **state)
{
	(void)state;
	assert_int_equal(clocks(true, 1), clocks(false, 1));
	assert_int_equal(clocks(true, 3), clocks(false, 3));
	/* Each line a new row of one bank: 109 cycles for 47 still fit. */
	assert_int_equal(clocks(true, BANKS * ROW_LINES),
			 clocks(false, BANKS * ROW_LINES));
}

/* The map is that of the model that serves request by request. */
static void both_models_share_the_map(void **state)
{
	static struct ddr ddr;
	struct memsys_config machine = banks();
	struct ddr_config config;

	(void)state;
	ddr_config_from(&machine, &config);
	assert_int_equal(ddr_create(&ddr, &config), 0);
	for (uint64_t line = 0; line < 100000; line += 37) {
		assert_int_equal(ddr_bank_of(&ddr, line),
				 line / ROW_LINES % BANKS);
		assert_int_equal(ddr_row_of(&ddr, line),
				 line / ROW_LINES / BANKS);
	}
	ddr_destroy(&ddr);
}

/* A delay ends when nobody asks for the bank, and a reset forgets it. */
static void a_delay_ends_with_its_cause(void **state)
{
	struct memsys_config config = one_bank();
	struct worker workers[] = {
		worker(0, 0, 3, false), worker(1, 0, 1, false),
		worker(2, 0, 1, false),
	};
	struct memsys *m = memsys_create(&config, 3);
	struct memsys_cpu before;

	(void)state;
	for (unsigned int pass = 0; pass < 2; pass++) {
		run_until(m, workers, 3, memsys_now(m) + 300 * EPOCH);
		memsys_idle(m, 1);
		memsys_idle(m, 2);
		run_until(m, workers, 1, memsys_now(m) + 40 * EPOCH);
		before = read_cpu(m, 0);
		memsys_access(m, 0, workers[0].next_line++ * LINE, false);
		assert_in_range(read_cpu(m, 0).stall_cycles -
				before.stall_cycles, MISS / OVERLAP, MISS);
		memsys_reset(m);
	}
	memsys_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crowded_bank_takes_its_turns),
		cmocka_unit_test(a_bank_serves_a_line_per_cycle),
		cmocka_unit_test(banks_side_by_side_serve_all_of_the_rate),
		cmocka_unit_test(demand_that_fits_pays_nothing),
		cmocka_unit_test(both_models_share_the_map),
		cmocka_unit_test(a_delay_ends_with_its_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
