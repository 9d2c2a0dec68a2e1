/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Performance monitoring on a model of the registers: what is reserved, whose
 * an overflow is, what a guest sees. The guest is compared with a twin, the
 * same model with as many counters as the guest is told of and nobody under
 * it.
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

#define OPERATIONS	250000u		/* for each of the kinds */
#define OURS		2u
#define EVENT(n)	((uint16_t)(0x0100 + (n)))
#define EVENTS		3u
#define GUEST_VECTOR	0xecu

static const struct model_kind kinds[] = {
	{ .version = 2, .general = 4, .fixed = 3, .bits = 40 },
	{ .version = 3, .general = 8, .fixed = 3, .bits = 48,
	  .full_width = true, .switched = true },
	{ .version = 4, .general = 4, .fixed = 3, .bits = 48,
	  .full_width = true, .switched = true },
	{ .version = 5, .general = 8, .fixed = 4, .bits = 48,
	  .full_width = true },
};

static struct model twin;
static unsigned int first;		/* of the reserved counters */
static uint64_t ours;
static unsigned int guest_pmis;

/* What the hypervisor's own counters should have, kept apart from it. */
static struct {
	bool running[OURS];
	bool irq[OURS];
	uint16_t event[OURS];
	uint64_t count[OURS];
	uint32_t due;			/* overflows not yet reported */
	uint64_t overflows;		/* in all */
	uint64_t reported;
} oracle;

/* What the root left in or writes to the counters taken from it. */
static struct {
	uint64_t select[OURS];
	uint64_t count[OURS];
	uint64_t control;
} dead;

static uint64_t some(uint64_t below)
{
	static uint64_t state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below ? state % below : state;
}

static void start_on(const struct model_kind *kind, bool inherited)
{
	struct model_kind smaller = *kind;

	model_init(&machine, kind);
	memset(&oracle, 0, sizeof(oracle));
	memset(&dead, 0, sizeof(dead));
	guest_pmis = 0;
	pmu_init();
	machine.settled = true;
	first = kind->general - OURS;
	ours = 3ull << first;
	smaller.general = first;
	smaller.switched = false;
	model_init(&twin, &smaller);
	dead.control = ours;
	machine.lvt = LVT_MASKED;
	pmu_cpu_init(&cpu_state);
	if (!inherited)
		pmu_guest_reset(&cpu_state);
	machine.in_guest = true;
	twin.in_guest = true;
}

static void test_probe_and_leaf(void **unused)
{
	struct arch_pmu_caps caps;
	struct cpuid_regs leaf;
	const char *why;

	(void)unused;
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
		start_on(&kinds[k], false);
		assert_int_equal(arch_pmu_probe(&caps, &why), 0);
		assert_int_equal(caps.counters, OURS);
		assert_int_equal(caps.bits, kinds[k].bits);
		assert_true(caps.overflow_irq);
		leaf = cpuid_query(CPUID_PMU, 0);
		pmu_guest_cpuid(CPUID_PMU, 0, &leaf);
		assert_int_equal(leaf.eax, kinds[k].version | first << 8 |
					   kinds[k].bits << 16 | 8u << 24);
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
	struct model_kind kind = kinds[1];

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
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
		model_init(&machine, &kinds[k]);
		for (unsigned int n = 0; n < kinds[k].general; n++) {
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
	struct model_kind kind = kinds[1];
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
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
		struct model before;
		uint64_t value;

		start_on(&kinds[k], true);
		model_init(&machine, &kinds[k]);
		for (unsigned int n = 0; n < kinds[k].general; n++) {
			machine.select[n] = EVENT(n) | EVTSEL_OS | EVTSEL_EN;
			machine.count[n] = 1000 + n;
		}
		machine.control = BIT(kinds[k].general) - 1;
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
		if (kinds[k].switched)
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
	start_on(&kinds[1], false);
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
	start_on(&kinds[2], true);
	assert_int_equal(pmu_guest_wrmsr(&cpu_state, MSR_PEBS_ENABLE, 0xf), 0);
	assert_int_equal(machine.pebs, 0x3);
	assert_int_equal(pmu_guest_wrmsr(&cpu_state, MSR_PEBS_ENABLE,
					 1ull << 32), -EINVAL);
	assert_int_equal(machine.faults, 0);
}

/* Events happen to the hypervisor's counters as well. */
static void oracle_events(uint16_t event, uint64_t events)
{
	uint64_t mask = model_mask(&machine);

	for (unsigned int i = 0; i < OURS; i++) {
		if (!oracle.running[i] || oracle.event[i] != event)
			continue;
		oracle.count[i] = (oracle.count[i] + events) & mask;
		if (oracle.count[i] < events) {
			oracle.due |= 1u << i;
			oracle.overflows++;
		}
	}
}

static void take(uint32_t overflows)
{
	assert_int_equal(overflows, oracle.due);
	for (unsigned int i = 0; i < OURS; i++)
		oracle.reported += overflows >> i & 1;
	oracle.due = 0;
}

static uint32_t nmi(void)
{
	uint32_t lvt = 0;
	uint32_t found;

	machine.in_guest = false;
	found = pmu_nmi(&cpu_state, &lvt);
	assert_int_equal(!!(found & PMU_NMI_OVERFLOW), oracle.due != 0);
	if (found & PMU_NMI_OVERFLOW)
		take(arch_pmu_take_overflows());
	if (found & PMU_NMI_GUEST) {
		assert_false(lvt & LVT_MASKED);
		guest_pmis++;
	}
	/* Nothing stays masked or frozen behind it. */
	assert_int_equal(machine.lvt, LVT_NMI);
	machine.in_guest = true;
	return found;
}

static void pmi_arrives(void)
{
	machine.nmi = false;
	/* A poll may come first: the NMI is a PMI all the same. */
	if (some(4) == 0)
		take(arch_pmu_take_overflows());
	assert_true(nmi() & PMU_NMI_CLAIMED);
}

static void events_happen(uint16_t event, uint64_t events)
{
	while (events > 0) {
		uint64_t step = model_headroom(&machine, event, events);
		unsigned int freezes = twin.freezes;

		step = model_headroom(&twin, event, step);
		model_events(&machine, event, step);
		model_events(&twin, event, step);
		oracle_events(event, step);
		events -= step;
		if (machine.nmi)
			pmi_arrives();
		if (twin.freezes != freezes && twin.kind.version < 4)
			dead.control = 0;
		twin.nmi = false;
	}
	assert_int_equal(guest_pmis, twin.pmis);
}

static void op_events(void)
{
	/* Mostly few; sometimes right up to an overflow, or far past it. */
	uint64_t events = some(3) ? some(20) + 1 : some(1ull << some(34)) + 1;
	uint16_t event = some(4) ? EVENT(some(EVENTS)) :
				   (uint16_t)FIXED_EVENT(some(4));

	events_happen(event, events);
}

static uint32_t some_msr(void)
{
	uint32_t n = (uint32_t)some(10);

	switch (some(12)) {
	case 0: return MSR_PMC(n);
	case 1: return MSR_A_PMC(n);
	case 2: return MSR_PERFEVTSEL(n);
	case 3: return MSR_FIXED_CTR(n % 5);
	case 4: return MSR_FIXED_CTR_CTRL;
	case 5: return MSR_GLOBAL_STATUS;
	case 6: return MSR_GLOBAL_CTRL;
	case 7: return MSR_GLOBAL_OVF_CTRL;
	case 8: return MSR_GLOBAL_STATUS_SET;
	case 9: return MSR_GLOBAL_INUSE;
	case 10: return MSR_DEBUGCTL;
	default: return MSR_PERFEVTSEL(n % 4);
	}
}

static uint64_t some_select(void)
{
	uint64_t value = EVENT(some(EVENTS)) | EVTSEL_OS;

	value |= some(4) ? EVTSEL_EN : 0;
	value |= some(3) ? EVTSEL_INT : 0;
	return some(50) ? value : some(0) & ~EVTSEL_ANY;
}

static uint64_t all_counters(void)
{
	return (BIT(first) - 1) |
	       (BIT(twin.kind.fixed) - 1) << PMU_FIXED_SHIFT;
}

static uint64_t some_global(void)
{
	uint64_t value = some(2) ? all_counters() :
			 some(BIT(first)) | some(16) << PMU_FIXED_SHIFT;

	if (some(8) == 0)
		value |= some(4) << 58;
	if (some(8) == 0)
		value |= STATUS_BUFFER | STATUS_CTR_FRZ;
	if (some(6) == 0)
		value |= some(4) << first;
	return some(50) ? value : some(0);
}

static uint64_t some_value(uint32_t msr)
{
	uint64_t near = 0 - some(64) - 1;

	switch (msr) {
	case MSR_FIXED_CTR_CTRL:
		return some(20) ? some(0) & 0xbbb : some(0);
	case MSR_GLOBAL_CTRL:
	case MSR_GLOBAL_OVF_CTRL:
	case MSR_GLOBAL_STATUS_SET:
		return some_global();
	case MSR_DEBUGCTL:
		return some(20) ? (some(4) ? 0 : some(4) << 11) | some(4) :
				  some(0) & ~DEBUGCTL_STORES;
	}
	if (msr >= MSR_PERFEVTSEL(0) && msr < MSR_PERFEVTSEL(16))
		return some_select();
	if (msr >= MSR_PMC(0) && msr < MSR_PMC(16))
		return some(4) ? near : some(0);
	return (some(4) ? near : some(0)) &
	       (some(20) ? model_mask(&machine) : UINT64_MAX);
}

/* A counter that the hypervisor took; NULL, or where the root's belief is. */
static uint64_t *dead_register(uint32_t msr, bool *full)
{
	bool counts = msr - MSR_PMC(first) < OURS;

	*full = machine.kind.full_width && msr - MSR_A_PMC(first) < OURS;
	if (*full)
		return &dead.count[msr - MSR_A_PMC(first)];
	if (counts)
		return &dead.count[msr - MSR_PMC(first)];
	if (msr - MSR_PERFEVTSEL(first) < OURS)
		return &dead.select[msr - MSR_PERFEVTSEL(first)];
	return NULL;
}

/* What the guest should read, by the twin. False: #GP. */
static bool twin_read(uint32_t msr, uint64_t *value)
{
	bool full;
	uint64_t *left = dead_register(msr, &full);

	if (left) {
		*value = *left;
		return cpu_state.inherited;
	}
	if (!model_read(&twin, msr, value))
		return false;
	if (msr == MSR_GLOBAL_CTRL && cpu_state.inherited)
		*value |= dead.control;
	return true;
}

static bool dead_write(uint32_t msr, uint64_t value, uint64_t *left, bool full)
{
	uint64_t mask = model_mask(&machine);

	if (full && value & ~mask)
		return false;
	if (msr - MSR_PERFEVTSEL(first) < OURS && value >> 32)
		return false;
	if (!cpu_state.inherited)
		return false;
	if (msr - MSR_PMC(first) < OURS)
		value = (uint64_t)(int64_t)(int32_t)value & mask;
	*left = value;
	return true;
}

static bool twin_write(uint32_t msr, uint64_t value)
{
	bool global = msr == MSR_GLOBAL_CTRL || msr == MSR_GLOBAL_OVF_CTRL ||
		      msr == MSR_GLOBAL_STATUS_SET;
	bool full, done;
	uint64_t *left = dead_register(msr, &full);
	uint64_t extra = 0;

	if (left)
		return dead_write(msr, value, left, full);
	if (global && cpu_state.inherited) {
		extra = value & ours;
		value &= ~ours;
	}
	/* Fixed counters are cut to their width instead of refused. */
	if (msr >= MSR_FIXED_CTR(0) && msr < MSR_FIXED_CTR(4))
		value &= model_mask(&twin);
	done = model_write(&twin, msr, value);
	if (done && msr == MSR_GLOBAL_CTRL)
		dead.control = extra;
	return done;
}

static void op_read(void)
{
	uint32_t msr = some_msr();
	uint64_t value = 0, expected = 0;
	bool exists = twin_read(msr, &expected);

	assert_int_equal(pmu_guest_rdmsr(&cpu_state, msr, &value),
			 exists ? 0 : -EINVAL);
	if (exists)
		assert_int_equal(value, expected);
}

static void op_write(void)
{
	uint32_t msr = some_msr();
	uint64_t value = some_value(msr);
	bool exists = twin_write(msr, value);

	if (pmu_guest_wrmsr(&cpu_state, msr, value) !=
	    (exists ? 0 : -EINVAL))
		fail_msg("write of %llx to %x, which %s",
			 (unsigned long long)value, msr,
			 exists ? "is valid" : "should be refused");
}

static void both_write(uint32_t msr, uint64_t value)
{
	bool valid = twin_write(msr, value);

	assert_int_equal(pmu_guest_wrmsr(&cpu_state, msr, value),
			 valid ? 0 : -EINVAL);
}

/* As an operating system goes about it. */
static void op_sample(void)
{
	uint32_t n = (uint32_t)some(first);

	both_write(MSR_GLOBAL_OVF_CTRL, twin.status & ~STATUS_LBR_FRZ);
	both_write(MSR_PMC(n), 0 - some(64) - 1);
	both_write(MSR_PERFEVTSEL(n), EVENT(some(EVENTS)) | EVTSEL_USR |
		   EVTSEL_INT | EVTSEL_EN);
	both_write(MSR_GLOBAL_CTRL, all_counters());
	pmu_guest_lvt_write(&cpu_state, LVT_NMI);
	twin.lvt = LVT_NMI;
}

static void op_lvt(void)
{
	static const uint32_t values[] = { LVT_NMI, LVT_NMI | LVT_MASKED,
					   GUEST_VECTOR, LVT_NMI };
	uint32_t value = values[some(ARRAY_COUNT(values))];

	pmu_guest_lvt_write(&cpu_state, value);
	twin.lvt = value;
}

static void op_own(void)
{
	unsigned int i = (unsigned int)some(OURS);
	uint64_t distance = some(40) + 1;

	switch (some(24)) {
	case 0:
		oracle.running[i] = false;
		oracle.irq[i] = false;
		oracle.due &= ~(1u << i);
		arch_pmu_stop(i);
		break;
	case 1:
	case 2:
	case 3:
		oracle.running[i] = true;
		oracle.irq[i] = true;
		oracle.event[i] = EVENT(some(EVENTS));
		oracle.count[i] = 0;
		oracle.due &= ~(1u << i);
		arch_pmu_start(i, oracle.event[i]);
		arch_pmu_irq(i, true);
		break;
	case 4:
		take(arch_pmu_take_overflows());
		break;
	default:
		oracle.count[i] = (0 - distance) & model_mask(&machine);
		arch_pmu_write(i, oracle.count[i]);
	}
}

/* An NMI that no counter caused: of a kick, a watchdog, a failing chip. */
static void op_foreign_nmi(void)
{
	assert_int_equal(nmi(), 0);
}

static void op_rdpmc(void)
{
	uint32_t index = (uint32_t)some(10);
	bool fixed = some(2);
	uint64_t value = 0, expected = 0;
	bool exists = fixed ? index < twin.kind.fixed &&
			      twin_read(MSR_FIXED_CTR(index), &expected) :
			      twin_read(MSR_PMC(index), &expected);

	assert_int_equal(pmu_guest_rdpmc(&cpu_state,
					 fixed ? index | 0x40000000 : index,
					 &value), exists ? 0 : -EINVAL);
	if (exists)
		assert_int_equal(value, expected);
}

static void op_reset(void)
{
	struct model_kind kind = twin.kind;

	if (cpu_state.inherited || some(100))
		return;
	pmu_guest_reset(&cpu_state);
	model_init(&twin, &kind);
	twin.in_guest = true;
	twin.pmis = guest_pmis;
}

/* Everything at once: the hypervisor's counters, the guest's view. */
static void check_all(void)
{
	static const uint32_t registers[] = {
		MSR_GLOBAL_STATUS, MSR_GLOBAL_CTRL, MSR_FIXED_CTR_CTRL,
		MSR_DEBUGCTL, MSR_FIXED_CTR(0), MSR_FIXED_CTR(1),
		MSR_FIXED_CTR(2), MSR_PMC(0), MSR_PMC(1), MSR_PERFEVTSEL(0),
		MSR_PERFEVTSEL(1),
	};

	for (size_t n = 0; n < ARRAY_COUNT(registers); n++) {
		uint64_t value, expected;

		assert_true(twin_read(registers[n], &expected));
		assert_int_equal(pmu_guest_rdmsr(&cpu_state, registers[n],
						 &value), 0);
		if (value != expected)
			fail_msg("%x is %llx, not %llx", registers[n],
				 (unsigned long long)value,
				 (unsigned long long)expected);
	}
	for (unsigned int i = 0; i < OURS; i++) {
		uint64_t select = !oracle.running[i] ? 0 :
			(oracle.event[i] | EVTSEL_OS | EVTSEL_USR | EVTSEL_EN |
			 EVTSEL_INT);

		assert_int_equal(machine.count[first + i], oracle.count[i]);
		assert_int_equal(machine.select[first + i], select);
	}
	assert_int_equal(pmu_guest_lvt_read(&cpu_state), twin.lvt);
}

static void check_always(void)
{
	assert_int_equal(machine.faults, 0);
	assert_int_equal(machine.freezes, 0);
	assert_int_equal(machine.debugctl & DEBUGCTL_FREEZE, 0);
	for (unsigned int i = 0; i < OURS; i++)
		assert_int_equal(arch_pmu_read(i), oracle.count[i]);
}

static void operation(void)
{
	switch (some(18)) {
	case 0:
	case 1:
		op_write();
		break;
	case 3:
		op_read();
		break;
	case 4:
	case 5:
	case 6:
		op_own();
		break;
	case 7:
		op_lvt();
		break;
	case 8:
		op_foreign_nmi();
		break;
	case 9:
		op_rdpmc();
		break;
	case 10:
		op_reset();
		break;
	case 2:
	case 11:
		op_sample();
		break;
	default:
		op_events();
	}
}

static void operations(const struct model_kind *kind, bool inherited)
{
	start_on(kind, inherited);
	for (unsigned int n = 0; n < OPERATIONS / 2; n++) {
		operation();
		check_always();
		if (n % 8 == 0)
			check_all();
	}
	check_all();
	/* It was no idle run, and none was lost but those thrown away. */
	assert_true(oracle.overflows > OPERATIONS / 100);
	assert_true(oracle.reported <= oracle.overflows);
	assert_true(oracle.reported > oracle.overflows * 9 / 10);
	assert_true(twin.pmis > OPERATIONS / 1000);
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

	start_on(&kinds[3], false);
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

/* A million of them. */
static void test_random_operations(void **unused)
{
	(void)unused;
	for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
		operations(&kinds[k], false);
		operations(&kinds[k], true);
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
		cmocka_unit_test(test_random_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
