/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The local APIC, always through x2APIC MSRs, and its timer: by TSC deadline,
 * or counting down when the communication region gives the timer's rate.
 * Intel SDM volume 3A, 10.5.4 and 10.12.
 */
#include "inmate.h"
#include "runtime-x86.h"

#define MSR_TSC_DEADLINE	0x6e0
#define MSR_APIC_ID		0x802
#define MSR_APIC_TPR		0x808
#define MSR_APIC_EOI		0x80b
#define MSR_APIC_SPURIOUS	0x80f
#define MSR_APIC_COMMAND	0x830
#define MSR_APIC_LVT_TIMER	0x832
#define MSR_APIC_TIMER_COUNT	0x838
#define MSR_APIC_TIMER_DIVIDE	0x83e

#define SPURIOUS_ENABLE		0x100u
#define SPURIOUS_VECTOR		63u
#define LVT_TSC_DEADLINE	(2u << 17)
#define DIVIDE_BY_16		3u
#define TIMER_DIVISOR		16u
#define HZ_PER_KHZ		1000ull
#define NS_PER_S		1000000000ull

static irq_handler handle;

uint32_t apic_id(void)
{
	return (uint32_t)inmate_rdmsr(MSR_APIC_ID);
}

void apic_command(uint64_t command)
{
	inmate_wrmsr(MSR_APIC_COMMAND, command);
}

void irq_init(irq_handler handler)
{
	handle = handler;
	inmate_wrmsr(MSR_APIC_TPR, 0);
	inmate_wrmsr(MSR_APIC_SPURIOUS, SPURIOUS_ENABLE | SPURIOUS_VECTOR);
}

void irq_dispatch(unsigned int vector)
{
	if (vector == SPURIOUS_VECTOR)
		return;
	if (handle)
		handle(vector);
	inmate_wrmsr(MSR_APIC_EOI, 0);
}

static bool timer_has_deadline(void)
{
	return comm_region()->apic_khz == 0;
}

/* The timer is the only private interrupt with a vector of its own. */
void irq_enable(unsigned int irq)
{
	if (irq != IRQ_TIMER)
		return;
	inmate_wrmsr(MSR_APIC_TIMER_DIVIDE, DIVIDE_BY_16);
	inmate_wrmsr(MSR_APIC_LVT_TIMER,
		     IRQ_TIMER | (timer_has_deadline() ? LVT_TSC_DEADLINE : 0));
	/* The mode is in force before the first deadline is written. */
	__asm__ volatile("mfence" ::: "memory");
}

uint64_t timer_now_ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) :: "memory");
	return low | (uint64_t)high << 32;
}

uint64_t timer_hz(void)
{
	return comm_region()->tsc_khz * HZ_PER_KHZ;
}

/* Split in seconds and rest: no overflow for centuries. */
uint64_t timer_ticks_to_ns(uint64_t ticks)
{
	uint64_t hz = timer_hz();

	return ticks / hz * NS_PER_S + ticks % hz * NS_PER_S / hz;
}

uint64_t timer_ns_to_ticks(uint64_t ns)
{
	uint64_t hz = timer_hz();

	return ns / NS_PER_S * hz + ns % NS_PER_S * hz / NS_PER_S;
}

/* Counts from now on; a deadline that has passed is due at once. */
static void timer_count_down(uint64_t ticks)
{
	uint64_t now = timer_now_ticks();
	uint64_t count = 1;

	if (ticks > now)
		count = (ticks - now) * comm_region()->apic_khz / TIMER_DIVISOR /
			comm_region()->tsc_khz;
	inmate_wrmsr(MSR_APIC_TIMER_COUNT,
		     count > UINT32_MAX ? UINT32_MAX : count ? count : 1);
}

void timer_arm(uint64_t ticks)
{
	if (timer_has_deadline())
		inmate_wrmsr(MSR_TSC_DEADLINE, ticks ? ticks : 1);
	else
		timer_count_down(ticks);
}

void timer_disarm(void)
{
	if (timer_has_deadline())
		inmate_wrmsr(MSR_TSC_DEADLINE, 0);
	else
		inmate_wrmsr(MSR_APIC_TIMER_COUNT, 0);
}
