// SPDX-License-Identifier: GPL-2.0-only
/* E4: settings, resets and lost alarms at random times, the ledger looking on. */
#include "experiments.h"

#include "plot.h"
#include "tests/sim/chaos.h"

#define SEEDS		50u
#define OPERATIONS	10000u

static struct plot plot = {
	.title = "Random lives: blue: alarms come late, red: some are lost",
	.heading = "longest wait of a held CPU", .unit = "ms",
	.x_label = "seed",
};

struct sums {
	uint64_t operations, settings, refusals, resets, failures;
	uint64_t wait_max_ns;
};

static void run(FILE *csv, struct sums *sums, uint64_t seed, uint16_t regulator,
		bool misses)
{
	static struct chaos chaos;
	bool good;

	chaos.misses = misses;
	good = chaos_run(&chaos, seed, regulator, OPERATIONS);
	fprintf(csv, "%llu,%u,%u,%s,%llu,%llu,%llu,%llu,%llu,%llu,%s\n",
		(unsigned long long)seed, regulator, chaos.sim.cpus_count,
		misses ? "lost" : "late",
		(unsigned long long)chaos.operations,
		(unsigned long long)chaos.settings,
		(unsigned long long)chaos.refusals,
		(unsigned long long)chaos.resets,
		(unsigned long long)chaos.lines,
		(unsigned long long)chaos.ledger.waits_max_ns,
		good ? "" : chaos.ledger.failure);
	plot_add(&plot, misses, (double)seed,
		 (double)chaos.ledger.waits_max_ns / 1e6);
	sums->operations += chaos.operations;
	sums->settings += chaos.settings;
	sums->refusals += chaos.refusals;
	sums->resets += chaos.resets;
	sums->failures += !good;
}

/*
 * A CPU that is reset over and over while it is held: what it gets by it. `anew`: as
 * from a regulator that knows nothing of it after a reset.
 */
static double resets_gain(uint16_t regulator, bool anew)
{
	struct rate_run run = {
		.bytes_per_s = 100 * MB, .period_ns = 100000, .delay_ns = 1000,
	};
	struct sim sim = machine(1, 20);
	struct reg_settings s = budget(run.bytes_per_s, run.period_ns);

	sim.unlogged = true;
	sim.regulator = regulator;
	sim_start(&sim, 0);
	if (sim_set(&sim, &s, 0))
		return 100;
	for (uint64_t ns = 1000; ns <= NS_PER_S; ns += 10000) {
		sim_run(&sim, ns);
		if (anew)
			sim.cpu[0].reg.own = (struct reg_pool){ 0 };
		sim_reset(&sim, 0);
	}
	return ((double)lines_issued(&sim, -1) /
		(double)allowed(run.bytes_per_s, NS_PER_S) - 1) * 100;
}

void experiment_hostile(void)
{
	static const uint16_t regulators[] = { REGULATOR_MEMGUARD,
					       REGULATOR_BUCKET,
					       REGULATOR_MEMPOL };
	FILE *csv = csv_open("E4-hostile.csv", "seed,regulator,cpus,alarms,operations,settings,refusals,"
			     "resets,lines,longest_wait_ns,failure");
	struct sums sums = { 0 };

	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		run(csv, &sums, seed, REGULATOR_MEMGUARD, seed & 1);
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		for (size_t n = 1; n < ARRAY_COUNT(regulators); n++)
			run(csv, &sums, seed, regulators[n],
			    regulators[n] == REGULATOR_BUCKET && seed & 1);
	fclose(csv);
	plot_write(&plot, "E4-hostile.svg");
	figure(named("rows 18, 20, 22: %llu operations, %llu resets: stuck, starved, lost, wrong",
		     (unsigned long long)sums.operations,
		     (unsigned long long)sums.resets),
	       (double)sums.failures, AT_MOST, 0, "runs", NULL);
	for (size_t n = 0; n < ARRAY_COUNT(regulators); n++)
		figure(named("row 20: a held CPU reset every 10 us, %s: rate gained",
			     registry_regulator(regulators[n])->regulator->name),
		       resets_gain(regulators[n], false), AT_MOST, 0.5, "%",
		       regulators[n] == REGULATOR_MEMGUARD ?
			       naive("+%.0f", resets_gain(regulators[n], true)) :
			       NULL);
}
