/* SPDX-License-Identifier: GPL-2.0-only */
/* MSRs of a CPU that goes to cells and comes back, on plain storage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handover.h"
#include "host.h"
#include "msr-access.h"
#include "x86-regs.h"

#define SPLIT_LOCKS	(1ull << 29)
#define BUS_LOCKS	(1ull << 31)

static struct {
	uint32_t msr;
	uint64_t value;
} machine[] = {
	{ MSR_TEST_CTRL, 0 }, { MSR_SPEC_CTRL, 0 }, { MSR_UMWAIT_CONTROL, 0 },
	{ MSR_S_CET, 0 }, { MSR_STAR, 0 }, { MSR_LSTAR, 0 }, { MSR_CSTAR, 0 },
	{ MSR_FMASK, 0 }, { MSR_KERNEL_GS_BASE, 0 }, { MSR_TSC_AUX, 0 },
};

#define COUNT	(sizeof(machine) / sizeof(machine[0]))

static uint64_t *find(uint32_t msr)
{
	for (size_t i = 0; i < COUNT; i++)
		if (machine[i].msr == msr)
			return &machine[i].value;
	return NULL;
}

bool host_msr_exists(uint32_t msr)
{
	return find(msr) != NULL;
}

uint64_t msr_read(uint32_t msr)
{
	assert_non_null(find(msr));
	return *find(msr);
}

void msr_write(uint32_t msr, uint64_t value)
{
	assert_non_null(find(msr));
	*find(msr) = value;
}

static void root_fill(uint64_t seed)
{
	for (size_t i = 0; i < COUNT; i++)
		machine[i].value = seed + i;
	*find(MSR_TEST_CTRL) = SPLIT_LOCKS | BUS_LOCKS | 1;
}

static void root_expect(uint64_t seed)
{
	for (size_t i = 0; i < COUNT; i++)
		if (machine[i].msr != MSR_TEST_CTRL)
			assert_int_equal(machine[i].value, seed + i);
	assert_int_equal(*find(MSR_TEST_CTRL), SPLIT_LOCKS | BUS_LOCKS | 1);
}

static void cell_expect_fresh(void)
{
	for (size_t i = 0; i < COUNT; i++)
		if (machine[i].msr != MSR_TEST_CTRL)
			assert_int_equal(machine[i].value, 0);
	/* What is not about locks stays. */
	assert_int_equal(*find(MSR_TEST_CTRL), 1);
}

static void cell_dirty(void)
{
	for (size_t i = 0; i < COUNT; i++)
		if (machine[i].msr != MSR_TEST_CTRL)
			machine[i].value = 0x5eed0000 + i;
}

static void test_root_keeps_its_own(void **unused)
{
	struct handover handover;

	(void)unused;
	handover_init(&handover);
	root_fill(100);
	handover_apply(&handover, true);
	root_expect(100);
}

static void test_cells_begin_alike(void **unused)
{
	struct handover handover;

	(void)unused;
	handover_init(&handover);
	for (uint64_t seed = 100; seed < 400; seed += 100) {
		root_fill(seed);
		/* Started, started anew, and handed to another one. */
		for (int n = 0; n < 3; n++) {
			handover_apply(&handover, false);
			cell_expect_fresh();
			cell_dirty();
		}
		handover_apply(&handover, true);
		root_expect(seed);
		/* INIT within the root. */
		handover_apply(&handover, true);
		root_expect(seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root_keeps_its_own),
		cmocka_unit_test(test_cells_begin_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
