/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares of caches, bandwidth and clock, from the hypercall down to registers
 * that refuse what the hardware refuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/arch/cpu.h"
#include "hv/errno.h"
#include "x86-cat-machine.h"

static const struct cache_region low_two = { .size = 2, .type = CACHE_L3 };

static void test_cells_take_and_give_back(void **unused)
{
	struct part_request answer;

	(void)unused;
	machine_start(&cat_kinds[0]);
	assert_int_equal(cat_data_ways(0, 3), 0xfff);
	assert_int_equal(machine_create(1, low_two), 0);
	assert_int_equal(cat_data_ways(1, 3), 0x003);
	assert_int_equal(cat_data_ways(0, 3), 0xffc);
	assert_int_equal(cat_data_ways(2, 3), 0xffc);
	/* In the middle: the lower piece is given up. */
	assert_int_equal(machine_create(2, (struct cache_region){
				.start = 4, .size = 4, .type = CACHE_L3 }), 0);
	assert_int_equal(cat_data_ways(0, 3), 0xf00);
	/* The highest ways: the root falls back on what it had given up. */
	assert_int_equal(part_set_l3(1, 0xf00, 0, &answer), 0);
	assert_int_equal(cat_data_ways(1, 3), 0xf00);
	assert_int_equal(cat_data_ways(0, 3), 0x00f);
	machine_destroy(2);
	assert_int_equal(cat_data_ways(0, 3), 0x0ff);
	assert_int_equal(cat_data_ways(2, 3), 0x0ff);
	machine_destroy(1);
	assert_int_equal(cat_data_ways(0, 3), 0xfff);
	assert_int_equal(cat_data_ways(1, 3), 0xfff);
	/* Who monitors whom is not ours. */
	assert_int_equal(cat.assoc[2], 3);
	assert_int_equal(cat.faults, 0);
}

static void test_live_changes(void **unused)
{
	struct part_request answer;

	(void)unused;
	machine_start(&cat_kinds[0]);
	assert_int_equal(part_set_l3(0, 0xf0, 0, &answer), 0);
	assert_int_equal(cat_data_ways(0, 3), 0xf0);
	assert_int_equal(answer.effective.l3.mask, 0xf0);
	assert_int_equal(answer.effective.l3.ways_count, 4);
	/* By number: the root at the top, a cell at the bottom. */
	assert_int_equal(part_set_l3(0, 0, 6, &answer), 0);
	assert_int_equal(cat_data_ways(3, 3), 0xfc0);
	assert_int_equal(machine_create(1, low_two), 0);
	assert_int_equal(part_set_l3(1, 0, 3, &answer), 0);
	assert_int_equal(cat_data_ways(1, 3), 0x007);
	/* Back to the configuration; back to nothing of its own. */
	assert_int_equal(part_set(1, &(struct part_settings){ 0 }, REG_OP_CLEAR,
			     &answer), 0);
	assert_int_equal(cat_data_ways(1, 3), 0x003);
	assert_int_equal(part_set_l3(1, 0, 0, &answer), 0);
	assert_int_equal(cat_data_ways(1, 3), 0xfc0);
	assert_int_equal(part_status_of(1).class_of_service, 1);
	assert_int_equal(answer.effective.l3.flags, PART_CACHE_SHARED);
	assert_int_equal(part_set_l3(0, 0, 0, &answer), 0);
	assert_int_equal(cat_data_ways(0, 3), 0xfff);
	assert_int_equal(cat.faults, 0);
}

static void expect(long result, long error, const struct part_request *answer,
		   const char *words)
{
	if (result != error || !strstr(answer->reason, words))
		fail_msg("wanted %ld with \"%s\", found %ld: \"%s\"", error,
			 words, result, answer->reason);
}

static void test_refusals(void **unused)
{
	struct part_request answer;
	struct part_settings settings = { .valid = PART_SET_BANDWIDTH };

	(void)unused;
	machine_start(&cat_kinds[1]);
	expect(part_set_l3(0, 0x5, 0, &answer), -EINVAL, &answer, "in one piece");
	expect(part_set_l3(0, 0x1, 0, &answer), -ERANGE, &answer, "at least 2");
	expect(part_set_l3(0, 0x300000, 0, &answer), -ERANGE, &answer, "20 ways");
	expect(part_set(0, &settings, REG_OP_SET, &answer), -ENODEV, &answer,
	       "bandwidth: the CPU announces");
	assert_int_equal(machine_create(1, low_two), 0);
	assert_int_equal(machine_create(2, low_two), -EBUSY);
	assert_non_null(strstr(cells_last_reason(), "belong to cell \"cell-1\""));
	assert_int_equal(machine_create(2, (struct cache_region){
				.start = 2, .size = 2, .type = CACHE_L3 }), 0);
	/* Three classes: the root's and two. */
	assert_int_equal(machine_create(3, (struct cache_region){
				.start = 4, .size = 2, .type = CACHE_L3 }),
			 -EBUSY);
	assert_non_null(strstr(cells_last_reason(), "all 3 classes"));
	expect(part_set_l3(1, 0x3c, 0, &answer), -EBUSY, &answer, "0xc belong");
	expect(part_set_l3(0, 0xf, 0, &answer), -EBUSY, &answer, "leave the root");
	expect(part_set_l3(1, 0, 19, &answer), -EBUSY, &answer, "no 19 ways");
	settings = (struct part_settings){ .valid = PART_SET_CLOCK };
	expect(part_set(0, &settings, REG_OP_SET, &answer), -ERANGE, &answer,
	       "allowed are 1 to 1000");
	settings.valid = 0x10;
	expect(part_set(0, &settings, REG_OP_SET, &answer), -EINVAL, &answer,
	       "unknown setting bits 10");
	settings = (struct part_settings){ .reserved = { 1 } };
	expect(part_set(0, &settings, REG_OP_SET, &answer), -EINVAL, &answer,
	       "reserved");
	expect(part_set(7, &settings, REG_OP_SET, &answer), -ENOENT, &answer,
	       "no cell 7");
	machine_start(&cat_kinds[0]);
	assert_int_equal(machine_create(1, low_two), 0);
	expect(part_set_l3(1, 0xfff, 0, &answer), -EBUSY, &answer,
	       "would be left without");
	assert_int_equal(cat.faults, 0);
}

static void test_check_changes_nothing(void **unused)
{
	const struct part_settings settings = {
		.valid = PART_SET_L3, .l3 = { .ways_count = 3 },
	};
	struct part_request answer;
	struct cat_machine before;

	(void)unused;
	machine_start(&cat_kinds[0]);
	assert_int_equal(machine_create(1, low_two), 0);
	before = cat;
	assert_int_equal(part_set(1, &settings, REG_OP_CHECK, &answer), 0);
	assert_int_equal(answer.effective.l3.mask, 0x7);
	assert_memory_equal(&cat, &before, sizeof(cat));
	assert_int_equal(part_status_of(1).effective.l3.mask, 0x3);
	assert_int_equal(part_status_of(0).resource[PART_L3].free_ways, 0xffc);
	assert_int_equal(part_status_of(0).resource[PART_L3].shared_ways, 0xc00);
}

static void test_shared_ways_stay_with_root(void **unused)
{
	(void)unused;
	machine_start(&cat_kinds[0]);
	assert_int_equal(machine_create(1, (struct cache_region){
				.size = 4, .type = CACHE_L3,
				.flags = CACHE_ROOTSHARED }), 0);
	assert_int_equal(cat_data_ways(1, 3), 0x00f);
	assert_int_equal(cat_data_ways(0, 3), 0xfff);
}

static void test_code_and_data(void **unused)
{
	const struct part_settings settings = {
		.valid = PART_SET_L3, .l3 = { .mask = 0x3, .code_mask = 0xc },
	};
	struct part_request answer;

	(void)unused;
	machine_start(&cat_kinds[2]);
	assert_int_equal(cat.l3_config[0], 1);
	assert_int_equal(machine_create(1, low_two), 0);
	assert_int_equal(part_set(1, &settings, REG_OP_SET, &answer), 0);
	assert_int_equal(cat_data_ways(1, 3), 0x3);
	assert_int_equal(cat_code_ways(1, 3), 0xc);
	assert_int_equal(cat_data_ways(0, 3), 0x7f0);
	assert_int_equal(cat_code_ways(0, 3), 0x7f0);
	assert_int_equal(cat.faults, 0);
	machine_start(&cat_kinds[0]);
	expect(part_set(0, &settings, REG_OP_SET, &answer), -EINVAL, &answer,
	       "does not tell code from data");
}

static void test_bandwidth_and_clock(void **unused)
{
	struct part_settings settings = {
		.valid = PART_SET_BANDWIDTH | PART_SET_CLOCK,
		.bandwidth_permille = 330, .clock_permille = 250,
	};
	struct part_request answer;

	(void)unused;
	machine_start(&cat_kinds[0]);
	assert_int_equal(machine_create(1, low_two), 0);
	assert_int_equal(part_set(0, &settings, REG_OP_SET, &answer), 0);
	assert_int_equal(answer.effective.bandwidth_permille, 300);
	assert_int_equal(answer.effective.clock_permille, 250);
	assert_int_equal(cat.delay[0][0], 70);
	/* On every CPU of the cell, and on no other. */
	assert_int_equal(cat.clock[0], 0x14);
	assert_int_equal(cat.clock[2], 0x14);
	assert_int_equal(cat.clock[3], 0x14);
	assert_int_equal(cat.clock[1], 0);
	settings.clock_permille = 1000;
	assert_int_equal(part_set(0, &settings, REG_OP_SET, &answer), 0);
	for (unsigned int n = 0; n < CAT_CPUS; n++)
		assert_int_equal(cat.clock[n], 0);
	/* Sixteenths; and powers of two. */
	machine_start(&cat_kinds[1]);
	settings = (struct part_settings){ .valid = PART_SET_CLOCK,
					   .clock_permille = 300 };
	assert_int_equal(part_set(0, &settings, REG_OP_SET, &answer), 0);
	assert_int_equal(cat.clock[3], 0x15);
	assert_int_equal(answer.effective.clock_permille, 312);
	machine_start(&cat_kinds[2]);
	settings = (struct part_settings){ .valid = PART_SET_BANDWIDTH,
					   .bandwidth_permille = 700 };
	assert_int_equal(part_set(0, &settings, REG_OP_SET, &answer), 0);
	assert_int_equal(cat.delay[1][0], 32);
	assert_int_equal(answer.effective.bandwidth_permille, 680);
	assert_int_equal(cat.faults, 0);
}

/* Lines left in lost ways: written back once for each cache, when asked. */
static void test_flush(void **unused)
{
	struct part_settings settings = {
		.valid = PART_SET_L3, .flags = PART_FLUSH,
		.l3 = { .mask = 0xf },
	};
	struct part_request answer;
	unsigned int flushes = 0;

	(void)unused;
	machine_start(&cat_kinds[0]);
	assert_int_equal(machine_create(1, low_two), 0);
	/* The root loses two more ways: one CPU of each package. */
	assert_int_equal(part_set(1, &settings, REG_OP_SET, &answer), 0);
	for (unsigned int n = 0; n < CAT_CPUS; n++)
		flushes += cat.flushes[n];
	assert_int_equal(flushes, 2);
	assert_int_equal(cat.flushes[1], 0);
	assert_int_equal(cat.flushes[2] + cat.flushes[3], 1);
	/* The cell loses them again. */
	settings.l3.mask = 0x3;
	assert_int_equal(part_set(1, &settings, REG_OP_SET, &answer), 0);
	assert_int_equal(cat.flushes[1], 1);
	settings.flags = 0;
	settings.l3.mask = 0x1;
	assert_int_equal(part_set(1, &settings, REG_OP_SET, &answer), 0);
	assert_int_equal(cat.flushes[1], 1);
}

static void test_disable_puts_all_back(void **unused)
{
	struct part_settings settings = {
		.valid = PART_SET_L3 | PART_SET_BANDWIDTH | PART_SET_CLOCK,
		.l3 = { .mask = 0x3 }, .bandwidth_permille = 500,
		.clock_permille = 500,
	};
	struct part_request answer;
	struct cat_machine before;

	(void)unused;
	for (size_t k = 0; k < 3; k++) {
		cat_init(&cat_kinds[k]);
		before = cat;
		for (unsigned int n = 0; n < CAT_CPUS; n++)
			before.assoc[n] = n + 1;
		machine_start(&cat_kinds[k]);
		settings.valid = PART_SET_L3 | PART_SET_CLOCK |
			(cat_kinds[k].delay_max ? PART_SET_BANDWIDTH : 0);
		assert_int_equal(part_set(0, &settings, REG_OP_SET, &answer), 0);
		for (unsigned int n = 0; n < CAT_CPUS; n++) {
			fake_on_cpu(n);
			partition_cpu_restore(this_cpu());
		}
		before.writes = cat.writes;
		assert_memory_equal(&cat, &before, sizeof(cat));
	}
}

/* Nothing about caches anywhere: nothing is touched. */
static void test_machine_without(void **unused)
{
	const struct cat_kind none = { .classes = 1, .silent = true };
	struct part_request answer;

	(void)unused;
	machine_start(&none);
	assert_int_equal(machine_create(1, low_two), 0);
	expect(part_set_l3(0, 3, 0, &answer), -ENODEV, &answer,
	       "L3: the CPU announces no allocation");
	assert_int_equal(cat.assoc[1], 2);
	assert_int_equal(cat.faults, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells_take_and_give_back),
		cmocka_unit_test(test_live_changes),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_check_changes_nothing),
		cmocka_unit_test(test_shared_ways_stay_with_root),
		cmocka_unit_test(test_code_and_data),
		cmocka_unit_test(test_bandwidth_and_clock),
		cmocka_unit_test(test_flush),
		cmocka_unit_test(test_disable_puts_all_back),
		cmocka_unit_test(test_machine_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
