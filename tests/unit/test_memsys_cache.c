// SPDX-License-Identifier: GPL-2.0-only
/* Access patterns whose misses, write-backs and stalls theory gives. */
#include "test_memsys.h"

#include <errno.h>
#include <stdlib.h>

#include "tools/memsys/lru.h"

static int setup(void **state)
{
	struct memsys_config config = small_machine();

	/* DDR so fast that no pattern here queues. */
	config.ddr_sustained_bytes_per_s = 64000000000;
	config.ddr_peak_bytes_per_s = 64000000000;
	*state = memsys_create(&config, 2);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	memsys_destroy(*state);
	return 0;
}

static void a_cold_sequence_misses_on_every_line(void **state)
{
	struct memsys_cpu cpu;

	touch_lines(*state, 0, 0, 4 * LLC_LINES, 1, false);
	cpu = read_cpu(*state, 0);
	assert_int_equal(cpu.llc_fills, 4 * LLC_LINES);
	assert_int_equal(cpu.loads, 4 * LLC_LINES);
	assert_int_equal(cpu.stores, 0);
	assert_int_equal(cpu.writebacks, 0);
	/* One miss in full, all others overlapped. */
	assert_int_equal(cpu.stall_cycles,
			 MISS + (4 * LLC_LINES - 1) * (MISS / OVERLAP));
	assert_int_equal(cpu.cycles, cpu.stall_cycles);
}

static void words_of_a_line_miss_once(void **state)
{
	struct memsys *m = *state;

	for (uint64_t n = 0; n < 4 * LLC_LINES * LINE / 8; n++)
		memsys_access(m, 0, n * 8, false);
	assert_int_equal(read_cpu(m, 0).llc_fills, 4 * LLC_LINES);
}

static void lru_keeps_nothing_of_a_larger_sequence(void **state)
{
	struct memsys *m = *state;

	/* One way more than there are, in every set. */
	for (unsigned int pass = 1; pass <= 3; pass++) {
		touch_lines(m, 0, 0, LLC_LINES + LLC_SETS, 1, false);
		assert_int_equal(read_cpu(m, 0).llc_fills,
				 pass * (LLC_LINES + LLC_SETS));
	}
}

static void a_fitting_working_set_misses_once(void **state)
{
	struct memsys *m = *state;
	uint64_t stalls;

	touch_lines(m, 0, 0, LLC_LINES, 1, false);
	stalls = read_cpu(m, 0).stall_cycles;
	touch_lines(m, 0, 0, LLC_LINES, 1, false);
	assert_int_equal(read_cpu(m, 0).llc_fills, LLC_LINES);
	/* The L1 holds less and misses every time: 16 of 256 lines. */
	assert_int_equal(read_cpu(m, 0).stall_cycles - stalls,
			 HIT + (LLC_LINES - 1) * (HIT / OVERLAP));
	touch_lines(m, 0, 0, L1_LINES, 1, false);
	stalls = read_cpu(m, 0).stall_cycles;
	touch_lines(m, 0, 0, L1_LINES, 1, false);
	assert_int_equal(read_cpu(m, 0).stall_cycles, stalls);
}

static void lines_of_one_set_conflict(void **state)
{
	struct memsys *m = *state;

	for (unsigned int pass = 1; pass <= 3; pass++)
		touch_lines(m, 0, 7, LLC_WAYS + 1, LLC_SETS, false);
	assert_int_equal(read_cpu(m, 0).llc_fills, 3 * (LLC_WAYS + 1));
	for (unsigned int pass = 1; pass <= 3; pass++)
		touch_lines(m, 0, 8, LLC_WAYS, LLC_SETS, false);
	assert_int_equal(read_cpu(m, 0).llc_fills, 3 * (LLC_WAYS + 1) + LLC_WAYS);
}

static void a_stride_of_lines_pays_full_latency(void **state)
{
	touch_lines(*state, 0, 0, 100, 3, false);
	assert_int_equal(read_cpu(*state, 0).stall_cycles, 100 * MISS);
}

static void streams_are_followed_up_to_their_number(void **state)
{
	struct memsys *m = *state;

	/* Two streams, one of them backwards: both overlap. */
	for (uint64_t n = 0; n < 100; n++) {
		memsys_access(m, 0, (1000 + n) * LINE, false);
		memsys_access(m, 0, (5000 - n) * LINE, false);
	}
	assert_int_equal(read_cpu(m, 0).stall_cycles,
			 2 * MISS + 2 * 99 * (MISS / OVERLAP));
	/* Three of them push each other out. */
	for (uint64_t n = 0; n < 100; n++)
		for (uint64_t s = 0; s < 3; s++)
			memsys_access(m, 1, (10000 * (s + 2) + n) * LINE, false);
	assert_int_equal(read_cpu(m, 1).stall_cycles, 300 * MISS);
}

static void stores_overlap_whatever_their_order(void **state)
{
	touch_lines(*state, 0, 0, 100, 3, true);
	assert_int_equal(read_cpu(*state, 0).stall_cycles,
			 100 * (MISS / OVERLAP));
}

static void written_lines_are_written_back_once(void **state)
{
	struct memsys *m = *state;
	struct memsys_cpu cpu;
	const uint64_t lines = 4 * LLC_LINES;

	touch_lines(m, 0, 0, lines, 1, true);
	cpu = read_cpu(m, 0);
	assert_int_equal(cpu.stores, lines);
	assert_int_equal(cpu.llc_fills, lines);
	assert_int_equal(cpu.writebacks, lines - LLC_LINES);
	touch_lines(m, 0, 0, lines, 1, true);
	assert_int_equal(read_cpu(m, 0).writebacks, 2 * lines - LLC_LINES);
	/* Reading elsewhere pushes out all that is still dirty, in the end. */
	touch_lines(m, 0, 10 * lines, lines, 1, false);
	assert_int_equal(read_cpu(m, 0).writebacks, 2 * lines);
	touch_lines(m, 0, 20 * lines, lines, 1, false);
	assert_int_equal(read_cpu(m, 0).writebacks, 2 * lines);
}

static void a_line_written_often_is_written_back_once(void **state)
{
	struct memsys *m = *state;

	for (unsigned int n = 0; n < 100; n++)
		memsys_access(m, 0, 0, true);
	touch_lines(m, 0, 1, 4 * LLC_LINES, 1, false);
	assert_int_equal(read_cpu(m, 0).writebacks, 1);
}

static void write_backs_are_charged_to_the_evictor(void **state)
{
	struct memsys *m = *state;

	touch_lines(m, 0, 0, LLC_LINES, 1, true);
	/* CPU 0's L1 gives its dirty lines to the LLC. */
	touch_lines(m, 0, 0, L1_LINES, 1, false);
	assert_int_equal(read_cpu(m, 0).writebacks, 0);
	touch_lines(m, 1, 4096, LLC_LINES, 1, false);
	assert_int_equal(read_cpu(m, 0).writebacks, 0);
	assert_int_equal(read_cpu(m, 1).writebacks, LLC_LINES);
}

/* A dirty L1 line whose LLC copy is gone goes back to the LLC unread. */
static void a_lost_copy_is_restored_without_a_fill(void **state)
{
	struct memsys *m = *state;
	uint64_t fills;

	memsys_access(m, 0, 0, true);
	touch_lines(m, 1, LLC_LINES, LLC_LINES, 1, false);
	fills = read_cpu(m, 0).llc_fills;
	/* Two lines of the same L1 set push line 0 out of the L1. */
	touch_lines(m, 0, LLC_LINES + 8, 2, 8, false);
	assert_int_equal(read_cpu(m, 0).llc_fills, fills);
	memsys_access(m, 0, 0, false);
	assert_int_equal(read_cpu(m, 0).llc_fills, fills);
}

static void each_core_has_its_own_l1(void **state)
{
	struct memsys *m = *state;

	memsys_access(m, 0, 0, false);
	memsys_access(m, 1, 0, false);
	assert_int_equal(read_cpu(m, 0).stall_cycles, MISS);
	assert_int_equal(read_cpu(m, 1).stall_cycles, HIT);
	memsys_access(m, 0, 0, false);
	memsys_access(m, 1, 0, false);
	assert_int_equal(read_cpu(m, 0).stall_cycles, MISS);
	assert_int_equal(read_cpu(m, 1).stall_cycles, HIT);
}

static void a_way_mask_limits_what_a_cpu_may_fill(void **state)
{
	struct memsys *m = *state;

	memsys_set_control(m, 0, 0, 0, 0x1);
	memsys_set_control(m, 1, 0, 0, 0xe);
	touch_lines(m, 1, 0, 3 * LLC_SETS, 1, false);
	touch_lines(m, 0, 4096, 8 * LLC_LINES, 1, false);
	/* CPU 0 took nothing from CPU 1. */
	touch_lines(m, 1, 0, 3 * LLC_SETS, 1, false);
	assert_int_equal(read_cpu(m, 1).llc_fills, 3 * LLC_SETS);
	/* It hits what others filled, and one way of its own. */
	touch_lines(m, 0, 0, 3 * LLC_SETS, 1, false);
	assert_int_equal(read_cpu(m, 0).llc_fills, 8 * LLC_LINES);
	touch_lines(m, 0, 4096, 2 * LLC_SETS, 1, false);
	touch_lines(m, 0, 4096, 2 * LLC_SETS, 1, false);
	assert_int_equal(read_cpu(m, 0).llc_fills,
			 8 * LLC_LINES + 4 * LLC_SETS);
}

static void a_mask_of_no_way_means_all(void **state)
{
	struct memsys *m = *state;

	memsys_set_control(m, 0, 0, 0, 0xf0);
	touch_lines(m, 0, 0, LLC_LINES, 1, false);
	touch_lines(m, 0, 0, LLC_LINES, 1, false);
	assert_int_equal(read_cpu(m, 0).llc_fills, LLC_LINES);
	assert_int_equal(read_cpu(m, 0).way_mask, 0xf0);
}

static void uncharged_accesses_leave_no_trace(void **state)
{
	struct memsys *m = *state;
	struct memsys_cpu cpu;

	memsys_set_control(m, 0, MEMSYS_CPU_UNCHARGED, 0, 0);
	memsys_execute(m, 0, 100);
	touch_lines(m, 0, 0, LLC_LINES, 1, true);
	cpu = read_cpu(m, 0);
	assert_int_equal(cpu.cycles, 0);
	assert_int_equal(cpu.instructions, 0);
	assert_int_equal(cpu.loads + cpu.stores, 0);
	memsys_set_control(m, 0, 0, 0, 0);
	touch_lines(m, 0, 0, LLC_LINES, 1, false);
	assert_int_equal(read_cpu(m, 0).llc_fills, LLC_LINES);
}

static void a_reset_forgets_everything(void **state)
{
	struct memsys *m = *state;
	struct memsys_cpu cpu;

	memsys_set_control(m, 0, 0, 0, 1);
	memsys_execute(m, 0, 1000);
	touch_lines(m, 0, 0, LLC_LINES, 1, true);
	memsys_reset(m);
	cpu = read_cpu(m, 0);
	assert_int_equal(cpu.cycles + cpu.stores + cpu.llc_fills +
			 cpu.writebacks + cpu.state + cpu.way_mask, 0);
	assert_int_equal(memsys_now(m), 0);
	touch_lines(m, 0, 0, LLC_LINES, 1, false);
	cpu = read_cpu(m, 0);
	assert_int_equal(cpu.llc_fills, LLC_LINES);
	assert_int_equal(cpu.writebacks, 0);
}

static void impossible_machines_are_refused(void **state)
{
	struct memsys_config config = small_machine();

	(void)state;
	assert_null(memsys_create(&config, 0));
	assert_null(memsys_create(&config, MEMSYS_MAX_CPUS + 1));
	config.llc_bytes += LINE;
	assert_null(memsys_create(&config, 1));
	assert_int_equal(errno, EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Two ways to keep the order of use: the same hits, and the same lines go. */
static void a_small_cache_is_one_with_all_ways(void **state)
{
	struct cache_victim out, other;
	struct cache cache;
	struct lru lru;

	(void)state;
	srand(3);
	for (uint32_t ways = 1; ways <= 32; ways += ways < 4 ? 1 : 7) {
		assert_int_equal(cache_create(&cache, 16, ways), 0);
		assert_int_equal(lru_create(&lru, 16, ways), 0);
		for (unsigned int n = 0; n < 100000; n++) {
			uint64_t line = (uint64_t)rand() % (32 * ways);
			bool dirty = rand() % 3 == 0;
			bool hit = lru_enter(&lru, line, dirty, &out);

			assert_int_equal(cache_holds(&cache, line), hit);
			if (cache_touch(&cache, line, dirty))
				continue;
			other = cache_fill(&cache, line, dirty, UINT64_MAX);
			assert_int_equal(out.line, other.line);
			assert_int_equal(out.dirty, other.dirty);
		}
		lru_clear(&lru);
		assert_false(lru_enter(&lru, 0, false, &out));
		cache_destroy(&cache);
		lru_destroy(&lru);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cold_sequence_misses_on_every_line),
		TEST(words_of_a_line_miss_once),
		TEST(lru_keeps_nothing_of_a_larger_sequence),
		TEST(a_fitting_working_set_misses_once),
		TEST(lines_of_one_set_conflict),
		TEST(a_stride_of_lines_pays_full_latency),
		TEST(streams_are_followed_up_to_their_number),
		TEST(stores_overlap_whatever_their_order),
		TEST(written_lines_are_written_back_once),
		TEST(a_line_written_often_is_written_back_once),
		TEST(write_backs_are_charged_to_the_evictor),
		TEST(a_lost_copy_is_restored_without_a_fill),
		TEST(each_core_has_its_own_l1),
		TEST(a_way_mask_limits_what_a_cpu_may_fill),
		TEST(a_mask_of_no_way_means_all),
		TEST(uncharged_accesses_leave_no_trace),
		TEST(a_reset_forgets_everything),
		TEST(impossible_machines_are_refused),
		cmocka_unit_test(a_small_cache_is_one_with_all_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
