/* SPDX-License-Identifier: GPL-2.0-only */
/* What a pool is paid when another setting comes into force. */
#include "handover.h"

#include <stdio.h>

#include "hv/wide.h"

#define LINE_PARTS	(64ull * 1000000000)	/* of a line, per byte x ns */

/* What the event at hand is about. */
struct scene {
	const struct sim *sim;
	unsigned int cpu;		/* it takes the new setting over */
	uint64_t old_revision;		/* in force on it before */
	char *failure;
	size_t failure_bytes;
};

static const struct reg_pool *pool_seen(const struct sim *sim,
					const struct handover *handover,
					const struct handover_pool *book)
{
	return book == &handover->shared ? &sim->cell.pool :
			&sim->cpu[book - handover->own].reg.own;
}

static uint64_t budget_of(const struct sim *sim, bool writes)
{
	const struct reg_settings *s = &sim->cell.effective.settings;

	return writes ? s->write_budget_bytes_per_s : s->budget_bytes_per_s;
}

/* What it does not limit is charged to nobody. */
static int64_t cpu_lines(const struct sim_cpu *cpu, bool writes)
{
	const struct reg_effective *active = &cpu->reg.active;

	if (!(writes ? active->writes.limited : active->total.limited))
		return 0;
	if (writes)
		return (int64_t)(cpu->reg.write_grant_lines -
				 (cpu->writes - cpu->reg.settled_write_lines));
	return (int64_t)(cpu->reg.grant_lines - (cpu->reads + cpu->writes -
						 cpu->reg.settled_lines));
}

/* In the pool, or drawn and not used. */
static int64_t lines_there(const struct sim *sim,
			   const struct handover *handover,
			   const struct handover_pool *book, bool writes)
{
	const struct reg_pool *pool = pool_seen(sim, handover, book);
	int64_t lines = writes ? pool->writes.lines : pool->total.lines;

	for (unsigned int n = 0; n < sim->cpus_count; n++) {
		const struct sim_cpu *cpu = &sim->cpu[n];

		if (pool == (cpu->reg.active.own_pool ? &cpu->reg.own :
							&sim->cell.pool))
			lines += cpu_lines(cpu, writes);
	}
	return lines;
}

/* ------------------------------------------------------------------- the grid */

struct grid {
	uint64_t period_ns;
	uint64_t parts;
	uint64_t phase_ns;
};

static struct grid grid_of(const struct sim *sim,
			   const struct handover *handover,
			   const struct handover_pool *book, uint64_t period_ns)
{
	bool own = book != &handover->shared;
	uint64_t n = own ? (uint64_t)(book - handover->own) : 0;

	return (struct grid){
		.period_ns = period_ns,
		.parts = own ? 1 : sim->cpus_count,
		.phase_ns = own ? n * period_ns / sim->cpus_count : 0,
	};
}

static struct grid grid_now(const struct sim *sim,
			    const struct handover *handover,
			    const struct handover_pool *book)
{
	return grid_of(sim, handover, book,
		       sim->cell.effective.settings.period_ns);
}

static uint64_t point_ns(const struct grid *grid, int64_t number)
{
	return grid->phase_ns +
	       (uint64_t)((uint128_t)number * grid->period_ns / grid->parts);
}

/* The number of the first point after `at_ns`. */
static int64_t point_after(const struct grid *grid, uint64_t at_ns)
{
	uint64_t from_ns = at_ns < grid->phase_ns ? 0 : at_ns - grid->phase_ns;
	int64_t number = (int64_t)((uint128_t)from_ns * grid->parts /
				   grid->period_ns);

	while (point_ns(grid, number) <= at_ns)
		number++;
	return number;
}

/* ------------------------------------------------------------- what is paid */

/* What a budget brings in that time, of a CPU or of them all. */
static int64_t lines_in(const struct sim *sim, bool own, uint64_t bytes_per_s,
			int64_t ns, uint64_t most_ns)
{
	uint64_t time_ns = (uint64_t)(ns < 0 ? -ns : ns);
	uint64_t line = LINE_PARTS * (own ? sim->cpus_count : 1);
	uint128_t parts = (uint128_t)bytes_per_s *
			  (time_ns < most_ns ? time_ns : most_ns);

	/* What is given is rounded down, what is taken is rounded up. */
	if (ns < 0)
		return -(int64_t)((parts + line - 1) / line);
	return (int64_t)(parts / line);
}

/* Refills of the old setting that were due before the new one took over. */
static uint64_t refills_due(const struct scene *scene,
			    const struct handover *handover,
			    struct handover_pool *book)
{
	struct grid grid = grid_of(scene->sim, handover, book, book->period_ns);
	int64_t first, next;

	if (scene->old_revision != book->revision ||
	    scene->sim->now_ns < book->next_ns)
		return 0;
	first = point_after(&grid, book->next_ns - 1);
	next = point_after(&grid, scene->sim->now_ns);
	for (unsigned int n = 0; n < 2; n++) {
		struct handover_level *level = &book->level[n];
		uint128_t parts = (uint128_t)level->bytes_per_s *
				  book->period_ns;
		uint64_t line = LINE_PARTS * scene->sim->cpus_count;

		if (level->limited)
			level->lines += (int64_t)
				((parts * (uint64_t)(next - first) +
				  level->remainder) / line);
	}
	book->taken_ns = 0;
	book->paid_ns += point_ns(&grid, next) - book->next_ns;
	book->last_ns = point_ns(&grid, next - 1);
	return (uint64_t)(next - first);
}

/* What was taken from a refill that will not come is given back. */
static void taken_give_back(struct handover_pool *book)
{
	if (!book->taken_ns)
		return;
	book->paid_ns += book->taken_ns;
	book->last_ns = book->taken_last_ns;
	for (unsigned int n = 0; n < 2; n++) {
		book->level[n].lines += book->level[n].taken_lines;
		book->level[n].level_lines += book->level[n].taken_lines;
	}
	book->taken_ns = 0;
}

/*
 * The time that the handover pays, or takes: after its refill at `next_ns` a pool is
 * paid for a step, or for as long as it had been before if that is more.
 */
static int64_t time_paid(struct handover_pool *book, uint64_t next_ns,
			 uint64_t step_ns)
{
	uint64_t ahead_ns = book->paid_ns - book->last_ns;
	uint64_t least_ns = next_ns + step_ns;
	uint64_t most_ns = next_ns + (ahead_ns > step_ns ? ahead_ns : step_ns);
	uint64_t until_ns = book->paid_ns + step_ns;

	if (until_ns < least_ns)
		until_ns = least_ns;
	if (until_ns > most_ns)
		until_ns = most_ns;
	return (int64_t)(until_ns - step_ns - book->paid_ns);
}

/* It goes along to the pool that the CPU draws from. */
static int64_t debt_of(const struct handover_level *level)
{
	return level->limited && level->level_lines < 0 ? level->level_lines : 0;
}

/* Only what was full may have been cut; debt came along after that. */
static bool was_full(const struct scene *scene, const struct reg_pool *pool,
		     bool own, bool writes, int64_t debt)
{
	const struct reg_effective *e = &scene->sim->cell.effective;
	const struct reg_budget *budget = writes ? &e->writes : &e->total;
	int64_t lines = writes ? pool->writes.lines : pool->total.lines;
	const struct reg_cpu *reg = &scene->sim->cpu[scene->cpu].reg;

	lines += (int64_t)(writes ? reg->write_grant_lines : reg->grant_lines);
	return lines - debt >= (int64_t)budget->cap_lines - !own;
}

/* `paid`: lines that the handover brings, or takes. */
static bool level_check(const struct scene *scene,
			const struct handover_level *level,
			const struct reg_pool *pool, bool own, bool writes,
			int64_t paid, int64_t debt, int64_t found, bool cut)
{
	int64_t expected = level->lines + paid + debt;

	if (!level->limited || found == expected ||
	    (found < expected &&
	     (cut || was_full(scene, pool, own, writes, debt))))
		return true;
	snprintf(scene->failure, scene->failure_bytes,
		 "CPU %u takes over: %lld lines%s are there, not %lld",
		 scene->cpu, (long long)found, writes ? " to write" : "",
		 (long long)expected);
	return false;
}

/* A pool goes on under another setting. */
static bool pool_check(const struct scene *scene, struct handover *handover,
		       struct handover_pool *book,
		       const struct handover_pool *other)
{
	const struct sim *sim = scene->sim;
	const struct reg_pool *pool = pool_seen(sim, handover, book);
	bool own = book != &handover->shared;
	struct grid grid = grid_now(sim, handover, book);
	int64_t number = point_after(&grid, sim->now_ns);
	uint64_t next_ns = point_ns(&grid, number);
	uint64_t step_ns = next_ns - (number ? point_ns(&grid, number - 1) : 0);
	bool cut = refills_due(scene, handover, book) > 0;
	int64_t paid_ns;

	if (pool->next_ns != next_ns) {
		snprintf(scene->failure, scene->failure_bytes,
			 "CPU %u takes over: the next refill is at %llu, not %llu",
			 scene->cpu, (unsigned long long)pool->next_ns,
			 (unsigned long long)next_ns);
		return false;
	}
	taken_give_back(book);
	paid_ns = time_paid(book, next_ns, step_ns);
	for (unsigned int n = 0; n < 2; n++) {
		struct handover_level *level = &book->level[n];
		int64_t lines = lines_in(sim, own, budget_of(sim, n), paid_ns,
					 grid.period_ns);

		if (!(n ? pool->writes.limited : pool->total.limited))
			continue;
		if (!level_check(scene, level, pool, own, n, lines,
				 debt_of(&other->level[n]),
				 lines_there(sim, handover, book, n), cut))
			return false;
		level->taken_lines = level->limited && lines < 0 ? -lines : 0;
	}
	book->taken_ns = paid_ns < 0 ? (uint64_t)-paid_ns : 0;
	book->taken_last_ns = book->last_ns;
	book->last_ns = next_ns - step_ns;
	book->paid_ns += (uint64_t)paid_ns;
	handover->checked++;
	return true;
}

/* -------------------------------------------------------------- the two pools */

static void level_see(struct handover *handover, struct handover_pool *book,
		      const struct sim *sim, bool writes)
{
	const struct reg_pool *pool = pool_seen(sim, handover, book);
	const struct reg_level *seen = writes ? &pool->writes : &pool->total;
	struct handover_level *level = &book->level[writes];

	level->limited = seen->limited;
	level->level_lines = seen->lines;
	level->remainder = seen->remainder;
	level->lines = lines_there(sim, handover, book, writes);
}

/* A pool that begins, or begins again, is believed. */
static void pool_open(struct handover_pool *book, const struct reg_pool *pool)
{
	book->known = pool->next_ns != REG_NEVER;
	book->paid_ns = pool->next_ns + pool->ahead_ns;
	book->last_ns = pool->last_ns;
	book->taken_ns = pool->advance.ns;
	book->taken_last_ns = pool->advance.last_ns;
	book->level[0].taken_lines = (int64_t)pool->advance.lines;
	book->level[1].taken_lines = (int64_t)pool->advance.write_lines;
}

static void pool_see(struct handover *handover, struct handover_pool *book,
		     const struct sim *sim)
{
	const struct reg_pool *pool = pool_seen(sim, handover, book);

	if (pool->next_ns == REG_NEVER) {
		book->known = false;
		book->paid_ns = pool->last_ns + pool->ahead_ns;
		book->taken_ns = 0;
	} else if (book->revision == pool->revision &&
		   book->next_ns != pool->next_ns) {
		book->paid_ns += pool->next_ns - book->next_ns;
		book->last_ns = pool->last_ns;
		book->taken_ns = 0;
	}
	if (book->revision != pool->revision) {
		book->period_ns = sim->cell.effective.settings.period_ns;
		book->level[0].bytes_per_s = budget_of(sim, false);
		book->level[1].bytes_per_s = budget_of(sim, true);
	}
	book->revision = pool->revision;
	book->next_ns = pool->next_ns;
	level_see(handover, book, sim, false);
	level_see(handover, book, sim, true);
}

static bool takeover_audit(const struct scene *scene, struct handover *handover)
{
	const struct reg_cpu *reg = &scene->sim->cpu[scene->cpu].reg;
	struct handover_pool *own = &handover->own[scene->cpu];
	bool is_own = reg->active.own_pool;
	struct handover_pool *book = is_own ? own : &handover->shared;
	struct handover_pool *other = is_own ? &handover->shared : own;
	const struct reg_pool *pool = pool_seen(scene->sim, handover, book);

	if (!is_own && handover->own_pool[scene->cpu] && own->known)
		refills_due(scene, handover, own);
	taken_give_back(other);
	if (book->revision == pool->revision) {
		if (book->known && !is_own &&
		    book->paid_ns + book->taken_ns < other->paid_ns)
			book->paid_ns = other->paid_ns - book->taken_ns;
		return true;
	}
	/* Not in use before, not by this CPU, or without refills. */
	if (!book->known || handover->own_pool[scene->cpu] != is_own ||
	    book->revision < other->revision || !reg->active.active ||
	    !(book->level[0].limited || book->level[1].limited)) {
		pool_open(book, pool);
		return true;
	}
	return pool_check(scene, handover, book, other);
}

bool handover_audit(struct handover *handover, const struct sim *sim,
		    char *failure, size_t failure_bytes)
{
	bool right = true;

	for (unsigned int n = 0; n < sim->cpus_count; n++) {
		struct scene scene = { sim, n, handover->revision[n], failure,
				       failure_bytes };
		uint64_t revision = sim->cpu[n].reg.active.revision;

		if (right && revision != handover->revision[n])
			right = takeover_audit(&scene, handover);
		handover->revision[n] = revision;
		handover->own_pool[n] = sim->cpu[n].reg.active.own_pool;
	}
	for (unsigned int n = 0; n < sim->cpus_count; n++)
		pool_see(handover, &handover->own[n], sim);
	pool_see(handover, &handover->shared, sim);
	return right;
}
