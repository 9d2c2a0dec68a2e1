/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Budgets whose credit grows with the clock: what bucket and mempol share.
 *
 * Pure. A pool's levels count what is there; `remainder` of a level is all that
 * came in since pool->since_ns, computed from the clock and never added up.
 * Context as in pool.h.
 */
#ifndef REGULATORS_CREDIT_H
#define REGULATORS_CREDIT_H

#include "pool.h"

/* More than any bucket, and far from where a signed level would wrap. */
#define CREDIT_MAX_LINES	((uint64_t)1 << 61)
/* A wait for more than this is looked at again after a second. */
#define CREDIT_FAR_LINES	((uint64_t)1 << 30)

/*
 * What a bucket holds by default, in time of its budget, or else a period's when
 * that is shorter. CPUs that draw from one in turn have it drained a grant at a
 * time; all others may find theirs full at the same time, and drain them at once.
 */
#define CREDIT_TURNS_NS		100000u
#define CREDIT_DEPTH_NS		33000u

/*
 * check() of a regulator: budgets by the clock in buckets of `depth_bytes`, or of
 * what is said above; `in_turn`: whether CPUs draw in turn from what they share.
 * Modes of periods are refused.
 */
int credit_check(const struct reg_platform *platform,
		 const struct reg_settings *wanted, bool in_turn,
		 struct reg_effective *effective, struct reason *reason);

/* amend() of such a regulator whose CPUs draw in turn from what they share. */
void credit_amend(struct reg_effective *effective, uint64_t bytes_per_s,
		  const struct reg_settings *wanted);

/*
 * Before credit_ready_ns(): budget->ns_per_line is there. It is only for those who wait,
 * who have time, and so credit_amend() leaves it to them.
 */
void credit_pace_set(struct reg_budget *budget);

static inline void credit_pace(struct reg_budget *budget)
{
	if (budget->limited && !budget->ns_per_line.whole &&
	    !budget->ns_per_line.fraction_below)
		credit_pace_set(budget);
}

/*
 * What commit() of such a regulator begins with: the pool that is used from now
 * on has the level and the debt of the one before, and credit is counted from
 * here on; nothing is drawn. Without a budget nothing is armed. Takes
 * reg_cell.lock.
 */
void credit_commit(struct reg_cpu *cpu, uint64_t now_ns);

static inline void level_credit(struct reg_level *level,
				const struct reg_budget *budget,
				uint64_t passed_ns)
{
	uint64_t total_lines, lines;

	if (!budget->limited)
		return;
	total_lines = scale_floor(&budget->lines_per_ns, passed_ns);
	lines = total_lines - level->remainder;
	/* Another CPU's clock may be a little ahead. */
	if ((int64_t)lines <= 0)
		return;
	level->remainder = total_lines;
	level_add(level, lines < CREDIT_MAX_LINES ? lines : CREDIT_MAX_LINES,
		  budget->cap_lines);
}

/* Brings the credit up to date: what came in since pool->since_ns, in total. */
static inline void credit_add(struct reg_cpu *cpu, struct reg_pool *pool,
			      uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;

	/* A CPU whose setting is older than the pool's adds nothing. */
	if (pool->revision != effective->revision || now_ns <= pool->since_ns)
		return;
	level_credit(&pool->total, &effective->total, now_ns - pool->since_ns);
	level_credit(&pool->writes, &effective->writes, now_ns - pool->since_ns);
	if (now_ns > pool->last_ns)
		pool->last_ns = now_ns;
}

/*
 * When so many lines will have come in since `since_ns`, but a second from now at
 * the latest; 0: they have.
 */
static inline uint64_t credit_ready_ns(const struct reg_level *level,
				       const struct reg_budget *budget,
				       uint64_t ready_lines, uint64_t since_ns,
				       uint64_t now_ns)
{
	uint64_t far_ns = now_ns + REG_PERIOD_MAX_NS;
	uint64_t ready_ns;

	if (!budget->limited ||
	    (int64_t)(ready_lines - level->remainder) <= 0)
		return 0;
	if (ready_lines - level->remainder > CREDIT_FAR_LINES ||
	    (budget->lines_per_ns.whole == 0 &&
	     budget->lines_per_ns.fraction_above == 0))
		return far_ns;
	ready_ns = since_ns + scale_ceil(&budget->ns_per_line, ready_lines);
	return ready_ns < far_ns ? ready_ns : far_ns;
}

#endif
