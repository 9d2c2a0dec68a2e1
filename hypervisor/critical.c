/* SPDX-License-Identifier: GPL-2.0-only */
/* Critical interrupts: what a CPU takes while regulation holds it. */
#include "hv/critical.h"

#include "hv/arch/cpu.h"
#include "hv/clock.h"
#include "hv/percpu.h"
#include "hv/statistics.h"
#include "hv/tick.h"

/* Less than this is not worth going to the guest. */
#define LEFT_MIN_NS	1000

/* What is left of the bound in the period on the grid that it is now. */
static int64_t left_ns(struct reg_cpu *reg, uint64_t now_ns)
{
	const struct reg_critical *limits = &reg->cell->critical;
	struct reg_critical_cpu *state = &reg->critical;
	int64_t bound_ns = (int64_t)limits->bound_ns;

	if (now_ns < state->period_end_ns)
		return state->left_ns;
	state->period_end_ns = now_ns - now_ns % limits->period_ns +
			       limits->period_ns;
	/* A cut that came late is paid for, as far as a period's worth goes. */
	if (state->left_ns < -bound_ns)
		state->left_ns = -bound_ns;
	state->left_ns = state->left_ns < 0 ? state->left_ns + bound_ns :
					      bound_ns;
	return state->left_ns;
}

static uint64_t lines_now(struct reg_cpu *reg)
{
	if (!reg->active.source)
		return 0;
	reg->active.source->sample(reg);
	return reg->counter.read_lines + reg->counter.write_lines;
}

static bool owes(const struct reg_level *level, const struct reg_budget *budget,
		 uint64_t grant_lines, uint64_t used_lines)
{
	int64_t left = level->lines + (int64_t)grant_lines -
		       (int64_t)used_lines;

	return level->limited && left < -(int64_t)budget->cap_lines;
}

/*
 * Whoever owes more than a period gives runs for nobody: handlers that need more
 * than the budget get that, and not an interrupt more. After lines_now().
 */
static bool in_debt(const struct reg_cpu *reg)
{
	const struct reg_effective *active = &reg->active;
	const struct reg_pool *pool = active->own_pool ? &reg->own :
							 &reg->cell->pool;
	uint64_t writes = reg->counter.write_lines;
	uint64_t lines = reg->counter.read_lines + writes;

	if (reg->throttle.on && reg->throttle.balance_ns <
				-(int64_t)reg->throttle.period_ns)
		return true;
	return active->active &&
	       (owes(&pool->total, &active->total, reg->grant_lines,
		     lines - reg->settled_lines) ||
		owes(&pool->writes, &active->writes, reg->write_grant_lines,
		     writes - reg->settled_write_lines));
}

bool critical_begin(struct per_cpu *cpu)
{
	struct reg_cpu *reg = &cpu->reg;
	struct reg_critical_cpu *state = &reg->critical;
	uint64_t now_ns;

	if (!arch_cpu_critical_waits(cpu))
		return false;
	now_ns = clock_now_ns();
	if (left_ns(reg, now_ns) < LEFT_MIN_NS)
		return false;
	statistics_begin(reg);
	state->since_lines = lines_now(reg);
	if (in_debt(reg)) {
		statistics_end(reg);
		return false;
	}
	reg->stats.critical_runs++;
	statistics_end(reg);
	state->since_ns = now_ns;
	state->running = true;
	arch_cpu_critical_only(cpu, true);
	cpu->stall_requested = false;
	tick_set(cpu, TICK_CRITICAL, now_ns + (uint64_t)state->left_ns);
	return true;
}

/* Time under a throttle that holds it is time it has had, all the same. */
static void charge_throttle(struct reg_throttle_cpu *state, uint64_t ran_ns)
{
	if (state->on && state->held)
		state->balance_ns -= (int64_t)ran_ns;
}

void critical_end(struct per_cpu *cpu, uint64_t now_ns, bool cut)
{
	struct reg_cpu *reg = &cpu->reg;
	struct reg_critical_cpu *state = &reg->critical;
	bool framed = statistics_framed(reg);
	uint64_t ran_ns = now_ns - state->since_ns;

	if (!state->running)
		return;
	state->running = false;
	state->left_ns -= (int64_t)ran_ns;
	charge_throttle(&reg->throttle, ran_ns);
	if (!framed)
		statistics_begin(reg);
	reg->stats.critical_cuts += cut;
	reg->stats.critical_ns += ran_ns;
	reg->stats.critical_lines += lines_now(reg) - state->since_lines;
	if (!framed)
		statistics_end(reg);
	arch_cpu_critical_only(cpu, false);
	cpu->tick.deadline_ns[TICK_CRITICAL] = TICK_NEVER;
	cpu->stall_requested = regulation_holds(cpu);
}

void critical_cut(struct per_cpu *cpu, uint64_t now_ns)
{
	cpu->tick.deadline_ns[TICK_CRITICAL] = TICK_NEVER;
	critical_end(cpu, now_ns, true);
}

void critical_ended(struct per_cpu *cpu)
{
	critical_end(cpu, clock_now_ns(), false);
	tick_set(cpu, TICK_CRITICAL, TICK_NEVER);
}
