// SPDX-License-Identifier: GPL-2.0-only
/* Synthetic cores over caches and DDR: times that can be worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/memsys/simulate/engine.h"

#define MS_PS		1000000000ull
#define CYCLE_PS	47000u
#define HIT_PS		15000u
#define GAP_PS		4001u		/* four instructions at 1 GHz */
#define IDLE_PS		119998u		/* from a miss to its data */

/* 1 GHz, 120 ns, 17.066 GB/s (a line in 3.751 ns); L1 1 KiB, LLC 1 MiB. */
static const struct memsys_config machine = {
	.machine = "test", .clock_hz = 1000000000, .base_cpi_milli = 1000,
	.line_bytes = 64, .l1_bytes = 1024, .l1_ways = 2, .llc_bytes = 1 << 20,
	.llc_ways = 16, .llc_hit_cycles = 12, .ddr_latency_cycles = 120,
	.overlap_misses = 4, .stream_count = 2,
	.ddr_sustained_bytes_per_s = 6000000000,
	.ddr_peak_bytes_per_s = 17064000000, .slack_cycles = 500,
	.epoch_cycles = 1000, .ddr_banks = 16, .ddr_row_bytes = 8192,
	.ddr_row_cycle_ps = CYCLE_PS, .ddr_row_hit_ps = HIT_PS,
	.ddr_hit_cap = 4, .core_lines = 6,
};

static struct engine engine;

static struct load load(enum load_kind kind, uint64_t size_bytes)
{
	return (struct load){
		.kind = kind, .size_bytes = size_bytes, .stride_bytes = 64,
		.bank = LOAD_ANY_BANK, .mlp = 6, .instructions = 4, .per_line = 1,
	};
}

/* A new row of bank 0, and the next set of the caches, with every access. */
static struct load in_one_bank(enum load_kind kind)
{
	struct load one = load(kind, 64 << 20);

	one.bank = 0;
	one.stride_bytes = 8192 + 64;
	return one;
}

static void run(const struct load *loads, unsigned int count, uint64_t for_ps)
{
	assert_int_equal(engine_create(&engine, &machine, loads, count, 1,
				       MS_PS), 0);
	engine_run(&engine, for_ps);
}

static double mean_ps(unsigned int core)
{
	const struct meter *meter = &engine.core[core].meter;

	return (double)meter->sum_ps / (double)meter->steps;
}

static void expect_near(double found, double wanted, double percent)
{
	if (found < wanted * (1 - percent / 100) ||
	    found > wanted * (1 + percent / 100))
		fail_msg("%.1f, wanted %.1f", found, wanted);
}

static void an_idle_miss_takes_the_latency(void **state)
{
	struct load chase = in_one_bank(LOAD_CHASE);

	(void)state;
	run(&chase, 1, 5 * MS_PS);
	expect_near(mean_ps(0), IDLE_PS + GAP_PS, 0.01);
	assert_int_equal(meter_latency_p99_ns(&engine.core[0].meter), 119);
	/* Every line was asked for once. */
	assert_int_equal(engine.core[0].reads, engine.core[0].accesses);
	assert_int_equal(engine.core[0].writes, 0);
	engine_destroy(&engine);
}

/* Three cores with six misses each in the bank of a fourth one. */
static void crowded_bank(uint32_t write_percent, unsigned int requests)
{
	struct load loads[4] = { in_one_bank(LOAD_CHASE) };

	/* It evicts lines of its own only: none that must be written. */
	loads[0].way_mask = 1;
	for (unsigned int n = 1; n < 4; n++) {
		loads[n] = in_one_bank(LOAD_STREAM);
		loads[n].write_percent = write_percent;
		loads[n].way_mask = 0xfffe;
	}
	run(loads, 4, 20 * MS_PS);
	expect_near(mean_ps(0), (3 * 6 * requests + 1) * CYCLE_PS, 0.01);
	expect_near(engine.core[0].meter.window[0].worst_ps,
		    (3 * 6 * requests + 1) * CYCLE_PS, 0.01);
	engine_destroy(&engine);
}

/* (N x K + 1) x tRC; a write is two requests: the line, and one that goes. */
static void a_crowded_bank_takes_its_turns(void **state)
{
	(void)state;
	crowded_bank(0, 1);
	crowded_bank(100, 2);
}

static void a_bank_serves_a_line_per_cycle(void **state)
{
	struct load loads[3];
	uint64_t lines = 0;

	(void)state;
	for (unsigned int n = 0; n < 3; n++)
		loads[n] = in_one_bank(LOAD_STREAM);
	run(loads, 3, 20 * MS_PS);
	for (unsigned int n = 0; n < 3; n++)
		lines += engine.core[n].reads;
	expect_near((double)lines, 20.0 * MS_PS / CYCLE_PS, 0.1);
	engine_destroy(&engine);
}

/* K lines in the time of one: what a core reads alone, and the peak for many. */
static void streams_get_what_latency_and_peak_allow(void **state)
{
	struct load loads[15];

	(void)state;
	loads[0] = load(LOAD_STREAM, 16 << 20);
	run(loads, 1, 5 * MS_PS);
	expect_near(mean_ps(0), (IDLE_PS - CYCLE_PS + HIT_PS) / 6.0, 5);
	engine_destroy(&engine);
	for (unsigned int n = 0; n < 15; n++)
		loads[n] = load(LOAD_STREAM, 16 << 20);
	run(loads, 15, 5 * MS_PS);
	/* Those that wait for the bus have been served by their bank. */
	assert_true(engine.ddr.requests <= 5 * MS_PS / 3751 + 15 * 6);
	expect_near((double)engine.ddr.requests, 5.0 * MS_PS / 3751, 10);
	engine_destroy(&engine);
}

/* Eight words of a line: one of them may miss, all take their instructions. */
static void words_of_a_line_hit_the_l1(void **state)
{
	struct load words = load(LOAD_STREAM, 16 << 20);

	(void)state;
	words.per_line = 8;
	run(&words, 1, 5 * MS_PS);
	expect_near(mean_ps(0), GAP_PS, 0.5);
	assert_int_equal(engine.core[0].accesses, 8 * engine.core[0].reads + 8);
	engine_destroy(&engine);
}

static void what_fits_a_cache_stays_there(void **state)
{
	struct load loads[2] = {
		load(LOAD_STREAM, 1024), load(LOAD_CHASE, 32768),
	};

	(void)state;
	run(loads, 2, 5 * MS_PS);
	assert_int_equal(engine.core[0].reads, 16);
	assert_int_equal(engine.core[1].reads, 512);
	expect_near(mean_ps(0), GAP_PS, 0.01);
	expect_near(mean_ps(1), GAP_PS + 12000, 1);
	engine_destroy(&engine);
}

/* A stream over twice the cache's size misses always; with stores it moves two. */
static void a_stream_of_stores_moves_every_line_twice(void **state)
{
	struct load writer = load(LOAD_STREAM, 4 << 20);
	struct core *core = &engine.core[0];

	(void)state;
	writer.write_percent = 100;
	run(&writer, 1, 5 * MS_PS);
	assert_true(core->reads <= core->accesses &&
		    core->reads + 1 >= core->accesses);
	/* What is still in the caches has not been written yet. */
	assert_in_range(core->reads - core->writes, 16384, 16400);
	engine_destroy(&engine);
}

static void ways_keep_others_out(void **state)
{
	struct load loads[2] = {
		load(LOAD_CHASE, 16384), load(LOAD_STREAM, 4 << 20),
	};

	(void)state;
	loads[0].way_mask = 1;
	loads[1].way_mask = 0xfffe;
	run(loads, 2, 5 * MS_PS);
	assert_int_equal(engine.core[0].reads, 256);
	engine_destroy(&engine);
}

/* 90 us of nothing, then 100 accesses. */
/* The lowest `count` of 16 colors from `from` on. */
static struct color_set colors(unsigned int from, unsigned int count)
{
	return (struct color_set){ { ((1ull << count) - 1) << from } };
}

/* A victim of half of its share beside a thrasher: each on its colors or not. */
static uint64_t misses_beside(const struct color_set *own,
			      const struct color_set *theirs,
			      const struct color_set *later)
{
	struct load loads[2] = {
		load(LOAD_CHASE, 256 << 10), load(LOAD_STREAM, 8 << 20),
	};
	uint64_t before;

	loads[0].colors = *own;
	loads[1].colors = *theirs;
	loads[1].write_percent = 100;
	if (later) {
		loads[1].recolors = *later;
		loads[1].recolor_ps = 4 * MS_PS;
	}
	run(loads, 2, 8 * MS_PS);
	before = engine.core[0].reads;
	engine_run(&engine, 16 * MS_PS);
	before = engine.core[0].reads - before;
	engine_destroy(&engine);
	return before;
}

static void colors_keep_others_out(void **state)
{
	const struct color_set none = { { 0 } };
	struct color_set low = colors(0, 8), high = colors(8, 8);
	struct color_set seventh = colors(7, 1);

	(void)state;
	assert_true(misses_beside(&none, &none, NULL) > 10000);
	assert_int_equal(misses_beside(&low, &high, NULL), 0);
	assert_true(misses_beside(&low, &none, NULL) > 10000);
	/* One color in common: an eighth of its lines, time and again. */
	assert_in_range(misses_beside(&low, &seventh, NULL), 5000, 50000);
	/* Moved away in time, or to where they were not. */
	assert_int_equal(misses_beside(&low, &none, &high), 0);
	assert_in_range(misses_beside(&low, &high, &seventh), 5000, 50000);
}

/* Each page on its colors, in order; the sets of the cache are theirs alone. */
static void colored_memory_is_where_it_shall_be(void **state)
{
	struct load one = load(LOAD_STREAM, 64 << 10);
	uint64_t page = 1ull << 18;

	(void)state;
	one.colors = (struct color_set){ { 0x8421 } };
	run(&one, 1, MS_PS);
	for (unsigned int n = 0; n < 16; n++, page++) {
		while (!(0x8421 >> page % 16 & 1))
			page++;
		assert_int_equal(engine.core[0].walk.pages[n], page);
	}
	assert_int_equal(engine.core[0].reads, 1024);
	engine_destroy(&engine);
}

/* There when the access begins, not when it happens: the access is not lost. */
static void a_line_may_go_before_its_access(void **state)
{
	struct load loads[2] = {
		load(LOAD_RANDOM, 64 * 64), load(LOAD_STREAM, 4 << 20),
	};
	const struct core *core = &engine.core[0];

	(void)state;
	loads[0].instructions = 5000;
	assert_int_equal(engine_create(&engine, &machine, loads, 2, 1, 0), 0);
	engine_run(&engine, 20 * MS_PS);
	assert_true(core->llc_hits > 100 && core->reads > 1000);
	assert_int_equal(core->meter.steps + core->meter.bin.steps +
			 core->pending, core->accesses);
	engine_destroy(&engine);
}

static void phases_alternate(void **state)
{
	struct load phases = load(LOAD_STREAM, 16 << 20);

	(void)state;
	phases.compute_ps = 90000000;
	phases.burst_accesses = 100;
	run(&phases, 1, 10 * MS_PS);
	expect_near((double)engine.core[0].bursts, 10000 / 91.6, 1);
	assert_in_range(engine.core[0].accesses - 100 * engine.core[0].bursts,
			0, 100);
	engine_destroy(&engine);
}

/* Equal runs are equal; another seed is another run. */
static void runs_repeat(void **state)
{
	struct load loads[3] = {
		load(LOAD_RANDOM, 1 << 20), load(LOAD_CHASE, 1 << 20),
		load(LOAD_STREAM, 1 << 20),
	};
	uint64_t reads[3];

	(void)state;
	for (uint64_t seed = 0; seed < 3; seed++) {
		engine_create(&engine, &machine, loads, 3, seed / 2, MS_PS);
		engine_run(&engine, 2 * MS_PS);
		reads[seed] = engine.core[0].reads + engine.core[1].reads * 7 +
			      engine.core[2].meter.sum_ps;
		engine_destroy(&engine);
	}
	assert_int_equal(reads[0], reads[1]);
	assert_int_not_equal(reads[0], reads[2]);
}

/* Whoever runs in one piece or in many sees the same. */
static void pieces_make_no_difference(void **state)
{
	struct load loads[2] = {
		load(LOAD_RANDOM, 1 << 20), load(LOAD_STREAM, 1 << 20),
	};
	uint64_t reads;

	(void)state;
	run(loads, 2, 2 * MS_PS);
	reads = engine.core[0].reads;
	engine_destroy(&engine);
	run(loads, 2, MS_PS);
	for (uint64_t at_ps = MS_PS; at_ps < 2 * MS_PS; at_ps += 777777)
		engine_run(&engine, at_ps);
	engine_run(&engine, 2 * MS_PS);
	assert_int_equal(engine.core[0].reads, reads);
	engine_destroy(&engine);
}

/* Held for the first half of every 10 us, from the outside. */
static void toggle(struct control *control, uint64_t now_ps)
{
	bool *held = control->context;

	*held = !*held;
	if (*held)
		engine_hold(&engine, 0);
	else
		engine_release(&engine, 0);
	control->next_ps = now_ps + 5000000;
}

static void no_alarm(struct control *control, unsigned int core,
		     uint64_t now_ps)
{
	(void)control;
	(void)core;
	(void)now_ps;
	fail_msg("an alarm that nobody set");
}

static void a_held_core_does_nothing(void **state)
{
	struct load loads[2] = {
		in_one_bank(LOAD_CHASE), load(LOAD_STREAM, 4 << 20),
	};
	bool held = false;
	struct control control = {
		.context = &held, .next_ps = 0, .due = toggle,
		.alarm = no_alarm,
	};

	(void)state;
	assert_int_equal(engine_create(&engine, &machine, loads, 2, 1, MS_PS),
			 0);
	engine.control = &control;
	engine_run(&engine, 21 * MS_PS);
	expect_near(mean_ps(0), 2 * (IDLE_PS + GAP_PS), 4);
	expect_near(mean_ps(1), (IDLE_PS - CYCLE_PS + HIT_PS) / 6.0, 8);
	engine_destroy(&engine);
}

static void an_occupied_core_loses_the_time(struct control *control,
					    uint64_t now_ps)
{
	engine_occupy(&engine, 0, 1000000);
	control->next_ps = now_ps + 10000000;
}

static uint64_t writes_at_alarm;

static void note_alarm(struct control *control, unsigned int core,
		       uint64_t now_ps)
{
	(void)control;
	(void)now_ps;
	writes_at_alarm = engine.core[core].writes;
}

/*
 * Three lines for two ways of the L1 and one of the shared cache: each hits
 * there, and sends the one before it to DDR. No faster than that is written.
 */
static void hits_that_evict_wait_for_a_place(void **state)
{
	struct load stores = load(LOAD_STREAM, 3 << 16);
	struct control control = { .next_ps = ENGINE_NEVER,
				   .alarm = note_alarm };
	const struct core *core = &engine.core[0];

	(void)state;
	stores.stride_bytes = 1 << 16;
	stores.write_percent = 100;
	stores.way_mask = 1;
	assert_int_equal(engine_create(&engine, &machine, &stores, 1, 1, 0), 0);
	engine.control = &control;
	engine.core[0].alarm_writes = 1000;
	engine_run(&engine, 5 * MS_PS);
	assert_true(core->reads <= 3 && core->llc_hits > 50000);
	assert_true(core->llc_hits - core->writes <= 3);
	/* Of six, four are for two rows of one bank: a row, a hit, and again. */
	expect_near((double)core->writes,
		    5.0 * MS_PS * 6 / (2 * (CYCLE_PS + HIT_PS)), 0.1);
	assert_int_equal(writes_at_alarm, 1000);
	engine_destroy(&engine);
}

static void handlers_cost_their_time(void **state)
{
	struct load chase = in_one_bank(LOAD_CHASE);
	struct control control = {
		.due = an_occupied_core_loses_the_time, .alarm = no_alarm,
	};

	(void)state;
	assert_int_equal(engine_create(&engine, &machine, &chase, 1, 1, MS_PS),
			 0);
	engine.control = &control;
	engine_run(&engine, 21 * MS_PS);
	expect_near(mean_ps(0), (IDLE_PS + GAP_PS) / 0.9, 1.5);
	engine_destroy(&engine);
}

static void trace_expect(const char *text, int result, const char *words)
{
	char reason[TRACE_REASON_BYTES] = "";
	struct trace trace;
	FILE *file = fopen("build/unit/trace.txt", "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(trace_load(&trace, "build/unit/trace.txt", 64, reason),
			 result);
	if (!strstr(reason, words))
		fail_msg("%s: %s", text, reason);
	trace_free(&trace);
}

static void traces_are_read_and_repeated(void **state)
{
	char reason[TRACE_REASON_BYTES];
	struct trace trace;
	struct load recorded = load(LOAD_TRACE, 64);

	(void)state;
	trace_expect("# nothing\n", -22, "no access");
	trace_expect("0 0x40 r\n1.5 64\n", -22, "line 2: neither r nor w");
	trace_expect("x 0x40 r\n", -22, "line 1: no time");
	trace_expect("1 r\n", -22, "line 1: no address");
	trace_expect("1 0x40 r r\n", -22, "line 1: text behind it");
	trace_expect("-1 0x40 r\n", -22, "no time");
	trace_expect("1 0xffffffffffffffffff r\n", -22, "too large");
	trace_expect("0 0x40 r # first\n\n1.5 128 w\n", 0, "");
	assert_int_equal(trace_load(&trace, "build/unit/trace.txt", 64, reason),
			 0);
	assert_int_equal(trace.accesses_count, 2);
	assert_int_equal(trace.accesses[1].gap_ps, 1500);
	assert_int_equal(trace.accesses[1].line, 2);
	assert_true(trace.accesses[1].store);
	recorded.trace = &trace;
	run(&recorded, 1, 5 * MS_PS);
	assert_int_equal(engine.core[0].reads, 2);
	expect_near(mean_ps(0), GAP_PS + 750, 0.1);
	engine_destroy(&engine);
	trace_free(&trace);
	assert_int_equal(trace_load(&trace, "/nonexistent", 64, reason), -2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_idle_miss_takes_the_latency),
		cmocka_unit_test(a_crowded_bank_takes_its_turns),
		cmocka_unit_test(a_bank_serves_a_line_per_cycle),
		cmocka_unit_test(streams_get_what_latency_and_peak_allow),
		cmocka_unit_test(words_of_a_line_hit_the_l1),
		cmocka_unit_test(what_fits_a_cache_stays_there),
		cmocka_unit_test(a_stream_of_stores_moves_every_line_twice),
		cmocka_unit_test(ways_keep_others_out),
		cmocka_unit_test(colors_keep_others_out),
		cmocka_unit_test(colored_memory_is_where_it_shall_be),
		cmocka_unit_test(a_line_may_go_before_its_access),
		cmocka_unit_test(phases_alternate),
		cmocka_unit_test(runs_repeat),
		cmocka_unit_test(pieces_make_no_difference),
		cmocka_unit_test(a_held_core_does_nothing),
		cmocka_unit_test(hits_that_evict_wait_for_a_place),
		cmocka_unit_test(handlers_cost_their_time),
		cmocka_unit_test(traces_are_read_and_repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
