/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUs that poll for others: the counters of those they watch, and a kick.
 *
 * A watched CPU says after how many lines it wants to look for itself. Whoever
 * watches compares, without a lock: what it reads may be half new, and costs a
 * kick too many or comes one poll late. The regulator of the watched CPU decides.
 */
#include "regulation-internal.h"

#include "hv/percpu.h"
#include "hv/setup.h"
#include "hv/tick.h"

/* The CPU of this number if `by` watches it; NULL otherwise. */
static struct per_cpu *watched_get(unsigned int n, const struct per_cpu *by)
{
	struct per_cpu *cpu = percpu_get(n);

	if (!cpu || __atomic_load_n(&cpu->reg.watched.by, __ATOMIC_ACQUIRE) !=
			    by->id + 1)
		return NULL;
	return cpu;
}

/* CPUs there may be at all. */
static unsigned int cpus_limit(void)
{
	return image_header.max_cpus < HV_MAX_CPUS ? image_header.max_cpus :
						     HV_MAX_CPUS;
}

/* When the next look at those it watches is due; TICK_NEVER: there are none. */
static uint64_t watch_next_ns(const struct per_cpu *by, uint64_t now_ns)
{
	uint64_t next_ns = TICK_NEVER;
	unsigned int limit = cpus_limit();

	for (unsigned int n = 0; n < limit; n++) {
		const struct per_cpu *cpu = watched_get(n, by);
		uint64_t at_ns = cpu ? now_ns + cpu->reg.watched.interval_ns :
				       TICK_NEVER;

		if (at_ns < next_ns)
			next_ns = at_ns;
	}
	return next_ns;
}

static bool has_used_up(const struct reg_cpu *reg)
{
	const struct counter_source *source =
		__atomic_load_n(&reg->active.source, __ATOMIC_RELAXED);
	struct reg_counter counter;
	uint64_t reads, writes;

	if (!source || reg->watched.lines == REG_NEVER)
		return false;
	counter = counter_snapshot(reg);
	source->peek(reg->cpu, &counter, &reads, &writes);
	return reads + writes >= reg->watched.lines ||
	       writes >= reg->watched.write_lines;
}

void regulation_watch(struct per_cpu *cpu, uint64_t now_ns)
{
	unsigned int limit = cpus_limit();

	for (unsigned int n = 0; n < limit; n++) {
		struct per_cpu *other = watched_get(n, cpu);

		if (other && has_used_up(&other->reg))
			cpu_post_event(other, EVENT_REGULATION);
	}
	cpu->tick.deadline_ns[TICK_WATCH] = watch_next_ns(cpu, now_ns);
}

void watch_follow(struct per_cpu *cpu, uint64_t now_ns)
{
	const struct reg_polls *polls = &cpu->reg.active.polls;
	struct reg_watched *watched = &cpu->reg.watched;
	uint32_t by = cpu->reg.active.active ? polls->watch_cpu : 0;
	uint64_t next_ns;

	/* A kick ends here as well, and must not kick back. */
	if (watched->by != by || watched->interval_ns != polls->interval_ns) {
		watched->interval_ns = (uint32_t)polls->interval_ns;
		__atomic_store_n(&watched->by, by, __ATOMIC_RELEASE);
		if (by)
			cpu_post_event(percpu_get(by - 1), EVENT_REGULATION);
	}
	next_ns = watch_next_ns(cpu, now_ns);
	/* Short ways know of no other deadline. */
	if (next_ns != TICK_NEVER) {
		cpu->reg.active.short_ways = false;
		cpu->reg.short_late_ns = 0;
	}
	tick_set(cpu, TICK_WATCH, next_ns);
}
