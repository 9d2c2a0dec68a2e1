// SPDX-License-Identifier: GPL-2.0-only
/*
 * E7: one fix off at a time. Each figure is what a row of the table becomes
 * then, and its target what that row must not reach: a test that could not fail
 * would show here.
 */
#include "experiments.h"

#include <math.h>

#include "plot.h"

static FILE *csv;

static struct plot plot = {
	.title = "One fix off at a time: blue: with it, red: without",
	.heading = "of what must not be reached", .unit = "",
	.x_label = "in the order of E7-ablation.csv", .y_max = 4, .bar = 1,
};

static void ablated(const char *fix, const char *row, double with,
		    double without, double fails_at, const char *unit)
{
	fprintf(csv, "%s,%s,%.4f,%.4f,%g,%s\n", fix, row, with, without,
		fails_at, unit);
	plot_add(&plot, 0, plot.count[0] + 1, with / fails_at);
	plot_add(&plot, 1, plot.count[1] + 1, without / fails_at);
	figure(named("E7 without %s: %s", fix, row), without, AT_LEAST,
	       fails_at, unit, naive("with it %.3g", with));
}

static double rate_off(uint64_t bytes_per_s, uint64_t period_ns,
		       unsigned int write_percent, uint32_t mode)
{
	struct rate_run run = {
		.bytes_per_s = bytes_per_s, .period_ns = period_ns,
		.delay_ns = 1000, .late_ns = 1000, .for_ns = NS_PER_S / 5,
		.write_percent = write_percent, .mode = mode,
	};

	return fabs(rate_error(&run));
}

static void debt(void)
{
	ablated("debt carry", "row 1, 100 MB/s, 100 us: rate error",
		rate_off(100 * MB, 100000, 0, 0),
		rate_off(100 * MB, 100000, 0, REG_MODE_NO_DEBT), 2, "%");
	ablated("debt carry", "row 2, 500 MB/s, 20 us: rate error",
		rate_off(500 * MB, 20000, 0, 0),
		rate_off(500 * MB, 20000, 0, REG_MODE_NO_DEBT), 5, "%");
}

static void writes(void)
{
	ablated("write-backs counted", "row 1, a line written for each read: rate error",
		rate_off(100 * MB, 100000, 50, 0),
		rate_off(100 * MB, 100000, 50, REG_MODE_READS_ONLY), 50, "%");
}

/* The grid; a late tick makes a relative period longer. */
static void grid(void)
{
	ablated("the absolute grid", "row 6, 100 us: rate error",
		rate_off(100 * MB, 100000, 0, 0),
		rate_off(100 * MB, 100000, 0, REG_MODE_RELATIVE), 0.9, "%");
	ablated("the absolute grid", "row 6, 20 us: rate error",
		rate_off(100 * MB, 20000, 0, 0),
		rate_off(100 * MB, 20000, 0, REG_MODE_RELATIVE), 4, "%");
}

/* A bucket of 33 us; a core uses it up in 12 % of them. */
static double bucket_off(uint32_t mode)
{
	struct rate_run run = {
		.bytes_per_s = 500 * MB, .period_ns = 100000,
		.delay_ns = 1000, .late_ns = 1000, .for_ns = NS_PER_S / 5,
		.mode = mode, .regulator = REGULATOR_BUCKET,
	};

	return fabs(rate_error(&run));
}

static void cap_last(void)
{
	ablated("use counted before credit is cut", "row 1, bucket of 500 MB/s: rate error",
		bucket_off(0), bucket_off(REG_MODE_CAP_FIRST), 2, "%");
}

/* The worst 20 us of three cores together, of what their budget allows. */
static double together(uint32_t mode)
{
	struct sim sim = machine(3, 7);
	struct reg_settings s = budget(300 * MB, 100000);
	uint64_t worst;

	s.mode = REG_MODE_PER_CPU | mode;
	sim_start(&sim, 0);
	if (sim_set(&sim, &s, 0))
		return NAN;
	sim_run(&sim, 1000000);
	sim_free(&sim);
	sim_run(&sim, 50000000);
	worst = sim_worst_window(&sim, 20000, false, -1);
	sim_free(&sim);
	return (double)worst / (double)allowed(300 * MB, 20000);
}

static void stagger(void)
{
	ablated("staggered phases", "worst 20 us of three cores, of their rate",
		together(0), together(REG_MODE_SYNCHRONOUS), 3, "x");
}

/* Of four cores one asks for much, one for little, two for nothing. */
static double skewed(uint32_t mode)
{
	struct sim sim = machine(4, 9);
	struct reg_settings s = budget(400 * MB, 100000);

	s.mode = mode;
	sim.unlogged = true;
	sim.cpu[1].load = SIM_STEADY;
	sim.cpu[1].steady_ns = 2000;
	sim.cpu[2].load = SIM_IDLE;
	sim.cpu[3].load = SIM_IDLE;
	sim_start(&sim, 0);
	if (sim_set(&sim, &s, 0))
		return NAN;
	sim_run(&sim, NS_PER_S / 5);
	return 100 - 100 * (double)lines_issued(&sim, -1) /
		     (double)allowed(400 * MB, NS_PER_S / 5);
}

static void pool(void)
{
	ablated("the pool", "skewed demand, 400 MB/s: budget not delivered",
		skewed(0), skewed(REG_MODE_PER_CPU), 5, "%");
}

void experiment_ablation(void)
{
	csv = csv_open("E7-ablation.csv",
		       "fix,row,with,without,fails_at,unit");
	debt();
	writes();
	grid();
	cap_last();
	stagger();
	pool();
	fclose(csv);
	plot_write(&plot, "E7-ablation.svg");
}
