// SPDX-License-Identifier: GPL-2.0-only
/* E1: what budgets deliver, over periods, loads and delays. */
#include "experiments.h"

#include <math.h>

#include "plot.h"
#include "regulators/budget.h"
#include "regulators/pool.h"

static const uint64_t budgets_mb[] = { 50, 100, 200, 500, 1000, 2000 };

static struct plot plot = {
	.title = "Budgets in periods of 100 us: blue: overspend carried, red: forgotten",
	.heading = "rate error", .unit = "%", .x_label = "budget (MB/s)",
	.bar = 0.5,
};

double rate_error(const struct rate_run *run)
{
	struct sim sim = machine(1, run->bytes_per_s + run->period_ns);
	struct reg_settings s = budget(run->bytes_per_s, run->period_ns);
	uint64_t from_ns = 10 * run->period_ns;
	double exact = (double)run->bytes_per_s / 64 * (double)run->for_ns /
		       NS_PER_S;
	uint64_t before;

	s.mode = run->mode;
	sim.exact = true;
	sim.unlogged = true;
	sim.delay_ns = run->delay_ns;
	sim.late_ns = run->late_ns;
	sim.regulator = run->regulator;
	sim.cpu[0].write_percent = run->write_percent;
	sim_start(&sim, 0);
	if (sim_set(&sim, &s, 0))
		return NAN;
	sim_run(&sim, from_ns);
	before = lines_issued(&sim, -1);
	sim_run(&sim, from_ns + run->for_ns);
	return ((double)(lines_issued(&sim, -1) - before) / exact - 1) * 100;
}

/* Overspend that is forgotten: R t / P beyond the budget, in percent of it. */
static double closed_form(const struct rate_run *run)
{
	double burst = 64.0 * NS_PER_S / GAP_NS;

	return burst * (double)run->delay_ns / (double)run->period_ns /
	       (double)run->bytes_per_s * 100;
}

static double rate_log(FILE *csv, const struct rate_run *run)
{
	double error = rate_error(run);

	fprintf(csv, "%llu,%llu,%u,%llu,%s,%.4f,%.4f\n",
		(unsigned long long)run->bytes_per_s,
		(unsigned long long)run->period_ns, run->write_percent,
		(unsigned long long)run->delay_ns,
		run->mode & REG_MODE_NO_DEBT ? "forgotten" : "carried", error,
		closed_form(run));
	if (run->period_ns == 100000 && run->delay_ns == 1000)
		plot_add(&plot, !!(run->mode & REG_MODE_NO_DEBT),
			 (double)(run->bytes_per_s / MB), fabs(error));
	return error;
}

/* The worst budget; that of a naive regulator in *naive_percent. */
static double rates_sweep(FILE *csv, uint64_t period_ns,
			  unsigned int write_percent, double *naive_percent)
{
	double worst = 0;

	*naive_percent = 0;
	for (size_t n = 0; n < ARRAY_COUNT(budgets_mb); n++) {
		struct rate_run run = {
			.bytes_per_s = budgets_mb[n] * MB,
			.period_ns = period_ns, .delay_ns = 1000,
			.late_ns = 500, .for_ns = NS_PER_S,
			.write_percent = write_percent,
		};

		worst = fmax(worst, fabs(rate_log(csv, &run)));
		run.mode = REG_MODE_NO_DEBT;
		run.for_ns = NS_PER_S / 20;
		*naive_percent = fmax(*naive_percent,
				      fabs(rate_log(csv, &run)));
	}
	return worst;
}

/* They have no periods: what they save up at most is 33 us of their budget. */
static double tickless_worst(uint16_t regulator, uint32_t mode)
{
	double worst = 0;

	for (size_t n = 0; n < ARRAY_COUNT(budgets_mb); n++) {
		struct rate_run run = {
			.bytes_per_s = budgets_mb[n] * MB, .period_ns = 100000,
			.delay_ns = 1000, .late_ns = 500, .for_ns = NS_PER_S,
			.write_percent = 50, .regulator = regulator,
			.mode = mode,
		};

		worst = fmax(worst, fabs(rate_error(&run)));
	}
	return worst;
}

static void tickless(void)
{
	figure("row 1: 50 to 2000 MB/s, bucket, half of it stores: worst rate error",
	       tickless_worst(REGULATOR_BUCKET, 0), AT_MOST, 0.5, "%",
	       naive("-%.1f", tickless_worst(REGULATOR_BUCKET,
					     REG_MODE_CAP_FIRST)));
	figure("row 1: 50 to 2000 MB/s, mempol, half of it stores: worst rate error",
	       tickless_worst(REGULATOR_MEMPOL, 0), AT_MOST, 0.5, "%",
	       "+1.8, as published");
}

static void rates(FILE *csv)
{
	static const uint64_t periods_us[] = { 1000, 100, 20 };

	for (size_t n = 0; n < ARRAY_COUNT(periods_us); n++)
		for (unsigned int writes = 0; writes <= 50; writes += 50) {
			double without;
			double worst = rates_sweep(csv, periods_us[n] * 1000,
						   writes, &without);

			figure(named("row %d: 50 to 2000 MB/s, %llu us%s: worst rate error",
				     periods_us[n] < 100 ? 2 : 1,
				     (unsigned long long)periods_us[n],
				     writes ? ", half of it stores" : ""),
			       worst, AT_MOST, periods_us[n] < 100 ? 1 : 0.5,
			       "%", naive("+%.1f", without));
		}
}

/* How late the interrupt is decides what is forgotten, and nothing else. */
static void delays(FILE *csv)
{
	static const uint64_t delays_ns[] = { 300, 1000, 2000, 5000 };

	for (size_t n = 0; n < ARRAY_COUNT(delays_ns); n++) {
		struct rate_run run = {
			.bytes_per_s = 100 * MB, .period_ns = 100000,
			.delay_ns = delays_ns[n], .for_ns = NS_PER_S,
		};
		double carried = rate_log(csv, &run), forgotten;

		run.mode = REG_MODE_NO_DEBT;
		forgotten = rate_log(csv, &run);
		figure(named("row 1: 100 MB/s, 100 us, interrupt %.1f us late: rate error",
			     (double)delays_ns[n] / 1000),
		       fabs(carried), AT_MOST, 0.5, "%",
		       naive("+%.1f", forgotten));
		figure(named("row 1: the same, overspend forgotten: off the closed form"),
		       fabs(forgotten - closed_form(&run)), AT_MOST, 1,
		       "points", NULL);
	}
}

/* The arithmetic alone: periods of 10 us are below what may be set. */
static void quantisation(void)
{
	struct reg_rate rate;
	uint64_t lines = 0, remainder = 0;
	const uint64_t refills = 1000000;
	double exact = 50e6 / 64 * 10e-6 * (double)refills;

	budget_rate_init(&rate, 50 * MB, 10000, 1, 64);
	for (uint64_t n = 0; n < refills; n++)
		lines += budget_rate_next(&rate, &remainder);
	figure("row 5: 50 MB/s in periods of 10 us: bias of whole lines",
	       fabs((double)lines / exact - 1) * 100, AT_MOST, 0.1, "%",
	       naive("%.1f", ((double)rate.lines * (double)refills / exact - 1) *
			     100));
}

/* How far boundary number 1,000,000 is from its place, in ns. */
static uint64_t drift_ns(uint32_t mode, uint64_t *periods)
{
	struct sim sim = machine(1, 6);
	struct reg_settings s = budget(100 * MB, 100000);
	uint64_t end_ns = 1000000ull * s.period_ns;

	s.mode = mode;
	sim.exact = true;
	sim.late_ns = 1000;
	sim.cpu[0].load = SIM_IDLE;
	sim_start(&sim, 0);
	if (sim_set(&sim, &s, 0))
		return UINT64_MAX;
	sim_run(&sim, end_ns + s.period_ns / 2);
	*periods = sim.cpu[0].reg.stats.periods;
	return (1000000 - *periods) * s.period_ns +
	       sim.cpu[0].reg.boundary_ns % s.period_ns;
}

static void drift(void)
{
	uint64_t periods, off_ns = drift_ns(0, &periods), relative;

	drift_ns(REG_MODE_RELATIVE, &relative);
	figure("row 6: a million periods of 100 us, ticks 1 us late: drift",
	       (double)off_ns, AT_MOST, 0, "ns",
	       naive("%.2f %%", (double)(1000000 - relative) / 10000));
	figure("row 6: periods counted in that time", (double)periods, AT_LEAST,
	       1000000, "", naive("%llu", (unsigned long long)relative));
}

/* Lines and stalls of two cores in `for_ns`. */
static uint64_t extreme(uint64_t bytes_per_s, uint64_t for_ns, uint64_t *stalls)
{
	struct sim sim = machine(2, 22);
	struct reg_settings s = budget(bytes_per_s, 100000);

	sim.unlogged = true;
	sim_start(&sim, 0);
	if (sim_set(&sim, &s, 0))
		return UINT64_MAX;
	sim_run(&sim, for_ns);
	*stalls = sim.cpu[0].stalls + sim.cpu[1].stalls;
	return lines_issued(&sim, -1);
}

static void extremes(void)
{
	struct reg_rate rate;
	uint64_t lines, stalls, remainder = 0;

	lines = extreme(0, NS_PER_S, &stalls);
	figure("row 22: budget 0: lines in a second", (double)lines, AT_MOST, 0,
	       "lines", "refused");
	extreme(REG_BUDGET_UNLIMITED, 1000000, &stalls);
	figure("row 22: unlimited: stalls", (double)stalls, AT_MOST, 0, "", NULL);
	lines = extreme(64, 100 * NS_PER_S, &stalls);
	figure("row 22: a line per second, 100 s: lines beyond 100 and those under way",
	       lines > 100 ? (double)(lines - 100) : 0, AT_MOST,
	       2 * (1000 / GAP_NS + 2), "lines", NULL);
	figure("row 22: the same: lines", (double)lines, AT_LEAST, 99, "lines",
	       NULL);
	extreme(UINT64_MAX - 1, 10000000, &stalls);
	figure("row 22: 2^64 - 2 B/s: stalls", (double)stalls, AT_MOST, 0, "",
	       "wraps");
	budget_rate_init(&rate, 64ull << 32, REG_PERIOD_MIN_NS, 1, 64);
	lines = budget_rate_skip(&rate, &remainder,
				 NS_PER_S / REG_PERIOD_MIN_NS);
	figure("row 22: 2^32 lines per second: lines off in a second",
	       fabs((double)lines - 4294967296.0), AT_MOST, 0, "lines",
	       "wraps");
}

void experiment_rates(void)
{
	FILE *csv = csv_open("E1-rates.csv", "budget_bytes_per_s,period_ns,writes_percent,"
			     "delay_ns,overspend,error_percent,closed_form_percent");

	rates(csv);
	tickless();
	delays(csv);
	fclose(csv);
	plot_write(&plot, "E1-rates.svg");
	quantisation();
	drift();
	extremes();
}
