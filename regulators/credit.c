/* SPDX-License-Identifier: GPL-2.0-only */
/* Budgets whose credit grows with the clock: checks, and how pools follow. */
#include "credit.h"
#include "arch_types.h"
#include "budget.h"
#include "hv/errno.h"

/* 64 TB/s with lines of 64 bytes: what is faster than that is no limit. */
#define LINES_PER_NS_MAX	1000u
#define DEPTH_MAX_BYTES		((uint64_t)1 << 40)

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

static uint64_t depth_default_ns(const struct reg_settings *settings,
				 bool in_turn)
{
	uint64_t depth_ns = in_turn ? CREDIT_TURNS_NS : CREDIT_DEPTH_NS;

	return settings->period_ns < depth_ns ? settings->period_ns : depth_ns;
}

/* Of the cell; each is a pool. */
static inline uint32_t buckets_of(const struct reg_effective *effective)
{
	return effective->per_cpu ? effective->cpus_count : 1;
}

/* CPUs of each. */
static inline uint32_t drawing_of(const struct reg_effective *effective)
{
	return effective->own_pool ? 1 : effective->cpus_count;
}

static inline void speed_set(struct reg_budget *budget, uint64_t bytes_per_s)
{
	budget->bytes_per_s = bytes_per_s;
	budget->lines_per_ns = scale_init(bytes_per_s, budget->line_parts);
	if (budget->lines_per_ns.whole >= LINES_PER_NS_MAX)
		budget->lines_per_ns = scale_init(LINES_PER_NS_MAX, 1);
	budget->ns_per_line = (struct scale){ 0 };
}

void credit_pace_set(struct reg_budget *budget)
{
	if (budget->bytes_per_s)
		budget->ns_per_line = scale_init(budget->line_parts,
						 budget->bytes_per_s);
}

/* `wanted`: as the request has it. */
static inline void depth_set(struct reg_budget *budget,
			     const struct reg_settings *wanted,
			     const struct reg_effective *effective,
			     bool in_turn)
{
	uint32_t drawing = drawing_of(effective);
	uint64_t depth_lines, depth_ns;

	if (wanted->depth_bytes) {
		depth_lines = wanted->depth_bytes / effective->line_bytes /
			      buckets_of(effective);
	} else {
		/* Fractions of a line are greater than what the scale is off by. */
		depth_ns = depth_default_ns(wanted, in_turn);
		depth_lines = scale_ceil(&budget->lines_per_ns, depth_ns);
		if (depth_lines < POOL_GRANT_MIN_LINES * drawing)
			depth_lines = POOL_GRANT_MIN_LINES * drawing;
	}
	if (depth_lines > CREDIT_MAX_LINES)
		depth_lines = CREDIT_MAX_LINES;
	budget->cap_lines = budget->bytes_per_s ? depth_lines : 0;
	budget->grant_lines = drawing == 1 ? depth_lines :
					     depth_lines / drawing;
	/* What pool_convert() starts a new bucket with: it is full. */
	budget->rate = (struct reg_rate){
		.lines = budget->cap_lines, .denominator = 1,
	};
}

static void budget_init(struct reg_budget *budget, uint64_t bytes_per_s,
			const struct reg_settings *wanted,
			const struct reg_effective *effective, bool in_turn)
{
	*budget = (struct reg_budget){ 0 };
	if (bytes_per_s == REG_BUDGET_UNLIMITED)
		return;
	budget->limited = true;
	budget->line_parts = 1000000000ull * effective->line_bytes *
			     buckets_of(effective);
	speed_set(budget, bytes_per_s);
	depth_set(budget, wanted, effective, in_turn);
	credit_pace_set(budget);
}

static inline void depth_report(struct reg_effective *effective)
{
	const struct reg_budget *budget = effective->total.limited ?
					  &effective->total :
					  &effective->writes;

	effective->settings.depth_bytes = budget->limited ?
		budget->cap_lines * effective->line_bytes *
			buckets_of(effective) : 0;
}

/* What bucket's renew() may leave. */
static inline void renew_limit(struct reg_effective *effective)
{
	effective->renew_lines = (int64_t)(effective->total.cap_lines -
					   effective->total.grant_lines);
}

static void amend_init(struct reg_effective *effective,
		       const struct reg_settings *wanted, bool in_turn)
{
	uint32_t drawing = drawing_of(effective);

	if (!effective->total.limited)
		return;
	effective->amend = (struct reg_amend){
		.inverse = wide_inverse(effective->total.line_parts),
		.depth_ns = wanted->depth_bytes ? 0 :
			    depth_default_ns(wanted, in_turn),
		.least_lines = POOL_GRANT_MIN_LINES * drawing,
		.drawing = drawing,
		.depth_bytes = effective->line_bytes * buckets_of(effective),
	};
}

__attribute__((noinline))
static void amend_whole(struct reg_effective *effective, uint64_t bytes_per_s,
			const struct reg_settings *wanted)
{
	speed_set(&effective->total, bytes_per_s);
	depth_set(&effective->total, wanted, effective, !effective->own_pool);
	depth_report(effective);
	renew_limit(effective);
}

/* The same in few instructions, below a line a nanosecond: so depths are small. */
void credit_amend(struct reg_effective *effective, uint64_t bytes_per_s,
		  const struct reg_settings *wanted)
{
	const struct reg_amend *amend = &effective->amend;
	struct reg_budget *budget = &effective->total;
	uint64_t fraction, rest, depth_lines;

	if (bytes_per_s >= budget->line_parts) {
		amend_whole(effective, bytes_per_s, wanted);
		return;
	}
	fraction = wide_fraction(bytes_per_s, budget->line_parts,
				 &amend->inverse, &rest);
	budget->bytes_per_s = bytes_per_s;
	budget->lines_per_ns = (struct scale){
		0, fraction + (rest != 0), fraction,
	};
	budget->ns_per_line.whole = 0;
	budget->ns_per_line.fraction_below = 0;
	if (!amend->depth_ns)
		return;
	depth_lines = scale_ceil(&budget->lines_per_ns, amend->depth_ns);
	if (depth_lines < amend->least_lines)
		depth_lines = amend->least_lines;
	budget->cap_lines = depth_lines;
	budget->rate.lines = depth_lines;
	budget->grant_lines = depth_lines / amend->drawing;
	effective->renew_lines = (int64_t)(depth_lines - budget->grant_lines);
	effective->settings.depth_bytes = depth_lines * amend->depth_bytes;
}

int credit_check(const struct reg_platform *platform,
		 const struct reg_settings *wanted, bool in_turn,
		 struct reg_effective *effective, struct reason *reason)
{
	int err = budget_check_settings(platform, wanted, reason);
	uint32_t other_modes;

	if (!err)
		err = depth_check(wanted, platform, reason);
	if (err)
		return err;
	other_modes = wanted->mode & ~(REG_MODE_PER_CPU |
				       (REG_MODE_CAP_FIRST & ARCH_REG_MODES));
	if (other_modes)
		return refuse(reason, -EINVAL,
			      "mode bits %x are of periods, which credit by the clock does not have",
			      other_modes);
	pool_share(platform, wanted, effective);
	effective->refill_ns = 0;
	effective->line_bytes = platform->line_bytes;
	budget_init(&effective->total, wanted->budget_bytes_per_s, wanted,
		    effective, in_turn);
	budget_init(&effective->writes, wanted->write_budget_bytes_per_s,
		    wanted, effective, in_turn);
	depth_report(effective);
	renew_limit(effective);
	amend_init(effective, wanted, in_turn);
	effective->active = effective->total.limited ||
			    effective->writes.limited;
	return 0;
}

/*
 * Buckets of their own that are full together are emptied together and full again
 * together. Those that begin are not: credit follows in turn on what is in them.
 */
static uint64_t credit_begin_ns(const struct reg_cpu *cpu)
{
	const struct reg_effective *effective = &cpu->active;
	const struct reg_budget *budget = effective->total.limited ?
					  &effective->total :
					  &effective->writes;
	uint64_t fill_ns;

	if (!effective->own_pool || !budget->limited)
		return 0;
	fill_ns = scale_ceil(&budget->ns_per_line, budget->cap_lines);
	if (fill_ns > CREDIT_TURNS_NS)
		fill_ns = CREDIT_TURNS_NS;
	return fill_ns * cpu->index / effective->cpus_count +
	       pool_begin_ns(effective, fill_ns / effective->cpus_count);
}

/* The first CPU under a setting counts credit from here on. */
static void credit_convert(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_pool *pool = pool_of(cpu);
	bool anew = pool->revision != cpu->active.revision;
	bool fresh = !pool->total.limited && !pool->writes.limited;

	pool_convert(cpu, 0, now_ns);
	if (!anew)
		return;
	pool->last_ns = now_ns;
	pool->since_ns = now_ns + (fresh ? credit_begin_ns(cpu) : 0);
	pool->total.remainder = 0;
	pool->writes.remainder = 0;
}

void credit_commit(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_effective *effective = &cpu->active;

	cpu->short_late_ns = 0;
	cpu->renew = NULL;
	cpu->next_ns = REG_NEVER;
	credit_pace(&cpu->active.total);
	spin_lock(&cpu->cell->lock);
	credit_convert(cpu, now_ns);
	spin_unlock(&cpu->cell->lock);
	if (effective->active) {
		/* What was used before is settled, or was not limited. */
		effective->source->sample(cpu);
		cpu->settled_write_lines = cpu->counter.write_lines;
		cpu->settled_lines = cpu->counter.read_lines +
				     cpu->counter.write_lines;
		cpu->grant_lines = 0;
		cpu->write_grant_lines = 0;
		return;
	}
	cpu->alarm = (struct reg_alarm){ REG_NEVER, REG_NEVER, REG_NEVER };
	if (effective->source)
		effective->source->arm(cpu);
}
