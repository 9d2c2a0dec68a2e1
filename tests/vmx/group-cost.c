// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the hypervisor costs: exits while nothing is regulated, and, on a
 * machine with one CPU, instructions from an exit to the entry that follows.
 */
#include "groups.h"
#include "weir.h"

#define IDLE_MS			50
#define REPEAT			100
#define APIC_TASK_PRIORITY	0x080

static void timer_again(unsigned int vector)
{
	if (vector == VECTOR_TIMER)
		apic_timer_arm(rdtsc() + TSC_HZ / 1000);
}

static long exits_total(unsigned int cpu)
{
	return hypercall(HC_CPU_GET_INFO, cpu,
			 CPU_INFO_STAT_BASE + CPU_STAT_TOTAL);
}

static void spin_ms(uint64_t ms)
{
	uint64_t end = rdtsc() + ms * (TSC_HZ / 1000);

	while (rdtsc() < end)
		pause();
}

/*
 * The counting calls themselves exit: the last one is in its own result. The
 * timer interrupts in between end without an exit where the APIC's registers
 * are MSRs; an xAPIC's are emulated, so there the CPU just computes.
 */
static void test_idle(void)
{
	uint64_t interrupts;
	long before, after;

	test_begin("a CPU that is not regulated does not exit");
	if (apic_is_x2apic()) {
		interrupt_hook = timer_again;
		apic_timer_arm(rdtsc() + TSC_HZ / 1000);
		spin_ms(2);
	}
	interrupts = cpus[0].interrupts[VECTOR_TIMER];
	before = exits_total(0);
	spin_ms(IDLE_MS);
	after = exits_total(0);
	interrupt_hook = NULL;
	if (apic_is_x2apic())
		expect(cpus[0].interrupts[VECTOR_TIMER] > interrupts + IDLE_MS / 2);
	expect_equal(after - before, 1);
	test_report("idle_exits", (uint64_t)(after - before - 1));
	test_report("idle_ms", IDLE_MS);
	test_end();
}

static void do_nothing(void)
{
	__asm__ volatile("nop" ::: "memory");
}

static void do_hypercall(void)
{
	uint64_t result = WEIR_HC_QUERY;

	__asm__ volatile("vmcall" : "+a"(result)
			 : "D"(WEIR_FEATURE_ABI_REVISION), "S"(0) : "memory");
}

static void do_cpuid(void)
{
	uint32_t eax = 0, ebx, ecx = 0, edx;

	__asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
}

static void do_apic_write(void)
{
	apic_write(APIC_TASK_PRIORITY, 0);
}

static uint64_t instructions(void (*act)(void))
{
	uint64_t start = rdtsc();

	for (int n = 0; n < REPEAT; n++)
		act();
	return rdtsc() - start;
}

static uint64_t cost(void (*act)(void))
{
	uint64_t flags = irq_save();
	uint64_t bare = instructions(do_nothing);
	uint64_t full = instructions(act);

	irq_restore(flags);
	return (full - bare) / REPEAT;
}

static void test_cost(void)
{
	static const struct {
		const char *key;
		void (*act)(void);
	} acts[] = {
		{ "cost_hypercall", do_hypercall },
		{ "cost_cpuid", do_cpuid },
		{ "cost_apic_write", do_apic_write },
	};

	test_begin("the way through the hypervisor is counted and bounded");
	for (size_t n = 0; n < ARRAY_COUNT(acts); n++) {
		uint64_t count = cost(acts[n].act);

		test_report(acts[n].key, count);
		expect(count < 10000);
		expect(count > 0 || apic_is_x2apic());
	}
	test_end();
}

void group_cost(void)
{
	if (!weir_begin())
		return;
	test_idle();
	if (cpus_online() == 1)
		test_cost();
	test_begin("the hypervisor leaves");
	expect_equal(weir_disable(), 0);
	test_end();
}
