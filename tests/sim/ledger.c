/* SPDX-License-Identifier: GPL-2.0-only */
/* The ledger of a machine of lines: where every line of a budget went. */
#include "ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hv/wide.h"

#define LINE_PARTS	(64ull * 1000000000)	/* of a line, per byte x ns */

__attribute__((format(printf, 2, 3)))
static void fail(struct ledger *ledger, const char *format, ...)
{
	va_list arguments;

	if (*ledger->failure)
		return;
	va_start(arguments, format);
	vsnprintf(ledger->failure, sizeof(ledger->failure), format, arguments);
	va_end(arguments);
}

/* -------------------------------------------------------- one pool's account */

/* What the ledger is told of one level of one pool. */
struct account {
	const struct reg_pool *pool;
	const struct reg_level *level;
	uint64_t bytes_per_s;
	uint64_t grant_lines;		/* one CPU's, at most */
	uint64_t phase_ns;
	unsigned int first, count;	/* the CPUs that draw from it */
	bool writes;
};

static bool is_own(const struct sim *sim)
{
	return sim->cell.effective.own_pool;
}

static struct account account_of(const struct sim *sim, unsigned int n,
				 bool writes)
{
	const struct reg_effective *e = &sim->cell.effective;
	const struct reg_pool *pool = is_own(sim) ? &sim->cpu[n].reg.own :
						    &sim->cell.pool;
	bool own = is_own(sim);

	return (struct account){
		.pool = pool,
		.level = writes ? &pool->writes : &pool->total,
		.bytes_per_s = writes ? e->settings.write_budget_bytes_per_s :
					e->settings.budget_bytes_per_s,
		.grant_lines = writes ? e->writes.grant_lines :
					e->total.grant_lines,
		.phase_ns = own ? n * e->settings.period_ns / e->cpus_count : 0,
		.first = own ? n : 0,
		.count = own ? 1 : sim->cpus_count,
		.writes = writes,
	};
}

/* Refills of a period, and how many parts of the budget each is: 1/parts. */
static uint64_t refills(const struct sim *sim)
{
	return is_own(sim) ? 1 : sim->cpus_count;
}

/* The number of a point of the grid; UINT64_MAX: it is none. */
static uint64_t point_of(const struct sim *sim, const struct account *account,
			 uint64_t ns)
{
	uint64_t period_ns = sim->cell.effective.settings.period_ns;
	uint64_t parts = refills(sim);
	uint64_t from_ns = ns - account->phase_ns;
	uint64_t point = (uint64_t)(((uint128_t)from_ns * parts + period_ns - 1) /
				    period_ns);

	return (uint128_t)point * period_ns / parts == from_ns ? point :
								 UINT64_MAX;
}

/* What `count` refills add, `remainder` parts of a line being left over. */
static int64_t added(const struct sim *sim, const struct account *account,
		     uint64_t count, uint64_t remainder)
{
	uint128_t parts = (uint128_t)account->bytes_per_s *
			  sim->cell.effective.settings.period_ns;

	return (int64_t)((parts * count + remainder) /
			 (LINE_PARTS * sim->cpus_count));
}

static uint64_t cap_of(const struct sim *sim, const struct account *account)
{
	uint128_t parts = (uint128_t)account->bytes_per_s *
			  sim->cell.effective.settings.period_ns *
			  refills(sim);
	uint64_t line = LINE_PARTS * sim->cpus_count;

	return (uint64_t)((parts + line - 1) / line);
}

static uint64_t issued(const struct sim *sim, const struct account *account)
{
	uint64_t lines = 0;

	for (unsigned int n = account->first; n < account->first + account->count;
	     n++)
		lines += sim->cpu[n].writes +
			 (account->writes ? 0 : sim->cpu[n].reads);
	return lines;
}

/* Drawn, whether used or not. */
static int64_t drawn(const struct sim *sim, const struct account *account)
{
	int64_t lines = 0;

	for (unsigned int n = account->first; n < account->first + account->count;
	     n++)
		lines += (int64_t)(account->writes ?
				   sim->cpu[n].reg.write_grant_lines :
				   sim->cpu[n].reg.grant_lines);
	return lines;
}

/* In the pool, or drawn from it and not used yet. */
static int64_t outstanding(const struct sim *sim, const struct account *account)
{
	int64_t lines = account->level->lines + drawn(sim, account);

	for (unsigned int n = account->first; n < account->first + account->count;
	     n++) {
		const struct sim_cpu *cpu = &sim->cpu[n];

		lines -= (int64_t)(account->writes ?
				   cpu->writes - cpu->reg.settled_write_lines :
				   cpu->reads + cpu->writes -
				   cpu->reg.settled_lines);
	}
	return lines;
}

static void level_open(struct ledger *ledger, struct ledger_level *book,
		       const struct sim *sim, const struct account *account)
{
	*book = (struct ledger_level){
		.open = true,
		.short_ticks = sim->cpu[account->first].short_ticks,
		.begin_lines = outstanding(sim, account),
		.begin_issued = issued(sim, account),
		.begin_remainder = account->level->remainder,
		.begin_point = point_of(sim, account, account->pool->next_ns),
	};
	if (book->begin_point == UINT64_MAX)
		fail(ledger, "the next refill, at %llu, is not on the grid",
		     (unsigned long long)account->pool->next_ns);
}

/* What was left of a shared pool's debt goes to the first who comes. */
static void debt_watch(struct ledger *ledger, const struct sim *sim)
{
	const struct reg_level *const levels[] = { &sim->cell.pool.total,
						   &sim->cell.pool.writes };

	for (unsigned int writes = 0; writes < 2; writes++) {
		int64_t lines = levels[writes]->lines;
		int64_t debt = lines < 0 ? -lines : 0;

		ledger->moved[writes] = ledger->shared_debt[writes] - debt;
		if (ledger->moved[writes] < 0 || !is_own(sim))
			ledger->moved[writes] = 0;
		ledger->shared_debt[writes] = debt;
	}
}

static int64_t debt_taken(struct ledger *ledger, struct ledger_level *book,
			  bool writes, int64_t lost)
{
	int64_t *moved = &ledger->moved[writes];
	int64_t taken = lost - book->lost;

	if (taken > *moved)
		taken = *moved;
	if (taken <= 0)
		return 0;
	*moved -= taken;
	book->begin_lines -= taken;
	return taken;
}

/* Only a pool that is full may give anything up. */
static void loss_check(struct ledger *ledger, struct ledger_level *book,
		       const struct sim *sim, const struct account *account,
		       int64_t lost)
{
	int64_t full = (int64_t)cap_of(sim, account) -
		       (is_own(sim) ? 0 : 2 * (int64_t)account->grant_lines);
	int64_t there = account->level->lines + drawn(sim, account);

	lost -= debt_taken(ledger, book, account->writes, lost);
	if (lost < book->lost)
		fail(ledger, "%lld lines more than were added%s",
		     (long long)(book->lost - lost),
		     account->writes ? ", of writes" : "");
	else if (lost > book->lost && there < full)
		fail(ledger, "%lld lines are lost, though only %lld of %lld are there",
		     (long long)(lost - book->lost), (long long)there,
		     (long long)full);
	book->lost = lost;
}


static void level_check(struct ledger *ledger, struct ledger_level *book,
			const struct sim *sim, const struct account *account)
{
	uint64_t point = point_of(sim, account, account->pool->next_ns);
	int64_t now_lines = outstanding(sim, account);
	int64_t most = (int64_t)cap_of(sim, account);

	if (point == UINT64_MAX || point < book->begin_point ||
	    account->pool->last_ns > sim->now_ns) {
		fail(ledger, "a refill at %llu, the next at %llu: not on the grid",
		     (unsigned long long)account->pool->last_ns,
		     (unsigned long long)account->pool->next_ns);
		return;
	}
	if (!is_own(sim))
		most += (int64_t)(account->count * account->grant_lines);
	if (now_lines > most)
		fail(ledger, "%lld lines there, at most %lld are allowed",
		     (long long)now_lines, (long long)most);
	loss_check(ledger, book, sim, account,
		   book->begin_lines +
		   added(sim, account, point - book->begin_point,
			 book->begin_remainder) -
		   (int64_t)(issued(sim, account) - book->begin_issued) -
		   now_lines);
}

/*
 * A CPU alone whose tick took the short way has all that its pool may hold, and
 * a fraction of a line less than it might be owed: the account begins anew.
 */
static void short_way_check(struct ledger *ledger, struct ledger_level *book,
			    const struct sim *sim, const struct account *account)
{
	uint64_t ticks = sim->cpu[account->first].short_ticks;

	if (!is_own(sim) || account->writes || ticks == book->short_ticks)
		return;
	if (book->open && outstanding(sim, account) !=
			  (int64_t)cap_of(sim, account))
		fail(ledger, "CPU %u: not all there after a short tick",
		     account->first);
	book->open = false;
	book->short_ticks = ticks;
}

static void pool_audit(struct ledger *ledger, const struct sim *sim,
		       unsigned int n)
{
	for (unsigned int writes = 0; writes < 2; writes++) {
		struct account account = account_of(sim, n, writes);
		struct ledger_level *book = writes ? &ledger->writes[n] :
						     &ledger->total[n];

		if (!account.level->limited)
			continue;
		short_way_check(ledger, book, sim, &account);
		if (book->open)
			level_check(ledger, book, sim, &account);
		else
			level_open(ledger, book, sim, &account);
	}
}

/* ------------------------------------------------------------------- a CPU */

/* Of counts that wrap. */
static bool is_ahead(uint64_t count, uint64_t of)
{
	return (int64_t)(count - of) > 0;
}

static void stats_audit(struct ledger *ledger, const struct sim *sim,
			unsigned int n)
{
	const struct reg_cpu_stats *now = &sim->cpu[n].reg.stats;
	const struct reg_cpu_stats *before = &ledger->stats[n];

	if (now->periods < before->periods ||
	    now->overflows < before->overflows ||
	    now->overshoot_lines < before->overshoot_lines ||
	    now->overshoot_max_lines < before->overshoot_max_lines ||
	    now->late_max_ns < before->late_max_ns ||
	    is_ahead(sim->cpu[n].reg.counter.read_lines, sim->cpu[n].reads) ||
	    is_ahead(sim->cpu[n].reg.counter.write_lines, sim->cpu[n].writes))
		fail(ledger, "CPU %u: statistics that fell, or count too much", n);
	ledger->stats[n] = *now;
}

/* The debt since it is held, a turn of every CPU, and two periods. */
static uint64_t wait_limit_ns(const struct ledger *ledger,
			      const struct sim *sim,
			      const struct account *account, int64_t least_lines)
{
	const struct reg_effective *e = &sim->cell.effective;
	uint64_t lines = (least_lines < 0 ? (uint64_t)-least_lines : 0) +
			 account->count * (account->grant_lines + 1);
	uint128_t ns = (uint128_t)lines * LINE_PARTS /
		       (account->bytes_per_s / (is_own(sim) ? e->cpus_count : 1) +
			1);

	if (ns > UINT64_MAX / 4)
		return UINT64_MAX;
	return 2 * ((uint64_t)ns + e->settings.period_ns) + 2 * ledger->late_max_ns;
}

static void wait_begin(struct ledger *ledger, const struct sim *sim,
		       unsigned int n)
{
	if (ledger->wait[n].since_ns)
		return;
	ledger->wait[n].since_ns = sim->now_ns + 1;
	ledger->wait[n].least_lines = 0;
}

static void wait_check(struct ledger *ledger, const struct sim *sim,
		       unsigned int n, bool writes)
{
	struct account account = account_of(sim, n, writes);
	uint64_t waited_ns = sim->now_ns + 1 - ledger->wait[n].since_ns;

	if (!account.level->limited || !account.bytes_per_s)
		return;
	if (account.level->lines < ledger->wait[n].least_lines)
		ledger->wait[n].least_lines = account.level->lines;
	if (waited_ns > ledger->waits_max_ns)
		ledger->waits_max_ns = waited_ns;
	if (waited_ns > wait_limit_ns(ledger, sim, &account,
				      ledger->wait[n].least_lines))
		fail(ledger, "CPU %u is held for %llu ns: it starves", n,
		     (unsigned long long)waited_ns);
}

static void wait_audit(struct ledger *ledger, const struct sim *sim,
		       unsigned int n)
{
	const struct reg_settings *s = &sim->cell.effective.settings;

	if (!sim->cpu[n].stalled) {
		ledger->wait[n].since_ns = 0;
		return;
	}
	wait_begin(ledger, sim, n);
	if (sim->cpu[n].tick_ns > sim->now_ns + s->period_ns + ledger->late_max_ns)
		fail(ledger, "CPU %u is held, and nothing will end it", n);
	/* With one budget it is clear whose turn it is waiting for. */
	if (s->write_budget_bytes_per_s == REG_BUDGET_UNLIMITED)
		wait_check(ledger, sim, n, false);
}

/* ---------------------------------------------------------------- a bucket */

/* What all CPUs may use until it is seen, a line per 15 ns at most. */
static uint64_t unseen(const struct ledger *ledger, const struct sim *sim)
{
	uint64_t gap_ns = sim->gap_ns < 15 ? sim->gap_ns : 15;
	uint64_t seen_ns = ledger->delay_max_ns;

	if (sim->regulator == REGULATOR_MEMPOL)
		seen_ns = sim->cell.effective.polls.interval_ns +
			  ledger->late_max_ns;
	return sim->cpus_count * (2 + seen_ns / gap_ns);
}

/*
 * What was used beyond all that the pools have, or is owed by whoever has not been
 * looked at. With no alarm lost unseen() bounds it.
 */
static uint64_t owed(const struct sim *sim)
{
	uint64_t lines = 0;

	for (unsigned int n = 0; n < (is_own(sim) ? sim->cpus_count : 1); n++) {
		struct account account = account_of(sim, n, false);
		int64_t there = outstanding(sim, &account);

		lines += there < 0 ? (uint64_t)-there : 0;
	}
	return lines;
}

/*
 * Credit of the time since, a bucket full of it, one in hands, and overshoot. Who
 * polls has nothing in hands, but a window may end as full as it began.
 */
static uint64_t ceiling(const struct ledger *ledger, const struct sim *sim)
{
	const struct reg_effective *e = &sim->cell.effective;
	uint64_t for_ns = sim->now_ns - ledger->begin_ns;
	uint128_t lines = (uint128_t)e->settings.budget_bytes_per_s * for_ns /
			  LINE_PARTS;

	lines += 2 * (uint128_t)e->total.cap_lines *
		 (is_own(sim) ? sim->cpus_count : 1);
	lines += sim->cpus_count * e->total.grant_lines + unseen(ledger, sim);
	if (ledger->misses)
		lines += owed(sim);
	return lines >> 64 ? UINT64_MAX : (uint64_t)lines;
}

static void bucket_audit(struct ledger *ledger, const struct sim *sim)
{
	struct account all = { .count = sim->cpus_count };
	uint64_t used = issued(sim, &all) - ledger->begin_lines;

	if (ledger->revision != sim->cell.effective.revision) {
		ledger->begin_ns = sim->now_ns;
		ledger->begin_lines = issued(sim, &all);
	} else if (sim->cell.effective.total.limited &&
		   used > ceiling(ledger, sim)) {
		fail(ledger, "%llu lines used, at most %llu are allowed",
		     (unsigned long long)used,
		     (unsigned long long)ceiling(ledger, sim));
	}
	ledger->revision = sim->cell.effective.revision;
	for (unsigned int n = 0; n < sim->cpus_count; n++)
		if (sim->cpu[n].stalled && sim->cpu[n].tick_ns == UINT64_MAX)
			fail(ledger, "CPU %u is held, and nothing will end it",
			     n);
}

/* ------------------------------------------------------------- the machine */

/* Every CPU runs under the newest setting. */
static bool is_settled(const struct sim *sim)
{
	for (unsigned int n = 0; n < sim->cpus_count; n++)
		if (sim->cpu[n].reg.active.revision !=
		    sim->cell.effective.revision)
			return false;
	return true;
}

static void books_close(struct ledger *ledger)
{
	memset(ledger->total, 0, sizeof(ledger->total));
	memset(ledger->writes, 0, sizeof(ledger->writes));
	for (unsigned int n = 0; n < SIM_MAX_CPUS; n++)
		ledger->wait[n].since_ns = 0;
}

void ledger_audit(struct ledger *ledger, const struct sim *sim)
{
	ledger->events++;
	if (sim->delay_ns > ledger->delay_max_ns)
		ledger->delay_max_ns = sim->delay_ns;
	if (sim->late_ns > ledger->late_max_ns)
		ledger->late_max_ns = sim->late_ns;
	for (unsigned int n = 0; n < sim->cpus_count; n++)
		stats_audit(ledger, sim, n);
	debt_watch(ledger, sim);
	if (!is_settled(sim) || !sim->cell.effective.active) {
		ledger->revision = 0;
		return;
	}
	if (sim->regulator == REGULATOR_BUCKET ||
	    sim->regulator == REGULATOR_MEMPOL) {
		bucket_audit(ledger, sim);
		return;
	}
	if (ledger->revision != sim->cell.effective.revision)
		books_close(ledger);
	ledger->revision = sim->cell.effective.revision;
	for (unsigned int n = 0; n < (is_own(sim) ? sim->cpus_count : 1); n++)
		pool_audit(ledger, sim, n);
	for (unsigned int n = 0; n < sim->cpus_count; n++)
		wait_audit(ledger, sim, n);
}
