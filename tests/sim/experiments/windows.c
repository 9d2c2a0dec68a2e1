// SPDX-License-Identifier: GPL-2.0-only
/* E2: every window of random machines, and periods one by one. */
#include "experiments.h"

#include <math.h>

#include "plot.h"

static struct plot plot = {
	.title = "Windows of random machines: blue: overspend carried, red: forgotten",
	.heading = "fullest window, of its bound", .unit = "",
	.x_label = "seed", .bar = 1,
};

static double worst_of(double a, double b)
{
	return a > b ? a : b;
}

/* Lines beyond Q in a period, and beyond 2 Q in two, in parts of o. */
static void periods_audit(uint64_t bytes_per_s, uint64_t period_ns,
			  uint32_t mode, double *one, double *two)
{
	struct sim sim = machine(1, bytes_per_s);
	struct reg_settings s = budget(bytes_per_s, period_ns);
	double q = (double)lines_in_period(&s, false);
	double o = (double)sim_overshoot_lines(&sim);
	uint64_t period = 0, lines = 0, before = 0;

	s.mode = mode;
	sim.late_ns = 0;
	sim_start(&sim, 0);
	if (sim_set(&sim, &s, 0))
		return;
	sim_run(&sim, 2000 * period_ns);
	for (size_t n = 0; n < sim.lines_count; n++) {
		if (sim.lines[n].ns / period_ns != period) {
			before = sim.lines[n].ns / period_ns == period + 1 ?
				 lines : 0;
			period = sim.lines[n].ns / period_ns;
			lines = 0;
		}
		lines++;
		*one = worst_of(*one, ((double)lines - q) / o);
		*two = worst_of(*two, ((double)(lines + before) - 2 * q) / o);
	}
	sim_free(&sim);
}

static void periods(void)
{
	static const uint64_t budgets_mb[] = { 100, 500, 1000 };
	double one = -INFINITY, two = -INFINITY, naive_one = -INFINITY;
	double naive_two = -INFINITY;

	for (size_t n = 0; n < ARRAY_COUNT(budgets_mb); n++) {
		periods_audit(budgets_mb[n] * MB, 100000, 0, &one, &two);
		periods_audit(budgets_mb[n] * MB, 100000, REG_MODE_NO_DEBT,
			      &naive_one, &naive_two);
	}
	figure("row 3: lines of a period beyond Q, of o = R t + those under way",
	       one, AT_MOST, 1, "o", naive("%.2f", naive_one));
	figure("row 3: lines of two periods beyond 2 Q, of o", two, AT_MOST, 1,
	       "o", naive("%.2f", naive_two));
}

struct audit {
	uint64_t windows, violations;
	double worst;			/* of the bound */
};

/* Every window of this length that begins at a line. */
static void window_audit(struct audit *audit, const struct sim *sim,
			 uint64_t window_ns)
{
	uint64_t bound = window_bound(sim, window_ns, false);
	size_t tail = 0;

	for (size_t head = 0; head < sim->lines_count; head++) {
		while (sim->lines[tail].ns + window_ns <= sim->lines[head].ns)
			tail++;
		audit->windows++;
		audit->violations += head - tail + 1 > bound;
		audit->worst = worst_of(audit->worst, (double)(head - tail + 1) /
					(double)bound);
	}
}

static void machine_audit(FILE *csv, struct audit *all, uint64_t seed,
			  uint32_t mode)
{
	struct sim sim = random_machine(seed);
	struct reg_settings s = random_settings(&sim);
	uint64_t windows_ns[] = { s.period_ns / 2, s.period_ns,
				  2 * s.period_ns, 10 * s.period_ns };

	s.mode = mode;
	sim_start(&sim, sim_random(&sim, NS_PER_S));
	if (sim_set(&sim, &s, 0))
		return;
	sim_run(&sim, sim.now_ns + 30 * s.period_ns + 2000000);
	for (size_t n = 0; n < ARRAY_COUNT(windows_ns); n++) {
		struct audit audit = { 0 };

		window_audit(&audit, &sim, windows_ns[n]);
		fprintf(csv, "%llu,%u,%llu,%llu,%llu,%s,%llu,%llu,%.4f\n",
			(unsigned long long)seed, sim.cpus_count,
			(unsigned long long)s.budget_bytes_per_s,
			(unsigned long long)s.period_ns,
			(unsigned long long)windows_ns[n],
			mode ? "forgotten" : "carried",
			(unsigned long long)audit.windows,
			(unsigned long long)audit.violations, audit.worst);
		plot_add(&plot, !!mode, (double)seed, audit.worst);
		all->windows += audit.windows;
		all->violations += audit.violations;
		all->worst = worst_of(all->worst, audit.worst);
	}
	sim_free(&sim);
}

static void windows(void)
{
	FILE *csv = csv_open("E2-windows.csv", "seed,cpus,budget_bytes_per_s,period_ns,"
			     "window_ns,overspend,windows,violations,worst_of_bound");
	struct audit audit = { 0 }, without = { 0 };

	for (uint64_t seed = 1; seed <= 400; seed++) {
		machine_audit(csv, &audit, seed, 0);
		machine_audit(csv, &without, seed, REG_MODE_NO_DEBT);
	}
	fclose(csv);
	plot_write(&plot, "E2-windows.svg");
	figure("row 4: windows of P/2, P, 2P, 10P looked at",
	       (double)audit.windows, AT_LEAST, 1e6, "", NULL);
	figure("row 4: windows above Q (1 + ceil(W/P)) + N (q + o)",
	       (double)audit.violations, AT_MOST, 0, "",
	       naive("%llu", (unsigned long long)without.violations));
}

/*
 * Lines used from a change on, against what the new setting alone allows: in
 * every window that begins there.
 */
static double change_audit(uint64_t seed, uint64_t *changes)
{
	struct sim sim = random_machine(seed);
	double worst = 0;

	sim.polled = false;
	for (unsigned int n = 0; n < sim.cpus_count; n++)
		sim.cpu[n].load = SIM_SATURATE;
	sim_start(&sim, sim_random(&sim, NS_PER_S));
	for (unsigned int n = 0; n < 100; n++) {
		struct reg_settings s = random_settings(&sim);
		uint64_t until_ns, bound;

		s.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED;
		sim_free(&sim);
		if (sim_set(&sim, &s, 0))
			continue;
		until_ns = sim.now_ns + 1 + sim_random(&sim, 3 * s.period_ns);
		sim_run(&sim, until_ns);
		bound = window_bound(&sim, until_ns - sim.now_ns + 1, false);
		for (size_t line = 0; line < sim.lines_count; line++) {
			bound = window_bound(&sim, sim.lines[line].ns -
					     sim.lines[0].ns + 1, false);
			worst = worst_of(worst, (double)(line + 1) /
						(double)bound);
		}
		(*changes)++;
	}
	sim_free(&sim);
	return worst;
}

/*
 * What a cell gets by being set to the same over and over. `anew`: as from a
 * regulator that begins with a full budget and without debt each time.
 */
static double changes_gain(bool anew)
{
	struct sim sim = machine(1, 10);
	struct reg_settings s = budget(100 * MB, 100000);

	sim.unlogged = true;
	sim_start(&sim, 0);
	for (uint64_t ns = 0; ns < NS_PER_S / 10; ns += 10000) {
		if (anew)
			sim.cpu[0].reg.own = (struct reg_pool){ 0 };
		if (sim_set(&sim, &s, 0))
			return NAN;
		sim_run(&sim, ns + 10000);
	}
	return ((double)lines_issued(&sim, -1) /
		(double)allowed(100 * MB, NS_PER_S / 10) - 1) * 100;
}

/* Waits for a line after changes to longer periods, the longest of them. */
struct waits {
	uint64_t changes;
	double longest;			/* of the new period */
	double whole;			/* a whole new one after the last refill */
};

/* Where a refill that keeps the new period from the last one would be. */
static uint64_t whole_period_ns(const struct reg_pool *pool, uint64_t period_ns)
{
	uint64_t ns = pool->last_ns + period_ns;

	return (ns + period_ns - 1) / period_ns * period_ns;
}

static double wait_longest(const struct sim *sim, uint64_t from_ns,
			   uint64_t until_ns)
{
	uint64_t longest_ns = 0;

	for (size_t n = 0; n < sim->lines_count; n++) {
		if (sim->lines[n].ns - from_ns > longest_ns)
			longest_ns = sim->lines[n].ns - from_ns;
		from_ns = sim->lines[n].ns;
	}
	if (until_ns - from_ns > longest_ns)
		longest_ns = until_ns - from_ns;
	return (double)longest_ns;
}

/* A core that wants all it gets, and owes nothing: in force is what it waits for. */
static void longer_audit(uint64_t seed, struct waits *waits)
{
	struct sim sim = machine(1, seed);
	uint64_t rate = (100 + sim_random(&sim, 900)) * MB;

	sim.late_ns = 0;
	sim.delay_ns = 0;
	sim_start(&sim, sim_random(&sim, NS_PER_S));
	for (unsigned int n = 0; n < 20; n++) {
		uint64_t old_ns = 20000 + sim_random(&sim, 200000), begin_ns;
		uint64_t new_ns = old_ns + sim_random(&sim, 4 * old_ns);
		struct reg_settings s = budget(rate, old_ns);

		sim_set(&sim, &s, 0);
		sim_run(&sim, sim.now_ns + 2 * old_ns +
			      sim_random(&sim, 3 * old_ns));
		sim_free(&sim);
		begin_ns = sim.now_ns;
		waits->whole = worst_of(waits->whole,
			(double)(whole_period_ns(&sim.cpu[0].reg.own, new_ns) -
				 begin_ns) / (double)new_ns);
		s.period_ns = new_ns;
		sim_set(&sim, &s, 0);
		sim_run(&sim, begin_ns + 4 * new_ns);
		waits->longest = worst_of(waits->longest,
			wait_longest(&sim, begin_ns, sim.now_ns) /
			(double)new_ns);
		waits->changes++;
	}
	sim_free(&sim);
}

/*
 * What a cell gets from periods of 100 us and 1 ms in turn, beyond one of 1 ms that
 * it has to begin with.
 */
static double periods_gain(bool anew)
{
	struct sim sim = machine(1, 11);
	struct reg_settings s = budget(100 * MB, 1000000);
	double begins = (double)(lines_in_period(&s, false) +
				 sim_overshoot_lines(&sim));

	sim.unlogged = true;
	sim_start(&sim, 0);
	while (sim.now_ns < NS_PER_S) {
		s.period_ns = s.period_ns == 100000 ? 1000000 : 100000;
		if (anew)
			sim.cpu[0].reg.own = (struct reg_pool){ 0 };
		if (sim_set(&sim, &s, 0))
			return NAN;
		sim_run(&sim, sim.now_ns + sim_random(&sim, 1500000));
	}
	return (((double)lines_issued(&sim, -1) - begins) /
		(double)allowed(100 * MB, sim.now_ns) - 1) * 100;
}

static void longer_periods(void)
{
	struct waits waits = { 0 };

	for (uint64_t seed = 1; seed <= 100; seed++)
		longer_audit(seed, &waits);
	figure(named("row 10: %llu longer periods: in force after, in new periods",
		     (unsigned long long)waits.changes), waits.longest, AT_MOST,
	       1, "", naive("%.2f", waits.whole));
	figure("row 10: periods of 100 us and 1 ms in turn: rate gained",
	       periods_gain(false), AT_MOST, 0, "%",
	       naive("+%.0f", periods_gain(true)));
}

static void reloads(void)
{
	uint64_t changes = 0;
	double worst = 0;

	for (uint64_t seed = 1; seed <= 100; seed++)
		worst = worst_of(worst, change_audit(seed, &changes));
	figure(named("row 10: %llu changes: lines since, of what the new budget allows",
		     (unsigned long long)changes), worst, AT_MOST, 1, "", NULL);
	figure("row 10: the same budget set every 10 us: rate gained",
	       changes_gain(false), AT_MOST, 0.5, "%",
	       naive("+%.0f", changes_gain(true)));
}

void experiment_windows(void)
{
	periods();
	windows();
	reloads();
	longer_periods();
}
