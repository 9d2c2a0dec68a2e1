/* SPDX-License-Identifier: GPL-2.0-only */
/* A machine of lines: CPUs issue cache lines, one by one, under a regulator. */
#include "linesim.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "regulators/pool.h"

#define NEVER	UINT64_MAX

/* One thread: a lock that is taken stays taken. */
void spin_wait(struct spinlock *lock, uint32_t ticket)
{
	(void)lock;
	(void)ticket;
	assert(!"a lock is taken twice");
}

uint64_t sim_random(struct sim *sim, uint64_t below)
{
	sim->seed ^= sim->seed >> 12;
	sim->seed ^= sim->seed << 25;
	sim->seed ^= sim->seed >> 27;
	return below ? (sim->seed * 0x2545f4914f6cdd1dull >> 8) % below : 0;
}

/* ---------------------------------------------------------- counter source */

static struct sim *running;

static struct sim_cpu *sim_cpu(const struct reg_cpu *reg)
{
	return &running->cpu[reg->cpu];
}

static int source_probe(const struct weir_record_counter *record,
			struct counter_caps *caps, const char **why)
{
	(void)record;
	*why = NULL;
	*caps = (struct counter_caps){ .bits = 64, .line_bytes = 64,
				       .counts_writes = true };
	return 0;
}

static void source_sample(struct reg_cpu *reg)
{
	reg->counter.read_lines = sim_cpu(reg)->reads;
	reg->counter.write_lines = sim_cpu(reg)->writes;
}

static void source_start(struct reg_cpu *reg)
{
	source_sample(reg);
}

static void source_stop(struct reg_cpu *reg)
{
	(void)reg;
}

static void source_arm(struct reg_cpu *reg)
{
	struct sim_cpu *cpu = sim_cpu(reg);

	cpu->armed_at_lines = reg->counter.read_lines +
			      reg->counter.write_lines;
	cpu->armed_at_writes = reg->counter.write_lines;
	cpu->irq_ns = NEVER;
	cpu->irq_lost = false;
}

static uint64_t source_rearm(struct reg_cpu *reg)
{
	uint64_t before = reg->counter.read_lines + reg->counter.write_lines;

	source_sample(reg);
	source_arm(reg);
	return reg->counter.read_lines + reg->counter.write_lines - before;
}

static bool source_alarmed(struct reg_cpu *reg)
{
	struct sim_cpu *cpu = sim_cpu(reg);

	return cpu->reads + cpu->writes - cpu->armed_at_lines >=
		       reg->alarm.lines ||
	       cpu->writes - cpu->armed_at_writes >= reg->alarm.write_lines;
}

static void source_peek(unsigned int cpu, const struct reg_counter *counter,
			uint64_t *read_lines, uint64_t *write_lines)
{
	*read_lines = running->cpu[cpu].reads - counter->read_lines;
	*write_lines = running->cpu[cpu].writes - counter->write_lines;
}

static uint64_t source_renew(struct reg_cpu *reg)
{
	return source_alarmed(reg) ? source_rearm(reg) : REG_NEVER;
}

static const struct counter_source sim_source = {
	.name = "simulator",
	.id = COUNTER_FAKE,
	.probe = source_probe,
	.start = source_start,
	.stop = source_stop,
	.sample = source_sample,
	.arm = source_arm,
	.rearm = source_rearm,
	.renew = source_renew,
	.alarmed = source_alarmed,
	.peek = source_peek,
};
COUNTER_SOURCE(sim_source);

/* --------------------------------------------------------------- regulator */

static const struct regulator *regulator(const struct sim *sim)
{
	return registry_regulator(sim->regulator ? sim->regulator :
				  REGULATOR_MEMGUARD)->regulator;
}

/* Up to `most_ns`, or just that. */
static uint64_t late(struct sim *sim, uint64_t most_ns)
{
	return sim->exact ? most_ns : sim_random(sim, most_ns + 1);
}

static void verdict_take(struct sim *sim, struct sim_cpu *cpu,
			 enum reg_verdict verdict)
{
	bool stall = verdict == REG_STALL;

	if (stall && !cpu->stalled)
		cpu->stalls++;
	if (!stall && cpu->stalled && cpu->line_ns < sim->now_ns)
		cpu->line_ns = sim->now_ns;
	cpu->stalled = stall;
	cpu->tick_ns = cpu->reg.next_ns == REG_NEVER ? NEVER :
		       cpu->reg.next_ns + late(sim, sim->late_ns);
}

static void adopt(struct sim *sim, struct sim_cpu *cpu)
{
	struct reg_cpu *reg = &cpu->reg;

	cpu->adopt_ns = NEVER;
	regulator(sim)->cpu_reset(reg, sim->now_ns);
	reg->active = sim->cell.effective;
	reg->next_ns = REG_NEVER;
	verdict_take(sim, cpu, regulator(sim)->commit(reg, sim->now_ns));
}

int sim_set(struct sim *sim, const struct reg_settings *settings,
	    uint64_t lag_ns)
{
	struct reg_platform platform = {
		.line_bytes = 64,
		.cpus_count = sim->cpus_count,
		.counts_writes = true,
		.interrupts = !sim->polled,
	};
	uint64_t revision = sim->cell.effective.revision;
	struct reg_effective effective;
	int err = regulator(sim)->check(&platform, settings, &effective, NULL);

	if (err)
		return err;
	effective.source = &sim_source;
	effective.regulator = regulator(sim);
	effective.revision = revision + 1;
	if (sim->loans && (settings->flags & REG_FLAG_LEND)) {
		if (settings->class_ == REG_CLASS_GUARANTEED)
			effective.lends_to = sim->loans;
		else
			effective.takes_from = sim->loans;
	}
	loans_follow(&sim->cell.effective, &effective);
	sim->cell.effective = effective;
	for (unsigned int n = 0; n < sim->cpus_count; n++)
		sim->cpu[n].adopt_ns = sim->now_ns +
				       sim_random(sim, lag_ns + 1);
	return 0;
}

/* ------------------------------------------------------------------- loads */

static void log_line(struct sim *sim, unsigned int cpu, bool is_write)
{
	if (sim->unlogged)
		return;
	if (sim->lines_count == sim->lines_room) {
		sim->lines_room = sim->lines_room ? sim->lines_room * 2 : 65536;
		sim->lines = realloc(sim->lines, sim->lines_room *
						 sizeof(*sim->lines));
		assert(sim->lines);
	}
	sim->lines[sim->lines_count++] = (struct sim_line){
		.ns = sim->now_ns, .cpu = (uint8_t)cpu, .is_write = is_write,
	};
}

/* Idle for a while, then busy for a while. */
static uint64_t next_burst_ns(struct sim *sim, struct sim_cpu *cpu)
{
	uint64_t begin_ns = sim->now_ns + sim->gap_ns +
			    sim_random(sim, 2 * sim->burst_ns + 1);

	cpu->phase_until_ns = begin_ns + sim_random(sim, 2 * sim->burst_ns + 1);
	return begin_ns;
}

static uint64_t next_line_ns(struct sim *sim, struct sim_cpu *cpu)
{
	switch (cpu->load) {
	case SIM_SATURATE:
		return sim->now_ns + sim->gap_ns;
	case SIM_STEADY:
		return cpu->line_ns + cpu->steady_ns;
	case SIM_BURSTS:
		if (sim->now_ns < cpu->phase_until_ns)
			return sim->now_ns + sim->gap_ns +
			       sim_random(sim, sim->gap_ns);
		return next_burst_ns(sim, cpu);
	default:
		return NEVER;
	}
}

static void issue_line(struct sim *sim, struct sim_cpu *cpu)
{
	bool is_write = sim_random(sim, 100) < cpu->write_percent;

	cpu->writes += is_write;
	cpu->reads += !is_write;
	log_line(sim, cpu->reg.cpu, is_write);
	cpu->line_ns = next_line_ns(sim, cpu);
	if (sim->polled || !cpu->reg.active.active || cpu->irq_ns != NEVER ||
	    cpu->irq_lost || !source_alarmed(&cpu->reg))
		return;
	if (sim->missed_percent && sim_random(sim, 100) < sim->missed_percent)
		cpu->irq_lost = true;
	else
		cpu->irq_ns = sim->now_ns + late(sim, sim->delay_ns);
}

static void poll(struct sim *sim, struct sim_cpu *cpu)
{
	/* Now and then as late as it may get. */
	cpu->poll_ns = sim->now_ns + sim->delay_ns / 2 +
		       sim_random(sim, sim->delay_ns / 2 + 1);
	if (!cpu->reg.active.active || cpu->stalled ||
	    !source_alarmed(&cpu->reg))
		return;
	verdict_take(sim, cpu, regulator(sim)->overflow(&cpu->reg, sim->now_ns));
}

static void interrupt(struct sim *sim, struct sim_cpu *cpu)
{
	cpu->irq_ns = NEVER;
	if (!cpu->reg.active.active || cpu->stalled)
		return;
	if (!source_alarmed(&cpu->reg))
		return;
	if (cpu->reg.renew && !sim->long_ways &&
	    !cpu->reg.renew(&cpu->reg, source_renew(&cpu->reg), sim->now_ns))
		cpu->short_overflows++;
	else
		verdict_take(sim, cpu, regulator(sim)->overflow(&cpu->reg,
							    sim->now_ns));
}

static void tick(struct sim *sim, struct sim_cpu *cpu)
{
	struct reg_cpu *reg = &cpu->reg;

	if (reg->active.revision != sim->cell.effective.revision) {
		adopt(sim, cpu);
		return;
	}
	if (!sim->long_ways &&
	    sim->now_ns - reg->boundary_ns < reg->short_late_ns &&
	    regulator(sim)->advance(reg, sim->now_ns)) {
		cpu->short_ticks++;
		verdict_take(sim, cpu, REG_RUN);
		return;
	}
	verdict_take(sim, cpu, regulator(sim)->period(&cpu->reg, sim->now_ns));
}

/* -------------------------------------------------------------------- time */

static uint64_t earliest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t cpu_next_ns(const struct sim *sim, const struct sim_cpu *cpu)
{
	uint64_t next_ns = earliest(cpu->tick_ns, cpu->adopt_ns);

	next_ns = earliest(next_ns, cpu->irq_ns);
	if (sim->polled)
		next_ns = earliest(next_ns, cpu->poll_ns);
	return cpu->stalled ? next_ns : earliest(next_ns, cpu->line_ns);
}

/* The hypervisor's work comes before the guest's next line. */
static void cpu_step(struct sim *sim, struct sim_cpu *cpu)
{
	if (sim->now_ns >= cpu->adopt_ns)
		adopt(sim, cpu);
	else if (sim->now_ns >= cpu->tick_ns)
		tick(sim, cpu);
	else if (sim->now_ns >= cpu->irq_ns)
		interrupt(sim, cpu);
	else if (sim->polled && sim->now_ns >= cpu->poll_ns)
		poll(sim, cpu);
	else
		issue_line(sim, cpu);
}

void sim_start(struct sim *sim, uint64_t start_ns)
{
	running = sim;
	sim->now_ns = start_ns;
	sim->cell = (struct reg_cell){ .serial = 1 };
	sim->lines_count = 0;
	for (unsigned int n = 0; n < sim->cpus_count; n++) {
		struct sim_cpu *cpu = &sim->cpu[n];

		memset(&cpu->reg, 0, sizeof(cpu->reg));
		cpu->reg.cpu = n;
		cpu->reg.index = n;
		cpu->reg.cell = &sim->cell;
		cpu->stalled = false;
		cpu->reads = cpu->writes = sim->counts_from;
		cpu->reg.counter.read_lines = sim->counts_from;
		cpu->reg.counter.write_lines = sim->counts_from;
		cpu->stalls = 0;
		cpu->line_ns = cpu->load == SIM_IDLE ? NEVER :
			       start_ns + sim_random(sim, sim->gap_ns);
		cpu->phase_until_ns = start_ns;
		cpu->irq_ns = cpu->tick_ns = cpu->adopt_ns = NEVER;
		cpu->poll_ns = start_ns + sim_random(sim, sim->delay_ns + 1);
	}
}

void sim_reset(struct sim *sim, unsigned int cpu)
{
	running = sim;
	sim->cpu[cpu].irq_ns = NEVER;
	if (sim->cell.effective.regulator)
		adopt(sim, &sim->cpu[cpu]);
}

void sim_run(struct sim *sim, uint64_t until_ns)
{
	running = sim;
	for (;;) {
		struct sim_cpu *cpu = NULL;
		uint64_t next_ns = NEVER;

		for (unsigned int n = 0; n < sim->cpus_count; n++) {
			uint64_t ns = cpu_next_ns(sim, &sim->cpu[n]);

			if (ns < next_ns) {
				next_ns = ns;
				cpu = &sim->cpu[n];
			}
		}
		if (!cpu || next_ns >= until_ns)
			break;
		if (next_ns > sim->now_ns)
			sim->now_ns = next_ns;
		cpu_step(sim, cpu);
		if (sim->audit)
			sim->audit(sim);
	}
	sim->now_ns = until_ns;
}

void sim_free(struct sim *sim)
{
	free(sim->lines);
	sim->lines = NULL;
	sim->lines_count = sim->lines_room = 0;
}

/* ----------------------------------------------------------------- audits */

int64_t sim_outstanding(const struct sim *sim, bool writes)
{
	const struct reg_pool *pool = sim->cell.effective.own_pool &&
				      sim->cpus_count == 1 ?
				      &sim->cpu[0].reg.own : &sim->cell.pool;
	int64_t sum = writes ? pool->writes.lines : pool->total.lines;

	for (unsigned int n = 0; n < sim->cpus_count; n++) {
		const struct sim_cpu *cpu = &sim->cpu[n];
		const struct reg_cpu *reg = &cpu->reg;

		if (!reg->active.active)
			continue;
		if (writes)
			sum += (int64_t)(reg->write_grant_lines -
					 (cpu->writes -
					  reg->settled_write_lines));
		else
			sum += (int64_t)(reg->grant_lines -
					 (cpu->reads + cpu->writes -
					  reg->settled_lines));
	}
	return sum;
}

uint64_t sim_overshoot_lines(const struct sim *sim)
{
	return sim->delay_ns / sim->gap_ns + 2;
}

uint64_t sim_worst_window(const struct sim *sim, uint64_t window_ns,
			  bool writes, int cpu)
{
	uint64_t worst = 0, count = 0;
	size_t tail = 0;

	for (size_t head = 0; head < sim->lines_count; head++) {
		const struct sim_line *line = &sim->lines[head];

		if ((writes && !line->is_write) ||
		    (cpu >= 0 && line->cpu != cpu))
			continue;
		count++;
		while (sim->lines[tail].ns + window_ns <= line->ns) {
			const struct sim_line *old = &sim->lines[tail++];

			if ((writes && !old->is_write) ||
			    (cpu >= 0 && old->cpu != cpu))
				continue;
			count--;
		}
		if (count > worst)
			worst = count;
	}
	return worst;
}
