/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests in random order, and cells that come and go: no register is ever
 * given what the hardware refuses, and nobody gets what is another's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "x86-cat-machine.h"

#define OPERATIONS	250000u		/* for each of the kinds */

static uint64_t some(uint64_t below)
{
	static uint64_t state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

/*
 * Without the hypercall, whose copies from guest memory would take most of the
 * time; test_x86_cat makes it.
 */
static long set(unsigned int id, const struct part_settings *settings,
		enum reg_operation operation, struct part_request *request)
{
	long error;

	*request = (struct part_request){
		.size = sizeof(*request),
		.operation = operation,
		.cell_id = id,
		.settings = *settings,
	};
	fake_on_cpu(0);
	error = partition_set(cell_by_id(id), request);
	fake_settle();
	return error;
}

static struct part_status status_of(unsigned int id)
{
	struct part_status status = { .size = sizeof(status), .cell_id = id };

	partition_get(cell_by_id(id), &status);
	return status;
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
		machine_destroy(id);
	else
		machine_create(id, (struct cache_region){
			.start = first, .size = 1 + (uint32_t)some(3),
			.type = CACHE_L3,
			.flags = some(5) ? 0 : CACHE_ROOTSHARED });
}

/* Of all kinds, for the figures. */
static uint64_t sum_operations, sum_writes, sum_faults;

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
			n--;
		set_count += cat.writes != 0;
		if (n % 4 == 0 || cat.faults)
			check_all();
	}
	for (unsigned int n = 1; n <= CELLS; n++)
		if (alive[n])
			machine_destroy(n);
	/* With the cells gone, the root has all it wishes for. */
	check_all();
	assert_int_equal(part_set(0, &(struct part_settings){ 0 }, REG_OP_CLEAR,
			     &(struct part_request){ 0 }), 0);
	assert_int_equal(cat_data_ways(0, 3), BIT(kind->l3_ways) - 1);
	assert_true(set_count > OPERATIONS / 4);
	sum_operations += OPERATIONS;
	sum_writes += cat.writes;
	sum_faults += cat.faults;
}

/* A million of them. */
static void test_random_operations(void **unused)
{
	(void)unused;
	for (size_t k = 0; k < CAT_KINDS; k++)
		operations(&cat_kinds[k]);
	printf("data: cat_operations %llu\ndata: cat_writes %llu\n"
	       "data: cat_faults %llu\n",
	       (unsigned long long)sum_operations,
	       (unsigned long long)sum_writes,
	       (unsigned long long)sum_faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
