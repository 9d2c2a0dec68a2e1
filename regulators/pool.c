/* SPDX-License-Identifier: GPL-2.0-only */
/* The pool of lines that the CPUs of a cell draw from. */
#include "pool.h"

/* More than any cap, and far from where a signed level would wrap. */
#define LEVEL_MAX_LINES		((uint64_t)1 << 61)
/* So much of each pool is lent at most: all pools of all cells are below 2^63. */
#define LOAN_MAX_LINES		((uint64_t)1 << 48)

static uint32_t log2_ceil(uint32_t value)
{
	uint32_t shift = 0;

	while (shift < 31 && (1u << shift) < value)
		shift++;
	return shift;
}

void pool_share(const struct reg_platform *platform,
		const struct reg_settings *wanted,
		struct reg_effective *effective)
{
	*effective = (struct reg_effective){ .settings = *wanted };
	effective->cpus_count = platform->cpus_count;
	effective->per_cpu = (wanted->mode & REG_MODE_PER_CPU) != 0;
	effective->own_pool = effective->per_cpu || platform->cpus_count == 1;
	effective->refill_parts = 1;
	effective->refill_ns = wanted->period_ns;
	effective->share_shift =
		log2_ceil(effective->own_pool ? 1 : platform->cpus_count);
}

uint64_t pool_grid_next(uint64_t period_ns, uint32_t parts, uint64_t from_ns,
			uint32_t *part)
{
	/* Both products are below 1e9 * 64. */
	uint64_t whole = from_ns / period_ns;
	uint64_t step = from_ns % period_ns * parts / period_ns;
	uint64_t point = whole * period_ns + step * period_ns / parts;

	if (point < from_ns) {
		step++;
		point = whole * period_ns + step * period_ns / parts;
	}
	*part = (uint32_t)(step * period_ns % parts);
	return point;
}

uint64_t pool_phase_ns(const struct reg_effective *effective,
		       unsigned int index)
{
	if (effective->settings.mode & REG_MODE_SYNCHRONOUS)
		return 0;
	return effective->begin_ns +
	       index * effective->settings.period_ns / effective->cpus_count;
}

/* -------------------------------------------------- a pool and a new setting */

/*
 * A pool has been paid for the time up to the refill that comes next: refills are
 * for the time until the following one. A setting that comes into force begins
 * with the first point of its grid, and pays from where the old one ended: what is
 * missing up to that point at once; what has been paid beyond it is taken from
 * that refill beforehand, which leaves the level as low as it is afterwards.
 */
struct pool_due {
	uint64_t missing_ns;
	uint64_t advance_ns;
	uint64_t begin_ns;		/* of a level that was not limited */
};

static uint64_t pool_base_ns(const struct reg_pool *pool)
{
	return pool->next_ns == REG_NEVER ? pool->last_ns : pool->next_ns;
}

static uint64_t pool_paid_ns(const struct reg_pool *pool)
{
	return pool_base_ns(pool) + pool->ahead_ns;
}

static void pool_paid_set(struct reg_pool *pool, uint64_t paid_ns)
{
	uint64_t base_ns = pool_base_ns(pool);

	pool->ahead_ns = paid_ns > base_ns ? paid_ns - base_ns : 0;
}

/* The setting changes again before that refill: as if it had not been one. */
static void pool_advance_undo(struct reg_pool *pool)
{
	struct reg_advance *advance = &pool->advance;

	if (advance->ns != 0 && advance->next_ns == pool->next_ns) {
		pool->ahead_ns += advance->ns;
		pool->last_ns = advance->last_ns;
		level_change(&pool->total, (int64_t)advance->lines);
		level_change(&pool->writes, (int64_t)advance->write_lines);
	}
	advance->ns = 0;
}

/* At most a period's, as levels hold; nothing, where the grid stays, costs little. */
static uint64_t level_share(const struct reg_budget *budget,
			    const struct reg_effective *effective, uint64_t ns,
			    uint64_t *remainder)
{
	uint64_t period_ns = effective->settings.period_ns;

	*remainder = 0;
	if (ns == 0)
		return 0;
	ns = ns < period_ns ? ns : period_ns;
	return budget_rate_share(&budget->rate, ns * effective->refill_parts,
				 period_ns, remainder);
}

static uint64_t level_take(struct reg_level *level,
			   const struct reg_budget *budget,
			   const struct reg_effective *effective, uint64_t ns)
{
	uint64_t fraction;
	uint64_t lines = level_share(budget, effective, ns, &fraction);

	/* Far from where it would wrap, whatever the budgets are. */
	if (level_lines(level) < -(int64_t)LEVEL_MAX_LINES)
		return 0;
	lines += fraction != 0;
	level_change(level, -(int64_t)lines);
	return lines;
}

/* Returns what has been taken beforehand. */
static uint64_t level_adapt(struct reg_level *level,
			    const struct reg_budget *budget,
			    const struct reg_effective *effective,
			    const struct pool_due *due)
{
	uint64_t missing_ns = due->missing_ns;
	uint64_t taken_lines = 0;

	if (!budget->limited) {
		*level = (struct reg_level){ 0 };
		return 0;
	}
	if (level->limited) {
		taken_lines = level_take(level, budget, effective,
					 due->advance_ns);
	} else {
		level_change(level, -level_lines(level));
		level->limited = true;
		missing_ns = due->begin_ns;
	}
	level_add(level, level_share(budget, effective, missing_ns,
				     &level->remainder), budget->cap_lines);
	return taken_lines;
}

/* Credit by the clock is for the time up to now. */
static struct pool_due pool_by_clock(struct reg_pool *pool,
				     const struct reg_effective *effective,
				     uint64_t now_ns)
{
	uint64_t paid_ns = pool_paid_ns(pool);

	pool->last_ns = now_ns;
	pool->next_ns = REG_NEVER;
	pool_paid_set(pool, paid_ns);
	return (struct pool_due){ .begin_ns = effective->settings.period_ns };
}

/*
 * What may be paid ahead is a refill, or what was ahead already if that is more: so
 * settings that change for ever never yield more than either of them. A pool that was
 * not in use begins with nothing, a step after the last refill by whichever pool.
 */
static struct pool_due pool_by_grid(struct reg_pool *pool,
				    const struct reg_effective *effective,
				    uint64_t phase_ns, uint64_t now_ns,
				    bool idle)
{
	uint64_t again_ns = pool->last_ns + effective->refill_ns;
	uint64_t least_ns = idle && again_ns > now_ns ? again_ns : now_ns + 1;
	uint64_t from_ns = least_ns > phase_ns ? least_ns - phase_ns : 0;
	uint64_t next_ns = phase_ns +
		pool_grid_next(effective->settings.period_ns,
			       effective->refill_parts, from_ns, &pool->part);
	uint64_t paid_ns = pool_paid_ns(pool);
	uint64_t step_ns = effective->refill_ns +
			   (pool->part < effective->refill_part);
	uint64_t until_ns = pool->last_ns + step_ns;
	struct pool_due due = { .begin_ns = next_ns - now_ns };

	if (until_ns > paid_ns)
		until_ns = paid_ns;
	if (!idle && next_ns > paid_ns)
		due.missing_ns = next_ns - paid_ns;
	if (until_ns > next_ns)
		due.advance_ns = until_ns - next_ns;
	pool->advance.next_ns = next_ns;
	pool->advance.last_ns = pool->last_ns;
	if (!idle)
		pool->last_ns = next_ns > step_ns ? next_ns - step_ns : 0;
	pool->next_ns = next_ns;
	pool_paid_set(pool, paid_ns > due.advance_ns ?
			    paid_ns - due.advance_ns : 0);
	return due;
}

static void level_clip(struct reg_level *level, const struct reg_budget *budget)
{
	if (budget->limited)
		level_add(level, 0, budget->cap_lines);
}

static void pool_follow(struct reg_pool *pool,
			const struct reg_effective *effective,
			uint64_t phase_ns, uint64_t now_ns, bool idle)
{
	struct pool_due due;

	if (pool->revision == effective->revision) {
		/* A CPU may have given back what an older setting granted. */
		level_clip(&pool->total, &effective->total);
		level_clip(&pool->writes, &effective->writes);
		return;
	}
	pool->revision = effective->revision;
	pool->waiting = 0;
	pool->turn = 0;
	if (!pool->total.limited && !pool->writes.limited) {
		pool->last_ns = now_ns;
		pool->next_ns = now_ns;
		pool->ahead_ns = 0;
		idle = false;
	}
	due = effective->active && effective->refill_ns != 0 ?
	      pool_by_grid(pool, effective, phase_ns, now_ns, idle) :
	      pool_by_clock(pool, effective, now_ns);
	pool->advance.ns = due.advance_ns;
	pool->advance.lines = level_adapt(&pool->total, &effective->total,
					  effective, &due);
	pool->advance.write_lines = level_adapt(&pool->writes,
						&effective->writes, effective,
						&due);
}

static void level_inherit(struct reg_level *level,
			  const struct reg_level *in_use)
{
	if (!level->limited && in_use->limited)
		*level = (struct reg_level){ .limited = true };
}

/* A pool not in use starts at zero, where the one in use is in time. */
static void pool_inherit(struct reg_pool *pool, const struct reg_pool *in_use)
{
	level_inherit(&pool->total, &in_use->total);
	level_inherit(&pool->writes, &in_use->writes);
	if (pool->last_ns < in_use->last_ns)
		pool->last_ns = in_use->last_ns;
}

/* What others had been paid ahead goes along when they go out of use. */
static void pool_paid_follow(struct reg_pool *pool, const struct reg_pool *other)
{
	const struct reg_advance *advance = &pool->advance;
	uint64_t taken_ns = advance->next_ns == pool->next_ns ? advance->ns : 0;
	uint64_t paid_ns = pool_paid_ns(other);

	if (pool_paid_ns(pool) + taken_ns < paid_ns)
		pool_paid_set(pool, paid_ns - taken_ns);
}

static void level_move_debt(struct reg_level *to, struct reg_level *from)
{
	int64_t lines = level_lines(from);

	if (lines < 0 && to->limited) {
		level_change(to, lines);
		level_change(from, -lines);
	}
}

static void pool_move_debt(struct reg_pool *to, struct reg_pool *from)
{
	level_move_debt(&to->total, &from->total);
	level_move_debt(&to->writes, &from->writes);
}

static void level_drain(struct reg_level *level)
{
	int64_t lines = level_lines(level);

	if (lines > 0)
		level_change(level, -lines);
}

/* A pool goes out of use: what is left in it is given up, debt is not. */
static void pool_drain(struct reg_pool *pool)
{
	level_drain(&pool->total);
	level_drain(&pool->writes);
}

void pool_convert(struct reg_cpu *cpu, uint64_t phase_ns, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	struct reg_pool *to = pool_of(cpu);
	struct reg_pool *from = effective->own_pool ? &cpu->cell->pool :
						      &cpu->own;
	bool idle = to->revision < from->revision;

	pool_advance_undo(from);
	if (to->revision != effective->revision)
		pool_advance_undo(to);
	if (idle)
		pool_inherit(to, from);
	if (idle || from == &cpu->own)
		pool_paid_follow(to, from);
	/* Told once: another CPU may still have to hear it of the shared one. */
	if (from == &cpu->own) {
		from->next_ns = REG_NEVER;
		from->ahead_ns = 0;
	}
	pool_follow(to, effective, phase_ns, now_ns, idle);
	pool_move_debt(to, from);
	pool_drain(from);
}

bool pool_amend(struct reg_cpu *cpu, struct reg_pool *pool)
{
	const struct reg_effective *newest = &cpu->cell->effective;
	bool anew = pool->revision != newest->revision;

	effective_amend(&cpu->active, newest);
	if (anew) {
		pool->revision = newest->revision;
		pool->waiting = 0;
		pool->turn = 0;
		pool->total.remainder = 0;
	}
	level_add(&pool->total, 0, cpu->active.total.cap_lines);
	return anew;
}

/* Debt is what makes the long-run rate exact: for comparisons only. */
static void debt_forget(struct reg_pool *pool,
			const struct reg_effective *effective)
{
	int64_t lines = level_lines(&pool->total);
	int64_t write_lines = level_lines(&pool->writes);

	if (!(effective->settings.mode & REG_MODE_NO_DEBT))
		return;
	if (lines < 0)
		level_change(&pool->total, -lines);
	if (write_lines < 0)
		level_change(&pool->writes, -write_lines);
}

static uint64_t loan_most(const struct reg_effective *effective)
{
	uint64_t lines = effective->total.cap_lines;

	return lines < LOAN_MAX_LINES ? lines : LOAN_MAX_LINES;
}

/* Takers do not see more than the cap for longer than it takes to cut it. */
static void loans_change(struct reg_loans *loans, int64_t lines)
{
	int64_t over_lines = __atomic_add_fetch(&loans->lines, lines,
						__ATOMIC_RELAXED) -
			     __atomic_load_n(&loans->cap_lines,
					     __ATOMIC_RELAXED);

	if (over_lines > 0)
		__atomic_fetch_sub(&loans->lines, over_lines,
				   __ATOMIC_RELAXED);
}

static void loans_limit(const struct reg_effective *effective, int64_t sign)
{
	struct reg_loans *loans = effective->lends_to;
	uint32_t pools = effective->per_cpu ? effective->cpus_count : 1;

	if (!loans)
		return;
	__atomic_fetch_add(&loans->cap_lines,
			   sign * (int64_t)(pools * loan_most(effective)),
			   __ATOMIC_RELAXED);
	loans_change(loans, 0);
}

void loans_follow(const struct reg_effective *from,
		  const struct reg_effective *to)
{
	loans_limit(to, 1);
	loans_limit(from, -1);
}

/*
 * What a refill adds to a full pool is lost to its owner: a period's budget is
 * there unused. That, and nothing before, can be lent.
 */
static void loans_add(struct reg_cpu *cpu, struct reg_loans *loans,
		      uint64_t lines, uint64_t at_ns)
{
	uint64_t most_lines = loan_most(&cpu->active);

	if (lines > most_lines)
		lines = most_lines;
	__atomic_fetch_add(&loans->lent_lines, lines, __ATOMIC_RELAXED);
	cpu->stats.lent_lines += lines;
	__atomic_store_n(&loans->refill_ns, cpu->active.refill_ns,
			 __ATOMIC_RELAXED);
	__atomic_store_n(&loans->last_ns, at_ns, __ATOMIC_RELAXED);
	loans_change(loans, (int64_t)lines);
}

static inline void loans_give(struct reg_cpu *cpu, uint64_t lines,
			      uint64_t at_ns)
{
	struct reg_loans *loans = cpu->active.lends_to;

	if (lines != 0 && loans)
		loans_add(cpu, loans, lines, at_ns);
}

uint64_t loans_next_ns(const struct reg_loans *loans, uint64_t now_ns)
{
	uint64_t refill_ns = __atomic_load_n(&loans->refill_ns,
					     __ATOMIC_RELAXED);
	uint64_t last_ns = __atomic_load_n(&loans->last_ns, __ATOMIC_RELAXED);

	if (refill_ns < REG_PERIOD_MIN_NS)
		refill_ns = REG_PERIOD_MIN_NS;
	/* The owner's tick may come late. */
	last_ns += refill_ns / 8;
	if (now_ns < last_ns && last_ns - now_ns < refill_ns)
		return last_ns;
	return now_ns + refill_ns -
	       (now_ns > last_ns ? now_ns - last_ns : 0) % refill_ns;
}

/* Others may take meanwhile: what was taken too much goes back. */
static int64_t loans_take(struct reg_loans *loans, int64_t lines)
{
	int64_t there = __atomic_load_n(&loans->lines, __ATOMIC_RELAXED);
	int64_t left;

	if (lines > there)
		lines = there;
	if (lines <= 0)
		return 0;
	left = __atomic_sub_fetch(&loans->lines, lines, __ATOMIC_RELAXED);
	if (left < 0) {
		there = lines + left > 0 ? lines + left : 0;
		__atomic_fetch_add(&loans->lines, lines - there,
				   __ATOMIC_RELAXED);
		lines = there;
	}
	__atomic_fetch_add(&loans->taken_lines, (uint64_t)lines,
			   __ATOMIC_RELAXED);
	return lines;
}

/* What several release at the same time is not used at the same time. */
static uint64_t loan_spread_ns(const struct reg_loans *loans, int64_t lines)
{
	int64_t cap_lines = __atomic_load_n(&loans->cap_lines,
					    __ATOMIC_RELAXED);
	uint64_t refill_ns = __atomic_load_n(&loans->refill_ns,
					     __ATOMIC_RELAXED);

	if (lines <= 0)
		return 0;
	if (lines < cap_lines)
		refill_ns /= (uint64_t)(cap_lines / lines);
	return refill_ns - refill_ns / 4;
}

int64_t pool_borrow(struct reg_pool *pool, struct reg_cpu *cpu,
		    uint64_t now_ns)
{
	struct reg_loans *loans = cpu->active.takes_from;
	int64_t lines = level_lines(&pool->total);

	if (now_ns < cpu->borrow_ns)
		return lines;
	lines = loans_take(loans,
			   (int64_t)cpu->active.total.grant_lines - lines);
	cpu->borrow_ns = now_ns + loan_spread_ns(loans, lines);
	cpu->stats.borrowed_lines += (uint64_t)lines;
	return level_change(&pool->total, lines);
}

static uint64_t level_skip(struct reg_level *level,
			   const struct reg_budget *budget, uint64_t steps)
{
	uint64_t lines;

	if (!budget->limited)
		return 0;
	lines = budget_rate_skip(&budget->rate, &level->remainder, steps);
	return level_add(level,
			 lines < LEVEL_MAX_LINES ? lines : LEVEL_MAX_LINES,
			 budget->cap_lines);
}

/* Whole periods at once: the fraction of the grid is the same after them. */
static void pool_skip(struct reg_pool *pool, struct reg_cpu *cpu,
		      uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	uint64_t period_ns = effective->settings.period_ns;
	uint64_t periods = (now_ns - pool->next_ns) / period_ns;
	uint64_t steps = periods * effective->refill_parts;

	loans_give(cpu, level_skip(&pool->total, &effective->total, steps),
		   pool->next_ns);
	level_skip(&pool->writes, &effective->writes, steps);
	pool->next_ns += periods * period_ns;
}

static uint64_t level_refill(struct reg_level *level,
			     const struct reg_budget *budget)
{
	if (!budget->limited)
		return 0;
	return level_add(level,
			 budget_rate_next(&budget->rate, &level->remainder),
			 budget->cap_lines);
}

static void pool_step(struct reg_pool *pool, struct reg_cpu *cpu)
{
	const struct reg_effective *effective = &cpu->active;

	loans_give(cpu, level_refill(&pool->total, &effective->total),
		   pool->next_ns);
	level_refill(&pool->writes, &effective->writes);
	pool_advance(pool, effective);
}

void pool_refill_due(struct reg_pool *pool, struct reg_cpu *cpu,
		     uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;

	debt_forget(pool, effective);
	if (now_ns - pool->next_ns >= effective->settings.period_ns)
		pool_skip(pool, cpu, now_ns);
	/* Less than a period is left: at most refill_parts + 1 steps. */
	do
		pool_step(pool, cpu);
	while (now_ns >= pool->next_ns);
}

void pool_refill_relative(struct reg_pool *pool, struct reg_cpu *cpu,
			  uint64_t now_ns)
{
	if (now_ns < pool->next_ns)
		return;
	debt_forget(pool, &cpu->active);
	pool_step(pool, cpu);
	pool->next_ns = now_ns + cpu->active.refill_ns;
}

/* Whether a grant for every CPU of the pool is more than there is. */
static bool pool_short(const struct reg_level *level,
		       const struct reg_budget *budget, uint32_t share_shift)
{
	return budget->limited &&
	       level_lines(level) >> share_shift < (int64_t)budget->grant_lines;
}

bool pool_turn(struct reg_pool *pool, const struct reg_effective *effective,
	       unsigned int index)
{
	uint64_t waiting = pool->waiting | (uint64_t)1 << index;
	uint64_t from_turn = waiting >> pool->turn;
	unsigned int first;

	if (!pool_short(&pool->total, &effective->total,
			effective->share_shift) &&
	    !pool_short(&pool->writes, &effective->writes,
			effective->share_shift))
		return true;
	if (from_turn != 0)
		first = pool->turn + (unsigned int)__builtin_ctzll(from_turn);
	else
		first = (unsigned int)__builtin_ctzll(waiting);
	if (first != index)
		return false;
	pool->turn = (index + 1) % REG_MAX_CPUS;
	return true;
}
