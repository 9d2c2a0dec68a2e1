/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * throttle: a duty cycle on the grid, for CPUs whose traffic nobody counts.
 *
 * Each period gives a CPU so much time to run; what it ran is taken from it.
 * Whatever comes late, to hold it or to let it go, is thereby made good in the
 * periods that follow. README.md has the bounds.
 */
#include "regulator.h"
#include "hv/errno.h"
#include "pool.h"

/* Neither part of a period may be shorter: timers are not that exact. */
#define PART_MIN_NS		1000u
/* As much may be owed; who is later than that was suspended, and did not run. */
#define DEBT_PERIODS		8u
/* Who owes time still runs for this share of what a period gives. */
#define RUN_LEAST_SHIFT		3u

static int throttle_probe(const char **why)
{
	*why = NULL;
	return 0;
}

static int duty_check(uint64_t period_ns, uint16_t duty_permille,
		      struct reason *reason)
{
	uint64_t run_ns = period_ns * duty_permille / REG_DUTY_FULL;

	if (run_ns < PART_MIN_NS)
		return refuse(reason, -ERANGE,
			      "duty of %u permille of %llu ns is %llu ns, at least %u ns must be left",
			      duty_permille,
			      (unsigned long long)period_ns,
			      (unsigned long long)run_ns, PART_MIN_NS);
	if (period_ns - run_ns < PART_MIN_NS)
		return refuse(reason, -ERANGE,
			      "duty of %u permille of %llu ns holds for %llu ns, at least %u ns make sense",
			      duty_permille,
			      (unsigned long long)period_ns,
			      (unsigned long long)(period_ns - run_ns),
			      PART_MIN_NS);
	return 0;
}

/* What CPUs get of each period with that duty. */
static struct reg_turn turn_for(uint64_t cpus, uint64_t period_ns,
				uint16_t duty_permille)
{
	uint64_t parts = period_ns * duty_permille;

	return (struct reg_turn){
		.cpus = cpus,
		.run_ns = parts / REG_DUTY_FULL,
		.run_part = (uint32_t)(parts % REG_DUTY_FULL),
	};
}

static uint16_t tighter(uint16_t a_permille, uint16_t b_permille)
{
	return a_permille < b_permille ? a_permille : b_permille;
}

/* Those that are wanted for CPUs they name, and the most that others leave. */
static int turns_settle(const struct reg_platform *platform,
			const struct reg_settings *wanted,
			struct reg_effective *effective, struct reason *reason)
{
	struct reg_throttle *throttle = &effective->throttle;
	uint64_t period_ns = wanted->throttle_period_ns;
	uint16_t most = platform->duty_most_permille;
	uint16_t duty = tighter(wanted->duty_permille, most);
	uint64_t cpus = platform->cpus;
	int err = duty_check(period_ns, duty, reason);

	/* CPUs that left the cell are no longer meant. */
	if (wanted->throttle_cpus && wanted->duty_permille != REG_DUTY_FULL)
		cpus &= wanted->throttle_cpus;
	throttle->named = turn_for(cpus, period_ns, duty);
	if (!err && most != REG_DUTY_FULL && cpus != platform->cpus) {
		err = duty_check(period_ns, most, reason);
		throttle->rest = turn_for(platform->cpus & ~cpus, period_ns,
					  most);
	}
	effective->settings.throttle_cpus = cpus;
	effective->settings.duty_permille = duty;
	return err;
}

static int throttle_check(const struct reg_platform *platform,
			  const struct reg_settings *wanted,
			  struct reg_effective *effective,
			  struct reason *reason)
{
	struct reg_throttle *throttle = &effective->throttle;
	uint64_t period_ns = wanted->throttle_period_ns;
	int err;

	*throttle = (struct reg_throttle){ 0 };
	if (wanted->duty_permille == 0 || wanted->duty_permille > REG_DUTY_FULL)
		return refuse(reason, -ERANGE,
			      "duty of %u permille, allowed are 1 to %u",
			      wanted->duty_permille, REG_DUTY_FULL);
	if (period_ns < REG_THROTTLE_PERIOD_MIN_NS ||
	    period_ns > REG_THROTTLE_PERIOD_MAX_NS)
		return refuse(reason, -ERANGE,
			      "throttle period of %llu ns, allowed are %llu to %llu ns",
			      (unsigned long long)period_ns,
			      (unsigned long long)REG_THROTTLE_PERIOD_MIN_NS,
			      (unsigned long long)REG_THROTTLE_PERIOD_MAX_NS);
	if (wanted->duty_permille == REG_DUTY_FULL &&
	    platform->duty_most_permille == REG_DUTY_FULL)
		return 0;
	err = turns_settle(platform, wanted, effective, reason);
	if (err)
		return err;
	throttle->period_ns = period_ns;
	throttle->regulator = registry_regulator(REGULATOR_THROTTLE)->regulator;
	return 0;
}

/* What it ran since the last time is taken from what it may. */
static void account(struct reg_throttle_cpu *state, uint64_t now_ns)
{
	uint64_t until_ns = now_ns;

	if (now_ns > state->next_ns &&
	    now_ns - state->next_ns >= state->period_ns * DEBT_PERIODS)
		until_ns = state->next_ns;
	if (!state->held && until_ns > state->since_ns)
		state->balance_ns -= (int64_t)(until_ns - state->since_ns);
	state->since_ns = now_ns;
}

/* What a CPU may run that comes into a period which began before. */
static int64_t left_ns(const struct reg_throttle_cpu *state, uint64_t now_ns)
{
	int64_t ns = (int64_t)(state->boundary_ns - now_ns) -
		     (int64_t)(state->period_ns - state->run_ns);

	return ns > 0 ? ns : 0;
}

/*
 * Periods have begun. No more than one is saved, and nothing over periods that
 * went by unseen.
 */
static void begin(struct reg_throttle_cpu *state, uint64_t now_ns)
{
	int64_t period_ns = (int64_t)state->period_ns;
	int64_t most_ns = period_ns;
	uint64_t periods = 1;
	uint64_t parts;

	if (now_ns - state->boundary_ns >= state->period_ns)
		periods += (now_ns - state->boundary_ns) / state->period_ns;
	parts = state->part + periods * state->run_part;
	state->part = (uint32_t)(parts % REG_DUTY_FULL);
	state->balance_ns += (int64_t)(periods * state->run_ns +
				       parts / REG_DUTY_FULL);
	state->boundary_ns += periods * state->period_ns;
	if (periods > 1)
		most_ns = left_ns(state, now_ns);
	if (state->balance_ns > most_ns)
		state->balance_ns = most_ns;
	if (state->balance_ns < -period_ns * (int64_t)DEBT_PERIODS)
		state->balance_ns = -period_ns * (int64_t)DEBT_PERIODS;
}

static enum reg_verdict turn(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_throttle_cpu *state = &cpu->throttle;
	int64_t least_ns = 0;

	if (!state->fresh)
		state->looked_ns = now_ns;
	state->fresh = true;
	account(state, now_ns);
	if (now_ns >= state->boundary_ns) {
		begin(state, now_ns);
		/* So no stall is longer than a period. */
		least_ns = (int64_t)(state->run_ns >> RUN_LEAST_SHIFT);
	}
	if (least_ns < state->balance_ns)
		least_ns = state->balance_ns;
	state->held = least_ns <= 0;
	if (state->held || now_ns + (uint64_t)least_ns < now_ns)
		state->next_ns = state->boundary_ns;
	else
		state->next_ns = now_ns + (uint64_t)least_ns;
	return state->held ? REG_STALL : REG_RUN;
}

/*
 * Another setting, or another place in the cell: from here on as if it had
 * been in force since this period began, but with no more than was left.
 */
static void restart(struct reg_cpu *cpu, const struct reg_turn *mine,
		    uint64_t phase_ns, uint64_t now_ns)
{
	uint64_t period_ns = cpu->active.throttle.period_ns;
	struct reg_throttle_cpu *state = &cpu->throttle;
	uint64_t from_ns = now_ns + 1 > phase_ns ? now_ns + 1 - phase_ns : 0;
	int64_t most_ns;
	uint32_t part;

	state->boundary_ns = phase_ns + pool_grid_next(period_ns, 1, from_ns,
						       &part);
	state->phase_ns = phase_ns;
	state->period_ns = period_ns;
	state->run_ns = mine->run_ns;
	state->run_part = mine->run_part;
	most_ns = left_ns(state, now_ns);
	if (!state->on || state->balance_ns > most_ns)
		state->balance_ns = most_ns;
	state->part = mine->run_part;
	state->on = true;
}

/* NULL: the CPU may run all the time. */
static const struct reg_turn *turn_of(const struct reg_throttle *throttle,
				      unsigned int cpu)
{
	if (throttle->named.cpus >> cpu & 1)
		return &throttle->named;
	return throttle->rest.cpus >> cpu & 1 ? &throttle->rest : NULL;
}

static enum reg_verdict throttle_commit(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_throttle *throttle = &cpu->active.throttle;
	const struct reg_turn *mine = turn_of(throttle, cpu->cpu);
	struct reg_throttle_cpu *state = &cpu->throttle;
	uint64_t part_ns, phase_ns;

	if (!mine) {
		*state = (struct reg_throttle_cpu){ .next_ns = REG_NEVER };
		return REG_RUN;
	}
	part_ns = throttle->period_ns / cpu->active.cpus_count;
	phase_ns = cpu->index * throttle->period_ns / cpu->active.cpus_count +
		   pool_begin_ns(&cpu->active, part_ns);
	if (!state->on || state->phase_ns != phase_ns ||
	    state->period_ns != throttle->period_ns ||
	    state->run_ns != mine->run_ns ||
	    state->run_part != mine->run_part)
		restart(cpu, mine, phase_ns, now_ns);
	/* It did not run since it was settled. */
	state->since_ns = now_ns;
	return turn(cpu, now_ns);
}

static enum reg_verdict throttle_look(struct reg_cpu *cpu, uint64_t now_ns)
{
	if (!cpu->throttle.on)
		return REG_RUN;
	return turn(cpu, now_ns);
}

/* It may have slept beyond the end of its turn, without a tick. */
static void throttle_cpu_reset(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_throttle_cpu *state = &cpu->throttle;

	if (!state->on)
		return;
	account(state, now_ns < state->next_ns ? now_ns : state->next_ns);
}

static const struct regulator throttle_regulator = {
	.name = "throttle",
	.id = REGULATOR_THROTTLE,
	.order = 40,
	.kind = REG_KIND_CPU_TIME,
	.role = REG_ROLE_THROTTLE,
	.probe = throttle_probe,
	.check = throttle_check,
	.commit = throttle_commit,
	.period = throttle_look,
	.poll = throttle_look,
	.overflow = throttle_look,
	.cpu_reset = throttle_cpu_reset,
};
REGULATOR(throttle_regulator);
