/* SPDX-License-Identifier: GPL-2.0-only */
/* Which answer or action each SMC of a guest leads to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hypervisor/arch/arm64/include/smc.h"

#define ALL_WORKAROUNDS                                                       \
	(SMC_HAS_WORKAROUND_1 | SMC_HAS_WORKAROUND_2 | SMC_HAS_WORKAROUND_3)

static struct smc_decision decide(uint64_t id, uint64_t x1, uint64_t x2,
				  uint64_t x3)
{
	const uint64_t x[4] = { id, x1, x2, x3 };

	return smc_decide(x, 0);
}

static int64_t answer(uint64_t id, uint64_t x1)
{
	struct smc_decision decision = decide(id, x1, 0, 0);

	assert_int_equal(decision.action, SMC_ANSWER);
	return decision.result;
}

static void answers_what_needs_no_action(void **state)
{
	(void)state;
	assert_int_equal(answer(PSCI_VERSION, 0), 0x10001);
	assert_int_equal(answer(PSCI_MIGRATE_INFO_TYPE, 0), 2);
	assert_int_equal(answer(SMCCC_VERSION, 0), 0x10001);
}

static void knows_both_widths(void **state)
{
	static const struct {
		uint32_t id;
		enum smc_action action;
	} calls[] = {
		{ 0x84000001, SMC_CPU_SUSPEND },
		{ 0xc4000001, SMC_CPU_SUSPEND },
		{ 0x84000002, SMC_CPU_OFF },
		{ 0x84000003, SMC_CPU_ON },
		{ 0xc4000003, SMC_CPU_ON },
		{ 0x84000004, SMC_AFFINITY_INFO },
		{ 0xc4000004, SMC_AFFINITY_INFO },
		{ 0x84000008, SMC_SYSTEM_OFF },
		{ 0x84000009, SMC_SYSTEM_RESET },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		struct smc_decision decision = decide(calls[i].id, 0, 0, 0);

		assert_int_equal(decision.action, calls[i].action);
		assert_true(decision.is_psci);
	}
}

/* What has no 64-bit form, PSCI 0.1 numbers, other owners: refused. */
static void refuses_the_rest(void **state)
{
	static const uint32_t ids[] = {
		0, 1, 0x95c1ba5e, 0xc4000000, 0xc4000002, 0x84000005,
		0xc4000005, 0x84000007, 0xc4000008, 0xc4000009, 0xc400000a,
		0x8400000b, 0x84000012, 0xc4000012, 0x84000fff, 0x80000002,
		0xc0000000, 0x82000000, 0xc2000001, 0x86000000, 0xbf00ff01,
		0xffffffff,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		assert_int_equal(answer(ids[i], 0), PSCI_NOT_SUPPORTED);
}

static void ignores_the_upper_half_of_x0(void **state)
{
	(void)state;
	assert_int_equal(answer(0xdeadbeef84000000, 0), 0x10001);
}

static void cuts_arguments_of_32_bit_calls(void **state)
{
	struct smc_decision decision;

	(void)state;
	decision = decide(PSCI_CPU_ON, 0xffffffff00000001,
			  0x1234567880000000, 0xabcdef0112345678);
	assert_int_equal(decision.arg[0], 1);
	assert_int_equal(decision.arg[1], 0x80000000);
	assert_int_equal(decision.arg[2], 0x12345678);
	decision = decide(PSCI_CPU_ON | SMC_64, 0xff00000001,
			  0x1234567880000000, 0xabcdef0112345678);
	assert_int_equal(decision.arg[0], 0xff00000001);
	assert_int_equal(decision.arg[1], 0x1234567880000000);
	assert_int_equal(decision.arg[2], 0xabcdef0112345678);
}

static void tells_features_as_they_are(void **state)
{
	static const uint32_t known[] = {
		0x84000000, 0x84000001, 0xc4000001, 0x84000002, 0x84000003,
		0xc4000003, 0x84000004, 0xc4000004, 0x84000006, 0x84000008,
		0x84000009, 0x8400000a, 0x80000000,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_int_equal(answer(PSCI_FEATURES, known[i]), PSCI_SUCCESS);
	assert_int_equal(answer(PSCI_FEATURES, 0x84000005), -1);
	assert_int_equal(answer(PSCI_FEATURES, 0xc4000002), -1);
	assert_int_equal(answer(PSCI_FEATURES, 0x84000012), -1);
}

static void offers_mitigations_that_firmware_has(void **state)
{
	static const struct {
		uint32_t id;
		unsigned int bit;
	} calls[] = {
		{ 0x80008000, SMC_HAS_WORKAROUND_1 },
		{ 0x80007fff, SMC_HAS_WORKAROUND_2 },
		{ 0x80003fff, SMC_HAS_WORKAROUND_3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		const uint64_t call[4] = { calls[i].id };
		const uint64_t ask[4] = { SMCCC_ARCH_FEATURES, calls[i].id };
		unsigned int others = ALL_WORKAROUNDS & ~calls[i].bit;

		assert_int_equal(smc_decide(call, calls[i].bit).action,
				 SMC_WORKAROUND);
		assert_int_equal(smc_decide(ask, calls[i].bit).result, 0);
		assert_int_equal(smc_decide(call, others).action, SMC_ANSWER);
		assert_int_equal(smc_decide(call, others).result, -1);
		assert_int_equal(smc_decide(ask, others).result, -1);
		assert_false(smc_decide(call, calls[i].bit).is_psci);
	}
	assert_int_equal(answer(SMCCC_ARCH_FEATURES, SMCCC_VERSION), 0);
	assert_int_equal(answer(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES), 0);
	assert_int_equal(answer(SMCCC_ARCH_FEATURES, 0x80000002), -1);
}

static void compares_affinity_by_level(void **state)
{
	const uint64_t mpidr = 0x0300020105;	/* Aff3 3, 2, 1, Aff0 5 */

	(void)state;
	assert_true(psci_affinity_covers(0x0300020105, 0, mpidr));
	assert_false(psci_affinity_covers(0x0300020104, 0, mpidr));
	assert_true(psci_affinity_covers(0x0300020100, 1, mpidr));
	assert_false(psci_affinity_covers(0x0300020000, 1, mpidr));
	assert_true(psci_affinity_covers(0x0300020000, 2, mpidr));
	assert_false(psci_affinity_covers(0x0300010000, 2, mpidr));
	assert_true(psci_affinity_covers(0x0300000000, 3, mpidr));
	assert_false(psci_affinity_covers(0x0400000000, 3, mpidr));
	assert_false(psci_affinity_covers(mpidr, 4, mpidr));
	assert_false(psci_affinity_covers(mpidr, 0xffffffff, mpidr));
	/* Bits that are no affinity do not matter. */
	assert_true(psci_affinity_covers(0x0380020105, 0, mpidr));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_what_needs_no_action),
		cmocka_unit_test(knows_both_widths),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(ignores_the_upper_half_of_x0),
		cmocka_unit_test(cuts_arguments_of_32_bit_calls),
		cmocka_unit_test(tells_features_as_they_are),
		cmocka_unit_test(offers_mitigations_that_firmware_has),
		cmocka_unit_test(compares_affinity_by_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
