// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enabling and disabling, twenty times in a row, and what the root cell still
 * has of its machine in between.
 */
#include "groups.h"

#include "abi/image.h"
#include "state.h"
#include "weir.h"

#define ROUNDS			20
#define HYPERVISOR_MEMORY	0x18000000ull
#define BEYOND_MEMORY		0x50000000ull
#define CPUID_HYPERVISOR	(1u << 31)
#define HC_UNKNOWN		99
#define ENOSYS_NEGATIVE		(-38)
#define VECTOR_UD		6
#define APIC_LVT_THERMAL	0x330
#define LVT_MASKED_SMI		0x10200u
#define LVT_MODE_AND_MASK	0x10700u

static bool enabled_step_ok;

static int enabled_step(void *data)
{
	struct cpuid leaf = cpuid(1, 0);

	(void)data;
	if (hypercall(HC_UNKNOWN, 0, 0) != ENOSYS_NEGATIVE ||
	    leaf.ecx & CPUID_HYPERVISOR)
		enabled_step_ok = false;
	return 0;
}

static bool enable(void)
{
	int error = weir_prepare();

	if (!expect_equal(error, 0))
		return false;
	error = weir_enable();
	if (!expect_equal(error, 0))
		print("the hypervisor says: %s\n", weir_reason());
	return !error;
}

/* Interrupts of the timer and between CPUs, both ways. */
static void interrupts_check(void)
{
	uint64_t end = rdtsc() + TSC_HZ / 100;
	uint64_t timer = cpus[0].interrupts[VECTOR_TIMER];
	int count = 0;

	apic_timer_arm(rdtsc() + TSC_HZ / 10000);
	while (rdtsc() < end && cpus[0].interrupts[VECTOR_TIMER] == timer)
		pause();
	expect_equal(cpus[0].interrupts[VECTOR_TIMER], timer + 1);
	expect_equal(cpus_call(enabled_step, &count), 0);
}

static bool test_first(void)
{
	bool good;

	test_begin("it enables, answers on both CPUs, and leaves");
	states_mark();
	states_save();
	good = enable();
	if (good) {
		states_compare();
		enabled_step_ok = true;
		interrupts_check();
		expect(enabled_step_ok);
		expect_equal(weir_disable(), 0);
		states_compare();
	}
	test_end();
	return good;
}

static void test_machine_as_root(void)
{
	uint64_t value;
	uint32_t word;

	test_begin("the root keeps its machine, but not the hypervisor's memory");
	if (enable()) {
		expect_equal(hypercall(HC_HYPERVISOR_GET_INFO, INFO_NUM_CELLS, 0), 1);
		expect_equal(hypercall(WEIR_HC_QUERY, WEIR_FEATURE_ABI_REVISION, 0),
			     WEIR_ABI_REVISION);
		expect_equal(hypercall(HC_CPU_GET_INFO, 1, CPU_INFO_STATE), 0);
		expect_equal(probe_vmxoff(), VECTOR_UD);
		expect_equal(probe_rdmsr(MSR_EFER, &value), NO_TRAP);
		expect_equal(probe_write_cr4(read_cr4()), NO_TRAP);
		expect_equal(probe_read32(HYPERVISOR_MEMORY, &word), NO_TRAP);
		expect_equal(word, 0);
		expect_equal(weir_disable(), 0);
	}
	test_end();
}

/* As Linux gives a CPU that comes online what the firmware has set up. */
static void test_thermal_entry(void)
{
	uint32_t entry;

	test_begin("the root keeps the firmware's thermal interrupt");
	if (enable()) {
		entry = apic_read(APIC_LVT_THERMAL);
		apic_write(APIC_LVT_THERMAL, LVT_MASKED_SMI);
		expect_equal(apic_read(APIC_LVT_THERMAL) & LVT_MODE_AND_MASK,
			     LVT_MASKED_SMI);
		apic_write(APIC_LVT_THERMAL, entry);
		expect_equal(weir_disable(), 0);
	}
	test_end();
}

static void test_second_restarts(void)
{
	test_begin("the second CPU restarts by INIT under the hypervisor");
	if (enable()) {
		for (int n = 0; n < 3; n++) {
			expect_equal(cpu_offline(1), 0);
			expect_equal(cpu_online(1), 0);
		}
		enabled_step_ok = true;
		cpus_call(enabled_step, NULL);
		expect(enabled_step_ok);
		expect_equal(weir_disable(), 0);
	}
	test_end();
}

static void write_hypervisor(void)
{
	probe_write32(HYPERVISOR_MEMORY, 1);
}

static void read_nowhere(void)
{
	uint32_t value;

	probe_read32(BEYOND_MEMORY, &value);
}

static bool second_stopped(void *data)
{
	(void)data;
	return hypercall(HC_CPU_GET_INFO, 1, CPU_INFO_STATE) ==
	       CPU_STATE_FAILED;
}

/* Not even the root's CPUs: the one that tries is stopped, and INIT wakes it. */
static void test_root_stopped(const char *name, void (*act)(void))
{
	test_begin(name);
	if (enable()) {
		expect_equal(cpu_offline_after(1, act), 0);
		expect(wait_until(second_stopped, NULL, 100));
		expect_equal(cpu_online(1), 0);
		expect_equal(hypercall(HC_CPU_GET_INFO, 1, CPU_INFO_STATE), 0);
		expect_equal(weir_disable(), 0);
	}
	test_end();
}

static void test_rounds(void)
{
	unsigned int round;

	test_begin("twenty times in a row");
	states_mark();
	states_save();
	for (round = 0; round < ROUNDS; round++) {
		if (!enable())
			break;
		enabled_step_ok = true;
		interrupts_check();
		expect(enabled_step_ok);
		if (!expect_equal(weir_disable(), 0))
			break;
		states_compare();
	}
	expect_equal(round, ROUNDS);
	test_end();
	test_report("enable_rounds", round);
}

/* The colors that the configuration gives the hypervisor, of 16; 0: all. */
static uint64_t own_colors(void)
{
	static struct color_report report;

	report = (struct color_report){ .size = sizeof(report) };
	if (hypercall(WEIR_HC_COLORS, virt_to_phys(&report), 0))
		return 0;
	return report.hypervisor[0];
}

static bool page_is_clear(uint64_t phys)
{
	const uint64_t *word = direct(phys);

	for (unsigned int i = 0; i < PAGE_BYTES / sizeof(*word); i++)
		if (word[i])
			return false;
	return true;
}

/* What was loaded is before the pool; the rest was clear when it began. */
static uint64_t loaded_bytes(const struct image_header *header)
{
	uint64_t bytes = header->core_size +
			 header->max_cpus * header->percpu_size +
			 header->config_size;

	/* The pool's own account comes first. */
	return ((bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1)) + PAGE_BYTES;
}

static void count_pages(uint64_t own, uint64_t *mine, uint64_t *foreign)
{
	const struct system_desc *system = system_file().data;
	const struct image_header *header = direct(HYPERVISOR_MEMORY);
	uint64_t at = loaded_bytes(header);

	*mine = 0;
	*foreign = 0;
	for (; at < system->hypervisor_memory.size; at += PAGE_BYTES) {
		uint64_t phys = HYPERVISOR_MEMORY + at;

		if (page_is_clear(phys))
			continue;
		if (own >> (phys / PAGE_BYTES % 16) & 1)
			++*mine;
		else
			++*foreign;
	}
}

/* Seen afterwards: what it has written, beyond what was loaded. */
static void test_own_colors(void)
{
	uint64_t own, mine, foreign, loaded;

	test_begin("all that the hypervisor takes is of its colors");
	if (enable()) {
		own = own_colors();
		expect(own != 0);
		interrupts_check();
		expect_equal(weir_disable(), 0);
		count_pages(own, &mine, &foreign);
		loaded = loaded_bytes(direct(HYPERVISOR_MEMORY)) / PAGE_BYTES;
		/* Of what was loaded only what is clear has no copy. */
		expect(mine > loaded / 4);
		expect_equal(foreign, 0);
		test_report("own_pages", mine);
	}
	test_end();
}

void group_enable(void)
{
	if (cpu_online(1))
		return;
	if (!test_first())
		return;
	test_machine_as_root();
	test_thermal_entry();
	test_second_restarts();
	test_root_stopped("a CPU of the root that writes to the hypervisor is stopped",
			  write_hypervisor);
	test_root_stopped("one that reads where nothing is, too", read_nowhere);
	if (option("colors"))
		test_own_colors();
	test_rounds();
	tests_nmi();
}
