// SPDX-License-Identifier: GPL-2.0-only
/* The local APIC, in either mode. Intel SDM volume 3A, chapter 10. */
#include "root.h"

#define APIC_BASE_ENABLE	(1ull << 11)
#define APIC_BASE_X2APIC	(1ull << 10)

#define APIC_ID			0x020
#define APIC_TASK_PRIORITY	0x080
#define APIC_EOI		0x0b0
#define APIC_LOGICAL		0x0d0
#define APIC_FORMAT		0x0e0
#define APIC_SPURIOUS		0x0f0
#define APIC_COMMAND_LOW	0x300
#define APIC_COMMAND_HIGH	0x310
#define APIC_LVT_TIMER		0x320

#define SPURIOUS_ENABLE		(1u << 8)
#define COMMAND_PENDING		(1u << 12)
#define COMMAND_INIT		0x4500u	/* level assert */
#define COMMAND_STARTUP		0x4600u
#define TIMER_DEADLINE		(2u << 17)

static bool x2apic_mode;

bool apic_is_x2apic(void)
{
	return x2apic_mode;
}

uint32_t apic_read(unsigned int offset)
{
	if (x2apic_mode)
		return (uint32_t)rdmsr(MSR_X2APIC + offset / 16);
	return *(volatile uint32_t *)direct(APIC_PHYS + offset);
}

void apic_write(unsigned int offset, uint32_t value)
{
	if (x2apic_mode)
		wrmsr(MSR_X2APIC + offset / 16, value);
	else
		*(volatile uint32_t *)direct(APIC_PHYS + offset) = value;
}

uint32_t apic_id(void)
{
	uint32_t id = apic_read(APIC_ID);

	return x2apic_mode ? id : id >> 24;
}

void apic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

void apic_setup(bool x2apic)
{
	uint64_t base = rdmsr(MSR_APIC_BASE) | APIC_BASE_ENABLE;

	x2apic_mode = x2apic;
	wrmsr(MSR_APIC_BASE, x2apic ? base | APIC_BASE_X2APIC : base);
	apic_write(APIC_TASK_PRIORITY, 0);
	apic_write(APIC_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
	apic_write(APIC_LVT_TIMER, TIMER_DEADLINE | VECTOR_TIMER);
	/* The mode must be in force before a deadline: SDM 3A, 10.5.4.1. */
	__asm__ volatile("mfence" ::: "memory");
	if (!x2apic) {
		apic_write(APIC_FORMAT, 0xffffffff);
		apic_write(APIC_LOGICAL, 1u << (24 + apic_id()));
	}
}

void apic_command(uint32_t destination, uint32_t low)
{
	if (x2apic_mode) {
		wrmsr(MSR_X2APIC + APIC_COMMAND_LOW / 16,
		      (uint64_t)destination << 32 | low);
		return;
	}
	apic_write(APIC_COMMAND_HIGH, destination << 24);
	apic_write(APIC_COMMAND_LOW, low);
	while (apic_read(APIC_COMMAND_LOW) & COMMAND_PENDING)
		pause();
}

static void wait_us(uint64_t us)
{
	uint64_t end = rdtsc() + us * (TSC_HZ / 1000000);

	while (rdtsc() < end)
		pause();
}

/* Waiting as SDM volume 3A, 8.4.4.1 asks. */
void apic_start_cpu(uint32_t destination, uint64_t start)
{
	apic_command(destination, COMMAND_INIT);
	wait_us(10000);
	apic_command(destination, COMMAND_STARTUP | (uint32_t)(start >> 12));
	wait_us(200);
	apic_command(destination, COMMAND_STARTUP | (uint32_t)(start >> 12));
}

void apic_timer_arm(uint64_t deadline_tsc)
{
	wrmsr(MSR_TSC_DEADLINE, deadline_tsc);
}
