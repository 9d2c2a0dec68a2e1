/* SPDX-License-Identifier: GPL-2.0-only */
/* What a budget allows, machines and settings made up to try it. */
#include "bounds.h"

#include "hv/wide.h"

#define NS_PER_S	1000000000ull
#define LINE_BYTES	64u

struct reg_settings budget(uint64_t bytes_per_s, uint64_t period_ns)
{
	return (struct reg_settings){
		.valid = REG_SET_KNOWN,
		.budget_bytes_per_s = bytes_per_s,
		.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED,
		.period_ns = period_ns,
	};
}

struct sim machine(unsigned int cpus, uint64_t seed)
{
	struct sim sim = {
		.cpus_count = cpus,
		.seed = seed * 0x9e3779b97f4a7c15ull + 1,
		.gap_ns = 15,
		.delay_ns = 1000,
		.late_ns = 500,
		.burst_ns = 30000,
	};

	for (unsigned int n = 0; n < cpus; n++)
		sim.cpu[n].load = SIM_SATURATE;
	return sim;
}

uint64_t allowed(uint64_t bytes_per_s, uint64_t ns)
{
	return (uint64_t)((uint128_t)bytes_per_s * ns / NS_PER_S / LINE_BYTES);
}

uint64_t lines_in_period(const struct reg_settings *s, bool writes)
{
	uint64_t rate = writes ? s->write_budget_bytes_per_s :
				 s->budget_bytes_per_s;

	return allowed(rate, s->period_ns) + 1;
}

uint64_t window_bound(const struct sim *sim, uint64_t window_ns,
		      bool writes)
{
	const struct reg_effective *e = &sim->cell.effective;
	const struct reg_budget *b = writes ? &e->writes : &e->total;
	uint64_t periods = (window_ns + e->settings.period_ns - 1) /
			   e->settings.period_ns;
	uint64_t q = sim->cpus_count > 1 && !e->per_cpu ? b->grant_lines : 0;

	return lines_in_period(&e->settings, writes) * (1 + periods) +
	       sim->cpus_count * (q + sim_overshoot_lines(sim));
}

uint64_t polled_bound(const struct sim *sim, uint64_t window_ns, bool writes)
{
	const struct reg_effective *e = &sim->cell.effective;
	const struct reg_budget *b = writes ? &e->writes : &e->total;
	const struct reg_polls *polls = &e->polls;
	uint64_t pools = e->per_cpu ? e->cpus_count : 1;
	uint64_t late_lines = sim->cpus_count *
		((polls->interval_ns + sim->late_ns) / sim->gap_ns + 2);
	uint64_t rate = writes ? e->settings.write_budget_bytes_per_s :
				 e->settings.budget_bytes_per_s;
	uint64_t slots;

	if (!b->limited)
		return UINT64_MAX;
	if (!polls->slot_ns)
		return allowed(rate, window_ns) + pools +
		       b->cap_lines * pools + late_lines;
	slots = (window_ns + polls->interval_ns + sim->late_ns +
		 polls->slot_ns - 1) / polls->slot_ns + 1;
	return b->cap_lines * pools *
	       ((slots + polls->slots - 1) / polls->slots) + late_lines;
}

uint64_t lines_issued(const struct sim *sim, int cpu)
{
	uint64_t sum = 0;

	for (unsigned int n = 0; n < sim->cpus_count; n++)
		if (cpu < 0 || (unsigned int)cpu == n)
			sum += sim->cpu[n].reads + sim->cpu[n].writes;
	return sum;
}

static void random_load(struct sim *sim, struct sim_cpu *cpu)
{
	static const enum sim_load loads[] = { SIM_IDLE, SIM_SATURATE,
					       SIM_BURSTS, SIM_BURSTS,
					       SIM_STEADY };

	cpu->load = loads[sim_random(sim, ARRAY_COUNT(loads))];
	cpu->steady_ns = 15 + sim_random(sim, 3000);
	cpu->write_percent = (unsigned int)sim_random(sim, 101);
}

struct sim random_machine(uint64_t seed)
{
	struct sim sim = machine(1, seed);

	sim_random(&sim, 2);
	sim.cpus_count = 1 + (unsigned int)sim_random(&sim, 8);
	sim.gap_ns = 10 + sim_random(&sim, 40);
	sim.delay_ns = sim_random(&sim, 3000);
	sim.late_ns = sim_random(&sim, 2000);
	sim.burst_ns = 1000 + sim_random(&sim, 200000);
	sim.polled = sim_random(&sim, 2);
	if (sim.polled)
		sim.delay_ns += 500;
	for (unsigned int n = 0; n < sim.cpus_count; n++)
		random_load(&sim, &sim.cpu[n]);
	return sim;
}

struct reg_settings random_settings(struct sim *sim)
{
	struct reg_settings s = budget(64 + (sim_random(sim, 2000 * MB) >>
					     sim_random(sim, 16)),
				       20000 + (sim_random(sim, 2000000) >>
						sim_random(sim, 7)));

	if (sim_random(sim, 3) == 0)
		s.write_budget_bytes_per_s = s.budget_bytes_per_s / 4 + 64;
	return s;
}
