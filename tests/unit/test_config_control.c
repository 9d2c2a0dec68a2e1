/* SPDX-License-Identifier: GPL-2.0-only */
/* What a cell configuration says about cells that may be held back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "blobs.h"
#include "hv/config-check.h"
#include "hv/errno.h"

static struct {
	struct blob_cell cell;
	struct weir_record_control control[3];
} ABI_PACKED blob;

static const struct weir_record_control good = {
	.record = { .type = WEIR_RECORD_CONTROL, .size = sizeof(good) },
	.cell_id = 3,
	.what = CONTROL_DUTY,
	.duty_min_permille = 1,
};

static void blob_make(const struct weir_record_control *control,
		      unsigned int count)
{
	memset(&blob, 0, sizeof(blob));
	blob_cell_init(&blob.cell, 1);
	for (unsigned int n = 0; n < count; n++)
		blob.control[n] = control[n];
	blob.cell.block.num_records =
		(uint16_t)(blob.cell.block.num_records + count);
	blob.cell.block.size += (uint32_t)(count * sizeof(good));
}

/* words NULL: it is good. */
static void check(const struct weir_record_control *control, unsigned int count,
		  const char *words)
{
	struct reason reason = { "" };
	int error;

	blob_make(control, count);
	error = config_check_cell(&blob, sizeof(blob.cell) +
						 count * sizeof(good),
				  CONFIG_ARCH_ARM64, &reason);
	if (!words && error)
		fail_msg("refused: %s", reason.text);
	if (words && (error != -EINVAL || !strstr(reason.text, words)))
		fail_msg("wanted \"%s\", found %d \"%s\"", words, error,
			 reason.text);
}

static void test_permissions(void **state)
{
	static const struct {
		uint32_t cell_id;
		uint16_t what, duty;
		uint64_t budget;
		const char *words;	/* NULL: it is good */
	} cases[] = {
		{ 3, CONTROL_DUTY, 1, 0, NULL },
		{ 3, CONTROL_DUTY, 1000, 0, NULL },
		{ 3, CONTROL_BUDGET, 0, 1, NULL },
		{ 3, CONTROL_KNOWN, 1, UINT64_MAX, NULL },
		{ 3, 0, 0, 0, "ask for 0x0, allowed are 1 to 3" },
		{ 3, 4, 0, 0, "0x4" },
		{ 3, CONTROL_DUTY, 0, 0, "down to 0 permille, allowed are 1 to" },
		{ 3, CONTROL_DUTY, 1001, 0, "down to 1001 permille" },
		{ 3, CONTROL_DUTY, 1, 1, "down to 1 bytes/s" },
		{ 3, CONTROL_BUDGET, 0, 0, "down to 0 bytes/s, allowed are 1" },
		{ 3, CONTROL_BUDGET, 1, 1, "down to 1 permille" },
		/* The root cell must go on, whatever is asked. */
		{ 0, CONTROL_DUTY, 50, 0, NULL },
		{ 0, CONTROL_DUTY, 49, 0, "down to 49 permille, allowed are 50" },
		{ 0, CONTROL_BUDGET, 0, 1000000, NULL },
		{ 0, CONTROL_BUDGET, 0, 999999, "allowed are 1000000 and more" },
		{ 1, CONTROL_DUTY, 1, 0, "control over itself" },
		{ UINT32_MAX, CONTROL_DUTY, 1, 0, NULL },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_COUNT(cases); n++) {
		struct weir_record_control control = good;

		control.cell_id = cases[n].cell_id;
		control.what = cases[n].what;
		control.duty_min_permille = cases[n].duty;
		control.budget_min_bytes_per_s = cases[n].budget;
		check(&control, 1, cases[n].words);
	}
}

static void test_each_cell_once(void **state)
{
	struct weir_record_control control[] = { good, good, good };

	(void)state;
	check(control, 2, "record 3: a second permission for cell 3");
	control[1].cell_id = 2;
	check(control, 2, NULL);
	check(control, 3, "record 4: a second permission for cell 3");
	control[2].cell_id = 4;
	check(control, 3, NULL);
}

static void test_not_for_the_root(void **state)
{
	static struct {
		struct blob_system system;
		struct weir_record_control control;
	} ABI_PACKED root;
	struct reason reason = { "" };

	(void)state;
	blob_system_init(&root.system);
	root.control = good;
	root.system.block.num_records++;
	root.system.block.size += sizeof(root.control);
	assert_int_equal(config_check_system(&root, sizeof(root),
					     CONFIG_ARCH_ARM64, &reason),
			 -EINVAL);
	assert_non_null(strstr(reason.text, "the root cell sets limits"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_permissions),
		cmocka_unit_test(test_each_cell_once),
		cmocka_unit_test(test_not_for_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
