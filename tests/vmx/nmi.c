// SPDX-License-Identifier: GPL-2.0-only
/*
 * NMIs while the hypervisor comes and goes. The interval timer sends them, by
 * way of the I/O interrupt controller, wherever a CPU is just then: one that is
 * aimed at an instant arrives once, many do no harm.
 */
#include "groups.h"
#include "weir.h"

#define IOAPIC_PHYS		0xfec00000ull
#define IOAPIC_SELECT		0x00
#define IOAPIC_WINDOW		0x10
#define IOAPIC_ENTRY		0x10
#define TIMER_PIN		2	/* of Bochs */
#define ENTRY_NMI		0x400u
#define ENTRY_MASKED		0x10000u

/* Intel 8254, channel 0: one shot, and again and again. */
#define PIT_DATA		0x40
#define PIT_COMMAND		0x43
#define PIT_ONCE		0x30
#define PIT_REPEAT		0x34
#define PIT_HZ			1193182
#define PIC_MASK		0x21
#define PIC_MASK_ALL		0xff

#define VECTOR_NMI		2
#define ROUNDS			10
#define STORMS			2
#define FINE_TICKS		151u	/* around the switches of tables */
#define COARSE			2u	/* rounds for all that is between */
#define LEAD_TICKS		4000u
#define STORM_TICKS		6000u

static void ioapic_write(uint32_t index, uint32_t value)
{
	*(volatile uint32_t *)direct(IOAPIC_PHYS + IOAPIC_SELECT) = index;
	*(volatile uint32_t *)direct(IOAPIC_PHYS + IOAPIC_WINDOW) = value;
}

static void timer_route(unsigned int cpu, bool on)
{
	uint32_t index = IOAPIC_ENTRY + 2 * TIMER_PIN;

	outb(PIC_MASK, PIC_MASK_ALL);
	ioapic_write(index, ENTRY_NMI | ENTRY_MASKED);
	ioapic_write(index + 1, cpus[cpu].apic_id << 24);
	if (on)
		ioapic_write(index, ENTRY_NMI);
}

static void timer_start(uint8_t command, uint64_t tsc_ticks)
{
	uint64_t count = tsc_ticks * PIT_HZ / TSC_HZ;

	outb(PIT_COMMAND, command);
	outb(PIT_DATA, (uint8_t)count);
	outb(PIT_DATA, (uint8_t)(count >> 8));
}

static void spin(uint64_t end)
{
	while (rdtsc() < end)
		pause();
}

static uint64_t nmis(unsigned int cpu)
{
	return cpus[cpu].interrupts[VECTOR_NMI];
}

/* One NMI for this CPU, about so long after `act` has begun. */
static bool aimed(int (*act)(void), unsigned int cpu, uint64_t aim_ticks)
{
	uint64_t before = nmis(cpu);
	uint64_t start;

	timer_start(PIT_ONCE, aim_ticks + LEAD_TICKS);
	start = rdtsc();
	spin(start + LEAD_TICKS);
	if (!expect_equal(act(), 0))
		return false;
	spin(start + aim_ticks + 2 * LEAD_TICKS);
	spin(rdtsc() + LEAD_TICKS);
	return expect_equal(nmis(cpu) - before, 1);
}

static uint64_t duration(int (*act)(void))
{
	uint64_t start = rdtsc();

	expect_equal(act(), 0);
	return rdtsc() - start;
}

static void test_aimed(void)
{
	uint64_t enable_ticks, disable_ticks, aim;

	test_begin("an NMI that meets enabling or disabling arrives, once");
	expect_equal(weir_prepare(), 0);
	enable_ticks = duration(weir_enable);
	disable_ticks = duration(weir_disable);
	for (unsigned int n = 0; n < ROUNDS && !test_failing(); n++) {
		bool fine = n >= COARSE;

		expect_equal(weir_prepare(), 0);
		timer_route(n % 2, true);
		aim = fine ? (n - COARSE) * FINE_TICKS :
			     n * enable_ticks / COARSE;
		if (!aimed(weir_enable, n % 2, aim))
			break;
		aim = fine ? disable_ticks - (n - COARSE) * FINE_TICKS :
			     n * disable_ticks / COARSE;
		aimed(weir_disable, n % 2, aim);
		timer_route(n % 2, false);
		timer_route(n % 2, false);
	}
	test_report("enable_ticks", enable_ticks);
	test_report("disable_ticks", disable_ticks);
	test_end();
}

static void test_storm(void)
{
	uint64_t before;

	test_begin("a storm of NMIs goes on through enabling and disabling");
	for (unsigned int n = 0; n < STORMS && !test_failing(); n++) {
		before = nmis(n % 2);
		expect_equal(weir_prepare(), 0);
		timer_route(n % 2, true);
		timer_start(PIT_REPEAT, STORM_TICKS + n * FINE_TICKS);
		expect_equal(weir_enable(), 0);
		spin(rdtsc() + 10 * STORM_TICKS);
		expect_equal(weir_disable(), 0);
		timer_route(n % 2, false);
		expect(nmis(n % 2) - before > 10);
	}
	timer_start(PIT_ONCE, LEAD_TICKS);
	test_end();
}

void tests_nmi(void)
{
	test_aimed();
	test_storm();
}
