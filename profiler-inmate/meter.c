/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The meter: counts its own instructions against the system counter.
 *
 *   blocks=N      blocks of 1024 instructions to run (default 100000)
 *   window=TIME   also the most blocks in any window of this length; up to
 *                 four such words
 *   settle=TIME   spins so long before (default 0)
 *   idle=CPU      starts this CPU of the cell as well, which then waits
 *
 * A regulator that counts retired instructions is audited by a guest that
 * knows exactly how many it retires. Nothing here relies on what the
 * hypervisor counts. Prints "meter: window NS blocks N", one a window, then
 * "meter: blocks N ns N".
 *
 * A stamp is taken after each block, so a window holds one block more, at
 * most, than is counted in it, and one less at least.
 */
#include "inmate.h"

#define BLOCK_INSTRUCTIONS	1024u

/*
 * Runs and stamps `blocks` blocks (at least 1) of exactly BLOCK_INSTRUCTIONS
 * each: in one piece of assembly, so that the compiler adds none.
 */
static void blocks_run(uint64_t *stamps, uint64_t blocks)
{
	uint64_t loops, stamp;

	__asm__ volatile("1:	mov	%[loops], %[count]\n\t"
			 "2:	subs	%[loops], %[loops], #1\n\t"
			 "	nop\n\t"
			 "	nop\n\t"
			 "	b.ne	2b\n\t"
			 "	nop\n\t"
			 "	nop\n\t"
			 "	isb\n\t"
			 "	mrs	%[stamp], cntvct_el0\n\t"
			 "	str	%[stamp], [%[stamps]], #8\n\t"
			 "	subs	%[blocks], %[blocks], #1\n\t"
			 "	b.ne	1b"
			 : [loops] "=&r"(loops), [stamp] "=&r"(stamp),
			   [stamps] "+&r"(stamps), [blocks] "+&r"(blocks)
			 : [count] "i"((BLOCK_INSTRUCTIONS - 8) / 4)
			 : "cc", "memory");
}

/* Most stamps in any window; two indices that only move forward. */
static uint64_t densest(const uint64_t *stamps, uint64_t count, uint64_t ticks)
{
	uint64_t first = 0, most = 0;

	for (uint64_t last = 0; last < count; last++) {
		while (stamps[last] - stamps[first] > ticks)
			first++;
		if (last - first > most)
			most = last - first;
	}
	return most;
}

static void windows_print(const uint64_t *stamps, uint64_t count)
{
	static const char *const names[] = { "window", "window2", "window3",
					     "window4" };

	for (unsigned int n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		uint64_t ns = cmdline_ns(names[n], 0);

		if (ns)
			inmate_printf("meter: window %lu blocks %lu\n", ns,
				      densest(stamps, count,
					      timer_ns_to_ticks(ns)));
	}
}

/* It shares the budget, takes its ticks, and uses nothing. */
static void idle(void *argument)
{
	(void)argument;
	inmate_halt();
}

static bool idle_start(void)
{
	static uint8_t stack[1024] __attribute__((aligned(16)));
	uint64_t cpu = cmdline_number("idle", 0);

	return cpu == 0 ||
	       inmate_cpu_on(cpu, idle, NULL, stack + sizeof(stack)) == 0;
}

/* What is executed here is charged as the blocks are: the budget is in use. */
static void settle(void)
{
	uint64_t end = timer_now_ticks() + timer_ns_to_ticks(cmdline_ns("settle", 0));

	while (timer_now_ticks() < end)
		;
}

void inmate_main(void)
{
	uint64_t blocks = cmdline_number("blocks", 100000);
	uint64_t *stamps = inmate_alloc((blocks + 1) * sizeof(*stamps));

	if (!stamps || !idle_start()) {
		inmate_printf("meter: no second CPU, or no room for %lu stamps\n",
			      blocks);
		comm_set_state(CELL_FAILED);
		inmate_halt();
	}
	for (uint64_t n = 0; n <= blocks; n++)
		stamps[n] = 0;
	inmate_printf("meter: running\n");
	settle();
	blocks_run(stamps, blocks + 1);
	inmate_printf("meter: stopped\n");
	windows_print(stamps, blocks + 1);
	inmate_printf("meter: blocks %lu ns %lu\n", blocks,
		      timer_ticks_to_ns(stamps[blocks] - stamps[0]));
}
