/* SPDX-License-Identifier: GPL-2.0-only */
/* Deadlines of a CPU: runs what is due, arms what comes next. */
#include "hv/tick.h"

#include "hv/clock.h"
#include "hv/percpu.h"
#include "hv/regulation.h"

void tick_cpu_init(struct tick_cpu *tick)
{
	for (unsigned int user = 0; user < TICK_USERS; user++)
		tick->deadline_ns[user] = TICK_NEVER;
	tick->armed_ns = TICK_NEVER;
}

static inline void tick_arm(struct tick_cpu *tick)
{
	uint64_t next_ns = tick->deadline_ns[TICK_PERIOD];

	if (tick->deadline_ns[TICK_POLL] < next_ns)
		next_ns = tick->deadline_ns[TICK_POLL];
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

void tick_run(struct per_cpu *cpu)
{
	uint64_t now_ns = clock_now_ns();

	if (now_ns >= cpu->tick.deadline_ns[TICK_PERIOD])
		regulation_period(cpu, now_ns);
	if (now_ns >= cpu->tick.deadline_ns[TICK_POLL])
		regulation_poll(cpu, now_ns);
	tick_arm(&cpu->tick);
}
