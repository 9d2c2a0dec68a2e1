/* SPDX-License-Identifier: GPL-2.0-only */
/* Regulation on a CPU: settings in force, ticks, overflows, stalls. */
#include "hv/regulation.h"

#include "hv/arch/cpu.h"
#include "hv/arch/pmu.h"
#include "hv/cell.h"
#include "hv/clock.h"
#include "hv/critical.h"
#include "hv/percpu.h"
#include "hv/statistics.h"
#include "hv/tick.h"
#include "regulation-internal.h"

static void stall_begin(struct per_cpu *cpu, uint64_t now_ns)
{
	cpu->stall_requested = true;
	cpu->reg.stall_since_ns = now_ns;
	cpu->reg.shown.stall_since_ns = now_ns;
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
	if (cpu->reg.critical.running)
		critical_end(cpu, now_ns, false);
	cpu->stall_requested = false;
	stats->stall_histogram[bucket]++;
	stats->stall_ns += stalled_ns;
	stats->stalled = 0;
}

/* Of several that hold a CPU, the first in the order of the enum is named. */
static void holder_name(struct reg_cpu *reg, uint64_t now_ns)
{
	struct reg_cpu_stats *stats = &reg->stats;
	uint32_t by = (uint32_t)__builtin_ffs((int)stats->holders);

	if (by == stats->held_by)
		return;
	if (stats->held_by)
		stats->held_ns[stats->held_by - 1] +=
			now_ns - reg->held_since_ns;
	if (by)
		stats->held_stalls[by - 1]++;
	stats->held_by = by;
	reg->held_since_ns = now_ns;
	reg->shown.held_since_ns = now_ns;
}

__attribute__((noinline))
static void verdict_change(struct per_cpu *cpu, enum reg_holder by,
			   enum reg_verdict verdict, uint64_t now_ns)
{
	struct reg_cpu_stats *stats = &cpu->reg.stats;
	uint32_t holders = stats->holders & ~REG_HOLDER_BIT(by);
	bool framed = statistics_framed(&cpu->reg);

	if (verdict == REG_STALL)
		holders |= REG_HOLDER_BIT(by);
	if (holders == stats->holders)
		return;
	if (!framed)
		statistics_begin(&cpu->reg);
	if (!stats->holders)
		stall_begin(cpu, now_ns);
	stats->holders = holders;
	holder_name(&cpu->reg, now_ns);
	if (!holders)
		stall_end(cpu, now_ns);
	if (framed)
		return;
	/* The counters have just been looked at. */
	cpu->reg.shown.seen_ns = now_ns;
	statistics_end(&cpu->reg);
}

static inline void verdict_apply(struct per_cpu *cpu, enum reg_holder by,
				 enum reg_verdict verdict, uint64_t now_ns)
{
	if (verdict != REG_RUN || regulation_holds(cpu))
		verdict_change(cpu, by, verdict, now_ns);
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
	if (reg->active.burst.regulator)
		reg->active.burst.regulator->cpu_reset(reg, now_ns);
	if (reg->active.throttle.regulator)
		reg->active.throttle.regulator->cpu_reset(reg, now_ns);
}

/* Whether the short-window cap agrees with what the budget has just done. */
__attribute__((noinline))
static void burst_follow(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;

	verdict_apply(cpu, REG_HELD_BURST,
		      reg->active.burst.regulator->overflow(reg, now_ns),
		      now_ns);
	tick_set(cpu, TICK_BURST, reg->burst.next_ns);
}

/* What a budget has decided. Deadlines are the caller's. */
static inline void budget_apply(struct per_cpu *cpu, enum reg_verdict verdict,
				uint64_t now_ns)
{
	verdict_apply(cpu, REG_HELD_BUDGET, verdict, now_ns);
	if (cpu->reg.active.burst.regulator)
		burst_follow(cpu, now_ns);
}

/* What goes beside the budget, which has been committed. Arms nothing. */
static void beside_commit(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;
	const struct regulator *throttle = reg->active.throttle.regulator;
	const struct regulator *burst = reg->active.burst.regulator;

	/* Whoever comes anew starts from nothing. */
	reg->burst.on = reg->burst.on && burst;
	reg->throttle.on = reg->throttle.on && throttle;
	verdict_apply(cpu, REG_HELD_BURST,
		      burst ? burst->commit(reg, now_ns) : REG_RUN, now_ns);
	cpu->tick.deadline_ns[TICK_BURST] = burst ? reg->burst.next_ns :
						    TICK_NEVER;
	verdict_apply(cpu, REG_HELD_THROTTLE,
		      throttle ? throttle->commit(reg, now_ns) : REG_RUN,
		      now_ns);
	cpu->tick.deadline_ns[TICK_THROTTLE] =
		throttle ? reg->throttle.next_ns : TICK_NEVER;
}

/* adopt() between statistics_begin() and statistics_end(). */
static void adopt_newest(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;
	const struct counter_source *old = reg->active.source;
	enum reg_verdict verdict = REG_RUN;

	critical_end(cpu, now_ns, false);
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
	verdict_apply(cpu, REG_HELD_BUDGET, verdict, now_ns);
	beside_commit(cpu, now_ns);
	statistics_adopt(cpu);
	statistics_seen(cpu, now_ns);
}

/* Puts the cell's newest setting in force on this CPU. */
static void adopt(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;

	statistics_begin(reg);
	adopt_newest(cpu, now_ns);
	statistics_end(reg);
	cpu->tick.deadline_ns[TICK_PERIOD] = reg->next_ns;
	cpu->tick.deadline_ns[TICK_POLL] =
		reg->active.watched && reg->active.poll_ns ?
			now_ns + reg->active.poll_ns : TICK_NEVER;
	/* The last one: it arms the timer for all of them. */
	watch_follow(cpu, now_ns);
}

/* The same by the whole way: the CPU settles, takes over the budget and begins anew. */
static enum reg_verdict amend_anew(struct reg_cpu *reg, uint64_t now_ns)
{
	const struct regulator *regulator = reg->active.regulator;

	regulator->cpu_reset(reg, now_ns);
	spin_lock(&reg->cell->lock);
	effective_amend(&reg->active, &reg->cell->effective);
	spin_unlock(&reg->cell->lock);
	return regulator->commit(reg, now_ns);
}

/* follow() between statistics_begin() and statistics_end(). */
static void amend_newest(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;
	struct reg_effective *active = &reg->active;
	enum reg_verdict verdict =
		active->short_ways && active->regulator->follow ?
			active->regulator->follow(reg, now_ns) :
			amend_anew(reg, now_ns);

	reg->stats.generation = active->generation;
	reg->stats.effective_ns = now_ns;
	reg->shown.generation = active->generation;
	reg->shown.effective.budget_bytes_per_s =
		active->settings.budget_bytes_per_s;
	reg->shown.effective.depth_bytes = active->settings.depth_bytes;
	budget_apply(cpu, verdict, now_ns);
}

/*
 * The cell that this CPU is in has a new setting, or it is to look all the same. Where
 * only the budget is another one, nothing else starts anew.
 */
static void follow(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;

	if (reg->active.base_revision != reg->cell->effective.base_revision ||
	    reg->active.revision == reg->cell->effective.revision ||
	    reg->critical.running) {
		adopt(cpu, now_ns);
		return;
	}
	statistics_begin(reg);
	amend_newest(cpu, now_ns);
	statistics_end(reg);
	if (cpu->tick.deadline_ns[TICK_PERIOD] != reg->next_ns)
		tick_set(cpu, TICK_PERIOD, reg->next_ns);
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
		statistics_begin(reg);
		statistics_clear(reg);
		reg->serial = cell->reg.serial;
		statistics_end(reg);
		tick_cpu_init(&cpu->tick);
	}
	reg->cpu = cpu->id;
	reg->stats.cpu = cpu->id;
	reg->cell = &cell->reg;
	adopt(cpu, clock_now_ns());
}

/* What was counted stays the cell's, until the CPU is another one's. */
static void shown_follow(struct per_cpu *cpu)
{
	if (cpu->cell && cpu->cell->reg.serial == cpu->reg.serial)
		return;
	statistics_begin(&cpu->reg);
	cpu->reg.shown.cell_id = STATISTICS_NO_CELL;
	statistics_end(&cpu->reg);
}

void regulation_cpu_stop(struct per_cpu *cpu)
{
	struct reg_cpu *reg = &cpu->reg;
	uint64_t now_ns;

	if (!reg->cell) {
		shown_follow(cpu);
		return;
	}
	now_ns = clock_now_ns();
	statistics_begin(reg);
	critical_end(cpu, now_ns, false);
	settle_old(reg, now_ns);
	source_stop(reg);
	reg->active = (struct reg_effective){ 0 };
	reg->watched.by = 0;
	reg->cell = NULL;
	for (unsigned int by = REG_HELD_THROTTLE; by <= REG_HOLDERS; by++)
		verdict_apply(cpu, by, REG_RUN, now_ns);
	statistics_seen(cpu, now_ns);
	statistics_end(reg);
	shown_follow(cpu);
	for (unsigned int user = 0; user < TICK_USERS; user++)
		tick_set(cpu, user, TICK_NEVER);
}

void regulation_cpu_resume(struct per_cpu *cpu)
{
	if (cpu->reg.cell)
		adopt(cpu, clock_now_ns());
}

/* Not inlined: profiles know this kind of exit by it. */
__attribute__((noinline))
void regulation_cpu_event(struct per_cpu *cpu)
{
	if (cpu->reg.cell)
		follow(cpu, clock_now_ns());
}

void regulation_kick(struct per_cpu *cpu)
{
	if (__atomic_load_n(&cpu->events, __ATOMIC_RELAXED) != EVENT_REGULATION)
		return;
	__atomic_fetch_and(&cpu->events, ~EVENT_REGULATION, __ATOMIC_SEQ_CST);
	cpu->stats[CPU_STAT_MANAGEMENT]++;
	regulation_cpu_event(cpu);
}

void regulation_period(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;

	if (reg->active.revision != reg->cell->effective.revision) {
		follow(cpu, now_ns);
		return;
	}
	budget_apply(cpu, reg->active.regulator->period(reg, now_ns), now_ns);
	cpu->tick.deadline_ns[TICK_PERIOD] = reg->next_ns;
}

void regulation_throttle(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;

	verdict_apply(cpu, REG_HELD_THROTTLE,
		      reg->active.throttle.regulator->period(reg, now_ns),
		      now_ns);
	cpu->tick.deadline_ns[TICK_THROTTLE] = reg->throttle.next_ns;
}

void regulation_throttle_resume(struct per_cpu *cpu, uint64_t left_ns,
				uint64_t now_ns)
{
	struct reg_throttle_cpu *state = &cpu->reg.throttle;
	uint64_t next_ns;
	uint64_t lost_ns;

	state->fresh = false;
	if (!state->on || state->held)
		return;
	lost_ns = now_ns - state->since_ns;
	if (left_ns && left_ns < state->looked_ns)
		lost_ns += state->looked_ns - left_ns;
	state->since_ns += lost_ns;
	next_ns = state->next_ns + lost_ns;
	/* What is left at a boundary goes on in the next period. */
	state->next_ns = next_ns < state->boundary_ns ? next_ns :
							state->boundary_ns;
	tick_set(cpu, TICK_THROTTLE, state->next_ns);
}

/* The alarm it brought forward is the budget's again before it looks. */
void regulation_burst(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;
	enum reg_verdict verdict = REG_RUN;

	if (reg->active.active) {
		verdict = reg->active.regulator->poll(reg, now_ns);
		cpu->tick.deadline_ns[TICK_PERIOD] = reg->next_ns;
	}
	budget_apply(cpu, verdict, now_ns);
}

__attribute__((noinline))
static void alarm_take(struct per_cpu *cpu, uint64_t now_ns)
{
	struct reg_cpu *reg = &cpu->reg;

	enum reg_verdict verdict = REG_RUN;

	if (reg->active.active)
		verdict = reg->active.regulator->overflow(reg, now_ns);
	budget_apply(cpu, verdict, now_ns);
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

	return reg->active.watched && !reg->active.interrupts &&
	       !regulation_holds(cpu) && reg->active.source->alarmed(reg);
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
	if (reg->active.watched) {
		alarm_take(cpu, clock_now_ns());
		return;
	}
	/* Not regulated, only counted: the counter is about to wrap. */
	reg->active.source->sample(reg);
	reg->active.source->arm(reg);
}

/* Short ways that go by the time are closed under the model's. */
void regulation_overflow(struct per_cpu *cpu)
{
	struct reg_cpu *reg = &cpu->reg;
	const struct scale *clock;
	uint64_t used_lines, now_ns;

	if (!reg->renew) {
		overflow_whole(cpu);
		return;
	}
	/* All that follows is addressed from here, by one register less. */
	__asm__("" : "+r"(reg));
	used_lines = reg->active.source->renew(reg);
	if (used_lines == REG_NEVER)
		return;
	/* Any value will do for who does not go by it. */
	__asm__("" : "=r"(now_ns));
	clock = reg->renew_clock;
	if (clock)
		now_ns = scale_floor(clock, arch_timer_now());
	if (reg->renew(reg, used_lines, now_ns))
		alarm_take(this_cpu(), clock_now_ns());
}

/* What nothing interrupts for: the model's clock, and what others see. */
static void stall_look(struct per_cpu *cpu)
{
	tick_run(cpu);
	if (cpu->stall_requested)
		statistics_refresh(cpu, clock_now_ns());
}

void regulation_stall(struct per_cpu *cpu)
{
	if (cpu->reg.active.controlled)
		control_watch(cpu->cell);
	while (cpu->stall_requested) {
		if (__atomic_load_n(&cpu->events, __ATOMIC_ACQUIRE)) {
			cpu_handle_events(cpu);
			continue;
		}
		if (cpu->reg.cell->critical.bound_ns && critical_begin(cpu))
			return;
		clock_wait(cpu);
		arch_cpu_poll_irqs(cpu);
		/* The timer's interrupt may have ended it already. */
		if (cpu->stall_requested)
			stall_look(cpu);
	}
}
