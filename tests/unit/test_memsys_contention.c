// SPDX-License-Identifier: GPL-2.0-only
/* Queueing for DDR: closed forms of the epoch model. */
#include "test_memsys.h"

#include <stdlib.h>

#define MAX_CPUS 8u

struct totals {
	uint64_t lines;
	uint64_t worst_epoch_lines;
	uint64_t epoch;
	uint64_t epoch_lines[4096];
};

static void count_lines(void *context, const struct memsys_transfer *transfer)
{
	struct totals *totals = context;
	uint64_t lines = transfer->fill_lines + transfer->writeback_lines;
	uint64_t *epoch = &totals->epoch_lines[transfer->cycles / EPOCH % 4096];

	totals->lines += lines;
	*epoch += lines;
	if (*epoch > totals->worst_epoch_lines)
		totals->worst_epoch_lines = *epoch;
}

static struct memsys *create(unsigned int cpus)
{
	struct memsys_config config = small_machine();
	struct memsys *m = memsys_create(&config, cpus);

	assert_non_null(m);
	return m;
}

/* 64 bytes each 25 cycles are 2.56 bytes per cycle: DDR serves 4. */
static void a_core_below_the_rate_pays_nothing(void **state)
{
	struct worker reader = worker(0, 0, 1, false);
	struct memsys *m = create(1);
	struct memsys_cpu cpu;

	(void)state;
	run_until(m, &reader, 1, 1000 * EPOCH);
	cpu = read_cpu(m, 0);
	assert_int_equal(memsys_queue_delay_q8(m), 0);
	assert_int_equal(memsys_backlog_q8(m), 0);
	assert_int_equal(cpu.stall_cycles,
			 MISS + (cpu.llc_fills - 1) * (MISS / OVERLAP));
	memsys_destroy(m);
}

/*
 * A writer moves two lines per request. Alone it would take 25 cycles for
 * them and DDR takes 32, so the delay d solves 25 + d/4 = 32: d = 28.
 */
static void one_writer_is_slowed_to_the_rate(void **state)
{
	struct worker writer = worker(0, 0, 1, true);
	struct memsys *m = create(1);
	uint64_t fills, cycles;

	(void)state;
	run_until(m, &writer, 1, 200 * EPOCH);
	fills = read_cpu(m, 0).llc_fills;
	cycles = read_cpu(m, 0).cycles;
	run_until(m, &writer, 1, 1200 * EPOCH);
	fills = read_cpu(m, 0).llc_fills - fills;
	cycles = read_cpu(m, 0).cycles - cycles;
	assert_in_range(memsys_queue_delay_q8(m), 26 << 8, 30 << 8);
	assert_in_range(cycles * 1000 / fills, 31990, 32030);
	memsys_destroy(m);
}

/*
 * Two writing streams, 3 instructions a line, and a chase: the delay d solves
 * 2 * 128 / (28 + d/4) + 64 / (110 + d) = 4, that is d = 157.4.
 */
static void victim_and_hogs_share_one_delay(void **state)
{
	struct worker workers[] = {
		worker(0, 10, 3, false), worker(1, 3, 1, true),
		worker(2, 3, 1, true),
	};
	struct memsys *m = create(3);
	uint64_t fills, cycles;

	(void)state;
	run_until(m, workers, 3, 200 * EPOCH);
	fills = read_cpu(m, 0).llc_fills;
	cycles = read_cpu(m, 0).cycles;
	run_until(m, workers, 3, 1200 * EPOCH);
	fills = read_cpu(m, 0).llc_fills - fills;
	cycles = read_cpu(m, 0).cycles - cycles;
	assert_in_range(cycles / fills, 110 + 155, 110 + 160);
	memsys_destroy(m);
}

/* Saturated, DDR delivers its sustained rate, whoever asks for it. */
static void saturation_delivers_the_sustained_rate(void **state)
{
	const uint64_t epochs = 2000;

	(void)state;
	for (unsigned int cpus = 2; cpus <= MAX_CPUS; cpus += 2) {
		struct worker workers[MAX_CPUS];
		struct totals totals = { 0 };
		struct memsys *m = create(cpus);

		for (unsigned int n = 0; n < cpus; n++)
			workers[n] = worker(n, n, n % 3 == 2 ? 5 : 1, n % 2);
		run_until(m, workers, cpus, 100 * EPOCH);
		memsys_observe_with(m, count_lines, &totals);
		run_until(m, workers, cpus, (100 + epochs) * EPOCH);
		/* 62.5 lines an epoch, within 0.1 %. */
		assert_in_range(totals.lines * 10000 / epochs,
				cpus == 2 ? 0 : 624300, 625700);
		memsys_destroy(m);
	}
}

/* What was served too much at a sudden start is made up for: no credit is
 * ever given, the sustained rate holds from the start on. */
static void a_burst_is_paid_back(void **state)
{
	struct worker workers[4];
	struct totals totals = { 0 };
	struct memsys *m = create(4);

	(void)state;
	for (unsigned int n = 0; n < 4; n++)
		workers[n] = worker(n, 0, 1, true);
	memsys_observe_with(m, count_lines, &totals);
	run_until(m, workers, 4, 2000 * EPOCH);
	assert_true(totals.worst_epoch_lines > 63);
	assert_in_range(totals.lines, 2000 * 62, 2000 * 125 / 2 + 400);
	/* What is still owed is what was served beyond the rate. */
	assert_true(totals.lines * 256 <=
		    2001ull * 16000 + memsys_backlog_q8(m));
	memsys_destroy(m);
}

/* Without latency to speak of eight cores would take far more than the pins
 * carry: 250 lines an epoch. */
static void the_peak_is_never_exceeded(void **state)
{
	struct memsys_config config = small_machine();
	struct worker workers[MAX_CPUS];
	struct totals totals = { 0 };
	struct memsys *m;

	(void)state;
	config.ddr_latency_cycles = 4;
	config.ddr_sustained_bytes_per_s = config.ddr_peak_bytes_per_s;
	m = memsys_create(&config, MAX_CPUS);
	assert_non_null(m);
	for (unsigned int n = 0; n < MAX_CPUS; n++)
		workers[n] = worker(n, 0, 1, true);
	memsys_observe_with(m, count_lines, &totals);
	run_until(m, workers, MAX_CPUS, 1000 * EPOCH);
	/* Two or three lines go together: up to two may be left over. */
	assert_in_range(totals.worst_epoch_lines, 248, 250);
	assert_in_range(totals.lines, 1000 * 245, 1001 * 250);
	memsys_destroy(m);
}

/* A CPU that leads is booked where its own clock is. */
static void a_lead_does_not_fake_a_peak(void **state)
{
	struct memsys *m = create(2);

	(void)state;
	memsys_execute(m, 0, 0);
	memsys_execute(m, 1, 0);
	for (uint64_t line = 0; read_cpu(m, 1).cycles < 50 * EPOCH; line++)
		memsys_access(m, 1, line * LINE, false);
	for (unsigned int n = 0; n < 50; n++) {
		memsys_execute(m, 0, EPOCH);
		assert_int_equal(memsys_queue_delay_q8(m), 0);
	}
	assert_int_equal(memsys_epochs(m), 50);
	assert_int_equal(memsys_beyond_horizon_count(m), 0);
	memsys_destroy(m);
}

static void beyond_the_horizon_is_counted(void **state)
{
	struct memsys *m = create(2);

	(void)state;
	memsys_execute(m, 0, 0);
	memsys_execute(m, 1, 200 * EPOCH);
	touch_lines(m, 1, 0, 100, 1, false);
	assert_int_equal(memsys_beyond_horizon_count(m), 100);
	memsys_execute(m, 0, 1000 * EPOCH);
	assert_int_equal(memsys_epochs(m), 202);
	memsys_execute(m, 1, 1000 * EPOCH);
	assert_int_equal(memsys_epochs(m), 1000);
	assert_int_equal(memsys_queue_delay_q8(m), 0);
	memsys_destroy(m);
}

static void a_delay_ends_with_its_cause(void **state)
{
	struct worker workers[] = {
		worker(0, 10, 3, false), worker(1, 0, 1, true),
		worker(2, 0, 1, true),
	};
	struct memsys *m = create(3);
	uint64_t end;

	(void)state;
	run_until(m, workers, 3, 300 * EPOCH);
	assert_true(memsys_queue_delay_q8(m) > 100 << 8);
	memsys_idle(m, 1);
	memsys_idle(m, 2);
	end = memsys_now(m) + 3 * EPOCH;
	run_until(m, workers, 1, end);
	assert_int_equal(memsys_queue_delay_q8(m), 0);
	memsys_destroy(m);
}

/* Equal calls, equal results. */
static void results_repeat(void **state)
{
	uint64_t cycles[2];

	(void)state;
	for (unsigned int run = 0; run < 2; run++) {
		struct worker workers[] = {
			worker(0, 7, 3, false), worker(1, 1, 1, true),
			worker(2, 2, 1, true),
		};
		struct memsys *m = create(3);

		run_until(m, workers, 3, 100 * EPOCH);
		cycles[run] = read_cpu(m, 0).cycles ^
			      read_cpu(m, 2).cycles << 20 ^
			      memsys_queue_delay_q8(m) << 40;
		memsys_destroy(m);
	}
	assert_int_equal(cycles[0], cycles[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_core_below_the_rate_pays_nothing),
		cmocka_unit_test(one_writer_is_slowed_to_the_rate),
		cmocka_unit_test(victim_and_hogs_share_one_delay),
		cmocka_unit_test(saturation_delivers_the_sustained_rate),
		cmocka_unit_test(a_burst_is_paid_back),
		cmocka_unit_test(the_peak_is_never_exceeded),
		cmocka_unit_test(a_lead_does_not_fake_a_peak),
		cmocka_unit_test(beyond_the_horizon_is_counted),
		cmocka_unit_test(a_delay_ends_with_its_cause),
		cmocka_unit_test(results_repeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
