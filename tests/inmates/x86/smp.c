/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A cell's second CPU: started again and again, and interrupted.
 *
 *   other=N     its APIC id
 *   starts=N    how often (5)
 *
 * Prints "smp: N starts, M messages" at the end, or what did not come.
 */
#include "inmate.h"

#define VECTOR_MESSAGE		40
#define COMMAND_FIXED		0x4000u
#define STACK_BYTES		4096
#define PATIENCE_NS		100000000ull

static uint8_t stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile uint64_t arrived, messages, other_id;

static void message(unsigned int vector)
{
	if (vector == VECTOR_MESSAGE)
		messages++;
}

static void second(void *argument)
{
	irq_init(message);
	other_id = apic_id();
	arrived = (uintptr_t)argument;
	for (;;)
		irq_wait();
}

static bool wait_for(const volatile uint64_t *value, uint64_t wanted)
{
	uint64_t end = timer_now_ticks() + timer_ns_to_ticks(PATIENCE_NS);

	while (*value != wanted)
		if (timer_now_ticks() > end)
			return false;
	return true;
}

/* One life of the other CPU: it comes, says who it is, takes a message. */
static bool start_once(uint64_t other, uint64_t n)
{
	uint64_t before = messages;

	inmate_cpu_on(other, second, (void *)(uintptr_t)n,
		      stack + STACK_BYTES);
	if (!wait_for(&arrived, n) || other_id != other)
		return false;
	apic_command(other << 32 | COMMAND_FIXED | VECTOR_MESSAGE);
	return wait_for(&messages, before + 1);
}

void inmate_main(void)
{
	uint64_t other = cmdline_number("other", 0);
	uint64_t starts = cmdline_number("starts", 5);

	for (uint64_t n = 1; n <= starts; n++) {
		if (start_once(other, n))
			continue;
		inmate_printf("smp: start %" U64 ": arrived %" U64 ", id %" U64
			      ", messages %" U64 "\n",
			      n, arrived, other_id, messages);
		return;
	}
	inmate_printf("smp: %" U64 " starts, %" U64 " messages\n", arrived, messages);
	while (!comm_poll(true))
		__asm__ volatile("pause");
}
