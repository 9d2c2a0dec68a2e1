/* SPDX-License-Identifier: GPL-2.0-only */
/* Deadlines of a CPU: runs what is due, arms what comes next. */
#include "hv/tick.h"

#include "hv/clock.h"
#include "hv/critical.h"
#include "hv/memsys.h"
#include "hv/percpu.h"
#include "hv/regulation.h"
#include "hv/tick-short.h"

void tick_cpu_init(struct tick_cpu *tick)
{
	for (unsigned int user = 0; user < TICK_USERS; user++)
		tick->deadline_ns[user] = TICK_NEVER;
	tick->armed_ns = TICK_NEVER;
}

static inline uint64_t earlier(uint64_t a_ns, uint64_t b_ns)
{
	return a_ns < b_ns ? a_ns : b_ns;
}

static inline uint64_t tick_next_ns(const struct tick_cpu *tick)
{
	const uint64_t *deadline_ns = tick->deadline_ns;

	return earlier(earlier(earlier(deadline_ns[TICK_PERIOD],
				       deadline_ns[TICK_POLL]),
			       earlier(deadline_ns[TICK_THROTTLE],
				       deadline_ns[TICK_BURST])),
		       earlier(deadline_ns[TICK_CRITICAL],
			       deadline_ns[TICK_WATCH]));
}

static void tick_arm(struct tick_cpu *tick)
{
	uint64_t next_ns = tick_next_ns(tick);

	if (next_ns == tick->armed_ns)
		return;
	tick->armed_ns = next_ns;
	clock_arm(next_ns);
}

void tick_set(struct per_cpu *cpu, enum tick_user user, uint64_t deadline_ns)
{
	cpu->tick.deadline_ns[user] = deadline_ns;
	tick_arm(&cpu->tick);
}

/* What has more to do than a short way is timed. */
static inline void tick_count(struct reg_cpu *reg, uint64_t spent_ns)
{
	reg->shown.ticks++;
	reg->shown.tick_ns += spent_ns;
}

static inline void tick_work(struct per_cpu *cpu, uint64_t now_ns)
{
	if (now_ns >= cpu->tick.deadline_ns[TICK_PERIOD])
		regulation_period(cpu, now_ns);
	if (now_ns >= cpu->tick.deadline_ns[TICK_POLL])
		regulation_poll(cpu, now_ns);
	if (now_ns >= cpu->tick.deadline_ns[TICK_BURST])
		regulation_burst(cpu, now_ns);
	if (now_ns >= cpu->tick.deadline_ns[TICK_WATCH])
		regulation_watch(cpu, now_ns);
	/* Last: boundaries coincide, and nobody else is named between. */
	if (now_ns >= cpu->tick.deadline_ns[TICK_THROTTLE])
		regulation_throttle(cpu, now_ns);
	if (now_ns >= cpu->tick.deadline_ns[TICK_CRITICAL])
		critical_cut(cpu, now_ns);
}

void tick_run(struct per_cpu *cpu)
{
	uint64_t now_ns = clock_now_ns();

	tick_work(cpu, now_ns);
	tick_arm(&cpu->tick);
	tick_count(&cpu->reg, clock_now_ns() - now_ns);
}

/* It has fired for something that takes longer, or too early. */
__attribute__((noinline))
void clock_timer_late(struct per_cpu *cpu)
{
	struct tick_cpu *tick = &cpu->tick;
	uint64_t now_ns = clock_counter_ns();

	tick_work(cpu, now_ns);
	tick->armed_ns = tick_next_ns(tick);
	clock_arm_counter(tick->armed_ns);
	tick_count(&cpu->reg, clock_counter_ns() - now_ns);
}

void clock_timer_fired(struct per_cpu *cpu)
{
	uint64_t ticks;

	if (hv_clock.model) {
		memsys_heartbeat(cpu);
		return;
	}
	if (tick_short(cpu, arch_timer_now(), &ticks))
		arch_timer_rearm(ticks);
	else
		clock_timer_late(cpu);
}
