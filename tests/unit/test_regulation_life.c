/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's regulation through random lives of its cells: they are made,
 * set, reset, parked and destroyed while their CPUs use lines, and interrupts
 * come late, twice or for nothing. After every operation every CPU is looked at.
 *
 * WEIR_SEED=N runs only that seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/clock.h"
#include "hv/regulation.h"
#include "hv/tick.h"
#include "tests/sim/lines.h"

#define SEEDS		40u
#define OPERATIONS	5000u
#define CPUS		4u
#define MB		1000000ull

/* What the test knows of a CPU, beside what the hypervisor says of it. */
struct watch {
	uint64_t serial;		/* of the cell it was counted for */
	uint64_t reads, writes;		/* its guest used there */
	struct reg_cpu_stats stats;
};

static struct {
	uint64_t seed, random;
	unsigned int operation;
	struct watch cpu[CPUS];
	bool cell;			/* cell 1 is there, on CPUs 2 and 3 */
	uint64_t stalls, refusals, settings, lives;
} life;

static uint64_t below(uint64_t limit)
{
	life.random ^= life.random >> 12;
	life.random ^= life.random << 25;
	life.random ^= life.random >> 27;
	return (life.random * 0x2545f4914f6cdd1dull >> 8) % limit;
}

#define EXPECT(condition, ...)						      \
	do {								      \
		if (!(condition)) {					      \
			print_error(__VA_ARGS__);			      \
			fail_msg(" WEIR_SEED=%llu, operation %u",	      \
				 (unsigned long long)life.seed,		      \
				 life.operation);			      \
		}							      \
	} while (0)

/* ------------------------------------------------------------------ checks */

static bool grew(const struct reg_cpu_stats *before,
		 const struct reg_cpu_stats *now)
{
	for (unsigned int n = 0; n < REG_STALL_BUCKETS; n++)
		if (now->stall_histogram[n] < before->stall_histogram[n])
			return false;
	for (unsigned int n = 0; n < REG_HOLDERS; n++)
		if (now->held_ns[n] < before->held_ns[n] ||
		    now->held_stalls[n] < before->held_stalls[n])
			return false;
	return now->read_lines >= before->read_lines &&
	       now->written_lines >= before->written_lines &&
	       now->stalls >= before->stalls &&
	       now->stall_ns >= before->stall_ns &&
	       now->periods >= before->periods &&
	       now->overflows >= before->overflows &&
	       now->overshoot_lines >= before->overshoot_lines &&
	       now->generation >= before->generation;
}

/* Every line once, every value only growing; stalls add up. */
static void stats_check(struct watch *watch, const struct reg_cpu_stats *now)
{
	uint64_t stalls = 0;

	EXPECT(now->read_lines == watch->reads &&
	       now->written_lines == watch->writes,
	       "CPU %u: %llu + %llu lines counted, %llu + %llu used", now->cpu,
	       (unsigned long long)now->read_lines,
	       (unsigned long long)now->written_lines,
	       (unsigned long long)watch->reads,
	       (unsigned long long)watch->writes);
	EXPECT(grew(&watch->stats, now), "CPU %u: statistics fell", now->cpu);
	for (unsigned int n = 0; n < REG_STALL_BUCKETS; n++)
		stalls += now->stall_histogram[n];
	EXPECT(stalls + now->stalled == now->stalls,
	       "CPU %u: %llu stalls ended, %llu began", now->cpu,
	       (unsigned long long)stalls, (unsigned long long)now->stalls);
	EXPECT(!now->stalled == !now->holders && !now->holders == !now->held_by,
	       "CPU %u: held by nobody, or not held by somebody", now->cpu);
	watch->stats = *now;
}

static void cell_check(struct cell *cell)
{
	static struct reg_status status;

	status = (struct reg_status){ .size = sizeof(status),
				      .cell_id = cell->id };
	EXPECT(!regulation_get(cell, &status), "no status");
	for (unsigned int n = 0; n < status.num_cpus; n++) {
		unsigned int id = status.cpu[n].cpu;
		struct watch *watch = &life.cpu[id];

		if (fake_cpu_area(id)->cell != cell ||
		    !lines_counting(fake_cpu_area(id)))
			continue;
		if (watch->serial == cell->reg.serial)
			stats_check(watch, &status.cpu[n]);
	}
}

/* A CPU that is held will be looked at again: nothing is for ever. */
static void cpu_check(unsigned int id)
{
	struct per_cpu *cpu = fake_cpu_area(id);
	bool stopped = cpu->reg.active.settings.budget_bytes_per_s == 0 ||
		       cpu->reg.active.settings.write_budget_bytes_per_s == 0;

	EXPECT(cpu->stall_requested == (cpu->reg.stats.stalled != 0),
	       "CPU %u: is held and says it is not, or the reverse", id);
	life.stalls += cpu->stall_requested;
	if (!cpu->stall_requested)
		return;
	EXPECT(cpu->tick.armed_ns != TICK_NEVER, "CPU %u: held for ever", id);
	EXPECT(stopped || cpu->tick.armed_ns <= fake.now_ns +
						2 * REG_PERIOD_MAX_NS,
	       "CPU %u: held until %llu", id,
	       (unsigned long long)cpu->tick.armed_ns);
}

static void check(void)
{
	for (unsigned int id = 0; id < CPUS; id++)
		cpu_check(id);
	cell_check(cell_root());
	if (life.cell)
		cell_check(cell_by_id(1));
}

/* -------------------------------------------------------------- operations */

/* A CPU that has come to another cell is counted anew. */
static void watch_follow(void)
{
	for (unsigned int id = 0; id < CPUS; id++) {
		const struct reg_cpu *reg = &fake_cpu_area(id)->reg;

		if (life.cpu[id].serial == reg->serial)
			continue;
		life.cpu[id] = (struct watch){ .serial = reg->serial };
	}
}

static void use(void)
{
	unsigned int id = (unsigned int)below(CPUS);
	struct per_cpu *cpu = fake_cpu_area(id);
	uint64_t reads = below(200) >> below(8), writes = below(100) >> below(8);

	if (cpu->stall_requested || cpu->parked || !lines_counting(cpu))
		return;
	lines_happen(cpu, reads, writes);
	life.cpu[id].reads += reads;
	life.cpu[id].writes += writes;
}

/* Whether there is a reason for it or not. */
static void interrupt(void)
{
	struct per_cpu *cpu = fake_cpu_area((unsigned int)below(CPUS));
	bool held = cpu->stall_requested;

	if (cpu->parked || !cpu->reg.cell)
		return;
	fake_on_cpu(cpu->id);
	regulation_overflow(cpu);
	EXPECT(!held || cpu->stall_requested || cpu->reg.grant_lines,
	       "CPU %u: an interrupt let it go", cpu->id);
	fake_on_cpu(0);
}

static void timers(void)
{
	for (unsigned int id = 0; id < CPUS; id++) {
		struct per_cpu *cpu = fake_cpu_area(id);

		if (cpu->tick.armed_ns > fake.now_ns)
			continue;
		fake_on_cpu(id);
		if (cpu->stall_requested)
			tick_run(cpu);
		else
			clock_timer_fired(cpu);
	}
	fake_on_cpu(0);
}

static void time_pass(void)
{
	fake.now_ns += 1 + (below(3000000) >> below(20));
	if (below(4))
		timers();
}

static uint64_t random_rate(void)
{
	switch (below(8)) {
	case 0:
		return 0;
	case 1:
		return REG_BUDGET_UNLIMITED;
	case 2:
		return below(64);		/* too little, or none */
	default:
		return 64 + (below(2000 * MB) >> below(20));
	}
}

static void set(void)
{
	struct cell *cell = life.cell && below(2) ? cell_by_id(1) : cell_root();
	struct reg_request request = {
		.size = sizeof(request), .operation = REG_OP_SET,
		.cell_id = cell->id,
	};
	uint64_t generation = cell->reg.effective.generation;

	request.settings.valid = (uint32_t)below(REG_SET_KNOWN + 1) &
		(REG_SET_BUDGET | REG_SET_WRITE_BUDGET | REG_SET_PERIOD |
		 REG_SET_MODE | REG_SET_DUTY);
	request.settings.budget_bytes_per_s = random_rate();
	request.settings.write_budget_bytes_per_s = random_rate();
	request.settings.period_ns = 10000 + (below(1ull << 31) >> below(16));
	request.settings.mode = (uint32_t)below(8);
	request.settings.duty_permille = (uint16_t)below(1100);
	if (below(10) == 0)
		request.operation = REG_OP_CLEAR;
	if (regulation_set(cell, &request)) {
		EXPECT(*request.reason, "refused without a reason");
		EXPECT(generation == cell->reg.effective.generation,
		       "refused, and changed");
		life.refusals++;
		return;
	}
	life.settings++;
	fake_settle();
	for (unsigned int id = 0; id < CPUS; id++) {
		const struct per_cpu *cpu = fake_cpu_area(id);

		EXPECT(cpu->reg.cell != &cell->reg ||
		       cpu->reg.active.revision == cell->reg.effective.revision,
		       "CPU %u: an old setting is in force", id);
	}
}

static void event(uint32_t event)
{
	cpu_post_event(fake_cpu_area((unsigned int)(1 + below(CPUS - 1))), event);
	fake_settle();
}

/* Cell 1 comes and goes. */
static void be_born_or_die(void)
{
	struct blob_cell blob;

	if (life.cell) {
		EXPECT(!fake_hypercall(0, HC_CELL_DESTROY, 1, 0), "destroy");
		life.cell = false;
	} else {
		blob_cell_init(&blob, 1);
		blob.cpus = 0xc;
		EXPECT(!cells_create(&blob, sizeof(blob)), "create: %s",
		       cells_last_reason());
		EXPECT(!fake_hypercall(0, HC_CELL_START, 1, 0), "start");
		life.cell = true;
	}
	life.lives++;
	fake_settle();
}

static void operate(void)
{
	uint64_t dice = below(200);

	if (dice < 120)
		use();
	else if (dice < 150)
		interrupt();
	else if (dice < 180)
		time_pass();
	else if (dice < 190)
		set();
	else if (dice < 196)
		event(EVENT_RESET);
	else if (dice < 199)
		event(EVENT_REGULATION);
	else
		be_born_or_die();
	watch_follow();
	check();
}

static void live(uint64_t seed)
{
	memset(&life, 0, sizeof(life));
	life.seed = seed;
	life.random = seed * 0x9e3779b97f4a7c15ull + 1;
	lines_interrupt(below(4) != 0);
	lines_poll_every(below(2) ? 1000 + below(100000) : 0);
	assert_int_equal(lines_setup(NULL), 0);
	watch_follow();
	while (life.operation < OPERATIONS) {
		life.operation++;
		operate();
	}
	/* It was a life: something happened. */
	assert_true(life.settings > 20 && life.refusals > 20);
	assert_true(life.lives > 5 && life.stalls > 20);
}

static void test_random_lives(void **unused)
{
	const char *only = getenv("WEIR_SEED");

	(void)unused;
	if (only)
		live(strtoull(only, NULL, 0));
	for (uint64_t seed = 1; seed <= SEEDS && !only; seed++)
		live(seed);
	lines_interrupt(true);
	lines_poll_every(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
