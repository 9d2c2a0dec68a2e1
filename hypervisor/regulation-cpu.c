/* SPDX-License-Identifier: GPL-2.0-only */
/* Regulation on a CPU: settings in force, ticks, overflows, stalls. */
#include "hv/regulation.h"

#include "hv/arch/cpu.h"
#include "hv/arch/pmu.h"
#include "hv/cell.h"
#include "hv/clock.h"
#include "hv/percpu.h"
#include "hv/tick.h"
#include "regulation-internal.h"

static void stall_begin(struct per_cpu *cpu, uint64_t now_ns)
{
	cpu->stall_requested = true;
	cpu->reg.stall_since_ns = now_ns;
	cpu->reg.stats.stalls++;
	cpu->reg.stats.stalled = 1;
}

static void stall_end(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu_stats *stats = &cpu->reg.stats;
	uint64_t stalled_ns = now_ns - cpu->reg.stall_since_ns;
	uint64_t limit_ns = 1000;
	unsigned int bucket = 0;

	while (bucket < REG_STALL_BUCKETS - 1 && stalled_ns >= limit_ns) {
		limit_ns *= 10;
		bucket++;
	}
	cpu->stall_requested = false;
	stats->stall_histogram[bucket]++;
	stats->stall_ns += stalled_ns;
	stats->stalled = 0;
}

__attribute__((noinline))
static void verdict_change(struct per_cpu *cpu, enum reg_verdict verdict,
			   uint64_t now_ns)
{
	bool stall = verdict == REG_STALL;

	if (stall == cpu->stall_requested)
		return;
	if (stall)
		stall_begin(cpu, now_ns);
	else
		stall_end(cpu, now_ns);
}

static inline void verdict_apply(struct per_cpu *cpu, enum reg_verdict verdict,
				 uint64_t now_ns)
{
	if (verdict != REG_RUN || cpu->stall_requested)
		verdict_change(cpu, verdict, now_ns);
}

/* The n-th of the set bits below `id`. */
static unsigned int index_in(uint64_t cpus, unsigned int id)
{
	unsigned int index = 0;

	for (unsigned int n = 0; n < id; n++)
		index += cpus >> n & 1;
	return index;
}

static void source_stop(struct reg_cpu *reg)
{
	if (!reg->active.source)
		return;
	reg->active.source->sample(reg);
	reg->active.source->stop(reg);
	/* Statistics go on where this source ends. */
	reg->stats.read_lines += reg->counter.read_lines;
	reg->stats.written_lines += reg->counter.write_lines;
	reg->counter = (struct reg_counter){ 0 };
}

static void source_start(struct reg_cpu *reg)
{
	if (!reg->active.source)
		return;
	reg->active.source->start(reg);
	reg->settled_lines = 0;
	reg->settled_write_lines = 0;
}

/* What the CPU used and drew so far is settled under the old setting. */
static void settle_old(struct reg_cpu *reg, uint64_t now_ns)
{
	if (reg->active.regulator)
		reg->active.regulator->cpu_reset(reg, now_ns);
}

/* Puts the cell's newest setting in force on this CPU. */
static void adopt(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;
	const struct counter_source *old = reg->active.source;
	enum reg_verdict verdict = REG_RUN;

	settle_old(reg, now_ns);
	if (old != reg->cell->effective.source)
		source_stop(reg);
	spin_lock(&reg->cell->lock);
	reg->active = reg->cell->effective;
	reg->index = index_in(reg->cell->cpus, cpu->id);
	spin_unlock(&reg->cell->lock);
	if (old != reg->active.source)
		source_start(reg);
	reg->next_ns = REG_NEVER;
	if (reg->active.regulator)
		verdict = reg->active.regulator->commit(reg, now_ns);
	if (reg->stats.generation != reg->active.generation) {
		reg->stats.generation = reg->active.generation;
		reg->stats.effective_ns = now_ns;
	}
	verdict_apply(cpu, verdict, now_ns);
	tick_set(cpu, TICK_PERIOD, reg->next_ns);
	tick_set(cpu, TICK_POLL, reg->active.active && reg->active.poll_ns ?
				 now_ns + reg->active.poll_ns : TICK_NEVER);
}

void regulation_cpu_reset(struct per_cpu *cpu)
{
	struct reg_cpu *reg = &cpu->reg;
	struct cell *cell = cpu->cell;

	if (reg->cell != &cell->reg)
		regulation_cpu_stop(cpu);
	/* CPUs move between the root and another cell. */
	regulation_cell_follow(cell_root());
	regulation_cell_follow(cell);
	if (reg->serial != cell->reg.serial) {
		*reg = (struct reg_cpu){ .serial = cell->reg.serial };
		tick_cpu_init(&cpu->tick);
	}
	reg->cpu = cpu->id;
	reg->stats.cpu = cpu->id;
	reg->cell = &cell->reg;
	adopt(cpu, clock_now_ns());
}

void regulation_cpu_stop(struct per_cpu *cpu)
{
	struct reg_cpu *reg = &cpu->reg;
	uint64_t now_ns;

	if (!reg->cell)
		return;
	now_ns = clock_now_ns();
	settle_old(reg, now_ns);
	source_stop(reg);
	reg->active = (struct reg_effective){ 0 };
	reg->cell = NULL;
	verdict_apply(cpu, REG_RUN, now_ns);
	tick_set(cpu, TICK_PERIOD, TICK_NEVER);
	tick_set(cpu, TICK_POLL, TICK_NEVER);
}

void regulation_cpu_resume(struct per_cpu *cpu)
{
	if (cpu->reg.cell)
		adopt(cpu, clock_now_ns());
}

void regulation_cpu_event(struct per_cpu *cpu)
{
	if (cpu->reg.cell)
		adopt(cpu, clock_now_ns());
}

void regulation_period(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;

	if (reg->active.revision != reg->cell->effective.revision) {
		adopt(cpu, now_ns);
		return;
	}
	verdict_apply(cpu, reg->active.regulator->period(reg, now_ns), now_ns);
	cpu->tick.deadline_ns[TICK_PERIOD] = reg->next_ns;
}

__attribute__((noinline))
static void alarm_take(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;

	verdict_apply(cpu, reg->active.regulator->overflow(reg, now_ns),
		      now_ns);
	if (cpu->tick.deadline_ns[TICK_PERIOD] != reg->next_ns)
		tick_set(cpu, TICK_PERIOD, reg->next_ns);
}

void regulation_poll(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;
	uint64_t next_ns = cpu->tick.deadline_ns[TICK_POLL] +
			   reg->active.poll_ns;

	if (reg->active.source->alarmed(reg))
		alarm_take(cpu, now_ns);
	cpu->tick.deadline_ns[TICK_POLL] =
		next_ns > now_ns ? next_ns : now_ns + reg->active.poll_ns;
}

bool regulation_alarmed(struct per_cpu *cpu)
{
	struct reg_cpu *reg = &cpu->reg;

	return reg->active.active && !reg->active.interrupts &&
	       !cpu->stall_requested && reg->active.source->alarmed(reg);
}

void regulation_alarm(struct per_cpu *cpu)
{
	alarm_take(cpu, clock_now_ns());
}

__attribute__((noinline))
static void overflow_whole(struct per_cpu *cpu)
{
	struct reg_cpu *reg = &cpu->reg;

	if (!reg->active.source || !reg->active.source->alarmed(reg)) {
		/* A guest's own counter: it is told, and the line falls. */
		arch_pmu_take_overflows();
		return;
	}
	if (reg->active.active) {
		alarm_take(cpu, clock_now_ns());
		return;
	}
	/* Not regulated, only counted: the counter is about to wrap. */
	reg->active.source->sample(reg);
	reg->active.source->arm(reg);
}

void regulation_overflow(struct per_cpu *cpu)
{
	struct reg_cpu *reg = &cpu->reg;
	uint64_t used_lines;

	if (!reg->renews) {
		overflow_whole(cpu);
		return;
	}
	used_lines = reg->active.source->renew(reg);
	if (used_lines != REG_NEVER &&
	    !reg->active.regulator->renew(reg, used_lines))
		alarm_take(this_cpu(), clock_now_ns());
}

void regulation_stall(struct per_cpu *cpu)
{
	while (cpu->stall_requested) {
		if (__atomic_load_n(&cpu->events, __ATOMIC_ACQUIRE)) {
			cpu_handle_events(cpu);
			continue;
		}
		clock_wait(cpu);
		arch_cpu_poll_irqs(cpu);
		tick_run(cpu);
	}
}
