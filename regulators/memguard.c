/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memguard: a budget of lines per period, overspend carried as debt.
 *
 * CPUs prepay grants from the pool of their cell and settle what they really
 * used whenever they are looked at. README.md has the invariants and the proof.
 */
#include "regulator.h"
#include "budget.h"
#include "hv/errno.h"
#include "pool.h"

/* A pool's CPUs hold at most about 1/8 of a period's budget in grants. */
#define GRANTS_PER_SHARE	8u
/* The short way of a tick is taken less often than this in a row. */
#define LOOK_PERIODS		16u

/* The short ways know no others. */
#define SHORT_MODES	(REG_MODE_PER_CPU | REG_MODE_SYNCHRONOUS)

static int memguard_probe(const char **why)
{
	*why = NULL;
	return 0;
}

/* What follows from a period's lines. */
static inline void budget_limit(struct reg_budget *budget, uint64_t cap_lines,
				const struct reg_effective *effective)
{
	uint64_t grant_lines;

	budget->cap_lines = cap_lines;
	/* Who has the pool to himself takes all there is. */
	budget->grant_lines = cap_lines;
	if (!effective->own_pool) {
		grant_lines = cap_lines /
			      (GRANTS_PER_SHARE * effective->cpus_count);
		budget->grant_lines = grant_lines > POOL_GRANT_MIN_LINES ?
				      grant_lines : POOL_GRANT_MIN_LINES;
	}
}

static void budget_init(struct reg_budget *budget, uint64_t bytes_per_s,
			const struct reg_platform *platform,
			const struct reg_effective *effective)
{
	*budget = (struct reg_budget){ 0 };
	if (bytes_per_s == REG_BUDGET_UNLIMITED)
		return;
	budget->limited = true;
	budget_rate_init(&budget->rate, bytes_per_s,
			 effective->settings.period_ns,
			 effective->own_pool ? effective->cpus_count :
					       effective->refill_parts,
			 platform->line_bytes);
	budget_limit(budget, budget_rate_ceil(&budget->rate,
					      effective->refill_parts),
		     effective);
}

/* The CPUs that share a pool have it refilled in turn. */
static void refills_spread(struct reg_effective *effective)
{
	uint64_t period_ns = effective->settings.period_ns;

	effective->refill_parts = effective->cpus_count;
	effective->refill_ns = period_ns / effective->refill_parts;
	effective->refill_part =
		(uint32_t)(period_ns % effective->refill_parts);
}

/* What a short way adds beyond the cap nobody sees. */
static bool lends(const struct reg_settings *settings)
{
	return settings->class_ == REG_CLASS_GUARANTEED &&
	       (settings->flags & REG_FLAG_LEND);
}

static inline void renew_limit(struct reg_effective *effective)
{
	uint64_t grant_lines = effective->total.grant_lines;

	effective->renew_lines = (int64_t)(
		(grant_lines << effective->share_shift) - grant_lines);
}

__attribute__((noinline))
static void amend_wide(struct reg_effective *effective, uint64_t bytes_per_s)
{
	struct reg_rate *rate = &effective->total.rate;

	budget_rate_amend_wide(rate, bytes_per_s,
			       effective->settings.period_ns);
	budget_limit(&effective->total,
		     budget_rate_ceil(rate, effective->refill_parts), effective);
	renew_limit(effective);
}

/* Products of more than 64 bits are left to others: so this calls nobody. */
static void memguard_amend(struct reg_effective *effective, uint64_t bytes_per_s,
			   const struct reg_settings *wanted)
{
	struct reg_rate *rate = &effective->total.rate;
	uint64_t period_ns = effective->settings.period_ns;

	(void)wanted;
	if (!budget_rate_amend(rate, bytes_per_s, period_ns)) {
		amend_wide(effective, bytes_per_s);
		return;
	}
	budget_limit(&effective->total,
		     budget_rate_ceil_short(rate, effective->refill_parts),
		     effective);
	renew_limit(effective);
}

static int memguard_check(const struct reg_platform *platform,
			  const struct reg_settings *wanted,
			  struct reg_effective *effective,
			  struct reason *reason)
{
	int err = budget_check_settings(platform, wanted, reason);

	if (!err && wanted->mode & REG_MODE_STEADY)
		err = refuse(reason, -EINVAL,
			     "mode bits %x are of polls, which periods do not need",
			     REG_MODE_STEADY);
	if (err)
		return err;
	pool_share(platform, wanted, effective);
	if (!effective->own_pool && !(wanted->mode & REG_MODE_SYNCHRONOUS))
		refills_spread(effective);
	budget_init(&effective->total, wanted->budget_bytes_per_s, platform,
		    effective);
	renew_limit(effective);
	budget_init(&effective->writes, wanted->write_budget_bytes_per_s,
		    platform, effective);
	effective->active = effective->total.limited ||
			    effective->writes.limited;
	effective->short_ways = platform->interrupts &&
				effective->total.limited &&
				!effective->writes.limited &&
				!(wanted->mode & ~SHORT_MODES) &&
				!lends(wanted);
	return 0;
}

/* For the statistics: lines by which the debt grew. */
static void overshoot_count(struct reg_cpu *cpu, int64_t before, int64_t after)
{
	uint64_t lines;

	if (before > 0)
		before = 0;
	if (after >= before)
		return;
	lines = (uint64_t)(before - after);
	cpu->stats.overshoot_lines += lines;
	if (lines > cpu->stats.overshoot_max_lines)
		cpu->stats.overshoot_max_lines = lines;
}

static inline void level_settle(struct reg_cpu *cpu, struct reg_level *level,
				uint64_t grant_lines, uint64_t used_lines)
{
	int64_t change = (int64_t)grant_lines - (int64_t)used_lines;
	int64_t after = level_change(level, change);

	if (after < 0)
		overshoot_count(cpu, after - change, after);
}

/* Lines that a budget of both is charged with. */
static inline uint64_t counted_lines(const struct reg_cpu *cpu)
{
	if (pool_faulty(&cpu->active, REG_MODE_READS_ONLY))
		return cpu->counter.read_lines;
	return cpu->counter.read_lines + cpu->counter.write_lines;
}

static inline void counted_settle(struct reg_cpu *cpu)
{
	cpu->settled_write_lines = cpu->counter.write_lines;
	cpu->settled_lines = counted_lines(cpu);
}

/*
 * Charges what was used since the last time, and gives the grant back. This and
 * what follows to look() is most of a stall: no calls are paid for there.
 */
__attribute__((always_inline))
static inline void settle(struct reg_cpu *cpu, struct reg_pool *pool)
{
	uint64_t writes = cpu->counter.write_lines;
	uint64_t lines = counted_lines(cpu);

	if (level_charged(&pool->total, &cpu->active.total))
		level_settle(cpu, &pool->total, cpu->grant_lines,
			     lines - cpu->settled_lines);
	if (level_charged(&pool->writes, &cpu->active.writes))
		level_settle(cpu, &pool->writes, cpu->write_grant_lines,
			     writes - cpu->settled_write_lines);
	counted_settle(cpu);
}

/* `lines`: what the level has been seen to be, more than 0. */
static inline uint64_t level_draw(struct reg_level *level,
				  const struct reg_budget *budget,
				  uint64_t lines)
{
	if (!budget->limited)
		return REG_NEVER;
	if (lines > budget->grant_lines)
		lines = budget->grant_lines;
	level_change(level, -(int64_t)lines);
	return lines;
}

static void short_ways_close(struct reg_cpu *cpu)
{
	cpu->short_late_ns = 0;
	cpu->renew = NULL;
}

/*
 * The grant is charged and drawn again at once, without a lock, as long as that
 * leaves enough for all; else it is as if nothing had been tried.
 */
static int memguard_renew(struct reg_cpu *cpu, uint64_t used_lines,
			  uint64_t now_ns)
{
	struct reg_level *level = &cpu->cell->pool.total;

	(void)now_ns;
	if (__atomic_sub_fetch(&level->lines, (int64_t)used_lines,
			       __ATOMIC_RELAXED) <
	    cpu->active.renew_lines) {
		level_change(level, (int64_t)used_lines);
		return -EAGAIN;
	}
	cpu->settled_lines += used_lines;
	cpu->stats.overflows++;
	return 0;
}

/* With a full grant, until it is given back. Less late than ever: no news. */
static void short_ways_open(struct reg_cpu *cpu)
{
	uint64_t late_ns = cpu->stats.late_max_ns + 1;
	uint64_t period_ns = cpu->active.settings.period_ns;

	if (!cpu->active.short_ways ||
	    cpu->grant_lines != cpu->active.total.grant_lines) {
		short_ways_close(cpu);
		return;
	}
	cpu->renew = cpu->active.own_pool ? NULL : memguard_renew;
	cpu->renew_clock = NULL;
	cpu->short_late_ns = late_ns < period_ns ? late_ns : period_ns;
}

/*
 * The next refill; its own boundary may have passed already, unnoticed so far. Who
 * may borrow looks when he may again, or when others may have released something.
 */
static uint64_t wait_until_ns(const struct reg_cpu *cpu,
			      const struct reg_pool *pool, uint64_t now_ns)
{
	const struct reg_loans *loans = cpu->active.takes_from;
	uint64_t until_ns = pool->next_ns < cpu->boundary_ns ?
			    pool->next_ns : cpu->boundary_ns;
	uint64_t borrow_ns = cpu->borrow_ns;

	if (!loans)
		return until_ns;
	if (borrow_ns <= now_ns)
		borrow_ns = loans_next_ns(loans, now_ns);
	return borrow_ns < until_ns ? borrow_ns : until_ns;
}

/* Prepays grants; without a line left in either budget the CPU must wait. */
__attribute__((always_inline))
static inline bool draw(struct reg_cpu *cpu, struct reg_pool *pool,
			uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	uint64_t mine = (uint64_t)1 << cpu->index;
	int64_t lines = level_lines(&pool->total);
	int64_t write_lines = level_lines(&pool->writes);

	if (effective->takes_from && lines <= 0)
		lines = pool_borrow(pool, cpu, now_ns);
	if ((effective->total.limited && lines <= 0) ||
	    (effective->writes.limited && write_lines <= 0) ||
	    ((pool->waiting & ~mine) &&
	     !pool_turn(pool, effective, cpu->index))) {
		pool->waiting |= mine;
		cpu->grant_lines = 0;
		cpu->write_grant_lines = 0;
		short_ways_close(cpu);
		cpu->next_ns = wait_until_ns(cpu, pool, now_ns);
		return false;
	}
	pool->waiting &= ~mine;
	cpu->alarm.lines = level_draw(&pool->total, &effective->total,
				      (uint64_t)lines);
	cpu->alarm.write_lines = level_draw(&pool->writes,
					    &effective->writes,
					    (uint64_t)write_lines);
	cpu->alarm.headroom_lines = pool_headroom(effective, pool);
	cpu->grant_lines = cpu->alarm.lines;
	cpu->write_grant_lines = cpu->alarm.write_lines;
	short_ways_open(cpu);
	cpu->next_ns = cpu->boundary_ns;
	return true;
}

/* The whole job: settle, refill what is due, draw, arm. */
static inline enum reg_verdict look(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_pool *pool;
	bool drawn;

	cpu->active.source->sample(cpu);
	pool = pool_enter(cpu);
	/* Before the refill: what was used must not be lost to the cap. */
	settle(cpu, pool);
	if (pool_faulty(&cpu->active, REG_MODE_RELATIVE))
		pool_refill_relative(pool, cpu, now_ns);
	else
		pool_refill(pool, cpu, now_ns);
	drawn = draw(cpu, pool, now_ns);
	pool_leave(cpu);
	if (!drawn)
		return REG_STALL;
	cpu->active.source->arm(cpu);
	return REG_RUN;
}

static void boundary_skip(struct reg_cpu *cpu, uint64_t now_ns)
{
	uint64_t period_ns = cpu->active.settings.period_ns;
	uint64_t periods = (now_ns - cpu->boundary_ns) / period_ns;

	cpu->stats.periods += periods;
	cpu->boundary_ns += periods * period_ns;
}

static enum reg_verdict memguard_period(struct reg_cpu *cpu, uint64_t now_ns)
{
	uint64_t late_ns = now_ns - cpu->boundary_ns;

	/* A stalled CPU is also called at the refills between. */
	if ((int64_t)late_ns >= 0) {
		if (late_ns > cpu->stats.late_max_ns)
			cpu->stats.late_max_ns = late_ns;
		if (late_ns >= cpu->active.settings.period_ns)
			boundary_skip(cpu, now_ns);
		cpu->stats.periods++;
		cpu->boundary_ns += cpu->active.settings.period_ns;
		if (pool_faulty(&cpu->active, REG_MODE_RELATIVE))
			cpu->boundary_ns = now_ns +
					   cpu->active.settings.period_ns;
	}
	return look(cpu, now_ns);
}

static uint64_t period_passed(struct reg_cpu *cpu)
{
	cpu->stats.periods++;
	cpu->boundary_ns += cpu->active.settings.period_ns;
	cpu->next_ns = cpu->boundary_ns;
	return cpu->next_ns;
}

/*
 * Nobody else draws from the pool: a CPU that runs has all of it as its grant,
 * and a refill of more than was used of that fills it up again.
 */
__attribute__((noinline))
static uint64_t advance_alone(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	struct reg_pool *pool = &cpu->own;
	uint64_t used_lines;

	if (now_ns - pool->next_ns >= effective->refill_ns)
		return 0;
	used_lines = effective->source->rearm(cpu);
	if (used_lines > effective->total.rate.lines)
		return 0;
	cpu->settled_lines += used_lines;
	pool->last_ns = pool->next_ns;
	pool->next_ns += effective->refill_ns;
	return period_passed(cpu);
}

/*
 * The grant goes on, and is not looked at: what it may still bring is left out
 * of the cap. Should more than one refill be due, period() adds the others.
 */
static uint64_t memguard_advance(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	const struct reg_budget *budget = &effective->total;
	struct reg_cell *cell = cpu->cell;
	struct reg_pool *pool = &cell->pool;
	int64_t due_ns;

	if (effective->own_pool)
		return advance_alone(cpu, now_ns);
	if (!spin_trylock(&cell->lock))
		return 0;
	due_ns = (int64_t)(now_ns - pool->next_ns);
	if (due_ns >= (int64_t)effective->refill_ns) {
		spin_unlock(&cell->lock);
		return 0;
	}
	if (due_ns >= 0) {
		level_add(&pool->total,
			  budget_rate_next(&budget->rate,
					   &pool->total.remainder),
			  budget->cap_lines - budget->grant_lines);
		pool_advance(pool, effective);
	}
	spin_unlock(&cell->lock);
	/* An overflow whose interrupt got lost is found by the next tick. */
	if (cpu->stats.periods % LOOK_PERIODS == 0)
		cpu->short_late_ns = 0;
	return period_passed(cpu);
}

static enum reg_verdict memguard_poll(struct reg_cpu *cpu, uint64_t now_ns)
{
	return look(cpu, now_ns);
}

static enum reg_verdict memguard_overflow(struct reg_cpu *cpu, uint64_t now_ns)
{
	cpu->stats.overflows++;
	return look(cpu, now_ns);
}

/* The CPU's next boundary after now. */
static void boundary_set(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	uint64_t phase_ns = pool_phase_ns(effective, cpu->index);
	uint64_t from_ns = now_ns + 1;
	uint32_t part;

	from_ns = from_ns > phase_ns ? from_ns - phase_ns : 0;
	cpu->boundary_ns = phase_ns +
		pool_grid_next(effective->settings.period_ns, 1, from_ns, &part);
}

static enum reg_verdict memguard_commit(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	uint64_t phase_ns = pool_phase_ns(effective, cpu->index);

	short_ways_close(cpu);
	cpu->borrow_ns = 0;
	spin_lock(&cpu->cell->lock);
	pool_convert(cpu, effective->own_pool ? phase_ns : effective->begin_ns,
		     now_ns);
	spin_unlock(&cpu->cell->lock);
	if (!effective->active) {
		cpu->next_ns = REG_NEVER;
		cpu->alarm = (struct reg_alarm){ REG_NEVER, REG_NEVER,
						 REG_NEVER };
		if (effective->source)
			effective->source->arm(cpu);
		return REG_RUN;
	}
	/* What was used before is settled, or was not limited. */
	effective->source->sample(cpu);
	counted_settle(cpu);
	boundary_set(cpu, now_ns);
	return look(cpu, now_ns);
}

/* A look in the midst of which the budget becomes another one. */
static enum reg_verdict memguard_follow(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_pool *pool = pool_of(cpu);
	struct spinlock *lock = &cpu->cell->lock;
	bool drawn;

	cpu->active.source->sample(cpu);
	spin_lock(lock);
	settle(cpu, pool);
	pool_refill(pool, cpu, now_ns);
	pool->waiting &= ~((uint64_t)1 << cpu->index);
	pool_amend(cpu, pool);
	pool_refill(pool, cpu, now_ns);
	if (now_ns >= cpu->boundary_ns)
		boundary_set(cpu, now_ns);
	drawn = draw(cpu, pool, now_ns);
	spin_unlock(lock);
	if (!drawn)
		return REG_STALL;
	cpu->active.source->arm(cpu);
	return REG_RUN;
}

static void memguard_cpu_reset(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_pool *pool;

	short_ways_close(cpu);
	if (!cpu->active.active)
		return;
	cpu->active.source->sample(cpu);
	pool = pool_enter(cpu);
	settle(cpu, pool);
	if (pool->revision == cpu->active.revision)
		pool_refill(pool, cpu, now_ns);
	pool->waiting &= ~((uint64_t)1 << cpu->index);
	pool_leave(cpu);
	cpu->grant_lines = 0;
	cpu->write_grant_lines = 0;
}

static const struct regulator memguard = {
	.name = "memguard",
	.id = REGULATOR_MEMGUARD,
	.order = 10,
	.kind = REG_KIND_BANDWIDTH,
	.role = REG_ROLE_BUDGET,
	.probe = memguard_probe,
	.check = memguard_check,
	.amend = memguard_amend,
	.commit = memguard_commit,
	.follow = memguard_follow,
	.period = memguard_period,
	.poll = memguard_poll,
	.advance = memguard_advance,
	.overflow = memguard_overflow,
	.cpu_reset = memguard_cpu_reset,
};
REGULATOR(memguard);
