/* SPDX-License-Identifier: GPL-2.0-only */
/* Deadlines of a CPU, and the clock on the architected timer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/arch/timer.h"
#include "hv/clock.h"
#include "hv/percpu.h"
#include "hv/regulation.h"
#include "hv/tick.h"
#include "hv/wide.h"

static struct {
	uint64_t hz;
	uint64_t ticks;
	uint64_t armed_ticks;		/* UINT64_MAX: disarmed */
	unsigned int arms;
	unsigned int periods, polls, throttles, bursts, watches;
	/* 0: the user cancels itself */
	uint64_t period_ns, poll_ns, throttle_ns;
	uint64_t seen_ns;
} world;

uint64_t __wrap_arch_timer_hz(void);
uint64_t __wrap_arch_timer_now(void);
void __wrap_arch_timer_arm(uint64_t ticks);
void __wrap_arch_timer_disarm(void);
void __wrap_arch_timer_rearm(uint64_t ticks);
void __wrap_regulation_period(struct per_cpu *cpu, uint64_t now_ns);
void __wrap_regulation_poll(struct per_cpu *cpu, uint64_t now_ns);
void __wrap_regulation_throttle(struct per_cpu *cpu, uint64_t now_ns);
void __wrap_regulation_burst(struct per_cpu *cpu, uint64_t now_ns);
void __wrap_regulation_watch(struct per_cpu *cpu, uint64_t now_ns);
void __wrap_arch_cpu_wait(void);

uint64_t __wrap_arch_timer_hz(void)
{
	return world.hz;
}

uint64_t __wrap_arch_timer_now(void)
{
	return world.ticks;
}

void __wrap_arch_timer_arm(uint64_t ticks)
{
	world.armed_ticks = ticks;
	world.arms++;
}

void __wrap_arch_timer_disarm(void)
{
	world.armed_ticks = UINT64_MAX;
	world.arms++;
}

void __wrap_arch_timer_rearm(uint64_t ticks)
{
	assert_true(world.armed_ticks != UINT64_MAX);
	world.armed_ticks = ticks;
	world.arms++;
}

static void again(struct per_cpu *cpu, enum tick_user user, uint64_t step_ns)
{
	if (step_ns)
		cpu->tick.deadline_ns[user] += step_ns;
	else
		cpu->tick.deadline_ns[user] = TICK_NEVER;
}

void __wrap_regulation_period(struct per_cpu *cpu, uint64_t now_ns)
{
	assert_true(now_ns >= cpu->tick.deadline_ns[TICK_PERIOD]);
	world.periods++;
	world.seen_ns = now_ns;
	again(cpu, TICK_PERIOD, world.period_ns);
}

void __wrap_regulation_poll(struct per_cpu *cpu, uint64_t now_ns)
{
	assert_true(now_ns >= cpu->tick.deadline_ns[TICK_POLL]);
	world.polls++;
	again(cpu, TICK_POLL, world.poll_ns);
}

void __wrap_regulation_throttle(struct per_cpu *cpu, uint64_t now_ns)
{
	assert_true(now_ns >= cpu->tick.deadline_ns[TICK_THROTTLE]);
	world.throttles++;
	again(cpu, TICK_THROTTLE, world.throttle_ns);
}

void __wrap_regulation_burst(struct per_cpu *cpu, uint64_t now_ns)
{
	assert_true(now_ns >= cpu->tick.deadline_ns[TICK_BURST]);
	world.bursts++;
	again(cpu, TICK_BURST, 0);
}

void __wrap_regulation_watch(struct per_cpu *cpu, uint64_t now_ns)
{
	assert_true(now_ns >= cpu->tick.deadline_ns[TICK_WATCH]);
	world.watches++;
	again(cpu, TICK_WATCH, 0);
}

static unsigned int waits;

void __wrap_arch_cpu_wait(void)
{
	waits++;
}

static struct per_cpu *cpu_fresh(void)
{
	static struct per_cpu cpu;

	memset(&cpu, 0, sizeof(cpu));
	memset(&world, 0, sizeof(world));
	world.hz = 62500000;
	world.armed_ticks = UINT64_MAX;
	clock_init();
	tick_cpu_init(&cpu.tick);
	return &cpu;
}

/* The timer fires when it is due, and once more if it is left alone. */
static void pass(struct per_cpu *cpu, uint64_t ticks)
{
	uint64_t end = world.ticks + ticks;

	while (world.armed_ticks <= end) {
		if (world.ticks < world.armed_ticks)
			world.ticks = world.armed_ticks;
		clock_timer_fired(cpu);
	}
	world.ticks = end;
}

static void test_no_user_no_tick(void **unused)
{
	struct per_cpu *cpu = cpu_fresh();

	(void)unused;
	pass(cpu, 1ull << 40);
	assert_int_equal(world.periods + world.polls + world.arms, 0);
	tick_set(cpu, TICK_PERIOD, 1ull << 60);
	tick_set(cpu, TICK_PERIOD, TICK_NEVER);
	assert_int_equal(world.armed_ticks, UINT64_MAX);
}

static void test_deadlines_are_absolute(void **unused)
{
	struct per_cpu *cpu = cpu_fresh();

	(void)unused;
	world.period_ns = 20000;
	tick_set(cpu, TICK_PERIOD, 20000);
	for (unsigned int n = 1; n <= 1000000; n++) {
		/* Handled late by a little, each time. */
		world.ticks = world.armed_ticks + (n * 7919) % 100;
		clock_timer_fired(cpu);
		assert_int_equal(world.periods, n);
	}
	assert_int_equal(cpu->tick.deadline_ns[TICK_PERIOD],
			 20000ull * 1000001);
	/* 20 us are 1250 ticks. */
	assert_int_equal(world.armed_ticks, 1250ull * 1000001);
}

static void test_earliest_user_is_armed(void **unused)
{
	struct per_cpu *cpu = cpu_fresh();
	unsigned int arms;

	(void)unused;
	tick_set(cpu, TICK_PERIOD, 1600000);
	assert_int_equal(world.armed_ticks, 100000);
	tick_set(cpu, TICK_POLL, 800000);
	assert_int_equal(world.armed_ticks, 50000);
	/* What does not change the earliest arms nothing. */
	arms = world.arms;
	tick_set(cpu, TICK_PERIOD, 1500000);
	assert_int_equal(world.arms, arms);
	world.poll_ns = 160000;
	world.period_ns = 1500000;
	pass(cpu, 3000000 / 16);
	assert_int_equal(world.periods, 2);
	assert_int_equal(world.polls, (3000000 - 800000) / 160000 + 1);
	tick_set(cpu, TICK_POLL, TICK_NEVER);
	assert_int_equal(world.armed_ticks, 4500000 / 16);
}

/* A throttle and a burst cap share the timer with a budget. */
static void test_all_users_share_the_timer(void **unused)
{
	struct per_cpu *cpu = cpu_fresh();

	(void)unused;
	world.period_ns = 1600000;
	world.throttle_ns = 160000;
	tick_set(cpu, TICK_PERIOD, 1600000);
	tick_set(cpu, TICK_THROTTLE, 160000);
	assert_int_equal(world.armed_ticks, 10000);
	tick_set(cpu, TICK_BURST, 16000);
	assert_int_equal(world.armed_ticks, 1000);
	pass(cpu, 1000);
	assert_int_equal(world.bursts, 1);
	assert_int_equal(world.throttles + world.periods, 0);
	assert_int_equal(world.armed_ticks, 10000);
	pass(cpu, 16000000 / 16 - 1000);
	assert_int_equal(world.throttles, 100);
	assert_int_equal(world.periods, 10);
	assert_int_equal(world.bursts, 1);
	tick_set(cpu, TICK_THROTTLE, TICK_NEVER);
	assert_int_equal(world.armed_ticks, 17600000 / 16);
	tick_set(cpu, TICK_WATCH, 16016000);
	pass(cpu, 1000);
	assert_int_equal(world.watches, 1);
	assert_int_equal(world.armed_ticks, 17600000 / 16);
}

static void test_user_that_cancels_itself(void **unused)
{
	struct per_cpu *cpu = cpu_fresh();

	(void)unused;
	tick_set(cpu, TICK_PERIOD, 16000);
	pass(cpu, 100000);
	assert_int_equal(world.periods, 1);
	assert_int_equal(world.armed_ticks, UINT64_MAX);
}

/* A deadline that has passed already, and a timer that fires for nothing. */
static void test_past_and_spurious(void **unused)
{
	struct per_cpu *cpu = cpu_fresh();

	(void)unused;
	world.ticks = 1000000;
	world.period_ns = 1600000;
	tick_set(cpu, TICK_PERIOD, 16000);
	assert_int_equal(world.armed_ticks, 1000);
	clock_timer_fired(cpu);
	assert_int_equal(world.periods, 1);
	assert_int_equal(world.seen_ns, 16000000);
	/* 1616000 and its followers are due too, and fire one by one. */
	for (unsigned int n = 2; n <= 10; n++) {
		assert_true(world.armed_ticks <= world.ticks);
		clock_timer_fired(cpu);
		assert_int_equal(world.periods, n);
	}
	assert_true(world.armed_ticks > world.ticks);
	clock_timer_fired(cpu);
	assert_int_equal(world.periods, 10);
}

/* Time is computed from zero: monotonic and exact whatever the rate. */
static void test_clock_is_exact(void **unused)
{
	static const uint64_t rates[] = { 62500000, 24000000, 1000000000,
					  31250000, 19200000 };

	(void)unused;
	for (size_t r = 0; r < ARRAY_COUNT(rates); r++) {
		uint64_t before = 0;

		cpu_fresh();
		world.hz = rates[r];
		clock_init();
		for (uint64_t t = 1; t < 1ull << 52; t += t / 3 + 1) {
			uint64_t exact = (uint64_t)((uint128_t)t * 1000000000 /
						    rates[r]);

			world.ticks = t;
			assert_int_equal(clock_now_ns(), exact);
			assert_true(clock_now_ns() >= before);
			before = clock_now_ns();
			/* Armed for that time, the timer is not early. */
			clock_arm(exact);
			assert_true(world.armed_ticks <= t);
			world.ticks = world.armed_ticks;
			assert_true(clock_now_ns() >= exact);
		}
	}
}

static void test_wait_is_the_architectures(void **unused)
{
	struct per_cpu *cpu = cpu_fresh();

	(void)unused;
	waits = 0;
	clock_wait(cpu);
	assert_int_equal(waits, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_user_no_tick),
		cmocka_unit_test(test_deadlines_are_absolute),
		cmocka_unit_test(test_earliest_user_is_armed),
		cmocka_unit_test(test_all_users_share_the_timer),
		cmocka_unit_test(test_user_that_cancels_itself),
		cmocka_unit_test(test_past_and_spurious),
		cmocka_unit_test(test_clock_is_exact),
		cmocka_unit_test(test_wait_is_the_architectures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
