/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The jitter probe: a periodic timer, and how late its interrupt comes.
 *
 *   period=TIME   between expirations (default 1ms)
 *   report=N      expirations per printed line (default 100)
 *   count=N       expirations until the end (default 0: for ever)
 */
#include "inmate.h"

static uint64_t next_ticks;
static volatile uint64_t late_ticks;
static volatile bool fired;

static void timer_interrupt(unsigned int irq)
{
	if (irq != IRQ_TIMER)
		return;
	late_ticks = timer_now_ticks() - next_ticks;
	fired = true;
	timer_disarm();
}

struct jitter {
	uint64_t count, sum_ns, min_ns, max_ns;
};

static void jitter_add(struct jitter *jitter, uint64_t late_ns)
{
	if (!jitter->count || late_ns < jitter->min_ns)
		jitter->min_ns = late_ns;
	if (late_ns > jitter->max_ns)
		jitter->max_ns = late_ns;
	jitter->sum_ns += late_ns;
	jitter->count++;
}

static void jitter_print(const struct jitter *jitter)
{
	inmate_printf("jitter: n=%" U64 " min=%" U64 " ns avg=%" U64
		      " ns max=%" U64 " ns\n",
		      jitter->count, jitter->min_ns,
		      jitter->sum_ns / jitter->count, jitter->max_ns);
}

/* Sleeps until the timer has fired; no interrupt is lost in between. */
static void wait_for_timer(void)
{
	while (!fired)
		irq_wait();
	fired = false;
}

void inmate_main(void)
{
	uint64_t period_ticks = timer_ns_to_ticks(cmdline_ns("period", 1000000));
	uint64_t report = cmdline_number("report", 100);
	uint64_t count = cmdline_number("count", 0);
	struct jitter jitter = { 0 };
	bool stop = false;

	if (!period_ticks || !report) {
		inmate_printf("jitter: period and report must be above 0\n");
		return;
	}
	irq_init(timer_interrupt);
	irq_enable(IRQ_TIMER);
	next_ticks = timer_now_ticks();
	while (!stop && (!count || jitter.count < count)) {
		next_ticks += period_ticks;
		timer_arm(next_ticks);
		wait_for_timer();
		jitter_add(&jitter, timer_ticks_to_ns(late_ticks));
		if (jitter.count % report == 0)
			jitter_print(&jitter);
		stop = comm_poll(true);
	}
	inmate_printf("jitter: done\n");
}
