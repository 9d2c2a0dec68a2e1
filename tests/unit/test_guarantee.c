/* SPDX-License-Identifier: GPL-2.0-only */
/* Guaranteed bandwidth: who is admitted, with which numbers, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/errno.h"
#include "hv/guarantee.h"
#include "hv/regulation.h"
#include "tests/sim/lines.h"

#define MB		1000000ull
#define SUSTAINABLE	(1200 * MB)

/* The machine of the tests, with a calibrated rate. */
struct blob_calibrated {
	struct blob_system base;
	struct weir_record_bandwidth bandwidth;
} ABI_PACKED;

static void calibrated_init(struct blob_calibrated *blob, uint64_t rate,
			    uint64_t write_rate)
{
	blob_system_init(&blob->base);
	blob->base.block.num_records++;
	blob->base.block.size += sizeof(blob->bandwidth);
	blob->bandwidth = (struct weir_record_bandwidth){
		.record = { WEIR_RECORD_BANDWIDTH, sizeof(blob->bandwidth), 0 },
		.sustainable_bytes_per_s = rate,
		.sustainable_write_bytes_per_s = write_rate,
	};
	blob->base.counter.source = COUNTER_FAKE;
}

static void boot(uint64_t rate, uint64_t write_rate)
{
	struct blob_calibrated blob;

	calibrated_init(&blob, rate, write_rate);
	lines_forget();
	fake_machine();
	assert_int_equal(fake_boot(&blob, sizeof(blob)), 0);
	lines_cpus_join();
}

static int setup(void **state)
{
	(void)state;
	boot(SUSTAINABLE, 0);
	return 0;
}

static struct reg_request ask(uint64_t budget, unsigned int class)
{
	return (struct reg_request){
		.size = sizeof(struct reg_request), .operation = REG_OP_SET,
		.settings = {
			.valid = REG_SET_BUDGET | REG_SET_CLASS,
			.budget_bytes_per_s = budget,
			.class_ = (uint16_t)class,
		},
	};
}

static int set(struct cell *cell, uint64_t budget, unsigned int class,
	       const char *words)
{
	struct reg_request r = ask(budget, class);
	int error = regulation_set(cell, &r);

	if (!strstr(r.reason, words))
		fail_msg("wanted \"%s\", found \"%s\"", words, r.reason);
	return error;
}

static uint64_t admitted(void)
{
	struct reg_status status = { .size = sizeof(status) };

	assert_int_equal(regulation_get(cell_root(), &status), 0);
	return status.guaranteed_bytes_per_s;
}

static void test_the_numbers_are_told(void **unused)
{
	struct cell *cell = cells_make(1);

	(void)unused;
	assert_int_equal(set(cell_root(), 900 * MB, REG_CLASS_GUARANTEED, ""),
			 0);
	assert_int_equal(admitted(), 900 * MB);
	assert_int_equal(set(cell, 400 * MB, REG_CLASS_GUARANTEED,
			     "guaranteed 900 MB/s + 400 MB/s asked > 1200 MB/s sustainable"),
			 -ENOSPC);
	/* Nothing changed; as a limit it can be had. */
	assert_int_equal(admitted(), 900 * MB);
	assert_int_equal(cell->reg.effective.generation, 0);
	assert_int_equal(set(cell, 400 * MB, REG_CLASS_BEST_EFFORT, ""), 0);
	assert_int_equal(set(cell, 300000500, REG_CLASS_GUARANTEED,
			     "900 MB/s + 300000500 B/s asked"), -ENOSPC);
	/* To the last byte. */
	assert_int_equal(set(cell, 300 * MB, REG_CLASS_GUARANTEED, ""), 0);
	assert_int_equal(admitted(), SUSTAINABLE);
}

static void test_what_a_cell_has_it_may_change(void **unused)
{
	(void)unused;
	assert_int_equal(set(cell_root(), SUSTAINABLE, REG_CLASS_GUARANTEED,
			     ""), 0);
	assert_int_equal(set(cell_root(), 700 * MB, REG_CLASS_GUARANTEED, ""),
			 0);
	assert_int_equal(admitted(), 700 * MB);
	assert_int_equal(set(cell_root(), SUSTAINABLE + 1,
			     REG_CLASS_GUARANTEED, "guaranteed 0 MB/s"),
			 -ENOSPC);
	assert_int_equal(admitted(), 700 * MB);
	assert_int_equal(set(cell_root(), 5000 * MB, REG_CLASS_BEST_EFFORT,
			     ""), 0);
	assert_int_equal(admitted(), 0);
}

static void test_only_a_budget_can_be_guaranteed(void **unused)
{
	(void)unused;
	assert_int_equal(set(cell_root(), REG_BUDGET_UNLIMITED,
			     REG_CLASS_GUARANTEED, "needs a budget"), -EINVAL);
	assert_int_equal(set(cell_root(), MB, 2, "class 2 is not known"),
			 -EINVAL);
	boot(SUSTAINABLE, 0);
	assert_int_equal(lines_setup(NULL), 0);
	assert_int_equal(set(cell_root(), MB, REG_CLASS_GUARANTEED,
			     "does not say what bandwidth"), -ENODEV);
}

static void test_writes_have_a_sum_of_their_own(void **unused)
{
	struct reg_request r = ask(900 * MB, REG_CLASS_GUARANTEED);

	(void)unused;
	boot(SUSTAINABLE, 300 * MB);
	/* Without a limit all of it may be written. */
	assert_int_equal(set(cell_root(), 900 * MB, REG_CLASS_GUARANTEED,
			     "guaranteed writes 0 MB/s + 900 MB/s asked > 300 MB/s"),
			 -ENOSPC);
	r.settings.valid |= REG_SET_WRITE_BUDGET;
	r.settings.write_budget_bytes_per_s = 250 * MB;
	assert_int_equal(regulation_set(cell_root(), &r), 0);
	assert_int_equal(admitted(), 900 * MB);
}

/* A cell to be created is refused as a whole, and leaves nothing behind. */
static void test_cells_are_admitted_when_created(void **unused)
{
	struct blob_cell blob;

	(void)unused;
	blob_cell_init(&blob, 1);
	blob.policy.settings.valid |= REG_SET_BUDGET | REG_SET_CLASS;
	blob.policy.settings.budget_bytes_per_s = 500 * MB;
	blob.policy.settings.class_ = REG_CLASS_GUARANTEED;
	assert_int_equal(set(cell_root(), 800 * MB, REG_CLASS_GUARANTEED, ""),
			 0);
	cells_expect(cells_create(&blob, sizeof(blob)), -ENOSPC,
		     "guaranteed 800 MB/s + 500 MB/s asked > 1200 MB/s");
	assert_int_equal(cell_count(), 1);
	assert_int_equal(admitted(), 800 * MB);
	assert_int_equal(set(cell_root(), 700 * MB, REG_CLASS_GUARANTEED, ""),
			 0);
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	assert_int_equal(admitted(), SUSTAINABLE);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	assert_int_equal(admitted(), 700 * MB);
}

static void lend(struct cell *cell, uint64_t budget, unsigned int class)
{
	struct reg_request r = ask(budget, class);

	r.settings.valid |= REG_SET_FLAGS;
	r.settings.flags = REG_FLAG_LEND;
	assert_int_equal(regulation_set(cell, &r), 0);
}

/* The class says who lends and who takes; it can be changed live. */
static void test_who_lends(void **unused)
{
	struct cell *cell = cells_make(1), *root = cell_root();
	struct reg_request r = ask(MB, REG_CLASS_BEST_EFFORT);

	(void)unused;
	lend(root, 300 * MB, REG_CLASS_GUARANTEED);
	lend(cell, 100 * MB, REG_CLASS_BEST_EFFORT);
	assert_non_null(root->reg.effective.lends_to);
	assert_null(root->reg.effective.takes_from);
	assert_false(root->reg.effective.short_ways);
	assert_ptr_equal(cell->reg.effective.takes_from,
			 root->reg.effective.lends_to);
	assert_null(cell->reg.effective.lends_to);
	/* Without a limit there is nothing that could be exceeded. */
	lend(cell, REG_BUDGET_UNLIMITED, REG_CLASS_BEST_EFFORT);
	assert_null(cell->reg.effective.takes_from);
	r.settings.valid = REG_SET_FLAGS;
	assert_int_equal(regulation_set(root, &r), 0);
	assert_null(root->reg.effective.lends_to);
	r.settings.flags = 2;
	assert_int_equal(regulation_set(root, &r), -EINVAL);
	assert_string_equal(r.reason, "unknown setting flags 2");
}

/* Whatever is asked for in whatever order: the sum is the sum, and bounded. */
static void test_sums_at_random(void **unused)
{
	struct cell *cells[4] = { cell_root() };
	uint64_t sum;

	(void)unused;
	srand(11);
	for (unsigned int n = 1; n < 4; n++)
		cells[n] = cells_make(n);
	for (unsigned int step = 0; step < 5000; step++) {
		struct cell *cell = cells[rand() % 4];
		struct reg_request r = ask((1 + (uint64_t)rand() % 700) * MB,
					   (unsigned int)rand() % 2);

		r.operation = 1 + (uint32_t)rand() % 3;
		regulation_set(cell, &r);
		sum = 0;
		for (unsigned int n = 0; n < 4; n++)
			sum += guarantee_of(&cells[n]->reg.requested).total;
		assert_int_equal(admitted(), sum);
		assert_true(sum <= SUSTAINABLE);
	}
}

static void test_the_record_is_checked(void **unused)
{
	static const struct {
		uint64_t rate, write_rate;
		int error;
		const char *words;
	} cases[] = {
		{ 1, 0, 0, "" },
		{ SUSTAINABLE, SUSTAINABLE, 0, "" },
		{ 0, 0, -EINVAL, "0 bytes/s is none" },
		{ UINT64_MAX, 0, -EINVAL, "is none" },
		{ 5, 6, -EINVAL, "of 5 bytes/s no 6 can be writes" },
	};
	struct blob_calibrated blob;
	struct reason reason;

	(void)unused;
	for (size_t n = 0; n < ARRAY_COUNT(cases); n++) {
		reason.text[0] = 0;
		calibrated_init(&blob, cases[n].rate, cases[n].write_rate);
		blob.base.counter.source = COUNTER_PMUV3;
		assert_int_equal(config_check_system(&blob, sizeof(blob),
						     CONFIG_ARCH_ARM64,
						     &reason),
				 cases[n].error);
		if (!strstr(reason.text, cases[n].words))
			fail_msg("found \"%s\"", reason.text);
	}
}

#define TEST(name)	cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_numbers_are_told),
		TEST(test_what_a_cell_has_it_may_change),
		TEST(test_only_a_budget_can_be_guaranteed),
		TEST(test_writes_have_a_sum_of_their_own),
		TEST(test_cells_are_admitted_when_created),
		TEST(test_who_lends),
		TEST(test_sums_at_random),
		TEST(test_the_record_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
