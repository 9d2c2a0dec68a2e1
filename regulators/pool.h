/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pool of lines that the CPUs of a cell draw from.
 *
 * Pure. Context: reg_cell.lock held, but for a pool that one CPU owns. What a
 * pool guarantees, and why, is in README.md.
 */
#ifndef REGULATORS_POOL_H
#define REGULATORS_POOL_H

#include "arch_types.h"
#include "budget.h"
#include "regulator.h"

/* A grant of less is not worth an interrupt. */
#define POOL_GRANT_MIN_LINES	4u

/*
 * What check() begins `effective` with: the setting, whose pools there are and
 * who shares them, and one refill per period.
 */
void pool_share(const struct reg_platform *platform,
		const struct reg_settings *wanted,
		struct reg_effective *effective);

/* The first point >= `from_ns` of a grid of `parts` points per period. */
uint64_t pool_grid_next(uint64_t period_ns, uint32_t parts, uint64_t from_ns,
			uint32_t *part);

/* Constant where the architecture does not know the fault. */
static inline bool pool_faulty(const struct reg_effective *effective,
			       uint32_t fault)
{
	return (ARCH_REG_MODES & fault) && (effective->settings.mode & fault);
}

/*
 * How far into a part of `part_ns`, a period being one for each CPU, this cell
 * begins. CPUs of a cell begin parts apart, and cells so within them.
 */
static inline uint64_t pool_begin_ns(const struct reg_effective *effective,
				     uint64_t part_ns)
{
	return (effective->settings.mode & REG_MODE_SYNCHRONOUS) ? 0 :
	       part_ns * effective->turn_q4 / 16;
}

/*
 * Halves, quarters, eighths, then sixteenths: the first cells are as far apart as
 * can be, whoever comes later.
 */
static inline uint32_t pool_turn_q4(uint32_t turn)
{
	return (turn & 1) << 3 | (turn & 2) << 1 | (turn & 4) >> 1 |
	       (turn & 8) >> 3;
}

/* Where in the period the n-th CPU of a cell begins its own. */
uint64_t pool_phase_ns(const struct reg_effective *effective,
		       unsigned int index);

/* What the CPU draws from under the setting in force. */
static inline struct reg_pool *pool_of(struct reg_cpu *cpu)
{
	return cpu->active.own_pool ? &cpu->own : &cpu->cell->pool;
}

/*
 * Makes the pool that the CPU draws from follow a new setting from `now_ns` on,
 * unless it does so already. Level and debt stay, the level within the new cap. The
 * next refill is the first point of the new grid. Up to there the pool is paid at
 * once, by the new rate, from where the old refills end, or from now on for a budget
 * that was unlimited; what they have paid beyond it is taken from that refill
 * beforehand, unless it was more than the new period: then it is remembered, and
 * taken when a period becomes longer again. So changing settings never yields more
 * than either of them would. When the CPU drew from another pool before, this one
 * starts where that is: with its debt, but without what was left there, or is
 * missing, and its first refill is a step after the last one there. `phase_ns`: of
 * the CPU that owns the pool, else 0. reg_cell.lock held.
 */
void pool_convert(struct reg_cpu *cpu, uint64_t phase_ns, uint64_t now_ns);

/*
 * Another total budget is all that has changed: the CPU's setting takes it over from
 * the cell's newest, and the pool follows as by pool_convert(), the time of the next
 * refill being the same. Whether the pool had not followed yet. reg_cell.lock held.
 */
bool pool_amend(struct reg_cpu *cpu, struct reg_pool *pool);

/*
 * Adds all refills that are due, by the setting in force on the CPU that looks;
 * pool->next_ns is after `now_ns` then. What is lent is counted as that CPU's.
 */
void pool_refill_due(struct reg_pool *pool, struct reg_cpu *cpu,
		     uint64_t now_ns);

/* REG_MODE_RELATIVE: one refill at most, and the next one a step from now. */
void pool_refill_relative(struct reg_pool *pool, struct reg_cpu *cpu,
			  uint64_t now_ns);

/*
 * Levels are changed by atomic additions only, so that renew() charges without
 * the lock: it is the only one who does, and what it leaves is never less than
 * a grant. Everything else in a pool is changed under the lock.
 */
static inline int64_t level_lines(const struct reg_level *level)
{
	return __atomic_load_n(&level->lines, __ATOMIC_RELAXED);
}

/* Returns the level after it. */
static inline int64_t level_change(struct reg_level *level, int64_t lines)
{
	return __atomic_add_fetch(&level->lines, lines, __ATOMIC_RELAXED);
}

/*
 * Whether what a CPU used is charged to it. A pool may follow a newer setting than the
 * CPU's: what that one did not limit is not owed, and nobody has counted it up to now.
 */
static inline bool level_charged(const struct reg_level *level,
				 const struct reg_budget *of_cpu)
{
	return level->limited && of_cpu->limited;
}

/* What goes beyond the cap is taken away again, and returned. */
static inline uint64_t level_add(struct reg_level *level, uint64_t lines,
			     uint64_t cap_lines)
{
	int64_t over_lines = level_change(level, (int64_t)lines) -
			     (int64_t)cap_lines;

	if (over_lines <= 0)
		return 0;
	level_change(level, -over_lines);
	return (uint64_t)over_lines;
}

/* What the pool still allows of either budget. */
static inline int64_t pool_least(const struct reg_effective *effective,
				 const struct reg_pool *pool)
{
	int64_t lines = INT64_MAX;

	if (effective->total.limited)
		lines = level_lines(&pool->total);
	if (effective->writes.limited && level_lines(&pool->writes) < lines)
		lines = level_lines(&pool->writes);
	return lines;
}

/* A CPU's share of it. */
static inline uint64_t pool_headroom(const struct reg_effective *effective,
				     const struct reg_pool *pool)
{
	int64_t lines = pool_least(effective, pool);

	return (uint64_t)(lines < 0 ? 0 : lines) >> effective->share_shift;
}

/* The refill at pool->next_ns is done: on to the next point of the grid. */
static inline void pool_advance(struct reg_pool *pool,
				const struct reg_effective *effective)
{
	uint64_t next_ns = pool->next_ns;
	uint32_t part = pool->part + effective->refill_part;

	pool->last_ns = next_ns;
	next_ns += effective->refill_ns;
	if (part >= effective->refill_parts) {
		part -= effective->refill_parts;
		next_ns++;
	}
	pool->part = part;
	pool->next_ns = next_ns;
}

/* A CPU whose setting is older than the pool's adds nothing. */
static inline void pool_refill(struct reg_pool *pool, struct reg_cpu *cpu,
			       uint64_t now_ns)
{
	if (now_ns >= pool->next_ns &&
	    pool->revision == cpu->active.revision)
		pool_refill_due(pool, cpu, now_ns);
}

/*
 * What a cell's setting lends changes: loans hold a period's budget of `to` instead
 * of `from`, a setting of zeros being none. One caller at a time; `loans` outlive it.
 */
void loans_follow(const struct reg_effective *from,
		  const struct reg_effective *to);

/* When something may be released next, as far as the last release tells. */
uint64_t loans_next_ns(const struct reg_loans *loans, uint64_t now_ns);

/*
 * Draws what is missing to a grant, debt included, from loans; the level then. What
 * is lent per refill is spread over three quarters of it: before cpu->borrow_ns there
 * is nothing to be had.
 */
int64_t pool_borrow(struct reg_pool *pool, struct reg_cpu *cpu,
		    uint64_t now_ns);

/*
 * Whether the n-th CPU may draw although others wait: always when there is
 * enough for all, else in turn, so that nobody starves.
 */
bool pool_turn(struct reg_pool *pool, const struct reg_effective *effective,
	       unsigned int index);

/* A pool of one's own needs no lock. */
static inline struct reg_pool *pool_enter(struct reg_cpu *cpu)
{
	if (!cpu->active.own_pool)
		spin_lock(&cpu->cell->lock);
	return pool_of(cpu);
}

static inline void pool_leave(struct reg_cpu *cpu)
{
	if (!cpu->active.own_pool)
		spin_unlock(&cpu->cell->lock);
}

#endif
