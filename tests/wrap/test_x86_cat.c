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

#include "cells.h"
#include "hv/arch/cpu.h"
#include "hv/errno.h"
#include "hv/partition.h"
#include "regulators/cat.h"
#include "x86-cat-model.h"

#define OPERATIONS	250000u		/* for each of the kinds */
#define CELLS		3u		/* beside the root */

static const struct cat_kind kinds[] = {
	{ .l3_ways = 12, .classes = 16, .ways_min = 1, .delay_max = 90,
	  .linear = true },
	{ .l3_ways = 20, .l2_ways = 16, .classes = 3, .ways_min = 2,
	  .fine_clock = true },
	{ .l3_ways = 11, .classes = 16, .ways_min = 1, .code_data = true,
	  .delay_max = 64 },
	{ .l3_ways = 16, .l2_ways = 10, .classes = 8, .ways_min = 1,
	  .sparse = true, .silent = true },
};

/* The system of blob_system_init(), and what it says about caches. */
struct system_blob {
	struct blob_system system;
	struct weir_record_cache cache[2];
} ABI_PACKED;

static bool alive[CELLS + 1];

static uint64_t some(uint64_t below)
{
	static uint64_t state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

static struct weir_record_cache cache_record(unsigned int level)
{
	const struct cat_kind *kind = &cat.kind;
	unsigned int ways = level == 3 ? kind->l3_ways : kind->l2_ways;

	return (struct weir_record_cache){
		.record = { WEIR_RECORD_CACHE,
			    sizeof(struct weir_record_cache), 0 },
		.level = (uint8_t)level,
		.ways = (uint8_t)(kind->silent ? ways : 0),
		.ways_min = (uint8_t)(ways ? kind->ways_min : 0),
		.classes = (uint16_t)(kind->silent && ways ? kind->classes : 0),
		.flags = (uint16_t)((kind->sparse ? WEIR_CACHE_SPARSE : 0) |
				    (kind->code_data ? WEIR_CACHE_SPLIT : 0)),
	};
}

static void machine_start(const struct cat_kind *kind)
{
	struct system_blob blob;

	fake_machine();
	cat_init(kind);
	memset(alive, 0, sizeof(alive));
	blob_system_init(&blob.system);
	blob.cache[0] = cache_record(3);
	blob.cache[1] = cache_record(2);
	blob.system.block.num_records += 2;
	blob.system.block.size += (uint32_t)sizeof(blob.cache);
	assert_int_equal(fake_boot(&blob, sizeof(blob)), 0);
	for (unsigned int n = 0; n < CAT_CPUS; n++) {
		fake_on_cpu(n);
		cat.assoc[n] = n + 1;	/* monitoring numbers of Linux */
		partition_cpu_init(this_cpu());
	}
	for (unsigned int n = 0; n < CAT_CPUS; n++) {
		fake_on_cpu(n);
		partition_cpu_apply(this_cpu());
	}
	fake_on_cpu(0);
	assert_int_equal(cat.faults, 0);
}

static long set(unsigned int cell, const struct part_settings *settings,
		enum reg_operation operation, struct part_request *answer)
{
	struct part_request *request = fake_ram(BUFFER_GPA);
	long error;

	*request = (struct part_request){
		.size = sizeof(*request),
		.operation = operation,
		.cell_id = cell,
		.settings = *settings,
	};
	error = fake_hypercall(0, WEIR_HC_PART_SET, BUFFER_GPA, 0);
	*answer = *request;
	return error;
}

static struct part_status status_of(unsigned int cell)
{
	struct part_status *status = fake_ram(BUFFER_GPA);

	*status = (struct part_status){ .size = sizeof(*status),
					.cell_id = cell };
	assert_int_equal(fake_hypercall(0, WEIR_HC_PART_GET, BUFFER_GPA, 0), 0);
	return *status;
}

static long set_l3(unsigned int cell, uint64_t mask, uint32_t ways,
		   struct part_request *answer)
{
	const struct part_settings settings = {
		.valid = PART_SET_L3,
		.l3 = { .mask = mask, .ways_count = ways },
	};

	return set(cell, &settings, REG_OP_SET, answer);
}

static long create(unsigned int id, struct cache_region region)
{
	struct blob_cell blob;
	long error;

	blob_cell_init(&blob, id);
	blob.cache = region;
	error = cells_create(&blob, sizeof(blob));
	alive[id] = error == 0;
	return error;
}

static void destroy(unsigned int id)
{
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, id, 0), 0);
	alive[id] = false;
}

static const struct cache_region low_two = { .size = 2, .type = CACHE_L3 };

static void test_cells_take_and_give_back(void **unused)
{
	struct part_request answer;

	(void)unused;
	machine_start(&kinds[0]);
	assert_int_equal(cat_data_ways(0, 3), 0xfff);
	assert_int_equal(create(1, low_two), 0);
	assert_int_equal(cat_data_ways(1, 3), 0x003);
	assert_int_equal(cat_data_ways(0, 3), 0xffc);
	assert_int_equal(cat_data_ways(2, 3), 0xffc);
	/* In the middle: the lower piece is given up. */
	assert_int_equal(create(2, (struct cache_region){
				.start = 4, .size = 4, .type = CACHE_L3 }), 0);
	assert_int_equal(cat_data_ways(0, 3), 0xf00);
	/* The highest ways: the root falls back on what it had given up. */
	assert_int_equal(set_l3(1, 0xf00, 0, &answer), 0);
	assert_int_equal(cat_data_ways(1, 3), 0xf00);
	assert_int_equal(cat_data_ways(0, 3), 0x00f);
	destroy(2);
	assert_int_equal(cat_data_ways(0, 3), 0x0ff);
	assert_int_equal(cat_data_ways(2, 3), 0x0ff);
	destroy(1);
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
	machine_start(&kinds[0]);
	assert_int_equal(set_l3(0, 0xf0, 0, &answer), 0);
	assert_int_equal(cat_data_ways(0, 3), 0xf0);
	assert_int_equal(answer.effective.l3.mask, 0xf0);
	assert_int_equal(answer.effective.l3.ways_count, 4);
	/* By number: the root at the top, a cell at the bottom. */
	assert_int_equal(set_l3(0, 0, 6, &answer), 0);
	assert_int_equal(cat_data_ways(3, 3), 0xfc0);
	assert_int_equal(create(1, low_two), 0);
	assert_int_equal(set_l3(1, 0, 3, &answer), 0);
	assert_int_equal(cat_data_ways(1, 3), 0x007);
	/* Back to the configuration; back to nothing of its own. */
	assert_int_equal(set(1, &(struct part_settings){ 0 }, REG_OP_CLEAR,
			     &answer), 0);
	assert_int_equal(cat_data_ways(1, 3), 0x003);
	assert_int_equal(set_l3(1, 0, 0, &answer), 0);
	assert_int_equal(cat_data_ways(1, 3), 0xfc0);
	assert_int_equal(status_of(1).class_of_service, 1);
	assert_int_equal(answer.effective.l3.flags, PART_CACHE_SHARED);
	assert_int_equal(set_l3(0, 0, 0, &answer), 0);
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
	machine_start(&kinds[1]);
	expect(set_l3(0, 0x5, 0, &answer), -EINVAL, &answer, "in one piece");
	expect(set_l3(0, 0x1, 0, &answer), -ERANGE, &answer, "at least 2");
	expect(set_l3(0, 0x300000, 0, &answer), -ERANGE, &answer, "20 ways");
	expect(set(0, &settings, REG_OP_SET, &answer), -ENODEV, &answer,
	       "bandwidth: the CPU announces");
	assert_int_equal(create(1, low_two), 0);
	assert_int_equal(create(2, low_two), -EBUSY);
	assert_non_null(strstr(cells_last_reason(), "belong to cell \"cell-1\""));
	assert_int_equal(create(2, (struct cache_region){
				.start = 2, .size = 2, .type = CACHE_L3 }), 0);
	/* Three classes: the root's and two. */
	assert_int_equal(create(3, (struct cache_region){
				.start = 4, .size = 2, .type = CACHE_L3 }),
			 -EBUSY);
	assert_non_null(strstr(cells_last_reason(), "all 3 classes"));
	expect(set_l3(1, 0x3c, 0, &answer), -EBUSY, &answer, "0xc belong");
	expect(set_l3(0, 0xf, 0, &answer), -EBUSY, &answer, "leave the root");
	expect(set_l3(1, 0, 19, &answer), -EBUSY, &answer, "no 19 ways");
	settings = (struct part_settings){ .valid = PART_SET_CLOCK };
	expect(set(0, &settings, REG_OP_SET, &answer), -ERANGE, &answer,
	       "allowed are 1 to 1000");
	settings.valid = 0x10;
	expect(set(0, &settings, REG_OP_SET, &answer), -EINVAL, &answer,
	       "unknown setting bits 10");
	settings = (struct part_settings){ .reserved = { 1 } };
	expect(set(0, &settings, REG_OP_SET, &answer), -EINVAL, &answer,
	       "reserved");
	expect(set(7, &settings, REG_OP_SET, &answer), -ENOENT, &answer,
	       "no cell 7");
	machine_start(&kinds[0]);
	assert_int_equal(create(1, low_two), 0);
	expect(set_l3(1, 0xfff, 0, &answer), -EBUSY, &answer,
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
	machine_start(&kinds[0]);
	assert_int_equal(create(1, low_two), 0);
	before = cat;
	assert_int_equal(set(1, &settings, REG_OP_CHECK, &answer), 0);
	assert_int_equal(answer.effective.l3.mask, 0x7);
	assert_memory_equal(&cat, &before, sizeof(cat));
	assert_int_equal(status_of(1).effective.l3.mask, 0x3);
	assert_int_equal(status_of(0).resource[PART_L3].free_ways, 0xffc);
	assert_int_equal(status_of(0).resource[PART_L3].shared_ways, 0xc00);
}

static void test_shared_ways_stay_with_root(void **unused)
{
	(void)unused;
	machine_start(&kinds[0]);
	assert_int_equal(create(1, (struct cache_region){
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
	machine_start(&kinds[2]);
	assert_int_equal(cat.l3_config[0], 1);
	assert_int_equal(create(1, low_two), 0);
	assert_int_equal(set(1, &settings, REG_OP_SET, &answer), 0);
	assert_int_equal(cat_data_ways(1, 3), 0x3);
	assert_int_equal(cat_code_ways(1, 3), 0xc);
	assert_int_equal(cat_data_ways(0, 3), 0x7f0);
	assert_int_equal(cat_code_ways(0, 3), 0x7f0);
	assert_int_equal(cat.faults, 0);
	machine_start(&kinds[0]);
	expect(set(0, &settings, REG_OP_SET, &answer), -EINVAL, &answer,
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
	machine_start(&kinds[0]);
	assert_int_equal(create(1, low_two), 0);
	assert_int_equal(set(0, &settings, REG_OP_SET, &answer), 0);
	assert_int_equal(answer.effective.bandwidth_permille, 300);
	assert_int_equal(answer.effective.clock_permille, 250);
	assert_int_equal(cat.delay[0][0], 70);
	/* On every CPU of the cell, and on no other. */
	assert_int_equal(cat.clock[0], 0x14);
	assert_int_equal(cat.clock[2], 0x14);
	assert_int_equal(cat.clock[3], 0x14);
	assert_int_equal(cat.clock[1], 0);
	settings.clock_permille = 1000;
	assert_int_equal(set(0, &settings, REG_OP_SET, &answer), 0);
	for (unsigned int n = 0; n < CAT_CPUS; n++)
		assert_int_equal(cat.clock[n], 0);
	/* Sixteenths; and powers of two. */
	machine_start(&kinds[1]);
	settings = (struct part_settings){ .valid = PART_SET_CLOCK,
					   .clock_permille = 300 };
	assert_int_equal(set(0, &settings, REG_OP_SET, &answer), 0);
	assert_int_equal(cat.clock[3], 0x15);
	assert_int_equal(answer.effective.clock_permille, 312);
	machine_start(&kinds[2]);
	settings = (struct part_settings){ .valid = PART_SET_BANDWIDTH,
					   .bandwidth_permille = 700 };
	assert_int_equal(set(0, &settings, REG_OP_SET, &answer), 0);
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
	machine_start(&kinds[0]);
	assert_int_equal(create(1, low_two), 0);
	/* The root loses two more ways: one CPU of each package. */
	assert_int_equal(set(1, &settings, REG_OP_SET, &answer), 0);
	for (unsigned int n = 0; n < CAT_CPUS; n++)
		flushes += cat.flushes[n];
	assert_int_equal(flushes, 2);
	assert_int_equal(cat.flushes[1], 0);
	assert_int_equal(cat.flushes[2] + cat.flushes[3], 1);
	/* The cell loses them again. */
	settings.l3.mask = 0x3;
	assert_int_equal(set(1, &settings, REG_OP_SET, &answer), 0);
	assert_int_equal(cat.flushes[1], 1);
	settings.flags = 0;
	settings.l3.mask = 0x1;
	assert_int_equal(set(1, &settings, REG_OP_SET, &answer), 0);
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
		cat_init(&kinds[k]);
		before = cat;
		for (unsigned int n = 0; n < CAT_CPUS; n++)
			before.assoc[n] = n + 1;
		machine_start(&kinds[k]);
		settings.valid = PART_SET_L3 | PART_SET_CLOCK |
			(kinds[k].delay_max ? PART_SET_BANDWIDTH : 0);
		assert_int_equal(set(0, &settings, REG_OP_SET, &answer), 0);
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
	assert_int_equal(create(1, low_two), 0);
	expect(set_l3(0, 3, 0, &answer), -ENODEV, &answer,
	       "L3: the CPU announces no allocation");
	assert_int_equal(cat.assoc[1], 2);
	assert_int_equal(cat.faults, 0);
}

/* Who owns CPU n: the cell of that number where it lives, else the root. */
static unsigned int owner(unsigned int cpu)
{
	return cpu > 0 && alive[cpu] ? cpu : 0;
}

static uint64_t all_ways(unsigned int cpu, unsigned int level)
{
	return cat_data_ways(cpu, level) | cat_code_ways(cpu, level);
}

/* From the registers alone, but for what each cell was promised. */
static void check_level(unsigned int level, unsigned int ways,
			const struct part_status *status)
{
	for (unsigned int a = 0; a < CAT_CPUS; a++) {
		const struct part_status *own = &status[owner(a)];
		const struct part_cache *share = level == 3 ?
			&own->effective.l3 : &own->effective.l2;

		assert_int_equal(cat_data_ways(a, level), share->mask);
		assert_int_equal(cat_code_ways(a, level),
				 share->code_mask ? share->code_mask :
						    share->mask);
		assert_true(all_ways(a, level) < BIT(ways));
		for (unsigned int b = 0; b < CAT_CPUS; b++) {
			const struct part_cache *other = level == 3 ?
				&status[owner(b)].effective.l3 :
				&status[owner(b)].effective.l2;

			if (owner(a) != owner(b) &&
			    !((share->flags | other->flags) &
			      PART_CACHE_SHARED))
				assert_int_equal(all_ways(a, level) &
						 all_ways(b, level), 0);
		}
	}
}

static void check_rates(const struct part_status *status)
{
	for (unsigned int n = 0; n < CAT_CPUS; n++) {
		const struct part_settings *own =
			&status[owner(n)].effective;
		unsigned int class = (unsigned int)(cat.assoc[n] >> 32);
		unsigned int steps = cat.kind.fine_clock ? 16 : 8;
		unsigned int field = (unsigned int)cat.clock[n] & 0xf;

		if (steps == 8)
			field >>= 1;
		assert_int_equal(class, status[owner(n)].class_of_service);
		if (cat.kind.delay_max && !cat.kind.silent)
			assert_int_equal(1000 - 10 * cat.delay[n / 2][class],
					 own->bandwidth_permille);
		assert_int_equal(cat.clock[n] ? 1000 * field / steps : 1000,
				 own->clock_permille);
		assert_int_equal(cat.assoc[n] & 0xffffffff, n + 1);
	}
}

static void check_all(void)
{
	struct part_status status[CELLS + 1] = { { 0 } };

	if (cat.faults)
		fail_msg("#GP at %x, value %llx", cat.fault_msr,
			 (unsigned long long)cat.fault_value);
	status[0] = status_of(0);
	for (unsigned int n = 1; n <= CELLS; n++)
		if (alive[n])
			status[n] = status_of(n);
	check_level(3, cat.kind.l3_ways, status);
	if (cat.kind.l2_ways)
		check_level(2, cat.kind.l2_ways, status);
	check_rates(status);
}

static struct part_cache some_share(unsigned int ways)
{
	struct part_cache share = { 0 };
	unsigned int first = (unsigned int)some(ways);
	unsigned int count = 1 + (unsigned int)some(ways / 2);

	switch (some(6)) {
	case 0:
		return share;
	case 1:
		share.ways_count = count;
		break;
	case 2:		/* anything */
		share.mask = some(BIT(ways + 2));
		share.code_mask = some(4) ? 0 : some(BIT(ways));
		break;
	default:
		share.mask = ((BIT(count) - 1) << first) & (BIT(ways) - 1);
		share.code_mask = cat.kind.code_data && some(3) == 0 ?
			(BIT(2) - 1) << some(ways - 1) : 0;
	}
	share.flags = some(5) ? 0 : PART_CACHE_SHARED;
	return share;
}

static void op_set(unsigned int cell)
{
	struct part_settings settings = {
		.valid = (uint32_t)some(16),
		.flags = some(10) ? 0 : PART_FLUSH,
		.l3 = some_share(cat.kind.l3_ways),
		.bandwidth_permille = (uint32_t)some(1050),
		.clock_permille = (uint32_t)some(1050),
	};
	enum reg_operation operation = some(8) ? REG_OP_SET :
				       some(2) ? REG_OP_CHECK : REG_OP_CLEAR;
	struct cat_machine before = cat;
	struct part_request answer;
	long error;

	if (cat.kind.l2_ways)
		settings.l2 = some_share(cat.kind.l2_ways);
	if (some(4))
		settings.valid &= cat.kind.delay_max ? 0xb : 0x9;
	error = set(cell, &settings, operation, &answer);
	if (error) {
		assert_true(answer.reason[0] != '\0');
		assert_memory_equal(cat.l3_mask, before.l3_mask,
				    sizeof(cat.l3_mask));
	}
	if (error || operation == REG_OP_CHECK)
		assert_int_equal(cat.writes, before.writes);
}

static void op_life(void)
{
	unsigned int id = 1 + (unsigned int)some(CELLS);
	unsigned int first = (unsigned int)some(cat.kind.l3_ways - 1);

	if (alive[id])
		destroy(id);
	else
		create(id, (struct cache_region){
			.start = first, .size = 1 + (uint32_t)some(3),
			.type = CACHE_L3,
			.flags = some(5) ? 0 : CACHE_ROOTSHARED });
}

static void operations(const struct cat_kind *kind)
{
	unsigned int set_count = 0;

	machine_start(kind);
	for (unsigned int n = 0; n < OPERATIONS; n++) {
		unsigned int cell = (unsigned int)some(CELLS + 1);

		if (some(500) == 0)
			op_life();
		else if (cell == 0 || alive[cell])
			op_set(cell);
		else
			continue;
		set_count += cat.writes != 0;
		if (n % 4 == 0 || cat.faults)
			check_all();
	}
	for (unsigned int n = 1; n <= CELLS; n++)
		if (alive[n])
			destroy(n);
	/* With the cells gone, the root has all it wishes for. */
	check_all();
	assert_int_equal(set(0, &(struct part_settings){ 0 }, REG_OP_CLEAR,
			     &(struct part_request){ 0 }), 0);
	assert_int_equal(cat_data_ways(0, 3), BIT(kind->l3_ways) - 1);
	assert_true(set_count > OPERATIONS / 4);
}

/* A million of them. */
static void test_random_operations(void **unused)
{
	(void)unused;
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++)
		operations(&kinds[k]);
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
		cmocka_unit_test(test_random_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
