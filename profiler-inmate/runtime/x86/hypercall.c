/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls to the hypervisor, and starting other CPUs. */
#include "inmate.h"

#define VENDOR_INTEL_EBX	0x756e6547u	/* "Genu" */
#define COMMAND_INIT		0x4500u
#define COMMAND_STARTUP		0x4600u		/* vector 0: address 0 */
#define INIT_WAIT_NS		10000000ull
#define STARTUP_WAIT_NS		200000ull

void (*volatile secondary_entry)(void *argument);
void *volatile secondary_argument;
void *volatile secondary_stack;

static bool vendor_is_intel(void)
{
	static int known;
	uint32_t eax = 0, ebx, ecx, edx;

	if (!known) {
		__asm__ volatile("cpuid"
				 : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
		known = ebx == VENDOR_INTEL_EBX ? 1 : -1;
	}
	return known > 0;
}

long inmate_hypercall(uint64_t number, uint64_t arg1, uint64_t arg2)
{
	unsigned long result = (unsigned long)number;

	if (vendor_is_intel())
		__asm__ volatile("vmcall"
				 : "+a"(result)
				 : "D"((unsigned long)arg1),
				   "S"((unsigned long)arg2)
				 : "memory");
	else
		__asm__ volatile("vmmcall"
				 : "+a"(result)
				 : "D"((unsigned long)arg1),
				   "S"((unsigned long)arg2)
				 : "memory");
	return (int)result;
}

static void wait_ns(uint64_t ns)
{
	uint64_t end = timer_now_ticks() + timer_ns_to_ticks(ns);

	while (timer_now_ticks() < end)
		__asm__ volatile("pause");
}

long inmate_cpu_on(uint64_t cpu, void (*entry)(void *argument), void *argument,
		   void *stack_top)
{
	/* The previous CPU has not yet taken its block. */
	while (secondary_entry)
		__asm__ volatile("pause");
	secondary_argument = argument;
	secondary_entry = entry;
	secondary_stack = stack_top;
	apic_command(cpu << 32 | COMMAND_INIT);
	wait_ns(INIT_WAIT_NS);
	apic_command(cpu << 32 | COMMAND_STARTUP);
	wait_ns(STARTUP_WAIT_NS);
	if (secondary_entry)
		apic_command(cpu << 32 | COMMAND_STARTUP);
	return 0;
}

void inmate_halt(void)
{
	for (;;)
		__asm__ volatile("cli\n\thlt" ::: "memory");
}
