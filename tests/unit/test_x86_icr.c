/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupt commands: whom they reach, what is not for guests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "icr.h"

#define COUNT		4u
#define CELL		(BIT(1) | BIT(2))

static const struct icr_cpu cpus[COUNT] = {
	{ true, 0x00, 0x01000000 },
	{ true, 0x02, 0x02000000 },
	{ true, 0x11, 0x04000000 },
	{ true, 0x13, 0x08000000 },
};

static uint64_t reach(uint32_t high, uint32_t low, bool x2apic, bool *foreign)
{
	struct icr icr = icr_decode(high, low, x2apic);

	return icr_targets(&icr, cpus, COUNT, 1, CELL, x2apic, foreign);
}

static void assert_reaches(uint32_t high, uint32_t low, bool x2apic,
			   uint64_t expected, bool expect_foreign)
{
	bool foreign;

	assert_int_equal(reach(high, low, x2apic, &foreign), expected);
	assert_int_equal(foreign, expect_foreign);
}

static void physical_names_one(void **state)
{
	(void)state;
	assert_reaches(0x02000000, 0x4040, false, BIT(1), false);
	assert_reaches(0x11000000, 0x4040, false, BIT(2), false);
	assert_reaches(0x11, 0x4040, true, BIT(2), false);
	assert_reaches(0x13, 0x4040, true, 0, true);
	assert_reaches(0x77, 0x4040, true, 0, true);
}

static void broadcasts_end_at_the_cell(void **state)
{
	(void)state;
	assert_reaches(0xff000000, 0x4040, false, CELL, false);
	assert_reaches(0xffffffff, 0x4040, true, CELL, false);
	assert_reaches(0, 0x4040 | ICR_ALL << 18, false, CELL, false);
	assert_reaches(0, 0x4040 | ICR_OTHERS << 18, true, BIT(2), false);
	assert_reaches(0, 0x4040 | ICR_SELF << 18, true, BIT(1), false);
}

static void logical_flat_is_a_mask(void **state)
{
	const uint32_t logical = 0x4040 | 1u << 11;

	(void)state;
	assert_reaches(0x06000000, logical, false, CELL, false);
	assert_reaches(0x02000000, logical, false, BIT(1), false);
	assert_reaches(0x0f000000, logical, false, CELL, true);
	assert_reaches(0x80000000, logical, false, 0, true);
}

static void logical_clusters_hold_sixteen(void **state)
{
	const uint32_t logical = 0x4040 | 1u << 11;

	(void)state;
	assert_reaches(0x00000004, logical, true, BIT(1), false);
	assert_reaches(0x00010002, logical, true, BIT(2), false);
	assert_reaches(0x0001000a, logical, true, BIT(2), true);
	assert_reaches(0x00020002, logical, true, 0, true);
}

static void lowest_priority_is_one_and_fixed(void **state)
{
	const uint32_t low = 0x4040 | ICR_LOWEST << 8 | 1u << 11;
	struct icr icr = icr_decode(0x06000000, low, false);

	(void)state;
	assert_reaches(0x06000000, low, false, BIT(1), false);
	assert_int_equal(icr_single(&icr), 0x4040);
}

static void only_harmless_modes(void **state)
{
	(void)state;
	for (uint32_t mode = 0; mode < 8; mode++) {
		struct icr icr = icr_decode(0, mode << 8 | 0x40, false);
		bool allowed = mode == ICR_FIXED || mode == ICR_LOWEST ||
			       mode == ICR_NMI || mode == ICR_INIT ||
			       mode == ICR_STARTUP;

		assert_int_equal(icr_allowed(&icr), allowed);
		icr.vector = 15;
		if (mode == ICR_FIXED || mode == ICR_LOWEST)
			assert_false(icr_allowed(&icr));
	}
}

static void deassert_is_no_init(void **state)
{
	struct icr icr = icr_decode(0, 0x8500, false);

	(void)state;
	assert_true(icr.deassert);
	icr = icr_decode(0, 0xc500, false);
	assert_false(icr.deassert);
	icr = icr_decode(0, 0x0500, false);
	assert_false(icr.deassert);
}

/* Whatever is written, nobody outside the cell is reached. */
static void random_commands_stay_inside(void **state)
{
	uint64_t seed = 88172645463325252ull;

	(void)state;
	for (unsigned int i = 0; i < 1000000; i++) {
		bool foreign;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		assert_int_equal(reach((uint32_t)(seed >> 32), (uint32_t)seed,
				       i & 1, &foreign) & ~CELL, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(physical_names_one),
		cmocka_unit_test(broadcasts_end_at_the_cell),
		cmocka_unit_test(logical_flat_is_a_mask),
		cmocka_unit_test(logical_clusters_hold_sixteen),
		cmocka_unit_test(lowest_priority_is_one_and_fixed),
		cmocka_unit_test(only_harmless_modes),
		cmocka_unit_test(deassert_is_no_init),
		cmocka_unit_test(random_commands_stay_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
