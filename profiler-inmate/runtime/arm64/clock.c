/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clock work is measured with: model cycles, or the system counter. */
#include "inmate.h"

static const volatile struct memsys_page *page;
static const volatile struct memsys_cpu *own;

void clock_init(void)
{
	uint64_t mpidr;
	char source[8];

	cmdline_string("clock", "model", source, sizeof(source));
	if (source[0] == 't')
		return;
	__asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	page = (const volatile struct memsys_page *)INMATE_MEMSYS_PAGE;
	own = &page->cpu[mpidr & 0xff];
}

uint64_t clock_cycles(void)
{
	return own ? own->cycles : timer_now_ticks();
}

uint64_t clock_hz(void)
{
	return page ? page->clock_hz : timer_hz();
}

void clock_wait_until(uint64_t cycles)
{
	while (clock_cycles() < cycles)
		;
}
