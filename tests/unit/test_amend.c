/* SPDX-License-Identifier: GPL-2.0-only */
/* A budget that is changed by itself: the same as by a whole request, but less work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/arch/cpu.h"
#include "hv/errno.h"
#include "hv/regulation.h"
#include "hv/tick.h"
#include "regulators/credit.h"
#include "tests/sim/lines.h"

#define ROUNDS	2000u
#define STEPS	300u

/* What may differ: how often, and in how many steps. */
static struct reg_effective comparable(const struct reg_effective *effective)
{
	struct reg_effective copy;

	memcpy(&copy, effective, sizeof(copy));
	copy.generation = 0;
	copy.revision = 0;
	copy.base_revision = 0;
	/* Left to who waits, where the budget was changed by itself. */
	if (copy.total.line_parts)
		credit_pace(&copy.total);
	return copy;
}

static void same_effective(const struct reg_effective *a,
			   const struct reg_effective *b)
{
	struct reg_effective x = comparable(a), y = comparable(b);

	assert_memory_equal(&x.settings, &y.settings, sizeof(x.settings));
	assert_memory_equal(&x.total.rate, &y.total.rate, sizeof(x.total.rate));
	assert_memory_equal(&x.total.lines_per_ns, &y.total.lines_per_ns,
			    sizeof(x.total.lines_per_ns));
	assert_memory_equal(&x.total.ns_per_line, &y.total.ns_per_line,
			    sizeof(x.total.ns_per_line));
	assert_int_equal(x.total.cap_lines, y.total.cap_lines);
	assert_int_equal(x.total.grant_lines, y.total.grant_lines);
	assert_int_equal(x.renew_lines, y.renew_lines);
	assert_int_equal(x.short_ways, y.short_ways);
	assert_ptr_equal(x.regulator, y.regulator);
}

static uint64_t random_budget(void)
{
	return 64 + (lines_random(1u << 30) << lines_random(24) >>
		     lines_random(20));
}

static struct reg_settings random_settings(uint64_t budget)
{
	return (struct reg_settings){
		.valid = REG_SET_BUDGET | REG_SET_WRITE_BUDGET |
			 REG_SET_PERIOD | REG_SET_MODE | REG_SET_REGULATOR |
			 REG_SET_DEPTH,
		.budget_bytes_per_s = budget,
		.write_budget_bytes_per_s = lines_random(3) == 0 ?
			64 + lines_random(1000000) : REG_BUDGET_UNLIMITED,
		.period_ns = 20000 + lines_random(2000000),
		.mode = lines_random(2) ? REG_MODE_PER_CPU : 0,
		.regulator = lines_random(2) ? REGULATOR_BUCKET :
					       REGULATOR_MEMGUARD,
		.depth_bytes = lines_random(2) ? 256 + lines_random(100000) : 0,
	};
}

/* As the hypercall does. */
static int budget_set(uint64_t bytes_per_s, struct reason *reason)
{
	struct cell *root = cell_root();

	return regulation_amend(this_cpu(), root->id, bytes_per_s) ? 0 :
	       regulation_budget(root, bytes_per_s, reason);
}

/* Lines per nanosecond and all, on the cell and on each of its CPUs. */
static void test_same_as_a_whole_request(void **unused)
{
	struct cell *root = cell_root();
	struct reason reason = { "" };

	(void)unused;
	lines_seed = 5;
	for (unsigned int n = 0; n < ROUNDS; n++) {
		struct reg_settings s = random_settings(random_budget());
		uint64_t wanted = random_budget(), base;
		struct reg_effective amended;

		lines_set(root, s);
		base = root->reg.effective.base_revision;
		assert_int_equal(budget_set(wanted, &reason), 0);
		fake_settle();
		assert_int_equal(root->reg.effective.base_revision, base);
		assert_int_equal(root->reg.effective.revision, base + 1);
		assert_int_equal(root->reg.effective.generation, 3 * n + 2);
		for (unsigned int cpu = 0; cpu < 4; cpu++) {
			const struct reg_cpu *reg = &fake_cpu_area(cpu)->reg;

			assert_int_equal(reg->active.revision, base + 1);
			same_effective(&reg->active, &root->reg.effective);
			assert_int_equal(reg->stats.generation,
					 root->reg.effective.generation);
			assert_int_equal(reg->shown.effective.budget_bytes_per_s,
					 wanted);
		}
		amended = root->reg.effective;
		s.budget_bytes_per_s = wanted;
		lines_set(root, s);
		assert_true(root->reg.effective.base_revision > base);
		same_effective(&root->reg.effective, &amended);
		assert_memory_equal(&root->reg.requested.budget_bytes_per_s,
				    &wanted, sizeof(wanted));
	}
}

static void whole(uint64_t bytes_per_s, int expected, const char *words)
{
	struct cell *root = cell_root();
	uint64_t base = root->reg.effective.base_revision;
	uint64_t revision = root->reg.effective.revision;
	struct reason reason = { "" };

	assert_int_equal(budget_set(bytes_per_s, &reason), expected);
	fake_settle();
	if (!expected) {
		assert_true(root->reg.effective.base_revision > base);
		return;
	}
	assert_int_equal(root->reg.effective.revision, revision);
	if (!strstr(reason.text, words))
		fail_msg("wanted \"%s\", found \"%s\"", words, reason.text);
}

/* What has more to it is looked at whole, and refused as ever. */
static void test_all_else_goes_the_whole_way(void **unused)
{
	struct reg_settings s = {
		.valid = REG_SET_BUDGET | REG_SET_REGULATOR,
		.budget_bytes_per_s = REG_BUDGET_UNLIMITED,
		.regulator = REGULATOR_BUCKET,
	};

	(void)unused;
	lines_set(cell_root(), s);
	whole(64000000, 0, "");
	whole(0, -EINVAL, "would stop the root cell");
	whole(63, -ERANGE, "less than a line");
	whole(REG_BUDGET_UNLIMITED, 0, "");
	s.valid |= REG_SET_CLASS;
	s.class_ = REG_CLASS_BEST_EFFORT;
	s.budget_bytes_per_s = 64000000;
	s.regulator = REGULATOR_MEMPOL;
	lines_set(cell_root(), s);
	whole(65000000, 0, "");
	assert_int_equal(cell_root()->reg.refusals, 2);
}

static long call_budget(unsigned int cpu, uint64_t id, uint64_t bytes_per_s)
{
	long result = fake_hypercall(cpu, WEIR_HC_BUDGET, id, bytes_per_s);

	fake_settle();
	return result;
}

/* The cell that is named has it, nobody else; one that has gone is not found. */
static void test_the_call(void **unused)
{
	struct reg_settings s = { .valid = REG_SET_BUDGET | REG_SET_REGULATOR,
				  .budget_bytes_per_s = 64000000,
				  .regulator = REGULATOR_MEMGUARD };
	struct cell *root = cell_root(), *cell = cells_make_running(1);
	uint64_t revision;
	uint32_t hypercalls;

	(void)unused;
	lines_set(root, s);
	lines_set(cell, s);
	revision = root->reg.effective.revision;
	assert_int_equal(fake_hypercall(0, HC_CELL_GET_STATE, 77, 0), -ENOENT);
	hypercalls = fake_cpu_area(0)->stats[CPU_STAT_HYPERCALL];
	assert_int_equal(call_budget(0, 1, 65000000), 0);
	assert_int_equal(fake_cpu_area(0)->stats[CPU_STAT_HYPERCALL],
			 hypercalls + 1);
	assert_int_equal(call_budget(0, 77, 65000000), -ENOENT);
	assert_int_equal(fake_cpu_area(0)->stats[CPU_STAT_HYPERCALL],
			 hypercalls + 2);
	assert_non_null(strstr(cells_last_reason(), "no cell 77"));
	assert_int_equal(cell->reg.effective.settings.budget_bytes_per_s,
			 65000000);
	assert_int_equal(fake_cpu_area(1)->reg.active.revision,
			 cell->reg.effective.revision);
	assert_int_equal(call_budget(0, BIT(32) + 1, 66000000), -ENOENT);
	assert_int_equal(call_budget(0, 6, 66000000), -ENOENT);
	assert_int_equal(call_budget(1, 0, 66000000), -EPERM);
	assert_int_equal(call_budget(1, 1, 66000000), -EPERM);
	assert_int_equal(call_budget(0, 1, 63), -ERANGE);
	assert_int_equal(call_budget(0, 0, 0), -EINVAL);
	assert_int_equal(cell->reg.effective.settings.budget_bytes_per_s,
			 65000000);
	assert_int_equal(root->reg.effective.revision, revision);
	assert_int_equal(call_budget(0, 0, 66000000), 0);
	assert_int_equal(root->reg.effective.revision, revision + 1);
	/* One that is being made, or unmade, has its setting already, or still. */
	cell->used = false;
	assert_int_equal(call_budget(0, 1, 66000000), -ENOENT);
	cell->used = true;
	assert_int_equal(cell->reg.effective.settings.budget_bytes_per_s,
			 65000000);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	assert_int_equal(call_budget(0, 1, 65000000), -ENOENT);
	assert_int_equal(cell->reg.effective.revision, 0);
}

/* A pool for each CPU. */
static struct reg_settings own_pools(uint16_t regulator, uint64_t lines_per_s,
				     uint64_t depth_lines)
{
	return (struct reg_settings){
		.valid = REG_SET_BUDGET | REG_SET_MODE | REG_SET_REGULATOR |
			 REG_SET_DEPTH,
		.budget_bytes_per_s = 64 * lines_per_s,
		.mode = REG_MODE_PER_CPU,
		.regulator = regulator,
		.depth_bytes = 64 * depth_lines,
	};
}

/* Debt goes along, and nothing of the old setting counts any more. */
static void test_debt_is_carried(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(0);
	struct reason reason = { "" };

	(void)unused;
	for (uint16_t id = REGULATOR_MEMGUARD; id <= REGULATOR_BUCKET; id++) {
		lines_set(cell_root(), own_pools(id, 40000, 40));
		lines_happen(cpu, 1000, 0);
		fake_on_cpu(0);
		regulation_overflow(cpu);
		assert_true(cpu->stall_requested);
		assert_int_equal(budget_set(64 * 80000, &reason), 0);
		fake_settle();
		/* 990 lines more than there were, at twenty a millisecond. */
		assert_true(cpu->stall_requested);
		assert_in_range(cpu->reg.own.total.lines + 1100, 60, 120);
		lines_set(cell_root(), (struct reg_settings){
			.valid = REG_SET_BUDGET,
			.budget_bytes_per_s = REG_BUDGET_UNLIMITED,
		});
		assert_false(cpu->stall_requested);
	}
}

/* A CPU that comes later begins where it would after a whole request. */
static void test_who_joins_later(void **unused)
{
	struct per_cpu *cpu = fake_cpu_area(2);
	struct reason reason = { "" };
	uint64_t since_ns[2];

	(void)unused;
	for (unsigned int whole_way = 0; whole_way < 2; whole_way++) {
		struct reg_settings s = own_pools(REGULATOR_BUCKET, 4000000,
						  100);

		lines_set(cell_root(), s);
		s.budget_bytes_per_s = 64 * 8000000;
		if (whole_way)
			lines_set(cell_root(), s);
		else
			assert_int_equal(budget_set(s.budget_bytes_per_s,
						    &reason), 0);
		fake_settle();
		fake_on_cpu(2);
		regulation_cpu_stop(cpu);
		memset(&cpu->reg.own, 0, sizeof(cpu->reg.own));
		regulation_cpu_reset(cpu);
		since_ns[whole_way] = cpu->reg.own.since_ns - fake.now_ns;
	}
	assert_int_equal(since_ns[0], since_ns[1]);
	assert_in_range(since_ns[0], 1, 100000);
}

/* All that is in force on a CPU, and in what it draws from. */
struct moment {
	struct reg_pool pool, own;
	struct reg_alarm alarm;
	struct reg_bucket_cpu bucket;
	uint64_t grant_lines, settled_lines, boundary_ns, next_ns, short_late_ns;
	uint64_t budget, used, overshoot, alarm_at;
	reg_renew_fn *renew;
	bool stalled;
};

/* Credit that grows with time has no refills. */
static void pool_see(struct reg_pool *seen, const struct reg_pool *pool,
		     bool refilled)
{
	memcpy(seen, pool, sizeof(*seen));
	seen->revision = 0;
	/* Of a refill that has come it says nothing. */
	if (seen->advance.ns == 0 || seen->advance.next_ns != pool->next_ns)
		memset(&seen->advance, 0, sizeof(seen->advance));
	if (refilled)
		return;
	seen->next_ns = 0;
	seen->part = 0;
}

static struct moment moment_of(struct per_cpu *cpu)
{
	const struct reg_cpu *reg = &cpu->reg;
	bool refilled = reg->active.regulator->id == REGULATOR_MEMGUARD;
	struct moment m;

	memset(&m, 0, sizeof(m));
	pool_see(&m.pool, &reg->cell->pool, refilled);
	pool_see(&m.own, &reg->own, refilled);
	m.alarm = reg->alarm;
	memcpy(&m.bucket, &reg->bucket, sizeof(m.bucket));
	m.grant_lines = reg->grant_lines;
	m.settled_lines = reg->settled_lines;
	m.boundary_ns = reg->boundary_ns;
	m.next_ns = reg->next_ns;
	m.short_late_ns = reg->short_late_ns;
	m.budget = reg->active.settings.budget_bytes_per_s;
	m.used = reg->counter.read_lines;
	m.overshoot = reg->stats.overshoot_lines;
	m.alarm_at = lines_to_alarm(cpu);
	m.renew = reg->renew;
	m.stalled = cpu->stall_requested;
	return m;
}

/* What a CPU does in a step: uses some, is late, or is looked at. */
static void step_random(struct per_cpu *cpu)
{
	fake_on_cpu(cpu->id);
	if (!cpu->stall_requested)
		lines_happen(cpu, lines_random(40), 0);
	if (!cpu->stall_requested && lines_to_alarm(cpu) == 0)
		regulation_overflow(cpu);
	fake.now_ns += lines_random(30000);
	tick_run(cpu);
}

static void budget_change(uint64_t budget, bool whole)
{
	struct reason reason = { "" };

	if (whole)
		lines_set(cell_root(), (struct reg_settings){
			.valid = REG_SET_BUDGET, .budget_bytes_per_s = budget });
	else
		assert_int_equal(budget_set(budget, &reason), 0);
	fake_settle();
}

/* The same load from the same seed, with changes by themselves or by requests. */
static void story(struct reg_settings settings, bool whole,
		  struct moment moments[STEPS][4])
{
	void *state = NULL;

	lines_setup(&state);
	lines_set(cell_root(), settings);
	for (unsigned int n = 0; n < STEPS; n++) {
		step_random(fake_cpu_area((unsigned int)lines_random(4)));
		if (lines_random(4) == 0)
			budget_change(64 * (1000 + lines_random(4000000)),
				      whole);
		for (unsigned int cpu = 0; cpu < 4; cpu++)
			moments[n][cpu] = moment_of(fake_cpu_area(cpu));
	}
}

static void same_moment(const struct moment *a, const struct moment *b,
			unsigned int round, unsigned int step)
{
	const uint8_t *x = (const void *)a, *y = (const void *)b;

	for (size_t n = 0; n < sizeof(*a); n++)
		if (x[n] != y[n])
			fail_msg("round %u, step %u: byte %zu", round, step, n);
}

static void test_line_for_line(void **unused)
{
	static struct moment briefly[STEPS][4], at_length[STEPS][4];

	(void)unused;
	for (unsigned int round = 0; round < 60; round++) {
		struct reg_settings s;

		lines_seed = 100 + round;
		s = random_settings(64 * 500000);
		s.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED;
		s.depth_bytes = round % 3 ? 0 : s.depth_bytes;
		lines_seed = 1000 + round;
		story(s, false, briefly);
		lines_seed = 1000 + round;
		story(s, true, at_length);
		for (unsigned int n = 0; n < STEPS; n++)
			for (unsigned int cpu = 0; cpu < 4; cpu++)
				same_moment(&briefly[n][cpu], &at_length[n][cpu],
					    round, n);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lines_setup)
	const struct CMUnitTest tests[] = {
		TEST(test_same_as_a_whole_request),
		TEST(test_all_else_goes_the_whole_way),
		TEST(test_the_call),
		TEST(test_debt_is_carried),
		TEST(test_who_joins_later),
		TEST(test_line_for_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
