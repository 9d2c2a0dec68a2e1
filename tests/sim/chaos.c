/* SPDX-License-Identifier: GPL-2.0-only */
/* A machine of lines that nobody treats well. */
#include "chaos.h"

#include <stdio.h>
#include <string.h>

#include "bounds.h"

static void audit(struct sim *sim)
{
	struct chaos *chaos = sim->context;
	bool by_periods = !sim->regulator ||
			  sim->regulator == REGULATOR_MEMGUARD;

	ledger_audit(&chaos->ledger, sim);
	if (by_periods && !*chaos->ledger.failure)
		handover_audit(&chaos->handover, sim, chaos->ledger.failure,
			       LEDGER_TEXT_BYTES);
}

static void chaos_fail(struct chaos *chaos, const char *what)
{
	if (!*chaos->ledger.failure)
		snprintf(chaos->ledger.failure, LEDGER_TEXT_BYTES, "%s", what);
}

/* The least budgets, none, and the largest are as likely as any other. */
static uint64_t random_rate(struct sim *sim)
{
	switch (sim_random(sim, 12)) {
	case 0:
		return 0;
	case 1:
		return 64 + sim_random(sim, 100000);
	case 2:
		return REG_BUDGET_UNLIMITED;
	case 3:
		return REG_BUDGET_UNLIMITED - 1 - sim_random(sim, 1000);
	default:
		return 64 + (sim_random(sim, 4000 * MB) >> sim_random(sim, 8));
	}
}

static void set(struct chaos *chaos)
{
	struct sim *sim = &chaos->sim;
	struct reg_settings s = random_settings(sim);

	s.budget_bytes_per_s = random_rate(sim);
	if (sim_random(sim, 4) == 0)
		s.write_budget_bytes_per_s = random_rate(sim);
	s.mode = sim_random(sim, 3) ? 0 : REG_MODE_PER_CPU;
	if (sim->regulator == REGULATOR_MEMPOL) {
		s.poll_ns = (uint32_t)(1000 + sim_random(sim, 19000));
		s.law = sim_random(sim, 2);
	}
	if (sim_set(sim, &s, sim_random(sim, 3000)))
		chaos_fail(chaos, "good settings are refused");
	chaos->settings++;
}

/* Refused, and nothing has changed. */
static void set_wrong(struct chaos *chaos)
{
	struct sim *sim = &chaos->sim;
	struct reg_effective before = sim->cell.effective;
	struct reg_settings s = random_settings(sim);

	switch (sim_random(sim, 4)) {
	case 0:
		s.period_ns = sim_random(sim, REG_PERIOD_MIN_NS);
		break;
	case 1:
		s.period_ns = REG_PERIOD_MAX_NS + 1 + sim_random(sim, 1000);
		break;
	case 2:
		s.budget_bytes_per_s = 1 + sim_random(sim, 63);
		break;
	default:
		s.mode = 1u << 20;
		break;
	}
	if (!sim_set(sim, &s, 0) ||
	    memcmp(&before, &sim->cell.effective, sizeof(before)))
		chaos_fail(chaos, "bad settings are taken");
	chaos->refusals++;
}

static void reset(struct chaos *chaos)
{
	struct sim *sim = &chaos->sim;
	unsigned int cpu = (unsigned int)sim_random(sim, sim->cpus_count);
	bool stalled = sim->cpu[cpu].stalled;
	bool current = sim->cpu[cpu].reg.active.revision ==
		       sim->cell.effective.revision &&
		       sim->regulator != REGULATOR_MEMPOL;

	sim_reset(sim, cpu);
	/* Held before, and nothing was added: a reset is no way out. Of polls, which
	   grant nothing, the ledger knows. */
	if (stalled && current && !sim->cpu[cpu].stalled &&
	    sim->cell.effective.active && !sim->cpu[cpu].reg.grant_lines &&
	    !sim->cpu[cpu].reg.write_grant_lines)
		chaos_fail(chaos, "a CPU that was held goes on without a grant");
	audit(sim);
	chaos->resets++;
}

static void load_change(struct chaos *chaos)
{
	struct sim *sim = &chaos->sim;
	struct sim_cpu *cpu = &sim->cpu[sim_random(sim, sim->cpus_count)];

	cpu->load = (enum sim_load)sim_random(sim, SIM_STEADY + 1);
	cpu->steady_ns = 15 + sim_random(sim, 3000);
	cpu->write_percent = (unsigned int)sim_random(sim, 101);
	cpu->line_ns = cpu->load == SIM_IDLE ? UINT64_MAX :
		       sim->now_ns + sim_random(sim, 1000);
}

static void lateness_change(struct chaos *chaos)
{
	struct sim *sim = &chaos->sim;

	sim->delay_ns = 500 + (sim_random(sim, 300000) >> sim_random(sim, 10));
	sim->late_ns = sim_random(sim, 500000) >> sim_random(sim, 12);
	sim->missed_percent = chaos->misses && sim_random(sim, 2) ?
			      (unsigned int)sim_random(sim, 100) : 0;
}

/* Mostly next to nothing, now and then several periods. */
static void time_pass(struct chaos *chaos)
{
	struct sim *sim = &chaos->sim;

	sim_run(sim, sim->now_ns + 1 +
		(sim_random(sim, 300000) >> sim_random(sim, 16)));
}

static void operate(struct chaos *chaos)
{
	uint64_t dice = sim_random(&chaos->sim, 100);

	if (dice < 2)
		set(chaos);
	else if (dice < 6)
		set_wrong(chaos);
	else if (dice < 16)
		reset(chaos);
	else if (dice < 24)
		load_change(chaos);
	else if (dice < 26)
		lateness_change(chaos);
	else
		sim_run(&chaos->sim, chaos->sim.now_ns + 1 +
			sim_random(&chaos->sim, 300));
	if (sim_random(&chaos->sim, 50) == 0)
		time_pass(chaos);
	chaos->operations++;
}

bool chaos_run(struct chaos *chaos, uint64_t seed, uint16_t regulator,
	       uint64_t operations)
{
	struct sim *sim = &chaos->sim;
	bool misses = chaos->misses;
	uint64_t to_wrap;

	memset(chaos, 0, sizeof(*chaos));
	chaos->seed = seed;
	chaos->misses = misses;
	chaos->ledger.misses = misses;
	*sim = random_machine(seed);
	sim->cpus_count = 1 + (unsigned int)sim_random(sim, SIM_MAX_CPUS);
	sim->regulator = regulator;
	sim->long_ways = seed & 1;
	sim->unlogged = true;
	sim->audit = audit;
	sim->context = chaos;
	/* Every third machine's counters wrap within the run. */
	to_wrap = sim_random(sim, 2000);
	if (seed % 3 == 0)
		sim->counts_from = 0 - to_wrap;
	sim_start(sim, sim_random(sim, 1000000000));
	while (chaos->operations < operations && !*chaos->ledger.failure)
		operate(chaos);
	chaos->lines = lines_issued(sim, -1) -
		       2 * sim->cpus_count * sim->counts_from;
	for (unsigned int n = 0; n < sim->cpus_count; n++)
		chaos->wraps += sim->cpu[n].reads < sim->counts_from;
	return !*chaos->ledger.failure;
}
