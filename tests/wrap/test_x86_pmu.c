/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Performance monitoring on a model of the registers: what is reserved, whose
 * an overflow is, what guests are kept from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/arch/pmu.h"
#include "hv/errno.h"
#include "x86-pmu-model.h"

#define OURS		2u
#define EVENT(n)	((uint16_t)(0x0100 + (n)))

static unsigned int first;		/* of the reserved counters */

static void start_on(const struct model_kind *kind, bool inherited)
{
	model_init(&machine, kind);
	pmu_init();
	machine.settled = true;
	first = kind->general - OURS;
	pmu_cpu_init(&cpu_state);
	if (!inherited)
		pmu_guest_reset(&cpu_state);
	machine.in_guest = true;
}

static void test_probe_and_leaf(void **unused)
{
	struct arch_pmu_caps caps;
	struct cpuid_regs leaf;
	const char *why;

	(void)unused;
	for (size_t k = 0; k < MODEL_KINDS; k++) {
		start_on(&model_kinds[k], false);
		assert_int_equal(arch_pmu_probe(&caps, &why), 0);
		assert_int_equal(caps.counters, OURS);
		assert_int_equal(caps.bits, model_kinds[k].bits);
		assert_true(caps.overflow_irq);
		leaf = cpuid_query(CPUID_PMU, 0);
		pmu_guest_cpuid(CPUID_PMU, 0, &leaf);
		assert_int_equal(leaf.eax, model_kinds[k].version | first << 8 |
					   model_kinds[k].bits << 16 | 8u << 24);
		leaf = cpuid_query(CPUID_PMU_EXTENDED, 1);
		pmu_guest_cpuid(CPUID_PMU_EXTENDED, 1, &leaf);
		assert_int_equal(leaf.eax, (1u << first) - 1);
		assert_int_equal(machine.faults, 0);
	}
}

static void expect_refusal(struct model_kind kind, const char *expected)
{
	struct arch_pmu_caps caps;
	const char *why = NULL;
	struct cpuid_regs leaf;

	model_init(&machine, &kind);
	machine.select[0] = 0x4300c0;
	machine.count[0] = 77;
	pmu_init();
	assert_int_equal(arch_pmu_probe(&caps, &why), -ENODEV);
	assert_string_equal(why, expected);
	/* Nothing is taken from anybody then. */
	leaf = cpuid_query(CPUID_PMU, 0);
	pmu_guest_cpuid(CPUID_PMU, 0, &leaf);
	assert_int_equal(leaf.eax >> 8 & 0xff, kind.general);
	assert_false(pmu_guest_has_msr(MSR_GLOBAL_CTRL));
	assert_int_equal(machine.select[0], 0x4300c0);
	assert_int_equal(machine.faults, 0);
}

static void test_probe_says_what_is_missing(void **unused)
{
	struct model_kind kind = model_kinds[1];

	(void)unused;
	kind.version = 1;
	expect_refusal(kind, "no architectural performance monitoring of version 2 or later");
	kind.version = 3;
	kind.general = 1;
	expect_refusal(kind, "the PMU has too few general counters to reserve one");
	kind.general = 4;
	kind.dead = true;
	expect_refusal(kind, "a counter that CPUID announces does not count");
	kind.dead = false;
	kind.mute = true;
	expect_refusal(kind, "a counter does not report its overflow");
}

/* The self-test runs on counters that somebody is using. */
static void test_self_test_leaves_no_trace(void **unused)
{
	struct model before;

	(void)unused;
	for (size_t k = 0; k < MODEL_KINDS; k++) {
		model_init(&machine, &model_kinds[k]);
		for (unsigned int n = 0; n < model_kinds[k].general; n++) {
			machine.select[n] = EVENT(n) | EVTSEL_OS | EVTSEL_EN;
			machine.count[n] = 1000 + n;
		}
		machine.control = 3;
		before = machine;
		pmu_init();
		assert_int_equal(machine.faults, 0);
		memset(before.overflows, 0, sizeof(before.overflows));
		memset(machine.overflows, 0, sizeof(machine.overflows));
		assert_memory_equal(&machine, &before, sizeof(machine));
	}
}

/* Two counters leave one to reserve. */
static void test_small_pmu(void **unused)
{
	struct model_kind kind = model_kinds[1];
	struct arch_pmu_caps caps;
	const char *why;

	(void)unused;
	kind.general = 2;
	model_init(&machine, &kind);
	pmu_init();
	assert_int_equal(arch_pmu_probe(&caps, &why), 0);
	assert_int_equal(caps.counters, 1);
}

static void test_what_root_had_comes_back(void **unused)
{
	(void)unused;
	for (size_t k = 0; k < MODEL_KINDS; k++) {
		struct model before;
		uint64_t value;

		start_on(&model_kinds[k], true);
		model_init(&machine, &model_kinds[k]);
		for (unsigned int n = 0; n < model_kinds[k].general; n++) {
			machine.select[n] = EVENT(n) | EVTSEL_OS | EVTSEL_EN;
			machine.count[n] = 1000 + n;
		}
		machine.control = BIT(model_kinds[k].general) - 1;
		machine.debugctl = DEBUGCTL_FREEZE | 1;
		machine.lvt = LVT_NMI;
		before = machine;
		pmu_cpu_init(&cpu_state);
		assert_int_equal(machine.debugctl, 1);
		assert_int_equal(machine.select[first], 0);
		arch_pmu_start(0, EVENT(0));
		arch_pmu_irq(0, true);
		/* It sees them as it left them. */
		assert_int_equal(pmu_guest_rdmsr(&cpu_state, MSR_PMC(first + 1),
						 &value), 0);
		assert_int_equal(value, 1000 + first + 1);
		assert_int_equal(pmu_guest_rdmsr(&cpu_state, MSR_DEBUGCTL,
						 &value), 0);
		assert_int_equal(value, DEBUGCTL_FREEZE | 1);
		assert_int_equal(pmu_guest_lvt_read(&cpu_state), LVT_NMI);
		pmu_cpu_restore(&cpu_state);
		before.guest_control = machine.guest_control;
		if (model_kinds[k].switched)
			before.control = machine.control;
		assert_memory_equal(&machine, &before, sizeof(machine));
	}
}

/* Nobody counts for a sibling thread, stores traces or samples into memory. */
static void test_what_cells_are_kept_from(void **unused)
{
	static const struct {
		uint32_t msr;
		uint64_t value;
	} refused[] = {
		{ MSR_PEBS_ENABLE, 1 }, { MSR_DEBUGCTL, 1 << 7 },
		{ MSR_DEBUGCTL, 1ull << 40 }, { MSR_GLOBAL_STATUS, 0 },
		{ MSR_PERFEVTSEL(0), 1ull << 34 }, { MSR_PERFEVTSEL(6), 0 },
		{ MSR_PMC(7), 0 }, { MSR_A_PMC(7), 0 },
		{ MSR_GLOBAL_CTRL, 0xff }, { MSR_GLOBAL_OVF_CTRL, 0x80 },
		{ MSR_A_PMC(0), 1ull << 48 }, { MSR_FIXED_CTR_CTRL, 1 << 12 },
	};
	uint64_t value;

	(void)unused;
	start_on(&model_kinds[1], false);
	for (size_t n = 0; n < ARRAY_COUNT(refused); n++)
		assert_int_equal(pmu_guest_wrmsr(&cpu_state, refused[n].msr,
						 refused[n].value), -EINVAL);
	assert_int_equal(pmu_guest_rdmsr(&cpu_state, MSR_PERFEVTSEL(7), &value),
			 -EINVAL);
	assert_int_equal(pmu_guest_rdpmc(&cpu_state, first, &value), -EINVAL);
	assert_int_equal(pmu_guest_rdpmc(&cpu_state, 0x40000003, &value),
			 -EINVAL);
	pmu_guest_wrmsr(&cpu_state, MSR_PERFEVTSEL(0), EVTSEL_ANY | EVTSEL_EN);
	assert_int_equal(machine.select[0], EVTSEL_EN);
	pmu_guest_wrmsr(&cpu_state, MSR_FIXED_CTR_CTRL, 0x777);
	assert_int_equal(machine.fixed_control, 0x333);
	assert_true(pmu_guest_direct(MSR_PMC(first - 1)));
	assert_false(pmu_guest_direct(MSR_PMC(first)));
	assert_false(pmu_guest_direct(MSR_A_PMC(first)));
	assert_false(pmu_guest_direct(MSR_PERFEVTSEL(0)));
	assert_true(pmu_guest_direct(MSR_FIXED_CTR(2)));
	assert_int_equal(machine.faults, 0);
}

/* PEBS of the root, on its own counters only. */
static void test_pebs_of_the_root(void **unused)
{
	(void)unused;
	start_on(&model_kinds[2], true);
	assert_int_equal(pmu_guest_wrmsr(&cpu_state, MSR_PEBS_ENABLE, 0xf), 0);
	assert_int_equal(machine.pebs, 0x3);
	assert_int_equal(pmu_guest_wrmsr(&cpu_state, MSR_PEBS_ENABLE,
					 1ull << 32), -EINVAL);
	assert_int_equal(machine.faults, 0);
}

static struct {
	unsigned int at;	/* the n-th access from now */
	uint16_t event;
} intruder;

static void intrude(void)
{
	if (intruder.at == 0 || --intruder.at != 0)
		return;
	model_events(&machine, intruder.event, 1);
}

/*
 * The other counter overflows between any two accesses of the handler: it is
 * found there and then, or another NMI comes for it.
 */
static void overflow_meanwhile(unsigned int counter, unsigned int at)
{
	uint32_t lvt, found = 0;

	start_on(&model_kinds[3], false);
	for (unsigned int i = 0; i < OURS; i++) {
		arch_pmu_start(i, EVENT(i));
		arch_pmu_irq(i, true);
		arch_pmu_write(i, model_mask(&machine));
	}
	model_events(&machine, EVENT(counter), 1);
	assert_true(machine.nmi);
	intruder.at = at;
	intruder.event = EVENT(1 - counter);
	machine.on_access = intrude;
	for (unsigned int turn = 0; machine.nmi && turn < 3; turn++) {
		machine.nmi = false;
		assert_true(pmu_nmi(&cpu_state, &lvt) & PMU_NMI_CLAIMED);
		found |= arch_pmu_take_overflows();
	}
	assert_false(machine.nmi);
	if (intruder.at != 0)
		found |= 1u << (1 - counter);
	assert_int_equal(found, 3);
	assert_int_equal(machine.lvt, LVT_NMI);
	machine.on_access = NULL;
}

static void test_overflow_at_any_moment(void **unused)
{
	(void)unused;
	for (unsigned int at = 1; at < 16; at++) {
		overflow_meanwhile(0, at);
		overflow_meanwhile(1, at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probe_and_leaf),
		cmocka_unit_test(test_probe_says_what_is_missing),
		cmocka_unit_test(test_self_test_leaves_no_trace),
		cmocka_unit_test(test_small_pmu),
		cmocka_unit_test(test_what_root_had_comes_back),
		cmocka_unit_test(test_what_cells_are_kept_from),
		cmocka_unit_test(test_pebs_of_the_root),
		cmocka_unit_test(test_overflow_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
