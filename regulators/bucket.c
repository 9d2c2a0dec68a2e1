/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bucket: credit that grows with time, drawn when the counter says so.
 *
 * There is no tick. A CPU that used what it drew brings the credit up to date
 * from the clock and draws again; when there is too little it draws all the
 * same and waits until that much has come in. README.md has the bounds.
 */
#include "credit.h"
#include "hv/errno.h"

static int bucket_probe(const char **why)
{
	*why = NULL;
	return 0;
}

/*
 * CPUs that share a bucket are served in turn, those with one each are not; that
 * is reg_effective.own_pool.
 */
static bool in_turn(const struct reg_platform *platform,
		    const struct reg_settings *wanted)
{
	return platform->cpus_count > 1 && !(wanted->mode & REG_MODE_PER_CPU);
}

static int bucket_check(const struct reg_platform *platform,
			const struct reg_settings *wanted,
			struct reg_effective *effective, struct reason *reason)
{
	int err = credit_check(platform, wanted, in_turn(platform, wanted),
			       effective, reason);

	if (err)
		return err;
	effective->short_ways = platform->interrupts &&
				effective->total.limited &&
				effective->total.cap_lines != 0 &&
				!effective->writes.limited &&
				!pool_faulty(effective, REG_MODE_CAP_FIRST);
	return 0;
}

static inline void overshoot_count(struct reg_cpu *cpu, uint64_t over_lines)
{
	cpu->stats.overshoot_lines += over_lines;
	if (over_lines > cpu->stats.overshoot_max_lines)
		cpu->stats.overshoot_max_lines = over_lines;
}

static inline void level_settle(struct reg_cpu *cpu, struct reg_level *level,
				uint64_t grant_lines, uint64_t used_lines)
{
	int64_t over_lines = (int64_t)used_lines - (int64_t)grant_lines;

	level_change(level, -over_lines);
	if (over_lines > 0)
		overshoot_count(cpu, (uint64_t)over_lines);
}

/* Charges what was used since the last time, and gives the grant back. */
static inline void settle(struct reg_cpu *cpu, struct reg_pool *pool)
{
	uint64_t writes = cpu->counter.write_lines;
	uint64_t lines = cpu->counter.read_lines + writes;

	if (level_charged(&pool->total, &cpu->active.total))
		level_settle(cpu, &pool->total, cpu->grant_lines,
			     lines - cpu->settled_lines);
	if (level_charged(&pool->writes, &cpu->active.writes))
		level_settle(cpu, &pool->writes, cpu->write_grant_lines,
			     writes - cpu->settled_write_lines);
	cpu->settled_write_lines = writes;
	cpu->settled_lines = lines;
}

/* As others do: who was given his grant back has a full bucket, and no credit. */
static inline void credit_first(struct reg_cpu *cpu, struct reg_pool *pool,
				uint64_t now_ns)
{
	if (cpu->active.total.limited)
		level_change(&pool->total, (int64_t)cpu->grant_lines);
	credit_add(cpu, pool, now_ns);
	if (cpu->active.total.limited)
		level_change(&pool->total, -(int64_t)cpu->grant_lines);
}

/* Half a grant is worth going on with; less would be used up at once. */
static inline bool level_short(const struct reg_level *level,
			       const struct reg_budget *budget)
{
	return budget->limited &&
	       level_lines(level) < (int64_t)((budget->grant_lines + 1) / 2);
}

static inline uint64_t level_draw(struct reg_level *level,
				  const struct reg_budget *budget, bool short_of)
{
	uint64_t lines = budget->grant_lines;

	if (!budget->limited)
		return 0;
	if (!short_of && level_lines(level) < (int64_t)lines)
		lines = (uint64_t)level_lines(level);
	level_change(level, -(int64_t)lines);
	return lines;
}

/* Up to where credit must have come for what was drawn to be there. */
static uint64_t level_ready(const struct reg_level *level)
{
	int64_t lines = level_lines(level);

	return level->remainder - (uint64_t)(lines < 0 ? lines : 0);
}

/* When what was drawn will be there; it is now when that is not after now. */
static uint64_t ready_ns(struct reg_cpu *cpu, const struct reg_pool *pool,
			 uint64_t now_ns)
{
	struct reg_effective *effective = &cpu->active;
	uint64_t total_ns, writes_ns;

	credit_pace(&effective->total);
	total_ns = credit_ready_ns(&pool->total, &effective->total,
				   cpu->bucket.ready_lines, pool->since_ns,
				   now_ns);
	writes_ns = credit_ready_ns(&pool->writes, &effective->writes,
				    cpu->bucket.ready_write_lines,
				    pool->since_ns, now_ns);
	return total_ns > writes_ns ? total_ns : writes_ns;
}

/* What is left of grants, from the last sample on. */
static void alarm_set(struct reg_cpu *cpu, const struct reg_pool *pool)
{
	uint64_t writes = cpu->counter.write_lines;
	uint64_t lines = cpu->counter.read_lines + writes;

	cpu->alarm.lines = cpu->active.total.limited ?
		cpu->grant_lines - (lines - cpu->settled_lines) : REG_NEVER;
	cpu->alarm.write_lines = cpu->active.writes.limited ?
		cpu->write_grant_lines - (writes - cpu->settled_write_lines) :
		REG_NEVER;
	cpu->alarm.headroom_lines = pool_headroom(&cpu->active, pool);
}

/* Waits for what it has drawn, but for no longer than it takes to look again. */
static enum reg_verdict wait(struct reg_cpu *cpu, uint64_t until_ns,
			     uint64_t now_ns)
{
	cpu->bucket.waits = true;
	cpu->renew = NULL;
	cpu->next_ns = until_ns > now_ns ? until_ns : now_ns + 1;
	return REG_STALL;
}

static inline int renewed(struct reg_cpu *cpu, uint64_t used_lines)
{
	uint64_t grant_lines = cpu->active.total.grant_lines;

	cpu->settled_lines += used_lines;
	cpu->stats.overflows++;
	if (used_lines > grant_lines)
		overshoot_count(cpu, used_lines - grant_lines);
	return 0;
}

/*
 * A full grant is charged, given back and drawn again, which is what a look does
 * when the credit that has come in meanwhile leaves a full grant. Who has the bucket
 * to himself leaves nothing in it then.
 */
static int renew_alone(struct reg_cpu *cpu, uint64_t used_lines,
		       uint64_t now_ns)
{
	struct reg_level *level = &cpu->own.total;
	uint64_t credit_lines = scale_floor(&cpu->active.total.lines_per_ns,
					    now_ns - cpu->own.since_ns);

	if ((int64_t)(credit_lines - level->remainder - used_lines +
		      (uint64_t)level->lines) < 0)
		return -EAGAIN;
	level->lines = 0;
	level->remainder = credit_lines;
	return renewed(cpu, used_lines);
}

/*
 * The same of a bucket that is shared, locked; false: it takes a look. A clock that
 * is behind those of others brings nothing new.
 */
static inline bool shared_renew(struct reg_cpu *cpu, struct reg_pool *pool,
				uint64_t used_lines, uint64_t now_ns)
{
	struct reg_level *level = &pool->total;
	int64_t before_lines = level_lines(level);
	int64_t most_lines = cpu->active.renew_lines;
	uint64_t passed_ns = now_ns - pool->since_ns;
	uint64_t credit_lines = scale_floor(&cpu->active.total.lines_per_ns,
					    passed_ns);
	int64_t more_lines = (int64_t)(credit_lines - level->remainder);
	int64_t lines = (int64_t)((uint64_t)more_lines - used_lines +
				  (uint64_t)before_lines);

	if ((int64_t)passed_ns < 0 || more_lines < 0 || lines < 0)
		return false;
	level->remainder = credit_lines;
	pool->last_ns = now_ns;
	level_change(level, (lines < most_lines ? lines : most_lines) -
			    before_lines);
	return true;
}

/* Never waits for the lock: who has it looks, and so does this one then. */
static int renew_shared(struct reg_cpu *cpu, uint64_t used_lines,
			uint64_t now_ns)
{
	struct reg_cell *cell = cpu->cell;
	struct reg_pool *pool = &cell->pool;
	bool enough;

	if (!spin_trylock(&cell->lock))
		return -EAGAIN;
	enough = pool->revision == cpu->active.revision &&
		 shared_renew(cpu, pool, used_lines, now_ns);
	spin_unlock(&cell->lock);
	return enough ? renewed(cpu, used_lines) : -EAGAIN;
}

/*
 * What is armed has been drawn. The short way is one from full grant to full grant,
 * once credit comes in at all.
 */
static enum reg_verdict go_on(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	bool brief = effective->short_ways &&
		     cpu->alarm.lines == effective->total.grant_lines &&
		     now_ns >= pool_of(cpu)->since_ns;

	cpu->bucket.waits = false;
	cpu->renew_clock = effective->clock;
	cpu->renew = !brief ? NULL :
		     effective->own_pool ? renew_alone : renew_shared;
	cpu->next_ns = REG_NEVER;
	effective->source->arm(cpu);
	return REG_RUN;
}

/* What a CPU goes on with, in the pool's lock; how long it waits for it, or 0. */
__attribute__((always_inline))
static inline uint64_t draw(struct reg_cpu *cpu, struct reg_pool *pool,
			    uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	uint64_t until_ns = 0;
	bool short_of = level_short(&pool->total, &effective->total) ||
			level_short(&pool->writes, &effective->writes);

	cpu->grant_lines = level_draw(&pool->total, &effective->total,
				      short_of);
	cpu->write_grant_lines = level_draw(&pool->writes, &effective->writes,
					    short_of);
	if (short_of) {
		cpu->bucket.ready_lines = level_ready(&pool->total);
		cpu->bucket.ready_write_lines = level_ready(&pool->writes);
		until_ns = ready_ns(cpu, pool, now_ns);
	}
	alarm_set(cpu, pool);
	return until_ns;
}

/* Settle, credit, draw; in this order nothing is lost to the cap. */
static enum reg_verdict look(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	struct reg_pool *pool;
	uint64_t until_ns;

	effective->source->sample(cpu);
	pool = pool_enter(cpu);
	if (pool_faulty(effective, REG_MODE_CAP_FIRST))
		credit_first(cpu, pool, now_ns);
	settle(cpu, pool);
	credit_add(cpu, pool, now_ns);
	until_ns = draw(cpu, pool, now_ns);
	pool_leave(cpu);
	return until_ns > now_ns ? wait(cpu, until_ns, now_ns) :
				   go_on(cpu, now_ns);
}

/* Whether what it waits for has come. What it used meanwhile is gone from it. */
static enum reg_verdict wake(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_pool *pool;
	uint64_t until_ns;
	bool over;

	cpu->active.source->sample(cpu);
	pool = pool_enter(cpu);
	credit_add(cpu, pool, now_ns);
	until_ns = ready_ns(cpu, pool, now_ns);
	alarm_set(cpu, pool);
	pool_leave(cpu);
	if (until_ns > 0)
		return wait(cpu, until_ns, now_ns);
	over = (cpu->active.total.limited && (int64_t)cpu->alarm.lines <= 0) ||
	       (cpu->active.writes.limited &&
		(int64_t)cpu->alarm.write_lines <= 0);
	return over ? look(cpu, now_ns) : go_on(cpu, now_ns);
}

static enum reg_verdict bucket_period(struct reg_cpu *cpu, uint64_t now_ns)
{
	uint64_t late_ns = now_ns - cpu->next_ns;

	if (!cpu->bucket.waits)
		return look(cpu, now_ns);
	if ((int64_t)late_ns > 0 && late_ns > cpu->stats.late_max_ns)
		cpu->stats.late_max_ns = late_ns;
	return wake(cpu, now_ns);
}

static enum reg_verdict bucket_poll(struct reg_cpu *cpu, uint64_t now_ns)
{
	return cpu->bucket.waits ? wake(cpu, now_ns) : look(cpu, now_ns);
}

static enum reg_verdict bucket_overflow(struct reg_cpu *cpu, uint64_t now_ns)
{
	cpu->stats.overflows++;
	return bucket_poll(cpu, now_ns);
}

static enum reg_verdict bucket_commit(struct reg_cpu *cpu, uint64_t now_ns)
{
	cpu->bucket.waits = false;
	credit_commit(cpu, now_ns);
	return cpu->active.active ? look(cpu, now_ns) : REG_RUN;
}

/* A look in the midst of which the budget becomes another one. */
static enum reg_verdict bucket_follow(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_pool *pool = pool_of(cpu);
	struct spinlock *lock = &cpu->cell->lock;
	uint64_t until_ns;

	cpu->active.source->sample(cpu);
	spin_lock(lock);
	settle(cpu, pool);
	credit_add(cpu, pool, now_ns);
	if (pool_amend(cpu, pool)) {
		pool->last_ns = now_ns;
		pool->since_ns = now_ns;
	} else {
		credit_add(cpu, pool, now_ns);
	}
	until_ns = draw(cpu, pool, now_ns);
	spin_unlock(lock);
	return until_ns > now_ns ? wait(cpu, until_ns, now_ns) :
				   go_on(cpu, now_ns);
}

static void bucket_cpu_reset(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_pool *pool;

	cpu->renew = NULL;
	if (!cpu->active.active)
		return;
	cpu->active.source->sample(cpu);
	pool = pool_enter(cpu);
	settle(cpu, pool);
	credit_add(cpu, pool, now_ns);
	pool_leave(cpu);
	cpu->bucket.waits = false;
	cpu->grant_lines = 0;
	cpu->write_grant_lines = 0;
}

static const struct regulator bucket = {
	.name = "bucket",
	.id = REGULATOR_BUCKET,
	.order = 20,
	.kind = REG_KIND_BANDWIDTH,
	.role = REG_ROLE_BUDGET,
	.probe = bucket_probe,
	.check = bucket_check,
	.amend = credit_amend,
	.commit = bucket_commit,
	.follow = bucket_follow,
	.period = bucket_period,
	.poll = bucket_poll,
	.overflow = bucket_overflow,
	.cpu_reset = bucket_cpu_reset,
};
REGULATOR(bucket);
