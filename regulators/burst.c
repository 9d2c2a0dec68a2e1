/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * burst: a cap on what a CPU moves in any short window, beside its budget.
 *
 * A small bucket for each CPU, without a pool or a lock. It is asked after
 * everything that the budget did, and brings the alarm forward when it must.
 * Two buckets and what comes in meanwhile are the window's share: README.md.
 */
#include "regulator.h"
#include "hv/errno.h"

/* A bucket is a sixth of the window's share, and four sixths come in. */
#define SHARE_PARTS		6u
#define CREDIT_PARTS		4u
#define BURST_MAX_BYTES		((uint64_t)1 << 40)
#define CREDIT_MAX_LINES	((uint64_t)1 << 61)

static int burst_probe(const char **why)
{
	*why = NULL;
	return 0;
}

static int bytes_check(const struct reg_platform *platform,
		       const struct reg_settings *wanted,
		       struct reason *reason)
{
	uint64_t least = (uint64_t)platform->line_bytes * SHARE_PARTS *
			 platform->cpus_count;

	if (wanted->burst_bytes < least || wanted->burst_bytes > BURST_MAX_BYTES)
		return refuse(reason, -ERANGE,
			      "bursts of %llu bytes, allowed are %llu (%u lines for each CPU) to %llu",
			      (unsigned long long)wanted->burst_bytes,
			      (unsigned long long)least, SHARE_PARTS,
			      (unsigned long long)BURST_MAX_BYTES);
	return 0;
}

static int burst_check(const struct reg_platform *platform,
		       const struct reg_settings *wanted,
		       struct reg_effective *effective, struct reason *reason)
{
	struct reg_burst *burst = &effective->burst;
	uint64_t window_ns = wanted->burst_window_ns;
	uint64_t lines, rate_lines, rate_ns;
	int err;

	*burst = (struct reg_burst){ 0 };
	if (wanted->burst_bytes == REG_BURST_NONE)
		return 0;
	if (window_ns < REG_BURST_WINDOW_MIN_NS ||
	    window_ns > REG_BURST_WINDOW_MAX_NS)
		return refuse(reason, -ERANGE,
			      "burst window of %llu ns, allowed are %llu to %llu ns",
			      (unsigned long long)window_ns,
			      (unsigned long long)REG_BURST_WINDOW_MIN_NS,
			      (unsigned long long)REG_BURST_WINDOW_MAX_NS);
	err = bytes_check(platform, wanted, reason);
	if (err)
		return err;
	lines = wanted->burst_bytes / platform->cpus_count /
		platform->line_bytes;
	rate_lines = lines * CREDIT_PARTS;
	rate_ns = window_ns * SHARE_PARTS;
	burst->lines_per_ns = scale_init(rate_lines, rate_ns);
	burst->ns_per_line = scale_init(rate_ns, rate_lines);
	burst->depth_lines = lines / SHARE_PARTS;
	burst->regulator = registry_regulator(REGULATOR_BURST)->regulator;
	effective->settings.burst_bytes = lines * platform->cpus_count *
					  platform->line_bytes;
	return 0;
}

/* Charges what was used, then adds what came in since, up to the depth. */
static void credit(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_burst *burst = &cpu->active.burst;
	struct reg_burst_cpu *state = &cpu->burst;
	uint64_t lines = cpu->counter.read_lines + cpu->counter.write_lines;
	uint64_t total_lines = scale_floor(&burst->lines_per_ns,
					   now_ns - state->since_ns);
	uint64_t new_lines = total_lines - state->credited_lines;

	state->lines -= (int64_t)(lines - state->settled_lines);
	state->settled_lines = lines;
	state->credited_lines = total_lines;
	if (new_lines > CREDIT_MAX_LINES)
		new_lines = CREDIT_MAX_LINES;
	state->lines += (int64_t)new_lines;
	if (state->lines > (int64_t)burst->depth_lines)
		state->lines = (int64_t)burst->depth_lines;
}

/* The budget has set the alarm, unless there is none or it holds the CPU. */
static void alarm_bring_forward(struct reg_cpu *cpu)
{
	uint64_t lines = (uint64_t)cpu->burst.lines;

	if (cpu->stats.holders & REG_HOLDER_BIT(REG_HELD_BUDGET))
		return;
	if (!cpu->active.active)
		cpu->alarm = (struct reg_alarm){ REG_NEVER, REG_NEVER,
						 REG_NEVER };
	if (cpu->alarm.lines <= lines)
		return;
	cpu->alarm.lines = lines;
	cpu->alarm.headroom_lines = 0;
	cpu->active.source->arm(cpu);
}

static enum reg_verdict burst_look(struct reg_cpu *cpu, uint64_t now_ns)
{
	const struct reg_burst *burst = &cpu->active.burst;
	struct reg_burst_cpu *state = &cpu->burst;
	uint64_t need_lines = burst->depth_lines;

	if (!cpu->active.active)
		cpu->active.source->sample(cpu);
	credit(cpu, now_ns);
	/* Half of it is worth going on with; who waits waits for all. */
	if (!state->held)
		need_lines = (need_lines + 1) / 2;
	state->held = state->lines < (int64_t)need_lines;
	if (!state->held) {
		state->next_ns = REG_NEVER;
		alarm_bring_forward(cpu);
		return REG_RUN;
	}
	state->next_ns = state->since_ns +
		scale_ceil(&burst->ns_per_line, state->credited_lines +
			   (uint64_t)((int64_t)burst->depth_lines -
				      state->lines));
	if (state->next_ns <= now_ns)
		state->next_ns = now_ns + 1;
	return REG_STALL;
}

/* Another setting: full when it is the first one, else with what was left. */
static enum reg_verdict burst_commit(struct reg_cpu *cpu, uint64_t now_ns)
{
	struct reg_burst_cpu *state = &cpu->burst;

	if (!cpu->active.active)
		cpu->active.source->sample(cpu);
	if (!state->on)
		state->lines = (int64_t)cpu->active.burst.depth_lines;
	state->on = true;
	state->held = false;
	state->since_ns = now_ns;
	state->credited_lines = 0;
	state->settled_lines = cpu->counter.read_lines +
			       cpu->counter.write_lines;
	return burst_look(cpu, now_ns);
}

static void burst_cpu_reset(struct reg_cpu *cpu, uint64_t now_ns)
{
	if (!cpu->burst.on)
		return;
	cpu->active.source->sample(cpu);
	credit(cpu, now_ns);
}

static const struct regulator burst_regulator = {
	.name = "burst",
	.id = REGULATOR_BURST,
	.order = 50,
	.kind = REG_KIND_BANDWIDTH,
	.role = REG_ROLE_BURST,
	.probe = burst_probe,
	.check = burst_check,
	.commit = burst_commit,
	.period = burst_look,
	.poll = burst_look,
	.overflow = burst_look,
	.cpu_reset = burst_cpu_reset,
};
REGULATOR(burst_regulator);
