/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bucket: credit that grows with time, drawn when the counter says so.
 *
 * There is no tick. A CPU that used what it drew brings the credit up to date
 * from the clock and draws again; when there is too little it draws all the
 * same and waits until that much has come in. README.md has the bounds.
 */
#include "regulator.h"
#include "budget.h"
#include "hv/errno.h"
#include "pool.h"

/* More than any bucket, and far from where a signed level would wrap. */
#define CREDIT_MAX_LINES	((uint64_t)1 << 61)
/* A wait for more than this is looked at again after a second. */
#define FAR_LINES		((uint64_t)1 << 30)
/* 64 TB/s with lines of 64 bytes: what is faster than that is no limit. */
#define LINES_PER_NS_MAX	1000u
#define DEPTH_MAX_BYTES		((uint64_t)1 << 40)
#define GRANT_MIN_LINES		4u

static int bucket_probe(const char **why)
{
	*why = NULL;
	return 0;
}

static int depth_check(const struct reg_settings *wanted,
		       const struct reg_platform *platform,
		       struct reason *reason)
{
	uint64_t least = (uint64_t)platform->line_bytes * platform->cpus_count;

	if (wanted->depth_bytes != 0 && (wanted->depth_bytes < least ||
					 wanted->depth_bytes > DEPTH_MAX_BYTES))
		return refuse(reason, -ERANGE,
			      "bucket of %llu bytes, allowed are %llu (a line for each CPU) to %llu",
			      (unsigned long long)wanted->depth_bytes,
			      (unsigned long long)least,
			      (unsigned long long)DEPTH_MAX_BYTES);
	return 0;
}

static void speed_init(struct reg_budget *budget, uint64_t bytes_per_s,
		       uint64_t bytes_ns_per_line)
{
	budget->lines_per_ns = (struct scale){ 0 };
	budget->ns_per_line = (struct scale){ 0 };
	if (bytes_per_s == 0)
		return;
	budget->lines_per_ns = scale_init(bytes_per_s, bytes_ns_per_line);
	if (budget->lines_per_ns.whole >= LINES_PER_NS_MAX)
		budget->lines_per_ns = scale_init(LINES_PER_NS_MAX, 1);
	budget->ns_per_line = scale_init(bytes_ns_per_line, bytes_per_s);
}

static void budget_init(struct reg_budget *budget, uint64_t bytes_per_s,
			const struct reg_platform *platform,
			const struct reg_effective *effective)
{
	const struct reg_settings *settings = &effective->settings;
	uint32_t buckets = effective->per_cpu ? effective->cpus_count : 1;
	uint32_t drawing = effective->own_pool ? 1 : effective->cpus_count;
	uint64_t depth_lines;

	*budget = (struct reg_budget){ 0 };
	if (bytes_per_s == REG_BUDGET_UNLIMITED)
		return;
	budget->limited = true;
	speed_init(budget, bytes_per_s,
		   1000000000ull * platform->line_bytes * buckets);
	if (settings->depth_bytes) {
		depth_lines = settings->depth_bytes / platform->line_bytes /
			      buckets;
	} else {
		budget_rate_init(&budget->rate, bytes_per_s,
				 settings->period_ns, buckets,
				 platform->line_bytes);
		depth_lines = budget_rate_ceil(&budget->rate, 1);
		if (depth_lines < GRANT_MIN_LINES * drawing)
			depth_lines = GRANT_MIN_LINES * drawing;
	}
	if (depth_lines > CREDIT_MAX_LINES)
		depth_lines = CREDIT_MAX_LINES;
	budget->cap_lines = bytes_per_s ? depth_lines : 0;
	budget->grant_lines = depth_lines / drawing;
	/* What pool_follow() starts a new bucket with: it is full. */
	budget->rate = (struct reg_rate){
		.lines = budget->cap_lines, .denominator = 1,
	};
}

static uint32_t log2_ceil(uint32_t value)
{
	uint32_t shift = 0;

	while (shift < 31 && (1u << shift) < value)
		shift++;
	return shift;
}

static void depth_report(struct reg_effective *effective, uint32_t line_bytes)
{
	const struct reg_budget *budget = effective->total.limited ?
					  &effective->total :
					  &effective->writes;
	uint32_t buckets = effective->per_cpu ? effective->cpus_count : 1;

	effective->settings.depth_bytes =
		budget->limited ? budget->cap_lines * line_bytes * buckets : 0;
}

static int bucket_check(const struct reg_platform *platform,
			const struct reg_settings *wanted,
			struct reg_effective *effective, struct reason *reason)
{
	int err = budget_check_settings(platform, wanted, reason);

	if (!err)
		err = depth_check(wanted, platform, reason);
	if (err)
		return err;
	if (wanted->mode & ~REG_MODE_PER_CPU)
		return refuse(reason, -EINVAL,
			      "mode bits %x are of periods, which a bucket does not have",
			      wanted->mode & ~REG_MODE_PER_CPU);
	*effective = (struct reg_effective){ .settings = *wanted };
	effective->cpus_count = platform->cpus_count;
	effective->per_cpu = (wanted->mode & REG_MODE_PER_CPU) != 0;
	effective->own_pool = effective->per_cpu || platform->cpus_count == 1;
	effective->refill_parts = 1;
	effective->refill_ns = wanted->period_ns;
	effective->share_shift =
		log2_ceil(effective->own_pool ? 1 : platform->cpus_count);
	budget_init(&effective->total, wanted->budget_bytes_per_s, platform,
		    effective);
	budget_init(&effective->writes, wanted->write_budget_bytes_per_s,
		    platform, effective);
	effective->active = effective->total.limited ||
			    effective->writes.limited;
	depth_report(effective, platform->line_bytes);
	return 0;
}

/* Brings the credit up to date: what came in since pool->since_ns, in total. */
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

static inline void credit(struct reg_cpu *cpu, struct reg_pool *pool,
			  uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;

	/* A CPU whose setting is older than the pool's adds nothing. */
	if (pool->revision != effective->revision || now_ns <= pool->since_ns)
		return;
	level_credit(&pool->total, &effective->total, now_ns - pool->since_ns);
	level_credit(&pool->writes, &effective->writes, now_ns - pool->since_ns);
	pool->last_ns = now_ns;
}

static inline void level_settle(struct reg_cpu *cpu, struct reg_level *level,
				uint64_t grant_lines, uint64_t used_lines)
{
	int64_t over_lines = (int64_t)used_lines - (int64_t)grant_lines;

	level_change(level, -over_lines);
	if (over_lines <= 0)
		return;
	cpu->stats.overshoot_lines += (uint64_t)over_lines;
	if ((uint64_t)over_lines > cpu->stats.overshoot_max_lines)
		cpu->stats.overshoot_max_lines = (uint64_t)over_lines;
}

/* Charges what was used since the last time, and gives the grant back. */
static inline void settle(struct reg_cpu *cpu, struct reg_pool *pool)
{
	uint64_t writes = cpu->counter.write_lines;
	uint64_t lines = cpu->counter.read_lines + writes;

	if (pool->total.limited)
		level_settle(cpu, &pool->total, cpu->grant_lines,
			     lines - cpu->settled_lines);
	if (pool->writes.limited)
		level_settle(cpu, &pool->writes, cpu->write_grant_lines,
			     writes - cpu->settled_write_lines);
	cpu->settled_write_lines = writes;
	cpu->settled_lines = lines;
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

static uint64_t level_ready_ns(const struct reg_level *level,
			       const struct reg_budget *budget,
			       uint64_t ready_lines, uint64_t since_ns,
			       uint64_t now_ns)
{
	uint64_t far_ns = now_ns + REG_PERIOD_MAX_NS;
	uint64_t ready_ns;

	if (!budget->limited ||
	    (int64_t)(ready_lines - level->remainder) <= 0)
		return 0;
	if (ready_lines - level->remainder > FAR_LINES ||
	    (budget->lines_per_ns.whole == 0 &&
	     budget->lines_per_ns.fraction_above == 0))
		return far_ns;
	ready_ns = since_ns + scale_ceil(&budget->ns_per_line, ready_lines);
	return ready_ns < far_ns ? ready_ns : far_ns;
}

/* When what was drawn will be there; it is now when that is not after now. */
static uint64_t ready_ns(const struct reg_cpu *cpu, const struct reg_pool *pool,
			 uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	uint64_t total_ns = level_ready_ns(&pool->total, &effective->total,
					   cpu->bucket.ready_lines,
					   pool->since_ns, now_ns);
	uint64_t writes_ns = level_ready_ns(&pool->writes, &effective->writes,
					    cpu->bucket.ready_write_lines,
					    pool->since_ns, now_ns);

	return total_ns > writes_ns ? total_ns : writes_ns;
}

static uint64_t headroom(const struct reg_effective *effective,
			 const struct reg_pool *pool)
{
	int64_t lines = INT64_MAX;

	if (effective->total.limited)
		lines = level_lines(&pool->total);
	if (effective->writes.limited && level_lines(&pool->writes) < lines)
		lines = level_lines(&pool->writes);
	return (uint64_t)(lines < 0 ? 0 : lines) >> effective->share_shift;
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
	cpu->alarm.headroom_lines = headroom(&cpu->active, pool);
}

/* Waits for what it has drawn, but for no longer than it takes to look again. */
static enum reg_verdict wait(struct reg_cpu *cpu, uint64_t until_ns,
			     uint64_t now_ns)
{
	cpu->bucket.waits = true;
	cpu->next_ns = until_ns > now_ns ? until_ns : now_ns + 1;
	return REG_STALL;
}

/* Settle, credit, draw; in this order nothing is lost to the cap. */
static enum reg_verdict look(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	struct reg_pool *pool;
	uint64_t until_ns = 0;
	bool short_of;

	effective->source->sample(cpu);
	pool = pool_enter(cpu);
	settle(cpu, pool);
	credit(cpu, pool, now_ns);
	short_of = level_short(&pool->total, &effective->total) ||
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
	pool_leave(cpu);
	if (until_ns > now_ns)
		return wait(cpu, until_ns, now_ns);
	cpu->bucket.waits = false;
	cpu->next_ns = REG_NEVER;
	effective->source->arm(cpu);
	return REG_RUN;
}

/* Whether what it waits for has come. What it used meanwhile is gone from it. */
static enum reg_verdict wake(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_pool *pool;
	uint64_t until_ns;
	bool over;

	cpu->active.source->sample(cpu);
	pool = pool_enter(cpu);
	credit(cpu, pool, now_ns);
	until_ns = ready_ns(cpu, pool, now_ns);
	alarm_set(cpu, pool);
	pool_leave(cpu);
	if (until_ns > 0)
		return wait(cpu, until_ns, now_ns);
	over = (cpu->active.total.limited && (int64_t)cpu->alarm.lines <= 0) ||
	       (cpu->active.writes.limited &&
		(int64_t)cpu->alarm.write_lines <= 0);
	if (over)
		return look(cpu, now_ns);
	cpu->bucket.waits = false;
	cpu->next_ns = REG_NEVER;
	cpu->active.source->arm(cpu);
	return REG_RUN;
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

static uint64_t bucket_advance(struct reg_cpu *cpu, uint64_t now_ns)
{
	(void)cpu;
	(void)now_ns;
	return 0;
}

static bool bucket_renew(struct reg_cpu *cpu, uint64_t used_lines)
{
	(void)cpu;
	(void)used_lines;
	return false;
}

/* As memguard's: debt and what is left go to the pool that is used now. */
static void pools_convert(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;
	struct reg_pool *shared = &cpu->cell->pool;
	struct reg_pool *to = effective->own_pool ? &cpu->own : shared;
	struct reg_pool *from = effective->own_pool ? shared : &cpu->own;
	bool anew = to->revision != effective->revision;

	pool_inherit(to, from, effective);
	pool_follow(to, effective, 0, now_ns);
	pool_move_debt(to, from);
	pool_drain(from);
	/* Credit is counted from here on. */
	if (anew) {
		to->last_ns = now_ns;
		to->since_ns = now_ns;
		to->total.remainder = 0;
		to->writes.remainder = 0;
	}
}

static enum reg_verdict bucket_commit(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;

	cpu->short_late_ns = 0;
	cpu->renews = false;
	cpu->bucket.waits = false;
	cpu->next_ns = REG_NEVER;
	spin_lock(&cpu->cell->lock);
	pools_convert(cpu, now_ns);
	spin_unlock(&cpu->cell->lock);
	if (!effective->active) {
		cpu->alarm = (struct reg_alarm){ REG_NEVER, REG_NEVER,
						 REG_NEVER };
		if (effective->source)
			effective->source->arm(cpu);
		return REG_RUN;
	}
	/* What was used before is settled, or was not limited. */
	effective->source->sample(cpu);
	cpu->settled_write_lines = cpu->counter.write_lines;
	cpu->settled_lines = cpu->counter.read_lines +
			     cpu->counter.write_lines;
	cpu->grant_lines = 0;
	cpu->write_grant_lines = 0;
	return look(cpu, now_ns);
}

static void bucket_cpu_reset(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_pool *pool;

	if (!cpu->active.active)
		return;
	cpu->active.source->sample(cpu);
	pool = pool_enter(cpu);
	settle(cpu, pool);
	credit(cpu, pool, now_ns);
	pool_leave(cpu);
	cpu->bucket.waits = false;
	cpu->grant_lines = 0;
	cpu->write_grant_lines = 0;
}

static void bucket_cell_exit(struct reg_cell *cell)
{
	cell->pool = (struct reg_pool){ 0 };
}

static void bucket_stats(const struct reg_cpu *cpu, struct reg_cpu_stats *stats)
{
	*stats = cpu->stats;
}

static const struct regulator bucket = {
	.name = "bucket",
	.id = REGULATOR_BUCKET,
	.order = 20,
	.kind = REG_KIND_BANDWIDTH,
	.role = REG_ROLE_BUDGET,
	.probe = bucket_probe,
	.check = bucket_check,
	.commit = bucket_commit,
	.period = bucket_period,
	.poll = bucket_poll,
	.advance = bucket_advance,
	.renew = bucket_renew,
	.overflow = bucket_overflow,
	.cpu_reset = bucket_cpu_reset,
	.cell_exit = bucket_cell_exit,
	.stats = bucket_stats,
};
REGULATOR(bucket);
