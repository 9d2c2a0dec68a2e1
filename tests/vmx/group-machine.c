// SPDX-License-Identifier: GPL-2.0-only
/*
 * The root alone: what the other groups rely on works before any hypervisor
 * has a part in it.
 */
#include "groups.h"
#include "root.h"

#define VECTOR_GP		13
#define VECTOR_PF		14
#define VECTOR_UD		6
#define MSR_NONE		0x40000fff
#define COMMAND_NMI		0x4400u
#define DIRECT_END		0x100000000ull

static int count_step(void *data)
{
	__atomic_fetch_add((int *)data, 1, __ATOMIC_SEQ_CST);
	return 0;
}

static int number_step(void *data)
{
	(void)data;
	return -(int)cpu_this()->number;
}

static void test_second_cpu(void)
{
	int count = 0;

	test_begin("the second CPU starts and works");
	expect_equal(cpu_online(1), 0);
	expect_equal(cpus[1].apic_id, 1);
	expect_equal(cpus_call(count_step, &count), 0);
	expect_equal(count, 2);
	expect_equal(cpus_call(number_step, NULL), -1);
	test_end();
}

static void test_restart(void)
{
	int count = 0;

	test_begin("the second CPU goes and comes back, three times");
	for (int n = 0; n < 3; n++) {
		expect_equal(cpu_offline(1), 0);
		expect_equal(cpus_online(), 1);
		count = 0;
		cpus_call(count_step, &count);
		expect_equal(count, 1);
		expect_equal(cpu_online(1), 0);
		count = 0;
		cpus_call(count_step, &count);
		expect_equal(count, 2);
	}
	test_end();
}

static void test_probes(void)
{
	uint64_t value;
	uint32_t word;

	test_begin("a trapping instruction is noticed");
	expect_equal(probe_rdmsr(MSR_NONE, &value), VECTOR_GP);
	expect_equal(probe_rdmsr(MSR_EFER, &value), NO_TRAP);
	expect_equal(probe_vmxoff(), VECTOR_UD);
	expect_equal(probe_write_cr0(1ull << 40), VECTOR_GP);
	expect_equal(probe_write_cr4(read_cr4()), NO_TRAP);
	expect_equal(probe_read32(DIRECT_END, &word), VECTOR_PF);
	test_end();
}

static void test_interrupts(void)
{
	uint64_t timer = cpus[0].interrupts[VECTOR_TIMER];
	uint64_t nmi = cpus[1].interrupts[2];
	uint64_t end = rdtsc() + TSC_HZ / 100;

	test_begin("timer and messages between CPUs arrive");
	apic_timer_arm(rdtsc() + TSC_HZ / 1000);
	while (rdtsc() < end && cpus[0].interrupts[VECTOR_TIMER] == timer)
		pause();
	expect_equal(cpus[0].interrupts[VECTOR_TIMER], timer + 1);
	apic_command(1, COMMAND_NMI);
	while (rdtsc() < end && cpus[1].interrupts[2] == nmi)
		pause();
	expect_equal(cpus[1].interrupts[2], nmi + 1);
	test_end();
}

static void test_vmx(void)
{
	test_begin("the machine offers VMX");
	expect(cpuid(1, 0).ecx & 1u << 5);
	expect_equal(rdmsr(0x3a), 5);
	test_end();
}

void group_machine(void)
{
	test_second_cpu();
	test_restart();
	test_probes();
	test_interrupts();
	test_vmx();
}
