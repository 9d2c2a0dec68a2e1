/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two CPUs of a cell and PSCI: on, off, on again, what is refused. The first
 * CPU's number is `cpu=`, the second is the next.
 */
#include "inmate.h"

#define PSCI_CPU_OFF		0x84000002u
#define PSCI_CPU_ON		0xc4000003u
#define PSCI_AFFINITY_INFO	0xc4000004u
#define AFFINITY_OFF		1
#define PATIENCE_NS		1000000000ull
#define STACK_BYTES		4096u

static uint8_t stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile uint64_t seen;
static unsigned int failures;

static void expect(const char *what, long got, long wanted)
{
	if (got == wanted)
		return;
	failures++;
	inmate_printf("power: %s: %ld, expected %ld\n", what, got, wanted);
}

static void second_main(void *argument)
{
	seen = (uint64_t)argument;
	__asm__ volatile("dsb sy" ::: "memory");
	inmate_psci(PSCI_CPU_OFF, 0, 0, 0);
	seen = ~0ull;
}

static long affinity(uint64_t cpu)
{
	return inmate_psci(PSCI_AFFINITY_INFO, cpu, 0, 0);
}

static bool soon_off(uint64_t cpu)
{
	uint64_t end = timer_now_ticks() + timer_ns_to_ticks(PATIENCE_NS);

	while (affinity(cpu) != AFFINITY_OFF) {
		if (timer_now_ticks() > end)
			return false;
		__asm__ volatile("yield");
	}
	return true;
}

static void start_and_stop(uint64_t cpu, uint64_t argument)
{
	expect("off before", affinity(cpu), AFFINITY_OFF);
	expect("on", inmate_cpu_on(cpu, second_main, (void *)argument,
				   stack + sizeof(stack)), 0);
	while (seen != argument)
		__asm__ volatile("yield");
	expect("off after", soon_off(cpu), true);
	expect("the argument", (long)seen, (long)argument);
}

void inmate_main(void)
{
	uint64_t first = cmdline_number("cpu", 0);
	uint64_t entry = 0x1000;

	expect("oneself is on", affinity(first), 0);
	expect("start oneself", inmate_psci(PSCI_CPU_ON, first, entry, 0), -4);
	expect("start the root's CPU", inmate_psci(PSCI_CPU_ON, 0, entry, 0),
	       -2);
	expect("affinity of the root's CPU", affinity(0), -2);
	expect("start nobody", inmate_psci(PSCI_CPU_ON, 0xff00, entry, 0), -2);
	expect("start outside memory",
	       inmate_psci(PSCI_CPU_ON, first + 1, 0x50000000, 0), -9);
	expect("start at no code",
	       inmate_psci(PSCI_CPU_ON, first + 1, INMATE_COMM_BASE, 0), -9);
	for (uint64_t n = 1; n <= 20; n++)
		start_and_stop(first + 1, 0x1000 + n);
	inmate_printf("power: %u failures\n", failures);
}
