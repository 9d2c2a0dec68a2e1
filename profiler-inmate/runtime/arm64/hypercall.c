/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls to the hypervisor, and starting other CPUs. */
#include "inmate.h"

#define PSCI_CPU_ON_64		0xc4000003ull

struct secondary {
	void (*volatile entry)(void *argument);
	void *argument;
	void *stack_top;
};

void secondary_start(void);

long inmate_hypercall(uint64_t number, uint64_t arg1, uint64_t arg2)
{
	register uint64_t x0 __asm__("x0") = number;
	register uint64_t x1 __asm__("x1") = arg1;
	register uint64_t x2 __asm__("x2") = arg2;

	__asm__ volatile("hvc #0x4a48"
			 : "+r"(x0), "+r"(x1), "+r"(x2) :: "x3", "memory");
	return (long)x0;
}

long inmate_psci(uint64_t function, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = arg1;
	register uint64_t x2 __asm__("x2") = arg2;
	register uint64_t x3 __asm__("x3") = arg3;

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) :: "memory");
	return (long)x0;
}

long inmate_cpu_on(uint64_t cpu, void (*entry)(void *argument), void *argument,
		   void *stack_top)
{
	static struct secondary secondary;
	long result;

	/* The previous CPU has not yet taken its block. */
	while (secondary.entry)
		__asm__ volatile("yield" ::: "memory");
	secondary.argument = argument;
	secondary.stack_top = stack_top;
	secondary.entry = entry;
	__asm__ volatile("dc civac, %0\n\tdsb sy" :: "r"(&secondary) : "memory");
	result = inmate_psci(PSCI_CPU_ON_64, cpu, (uint64_t)secondary_start,
			     (uint64_t)&secondary);
	if (result)
		secondary.entry = NULL;
	return result;
}

void inmate_halt(void)
{
	__asm__ volatile("msr daifset, #15" ::: "memory");
	for (;;)
		__asm__ volatile("wfi" ::: "memory");
}
