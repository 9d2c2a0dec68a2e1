/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mempol: counters that are looked at again and again.
 *
 * Nothing is drawn and no alarm is set: every so often a CPU charges what it
 * used since it last looked, and goes on while the law has room. What it used
 * meanwhile beyond that is debt, and the less room there is for what it moves, the
 * sooner it looks again; sooner, too, when it was held lately. Two laws: a bucket
 * of credit by the clock, and a window that slides. README.md has the bounds.
 */
#include "credit.h"
#include "hv/errno.h"

#define NOTHING_ARMED	((struct reg_alarm){ REG_NEVER, REG_NEVER, REG_NEVER })
/* Who is watched looks for itself so much less often, should nobody do. */
#define WATCHED_SHIFT	4u
/* What a CPU moves in an interval is forgotten by sixteenths of it. */
#define PACE_FADE_SHIFT	4u
#define PACE_MAX_LINES	((uint64_t)1 << 32)
/* Who was held may burst again: for so many intervals it looks this often in each. */
#define ALERT_LOOKS	3u
#define ALERT_SHIFT	7u

static int mempol_probe(const char **why)
{
	*why = NULL;
	return 0;
}

/* A window is so many slots as are told apart, each of a poll at least. */
static void window_init(struct reg_effective *effective)
{
	struct reg_polls *polls = &effective->polls;
	uint64_t slots = effective->settings.period_ns / polls->interval_ns;

	polls->slots = slots < REG_WINDOW_SLOTS ? (uint32_t)slots :
						  REG_WINDOW_SLOTS;
	polls->slot_ns = effective->settings.period_ns / polls->slots;
}

/* A window has room for what comes in while it lasts, and for a line. */
static void window_budget_init(struct reg_budget *budget,
			       const struct reg_polls *polls)
{
	uint64_t lines = scale_ceil(&budget->lines_per_ns,
				    polls->slot_ns * polls->slots);

	if (!budget->limited)
		return;
	budget->cap_lines = lines;
	budget->grant_lines = lines;
	budget->rate = (struct reg_rate){ .lines = lines, .denominator = 1 };
}

static void intervals_init(struct reg_polls *polls, uint64_t interval_ns,
			   bool steady)
{
	polls->interval_ns = interval_ns;
	polls->alert_ns = interval_ns / ALERT_LOOKS;
	if (polls->alert_ns < REG_POLL_MIN_NS)
		polls->alert_ns = REG_POLL_MIN_NS;
	polls->alert_for_ns = steady ? 0 : interval_ns << ALERT_SHIFT;
}

static int mempol_check(const struct reg_platform *platform,
			const struct reg_settings *wanted,
			struct reg_effective *effective, struct reason *reason)
{
	uint64_t interval_ns = wanted->poll_ns ? wanted->poll_ns :
						 REG_POLL_DEFAULT_NS;
	struct reg_settings settings = *wanted;
	int err;

	if (settings.law == REG_LAW_WINDOW)
		settings.depth_bytes = 0;
	/* All CPUs may go on while there is a line, whoever shares it. */
	settings.mode &= ~REG_MODE_STEADY;
	err = credit_check(platform, &settings, false, effective, reason);
	if (err)
		return err;
	effective->settings.mode = wanted->mode;
	if (interval_ns > settings.period_ns)
		return refuse(reason, -ERANGE,
			      "polls every %llu ns, in a period of %llu ns there must be one",
			      (unsigned long long)interval_ns,
			      (unsigned long long)settings.period_ns);
	if (settings.watch_cpu && !platform->watchable)
		return refuse(reason, -EINVAL,
			      "no CPU can watch another one's counter of this source");
	effective->polls.watch_cpu = settings.watch_cpu;
	intervals_init(&effective->polls, interval_ns,
		       wanted->mode & REG_MODE_STEADY);
	effective->settings.poll_ns = (uint32_t)interval_ns;
	if (settings.law != REG_LAW_WINDOW)
		return 0;
	window_init(effective);
	window_budget_init(&effective->total, &effective->polls);
	window_budget_init(&effective->writes, &effective->polls);
	effective->settings.depth_bytes = 0;
	return 0;
}

/* -------------------------------------------------------------- the window */

/* Slots are counted from a window before clock 0: none has a negative number. */
static uint64_t slot_at(const struct reg_polls *polls, uint64_t at_ns)
{
	return at_ns / polls->slot_ns + polls->slots;
}

/*
 * What the slots up to this one may hold: the difference of two points of one
 * line, so that neither rounding nor drift adds up.
 */
static int64_t window_allows(const struct reg_budget *budget,
			     const struct reg_polls *polls, uint64_t slot)
{
	uint64_t end_ns = (slot + 1) * polls->slot_ns;
	uint64_t begin_ns = end_ns - polls->slots * polls->slot_ns;

	return (int64_t)(scale_floor(&budget->lines_per_ns, end_ns) -
			 scale_floor(&budget->lines_per_ns, begin_ns));
}

/* Slots that have left the window are empty again. */
static void window_slide(struct reg_window *window,
			 const struct reg_polls *polls, uint64_t at_ns)
{
	uint64_t slot = slot_at(polls, at_ns);

	/* Another CPU's clock may be a little ahead. */
	if (slot <= window->slot)
		return;
	if (slot - window->slot >= polls->slots)
		window->slot = slot - polls->slots;
	while (window->slot < slot) {
		uint64_t *used_lines;

		window->slot++;
		used_lines = &window->used_lines[window->slot % polls->slots];
		window->sum_lines -= *used_lines;
		*used_lines = 0;
	}
}

/* Debt goes where there is room, and what is left of it is the level. */
static void window_settle(struct reg_window *window,
			  const struct reg_budget *budget,
			  const struct reg_polls *polls,
			  struct reg_level *level)
{
	int64_t room_lines = window_allows(budget, polls, window->slot) -
			     (int64_t)window->sum_lines;
	uint64_t lines = window->debt_lines;

	if (room_lines > 0 && lines > 0) {
		if (lines > (uint64_t)room_lines)
			lines = (uint64_t)room_lines;
		window->used_lines[window->slot % polls->slots] += lines;
		window->sum_lines += lines;
		window->debt_lines -= lines;
		room_lines -= (int64_t)lines;
	}
	window->level_lines = room_lines - (int64_t)window->debt_lines;
	level_change(level, window->level_lines - level_lines(level));
}

/*
 * Whoever charges takes it from the level. It was used since the last look, and
 * so may fill the slot of then, which had room: room that is used at once comes
 * back a window later, not a poll later than that.
 */
static void window_look(struct reg_window *window,
			const struct reg_budget *budget,
			const struct reg_polls *polls,
			struct reg_level *level, uint64_t at_ns)
{
	int64_t used_lines = window->level_lines - level_lines(level);

	if (!budget->limited)
		return;
	if (used_lines > 0)
		window->debt_lines += (uint64_t)used_lines;
	window_settle(window, budget, polls, level);
	window_slide(window, polls, at_ns);
	window_settle(window, budget, polls, level);
}

/*
 * A window for a pool that has been kept in another way: what its level lacks was
 * used evenly, and what it owes is owed.
 */
static void window_open(struct reg_window *window,
			const struct reg_budget *budget,
			const struct reg_polls *polls,
			struct reg_level *level, uint64_t at_ns)
{
	uint64_t slot = slot_at(polls, at_ns);
	int64_t allowed_lines = window_allows(budget, polls, slot);
	int64_t there_lines = level_lines(level);
	uint64_t used_lines;

	*window = (struct reg_window){ .slot = slot };
	if (!budget->limited)
		return;
	if (there_lines < 0) {
		window->debt_lines = (uint64_t)-there_lines;
		there_lines = 0;
	}
	if (there_lines > allowed_lines)
		there_lines = allowed_lines;
	used_lines = (uint64_t)(allowed_lines - there_lines);
	for (unsigned int n = 0; n < polls->slots; n++)
		window->used_lines[n] = used_lines / polls->slots;
	window->used_lines[slot % polls->slots] += used_lines % polls->slots;
	window->sum_lines = used_lines;
	window_settle(window, budget, polls, level);
}

/* CPUs that share nothing have slots that begin in turn, and so have cells. */
static uint64_t slots_ahead_ns(const struct reg_cpu *cpu)
{
	const struct reg_effective *effective = &cpu->active;
	uint64_t slot_ns = effective->polls.slot_ns;

	if (!effective->own_pool)
		return pool_begin_ns(effective, slot_ns);
	return slot_ns * cpu->index / effective->cpus_count +
	       pool_begin_ns(effective, slot_ns / effective->cpus_count);
}

/* The pool is entered. Not inlined: looks by credit are the common ones. */
__attribute__((noinline))
static void windows_look(struct reg_cpu *cpu, struct reg_pool *pool,
			 uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	const struct reg_polls *polls = &effective->polls;
	struct reg_windows *windows = effective->own_pool ?
		&cpu->windows : &cpu->cell->windows;
	uint64_t at_ns = now_ns + slots_ahead_ns(cpu);

	if (now_ns > pool->last_ns)
		pool->last_ns = now_ns;
	if (windows->revision != pool->revision) {
		windows->revision = pool->revision;
		window_open(&windows->total, &effective->total, polls,
			    &pool->total, at_ns);
		window_open(&windows->writes, &effective->writes, polls,
			    &pool->writes, at_ns);
	}
	window_look(&windows->total, &effective->total, polls, &pool->total,
		    at_ns);
	window_look(&windows->writes, &effective->writes, polls, &pool->writes,
		    at_ns);
}

/* ---------------------------------------------------------------- the look */

static inline void overshoot_note(struct reg_cpu *cpu,
				  const struct reg_level *level,
				  uint64_t used_lines)
{
	int64_t lines = level_lines(level);
	uint64_t over_lines = (uint64_t)-lines;

	if (lines >= 0)
		return;
	if (over_lines > used_lines)
		over_lines = used_lines;
	cpu->stats.overshoot_lines += over_lines;
	if (over_lines > cpu->stats.overshoot_max_lines)
		cpu->stats.overshoot_max_lines = over_lines;
}

/*
 * What was used, then what came in: in this order nothing is lost to the cap.
 * Returns the lines used. Inlined: most looks are not much more than this.
 */
__attribute__((always_inline))
static inline uint64_t charge(struct reg_cpu *cpu, struct reg_pool *pool, uint64_t now_ns)
{
	uint64_t writes = cpu->counter.write_lines;
	uint64_t lines = cpu->counter.read_lines + writes;
	uint64_t new_lines = lines - cpu->settled_lines;
	uint64_t new_writes = writes - cpu->settled_write_lines;

	cpu->settled_lines = lines;
	cpu->settled_write_lines = writes;
	if (pool->total.limited)
		level_change(&pool->total, -(int64_t)new_lines);
	if (pool->writes.limited)
		level_change(&pool->writes, -(int64_t)new_writes);
	if (!cpu->active.polls.slot_ns)
		credit_add(cpu, pool, now_ns);
	else if (pool->revision == cpu->active.revision)
		windows_look(cpu, pool, now_ns);
	if (pool->total.limited)
		overshoot_note(cpu, &pool->total, new_lines);
	if (pool->writes.limited)
		overshoot_note(cpu, &pool->writes, new_writes);
	return new_lines;
}

/* When credit will have come for a line; 0: it has. */
static uint64_t line_ready_ns(const struct reg_level *level,
			      const struct reg_budget *budget,
			      uint64_t since_ns, uint64_t now_ns)
{
	int64_t lines = level_lines(level);

	if (lines > 0)
		return 0;
	return credit_ready_ns(level, budget,
			       level->remainder + 1 - (uint64_t)lines,
			       since_ns, now_ns);
}

/* The law cannot let go before. */
static uint64_t ready_ns(const struct reg_cpu *cpu, const struct reg_pool *pool,
			 uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	uint64_t slot_ns = effective->polls.slot_ns;
	uint64_t total_ns, writes_ns;

	if (slot_ns)
		return now_ns + slot_ns -
		       (now_ns + slots_ahead_ns(cpu)) % slot_ns;
	total_ns = line_ready_ns(&pool->total, &effective->total,
				 pool->since_ns, now_ns);
	writes_ns = line_ready_ns(&pool->writes, &effective->writes,
				  pool->since_ns, now_ns);
	return total_ns > writes_ns ? total_ns : writes_ns;
}

/* What goes beyond that no counter counts in a poll: the product does not wrap. */
static uint64_t lines_scale(uint64_t lines, uint64_t from_ns, uint64_t to_ns)
{
	if (lines > PACE_MAX_LINES)
		lines = PACE_MAX_LINES;
	if (from_ns < REG_POLL_MIN_NS)
		from_ns = REG_POLL_MIN_NS;
	return lines * to_ns / from_ns;
}

/* The most that it moved in an interval lately; being held says nothing of it. */
static inline void pace_follow(struct reg_cpu *cpu, uint64_t used_lines,
			       bool holds, uint64_t now_ns)
{
	uint64_t interval_ns = cpu->active.polls.interval_ns;
	struct reg_pace *pace = &cpu->pace;
	uint64_t since_ns = pace->since_ns;

	pace->since_ns = holds ? 0 : now_ns;
	if (!since_ns)
		return;
	pace->lines -= pace->lines >> PACE_FADE_SHIFT;
	if (now_ns - since_ns < interval_ns)
		used_lines = lines_scale(used_lines, now_ns - since_ns,
					 interval_ns);
	if (used_lines > pace->lines)
		pace->lines = used_lines;
}

/*
 * When at its pace it will have used up its room, and soon in any case when it was
 * held lately; one that is watched is told.
 */
static uint64_t wait_ns(const struct reg_cpu *cpu, uint64_t room_lines,
			uint64_t now_ns)
{
	const struct reg_polls *polls = &cpu->active.polls;
	uint64_t most_ns = now_ns < cpu->pace.alert_until_ns ?
			   polls->alert_ns : polls->interval_ns;
	uint64_t until_ns;

	if (polls->watch_cpu)
		return polls->interval_ns << WATCHED_SHIFT;
	if (room_lines >= cpu->pace.lines ||
	    cpu->active.settings.mode & REG_MODE_STEADY)
		return most_ns;
	until_ns = polls->interval_ns * room_lines / cpu->pace.lines;
	if (until_ns < REG_POLL_MIN_NS)
		return REG_POLL_MIN_NS;
	return until_ns < most_ns ? until_ns : most_ns;
}

/* A CPU that is held looks as often as can be, and when it may go on again. */
static void next_set(struct reg_cpu *cpu, uint64_t room_lines,
		     uint64_t until_ns, uint64_t now_ns)
{
	cpu->next_ns = now_ns + (until_ns ? cpu->active.polls.interval_ns :
					    wait_ns(cpu, room_lines, now_ns));
	if (until_ns && until_ns < cpu->next_ns)
		cpu->next_ns = until_ns > now_ns ? until_ns : now_ns + 1;
}

static uint64_t watched_lines(const struct reg_cpu *cpu,
			      const struct reg_level *level)
{
	uint64_t lines = (uint64_t)level_lines(level) >>
			 cpu->active.share_shift;

	return level->limited ? lines + !lines : REG_NEVER;
}

/* A CPU that goes on is looked at by another one; one that is held is not. */
static void watched_set(struct reg_cpu *cpu, const struct reg_pool *pool,
			bool holds)
{
	struct reg_watched *watched = &cpu->watched;

	if (!cpu->active.polls.watch_cpu)
		return;
	watched->lines = holds ? REG_NEVER :
				 watched_lines(cpu, &pool->total);
	watched->write_lines = holds ? REG_NEVER :
				       watched_lines(cpu, &pool->writes);
}

static enum reg_verdict look(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	struct reg_pool *pool;
	uint64_t until_ns = 0, room_lines = 0;
	uint64_t used_lines;
	int64_t least_lines;
	bool holds;

	effective->source->sample(cpu);
	pool = pool_enter(cpu);
	used_lines = charge(cpu, pool, now_ns);
	least_lines = pool_least(effective, pool);
	holds = least_lines <= 0;
	if (holds) {
		until_ns = ready_ns(cpu, pool, now_ns);
		cpu->pace.alert_until_ns = now_ns +
					   effective->polls.alert_for_ns;
	} else {
		room_lines = (uint64_t)least_lines >> effective->share_shift;
	}
	watched_set(cpu, pool, holds);
	pool_leave(cpu);
	/* Somebody else's alarm counts from an older sample. */
	if (cpu->alarm.lines != REG_NEVER || !effective->interrupts) {
		cpu->alarm = NOTHING_ARMED;
		cpu->alarm.headroom_lines = room_lines;
		effective->source->arm(cpu);
	}
	cpu->stats.periods++;
	pace_follow(cpu, used_lines, holds, now_ns);
	next_set(cpu, room_lines, until_ns, now_ns);
	return holds ? REG_STALL : REG_RUN;
}

static enum reg_verdict mempol_period(struct reg_cpu *cpu, uint64_t now_ns)
{
	uint64_t late_ns = now_ns - cpu->next_ns;

	if ((int64_t)late_ns > 0 && late_ns > cpu->stats.late_max_ns)
		cpu->stats.late_max_ns = late_ns;
	return look(cpu, now_ns);
}

/* A counter that interrupts is about to wrap, or did so for a burst cap. */
static enum reg_verdict mempol_overflow(struct reg_cpu *cpu, uint64_t now_ns)
{
	cpu->stats.overflows++;
	/* It has to be armed anew in any case. */
	cpu->alarm.lines = 0;
	return look(cpu, now_ns);
}

/* CPUs look in turn, at first. */
static enum reg_verdict mempol_commit(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	uint64_t poll_ns = effective->polls.interval_ns;
	uint32_t cpus_count = effective->cpus_count;
	enum reg_verdict verdict;

	cpu->watched.lines = REG_NEVER;
	cpu->watched.write_lines = REG_NEVER;
	credit_commit(cpu, now_ns);
	if (!effective->active)
		return REG_RUN;
	cpu->pace = (struct reg_pace){ 0 };
	cpu->alarm = NOTHING_ARMED;
	effective->source->arm(cpu);
	verdict = look(cpu, now_ns);
	if (verdict == REG_RUN && !effective->polls.watch_cpu)
		cpu->next_ns = now_ns + poll_ns * (cpu->index + 1) / cpus_count -
			       pool_begin_ns(effective, poll_ns / cpus_count);
	return verdict;
}

static void mempol_cpu_reset(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_pool *pool;

	if (!cpu->active.active)
		return;
	cpu->active.source->sample(cpu);
	pool = pool_enter(cpu);
	charge(cpu, pool, now_ns);
	pool_leave(cpu);
}

static const struct regulator mempol = {
	.name = "mempol",
	.id = REGULATOR_MEMPOL,
	.order = 30,
	.kind = REG_KIND_BANDWIDTH,
	.role = REG_ROLE_BUDGET,
	.probe = mempol_probe,
	.check = mempol_check,
	.commit = mempol_commit,
	.period = mempol_period,
	.poll = look,
	.overflow = mempol_overflow,
	.cpu_reset = mempol_cpu_reset,
};
REGULATOR(mempol);
