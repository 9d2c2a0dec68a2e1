/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Performance monitoring in random order on a model of the registers. The guest
 * is compared with a twin, the same model with as many counters as the guest is
 * told of and nobody beneath it; the hypervisor's counters with a count of
 * their own.
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
	uint64_t discarded;		/* with the counter they were of */
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

/* Stopped or started anew: what was due is nobody's any more. */
static void discard(unsigned int i)
{
	oracle.discarded += oracle.due >> i & 1;
	oracle.due &= ~(1u << i);
}

static void op_own(void)
{
	unsigned int i = (unsigned int)some(OURS);
	uint64_t distance = some(40) + 1;

	switch (some(24)) {
	case 0:
		oracle.running[i] = false;
		oracle.irq[i] = false;
		discard(i);
		arch_pmu_stop(i);
		break;
	case 1:
	case 2:
	case 3:
		oracle.running[i] = true;
		oracle.irq[i] = true;
		oracle.event[i] = EVENT(some(EVENTS));
		oracle.count[i] = 0;
		discard(i);
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

/* Of all kinds, for the figures. */
static struct {
	uint64_t operations;
	uint64_t overflows;
	uint64_t lost;
	uint64_t faults;
} sum;

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
	/* It was no idle run. */
	take(arch_pmu_take_overflows());
	assert_true(oracle.overflows > OPERATIONS / 100);
	assert_true(twin.pmis > OPERATIONS / 1000);
	sum.operations += OPERATIONS / 2;
	sum.overflows += oracle.overflows;
	sum.lost += oracle.overflows - oracle.reported - oracle.discarded;
	sum.faults += machine.faults;
}

/* A million of them. */
static void test_random_operations(void **unused)
{
	(void)unused;
	for (size_t k = 0; k < MODEL_KINDS; k++) {
		operations(&model_kinds[k], false);
		operations(&model_kinds[k], true);
	}
	assert_int_equal(sum.lost, 0);
	printf("data: pmu_operations %llu\ndata: pmu_overflows %llu\n"
	       "data: pmu_lost %llu\ndata: pmu_faults %llu\n",
	       (unsigned long long)sum.operations,
	       (unsigned long long)sum.overflows,
	       (unsigned long long)sum.lost, (unsigned long long)sum.faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
