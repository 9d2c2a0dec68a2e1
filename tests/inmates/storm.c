/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An interrupt storm on a CPU that reads as fast as memory lets it: the timer
 * fires every `interval=`, and its handler reads `lines=` more. After `irqs=`
 * interrupts it tells how late they came.
 */
#include "inmate.h"

#define BUFFER_BYTES	(4ull << 20)

static volatile uint64_t *buffer;
static uint64_t next_word, interval_ticks, due_ticks, lines;
static volatile uint64_t irqs;
static uint64_t late_max_ticks, late_sum_ticks, late_count;

static void read_lines(uint64_t count)
{
	uint64_t words = BUFFER_BYTES / sizeof(uint64_t);

	for (; count; count--) {
		(void)buffer[next_word];
		next_word = (next_word + INMATE_LINE_BYTES / 8) % words;
	}
}

static void on_interrupt(unsigned int irq)
{
	uint64_t late_ticks = timer_now_ticks() - due_ticks;

	if (irq != IRQ_TIMER)
		return;
	if (late_ticks > late_max_ticks)
		late_max_ticks = late_ticks;
	late_sum_ticks += late_ticks;
	late_count += late_ticks > interval_ticks;
	read_lines(lines);
	irqs++;
	due_ticks = timer_now_ticks() + interval_ticks;
	timer_arm(due_ticks);
}

void inmate_main(void)
{
	uint64_t count = cmdline_number("irqs", 2000);

	interval_ticks = timer_ns_to_ticks(cmdline_ns("interval", 50000));
	lines = cmdline_number("lines", 8);
	buffer = inmate_alloc(BUFFER_BYTES);
	if (!buffer) {
		comm_set_state(CELL_FAILED);
		inmate_halt();
	}
	inmate_printf("storm: running\n");
	irq_init(on_interrupt);
	irq_enable(IRQ_TIMER);
	due_ticks = timer_now_ticks() + interval_ticks;
	timer_arm(due_ticks);
	irq_unmask();
	while (irqs < count)
		read_lines(64);
	irq_mask();
	timer_disarm();
	inmate_printf("storm: late by %lu ns on average, %lu ns at most,"
		      " %lu beyond an interval\n",
		      timer_ticks_to_ns(late_sum_ticks / count),
		      timer_ticks_to_ns(late_max_ticks), late_count);
}
