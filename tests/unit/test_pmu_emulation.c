/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's accesses to the performance monitors, on a model of a PMU with six
 * event counters, of which the hypervisor keeps the last three.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hypervisor/arch/arm64/include/pmu-guest.h"
#include "hypervisor/arch/arm64/include/pmu-hw.h"
#include "hypervisor/arch/arm64/include/syndrome.h"

#define COUNTERS	6u
#define GUEST		3u
#define GUEST_BITS	0x80000007u
#define OUR_BITS	0x38u
#define OUR_COUNT	0x1234u
#define OUR_TYPE	0x8u

/* The registers a guest names, as in the instruction. */
#define PMCR		SYSREG(3, 3, 9, 12, 0)
#define PMCNTENSET	SYSREG(3, 3, 9, 12, 1)
#define PMCNTENCLR	SYSREG(3, 3, 9, 12, 2)
#define PMOVSCLR	SYSREG(3, 3, 9, 12, 3)
#define PMSWINC		SYSREG(3, 3, 9, 12, 4)
#define PMSELR		SYSREG(3, 3, 9, 12, 5)
#define PMCEID0		SYSREG(3, 3, 9, 12, 6)
#define PMCEID1		SYSREG(3, 3, 9, 12, 7)
#define PMCCNTR		SYSREG(3, 3, 9, 13, 0)
#define PMXEVTYPER	SYSREG(3, 3, 9, 13, 1)
#define PMXEVCNTR	SYSREG(3, 3, 9, 13, 2)
#define PMUSERENR	SYSREG(3, 3, 9, 14, 0)
#define PMOVSSET	SYSREG(3, 3, 9, 14, 3)
#define PMINTENSET	SYSREG(3, 0, 9, 14, 1)
#define PMINTENCLR	SYSREG(3, 0, 9, 14, 2)
#define PMMIR		SYSREG(3, 0, 9, 14, 6)
#define PMEVCNTR(n)	SYSREG(3, 3, 14, 8 + ((n) >> 3), (n) & 7)
#define PMEVTYPER(n)	SYSREG(3, 3, 14, 12 + ((n) >> 3), (n) & 7)
#define PMCCFILTR	SYSREG(3, 3, 14, 15, 7)

static struct {
	uint64_t pmcr, selected, enabled, interrupts, overflows, increments;
	uint64_t cycles, cycles_filter, user;
	uint64_t count[COUNTERS], type[COUNTERS];
} hw;

static struct pmu_guest guest;

/* Registers by name: where the bits are, and what a write does with them. */
static const struct {
	const char *name;
	uint64_t *value;
	enum { PLAIN, SET, CLEAR } how;
} registers[] = {
	{ "pmcntenset_el0", &hw.enabled, SET },
	{ "pmcntenclr_el0", &hw.enabled, CLEAR },
	{ "pmintenset_el1", &hw.interrupts, SET },
	{ "pmintenclr_el1", &hw.interrupts, CLEAR },
	{ "pmovsset_el0", &hw.overflows, SET },
	{ "pmovsclr_el0", &hw.overflows, CLEAR },
	{ "pmselr_el0", &hw.selected, PLAIN },
	{ "pmccntr_el0", &hw.cycles, PLAIN },
	{ "pmccfiltr_el0", &hw.cycles_filter, PLAIN },
	{ "pmuserenr_el0", &hw.user, PLAIN },
};

uint64_t pmu_fake_read(const char *name)
{
	if (!strcmp(name, "pmcr_el0"))
		return hw.pmcr | COUNTERS << PMCR_N_SHIFT;
	if (!strcmp(name, "pmceid0_el0"))
		return 0x111;
	if (!strcmp(name, "pmceid1_el0"))
		return 0x222;
	for (size_t i = 0; i < sizeof(registers) / sizeof(*registers); i++) {
		if (!strcmp(name, registers[i].name))
			return *registers[i].value;
	}
	fail_msg("read of %s", name);
	return 0;
}

static void pmcr_written(uint64_t value)
{
	/* At EL2, P reaches all counters (DDI 0487, D19.5: PMCR_EL0.P). */
	if (value & PMCR_P)
		memset(hw.count, 0, sizeof(hw.count));
	if (value & PMCR_C)
		hw.cycles = 0;
	hw.pmcr = value & 0xf9;
}

void pmu_fake_write(const char *name, uint64_t value)
{
	if (!strcmp(name, "pmcr_el0")) {
		pmcr_written(value);
		return;
	}
	if (!strcmp(name, "pmswinc_el0")) {
		hw.increments |= value;
		return;
	}
	for (size_t i = 0; i < sizeof(registers) / sizeof(*registers); i++) {
		uint64_t *reg = registers[i].value;

		if (strcmp(name, registers[i].name))
			continue;
		if (registers[i].how == PLAIN)
			*reg = value;
		else if (registers[i].how == SET)
			*reg |= value;
		else
			*reg &= ~value;
		return;
	}
	fail_msg("write of %s", name);
}

uint64_t pmu_counter_read(unsigned int n)
{
	assert_true(n < COUNTERS);
	return hw.count[n];
}

void pmu_counter_write(unsigned int n, uint64_t value)
{
	assert_true(n < COUNTERS);
	hw.count[n] = value;
}

uint64_t pmu_type_read(unsigned int n)
{
	assert_true(n < COUNTERS);
	return hw.type[n];
}

void pmu_type_write(unsigned int n, uint64_t value)
{
	assert_true(n < COUNTERS);
	hw.type[n] = value;
}

static uint64_t get(uint16_t reg)
{
	uint64_t value = 0xdeadbeef;

	assert_true(pmu_guest_access(&guest, reg, true, &value));
	return value;
}

static void put(uint16_t reg, uint64_t value)
{
	assert_true(pmu_guest_access(&guest, reg, false, &value));
}

/* The hypervisor counts with its own three; the guest has the rest, idle. */
static int set_up(void **state)
{
	(void)state;
	memset(&hw, 0, sizeof(hw));
	for (unsigned int n = 0; n < COUNTERS; n++) {
		hw.count[n] = n < GUEST ? 0 : OUR_COUNT;
		hw.type[n] = n < GUEST ? 0 : OUR_TYPE;
	}
	pmu_guest_adopt(&guest, GUEST);
	hw.enabled |= OUR_BITS;
	hw.interrupts |= OUR_BITS;
	return 0;
}

/* After every test: whatever the guest did, ours are as they were. */
static int check_ours(void **state)
{
	(void)state;
	for (unsigned int n = GUEST; n < COUNTERS; n++) {
		if (hw.count[n] != OUR_COUNT || hw.type[n] != OUR_TYPE)
			return -1;
	}
	return (hw.enabled & OUR_BITS) == OUR_BITS &&
	       (hw.interrupts & OUR_BITS) == OUR_BITS &&
	       (hw.pmcr & PMCR_E) ? 0 : -1;
}

static void shows_the_guests_counters_only(void **state)
{
	(void)state;
	assert_int_equal((get(PMCR) & PMCR_N) >> PMCR_N_SHIFT, GUEST);
	put(PMEVCNTR(0), 17);
	put(PMEVCNTR(2), 19);
	assert_int_equal(hw.count[0], 17);
	assert_int_equal(get(PMEVCNTR(2)), 19);
	for (unsigned int n = GUEST; n < 31; n++) {
		put(PMEVCNTR(n), 1);
		put(PMEVTYPER(n), 1);
		assert_int_equal(get(PMEVCNTR(n)), 0);
		assert_int_equal(get(PMEVTYPER(n)), 0);
	}
}

static void keeps_its_enable_apart(void **state)
{
	(void)state;
	assert_int_equal(get(PMCR) & PMCR_E, 0);
	put(PMCNTENSET, 0xffffffff);
	assert_int_equal(get(PMCNTENSET), GUEST_BITS);
	assert_int_equal(hw.enabled, OUR_BITS);
	put(PMCR, PMCR_E);
	assert_int_equal(get(PMCR) & PMCR_E, PMCR_E);
	assert_int_equal(hw.enabled, OUR_BITS | GUEST_BITS);
	put(PMCNTENCLR, 0xfffffffe);
	assert_int_equal(get(PMCNTENCLR), 1);
	assert_int_equal(hw.enabled, OUR_BITS | 1);
	put(PMCR, 0);
	assert_int_equal(hw.enabled, OUR_BITS);
	assert_int_equal(get(PMCNTENSET), 1);
}

static void zeroes_its_own_counters(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < GUEST; n++)
		put(PMEVCNTR(n), 100 + n);
	put(PMCCNTR, 77);
	put(PMCR, PMCR_P);
	for (unsigned int n = 0; n < GUEST; n++)
		assert_int_equal(get(PMEVCNTR(n)), 0);
	assert_int_equal(get(PMCCNTR), 77);
	put(PMCR, PMCR_C);
	assert_int_equal(get(PMCCNTR), 0);
}

static void selects(void **state)
{
	(void)state;
	put(PMSELR, 0xffffffe1);
	assert_int_equal(get(PMSELR), 1);
	put(PMXEVTYPER, 0x11);
	put(PMXEVCNTR, 5);
	assert_int_equal(hw.type[1], 0x11);
	assert_int_equal(get(PMEVCNTR(1)), 5);
	assert_int_equal(get(PMXEVTYPER), 0x11);
	for (unsigned int n = GUEST; n < 31; n++) {
		put(PMSELR, n);
		put(PMXEVTYPER, 0x11);
		put(PMXEVCNTR, 5);
		assert_int_equal(get(PMXEVCNTR), 0);
		assert_int_equal(get(PMXEVTYPER), 0);
	}
	put(PMSELR, 31);
	put(PMXEVTYPER, 0x40000000);
	assert_int_equal(hw.cycles_filter, 0x40000000);
	assert_int_equal(get(PMXEVTYPER), 0x40000000);
	put(PMXEVCNTR, 5);
	assert_int_equal(hw.cycles, 0);
}

static void counts_nothing_at_el2(void **state)
{
	(void)state;
	put(PMEVTYPER(0), 0x8 | PMTYPE_NSH | 0x80000000);
	assert_int_equal(hw.type[0], 0x80000008);
	put(PMCCFILTR, PMTYPE_NSH | 0x80000000);
	assert_int_equal(hw.cycles_filter, 0x80000000);
	put(PMSELR, 2);
	put(PMXEVTYPER, PMTYPE_NSH);
	assert_int_equal(hw.type[2], 0);
}

static void sees_its_own_overflows(void **state)
{
	(void)state;
	hw.overflows = OUR_BITS | 0x80000002;
	assert_int_equal(get(PMOVSCLR), 0x80000002);
	assert_int_equal(get(PMOVSSET), 0x80000002);
	put(PMOVSCLR, 0xffffffff);
	assert_int_equal(hw.overflows, OUR_BITS);
	put(PMOVSSET, 0xffffffff);
	assert_int_equal(hw.overflows, OUR_BITS | GUEST_BITS);
	put(PMSWINC, 0xffffffff);
	assert_int_equal(hw.increments, 7);
}

/* A line that stayed up would interrupt EL2 for ever. */
static void hears_of_an_overflow_once(void **state)
{
	(void)state;
	put(PMINTENSET, 0x3);
	hw.overflows = OUR_BITS | 0x7;
	assert_true(pmu_guest_overflow(&guest, (uint32_t)hw.overflows));
	assert_int_equal(hw.interrupts, OUR_BITS);
	assert_int_equal(get(PMINTENSET), 0x3);
	assert_false(pmu_guest_overflow(&guest, (uint32_t)hw.overflows));
	put(PMOVSCLR, 0x1);
	assert_int_equal(hw.interrupts, OUR_BITS | 0x1);
	hw.overflows |= 0x1;
	assert_true(pmu_guest_overflow(&guest, (uint32_t)hw.overflows));
	put(PMOVSCLR, 0x3);
	assert_int_equal(hw.interrupts, OUR_BITS | 0x3);
	put(PMINTENCLR, 0xffffffff);
	assert_int_equal(hw.interrupts, OUR_BITS);
	assert_false(pmu_guest_overflow(&guest, OUR_BITS));
}

static void passes_what_harms_nobody(void **state)
{
	uint64_t value = 1;

	(void)state;
	assert_int_equal(get(PMCEID0), 0x111);
	assert_int_equal(get(PMCEID1), 0x222);
	assert_int_equal(get(PMMIR), 0);
	put(PMUSERENR, 0xf);
	assert_int_equal(get(PMUSERENR), 0xf);
	put(PMCCNTR, UINT64_MAX);
	assert_int_equal(get(PMCCNTR), UINT64_MAX);
	assert_false(pmu_guest_access(&guest, PMCEID0, false, &value));
	assert_false(pmu_guest_access(&guest, PMSWINC, true, &value));
	assert_false(pmu_guest_access(&guest, SYSREG(3, 0, 1, 0, 1), true,
				      &value));
	assert_false(pmu_guest_access(&guest, SYSREG(3, 3, 14, 0, 1), true,
				      &value));
}

static void starts_afresh(void **state)
{
	(void)state;
	put(PMCR, PMCR_E);
	put(PMCNTENSET, 0xffffffff);
	put(PMINTENSET, 0xffffffff);
	put(PMEVTYPER(1), 0x3);
	put(PMEVCNTR(1), 0x3);
	put(PMCCNTR, 5);
	put(PMUSERENR, 0xf);
	put(PMSELR, 2);
	hw.overflows = OUR_BITS | GUEST_BITS;
	pmu_guest_reset(&guest);
	assert_int_equal(hw.enabled, OUR_BITS);
	assert_int_equal(hw.interrupts, OUR_BITS);
	assert_int_equal(hw.overflows, OUR_BITS);
	assert_int_equal(get(PMCR), GUEST << PMCR_N_SHIFT);
	assert_int_equal(get(PMEVCNTR(1)) | get(PMEVTYPER(1)) | get(PMCCNTR) |
			 get(PMUSERENR) | get(PMSELR) | get(PMCNTENSET) |
			 get(PMINTENSET), 0);
}

/* What Linux was counting goes on under the hypervisor, and after it. */
static void adopts_and_releases(void **state)
{
	(void)state;
	memset(&hw, 0, sizeof(hw));
	hw.pmcr = PMCR_E | 0x40;
	hw.enabled = 0x80000003;
	hw.interrupts = 0x80000001;
	hw.selected = 2;
	pmu_guest_adopt(&guest, GUEST);
	assert_int_equal(get(PMCR) & 0xff, PMCR_E | 0x40);
	assert_int_equal(get(PMCNTENSET), 0x80000003);
	assert_int_equal(get(PMINTENSET), 0x80000001);
	assert_int_equal(get(PMSELR), 2);
	put(PMCR, 0x40);
	assert_int_equal(hw.enabled, 0);
	pmu_guest_release(&guest);
	assert_int_equal(hw.pmcr, 0x40);
	assert_int_equal(hw.enabled, 0x80000003);
	assert_int_equal(hw.interrupts, 0x80000001);
	assert_int_equal(hw.selected, 2);
}

int main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, set_up, check_ours)
	const struct CMUnitTest tests[] = {
		TEST(shows_the_guests_counters_only),
		TEST(keeps_its_enable_apart),
		TEST(zeroes_its_own_counters),
		TEST(selects),
		TEST(counts_nothing_at_el2),
		TEST(sees_its_own_overflows),
		TEST(hears_of_an_overflow_once),
		TEST(passes_what_harms_nobody),
		TEST(starts_afresh),
		cmocka_unit_test(adopts_and_releases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
