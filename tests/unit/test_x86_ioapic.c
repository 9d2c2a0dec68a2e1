/* SPDX-License-Identifier: GPL-2.0-only */
/* Redirection entries: whatever is written, only the cell's CPUs are reached. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "icr.h"
#include "ioapic.h"

#define COUNT		4u
#define MASKED		BIT(16)
#define LOGICAL		BIT(11)
#define TO(destination)	((uint64_t)(destination) << 56)

static const struct icr_cpu cpus[COUNT] = {
	{ true, 0, 0x01000000 },
	{ true, 1, 0x02000000 },
	{ true, 2, 0x04000000 },
	{ true, 3, 0x08000000 },
};

static const struct ioapic_route root = { 0x3, true, false };
static const struct ioapic_route cell = { 0x4, false, false };
static const struct ioapic_route root_x2apic = { 0x3, true, true };

static uint64_t filter(uint64_t entry, const struct ioapic_route *route)
{
	return ioapic_entry_filter(entry, route, cpus, COUNT);
}

static void keeps_what_is_the_cells(void **state)
{
	(void)state;
	assert_int_equal(filter(TO(1) | 0x31, &root), TO(1) | 0x31);
	assert_int_equal(filter(TO(2) | 0xa031, &cell), TO(2) | 0xa031);
	assert_int_equal(filter(TO(3) | LOGICAL | 0x131, &root),
			 TO(3) | LOGICAL | 0x131);
	assert_int_equal(filter(TO(0) | MASKED, &root), TO(0) | MASKED);
}

static void narrows_logical_destinations(void **state)
{
	(void)state;
	assert_int_equal(filter(TO(0x0f) | LOGICAL | 0x31, &root),
			 TO(3) | LOGICAL | 0x31);
	assert_int_equal(filter(TO(0xff) | LOGICAL | 0x31, &cell),
			 TO(4) | LOGICAL | 0x31);
	assert_int_equal(filter(TO(0x0e) | LOGICAL | 0x31, &root_x2apic),
			 TO(2) | LOGICAL | 0x31);
}

static void masks_what_goes_elsewhere(void **state)
{
	(void)state;
	assert_true(filter(TO(2) | 0x31, &root) & MASKED);
	assert_true(filter(TO(0) | 0x31, &cell) & MASKED);
	assert_true(filter(TO(0x0c) | LOGICAL | 0x31, &root) & MASKED);
	assert_true(filter(TO(9) | 0x31, &root) & MASKED);
	/* A broadcast becomes an interrupt for one of them. */
	assert_int_equal(filter(TO(0xff) | 0x31, &cell), TO(2) | 0x31);
}

static void masks_modes_that_are_no_interrupts(void **state)
{
	(void)state;
	for (uint64_t mode = 0; mode < 8; mode++) {
		uint64_t entry = TO(0) | mode << 8 | 0x31;
		bool root_may = mode == 0 || mode == 1 || mode == 4 ||
				mode == 7;

		assert_int_equal(!(filter(entry, &root) & MASKED), root_may);
		entry = TO(2) | mode << 8 | 0x31;
		assert_int_equal(!(filter(entry, &cell) & MASKED), mode < 2);
	}
	assert_true(filter(TO(0) | 0x0f, &root) & MASKED);
}

/* Those whom the hardware would interrupt by this entry. */
static uint64_t reached(uint64_t entry)
{
	uint64_t destination = entry >> 56;
	uint64_t reached_cpus = 0;

	if (entry & MASKED)
		return 0;
	for (unsigned int i = 0; i < COUNT; i++) {
		bool hit = entry & LOGICAL ?
				   (cpus[i].ldr >> 24 & destination) != 0 :
				   destination == 0xff ||
				   destination == cpus[i].apic_id;

		if (hit)
			reached_cpus |= BIT(i);
	}
	return reached_cpus;
}

static void random_entries_stay_inside(void **state)
{
	uint64_t seed = 88172645463325252ull;

	(void)state;
	for (unsigned int i = 0; i < 1000000; i++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		assert_int_equal(reached(filter(seed, &root)) & ~0x3ull, 0);
		assert_int_equal(reached(filter(seed, &cell)) & ~0x4ull, 0);
		/* What it says of itself is kept. */
		assert_int_equal(filter(seed, &root) & 0xafff,
				 seed & 0xafff & ~BIT(12) & ~BIT(14));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_is_the_cells),
		cmocka_unit_test(narrows_logical_destinations),
		cmocka_unit_test(masks_what_goes_elsewhere),
		cmocka_unit_test(masks_modes_that_are_no_interrupts),
		cmocka_unit_test(random_entries_stay_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
