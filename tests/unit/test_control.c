/* SPDX-License-Identifier: GPL-2.0-only */
/* What cells ask of others: permissions, and the tighter of all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "controllers.h"
#include "hv/errno.h"
#include "hv/regulation.h"
#include "tests/sim/lines.h"

static void test_ask_and_release(void **unused)
{
	struct cell *root = cell_root();
	struct control_request *answer;

	(void)unused;
	controller_make(1);
	control_asks(1, 0, 200, 0);
	answer = control_buffer(1);
	assert_int_equal(answer->held, CONTROL_DUTY);
	assert_int_equal(answer->duty_in_force_permille, 200);
	assert_int_equal(answer->budget_in_force_bytes_per_s,
			 REG_BUDGET_UNLIMITED);
	assert_int_equal(answer->now_ns, fake.now_ns);
	control_expect(root, 0, 200, REG_BUDGET_UNLIMITED);
	/* The rest stays as it is. */
	control_asks(1, 0, 0, 80 * MB);
	assert_int_equal(answer->held, CONTROL_KNOWN);
	control_expect(root, 2, 200, 80 * MB);
	control_releases(1, 0, CONTROL_DUTY);
	assert_int_equal(answer->held, CONTROL_BUDGET);
	control_expect(root, 3, REG_DUTY_FULL, 80 * MB);
	control_releases(1, 0, CONTROL_KNOWN);
	assert_int_equal(answer->held, 0);
	control_expect(root, 0, FREE);
	control_releases(1, 0, CONTROL_KNOWN);
	/* None of it was the root's doing. */
	assert_int_equal(root->reg.effective.generation, 0);
	assert_int_equal(root->reg.effective.generation, 0);
	assert_int_equal(root->reg.requested.budget_bytes_per_s,
			 REG_BUDGET_UNLIMITED);
}

/* The tighter of all, one by one; nobody loosens anything. */
static void test_the_tighter_counts(void **unused)
{
	struct cell *root = cell_root();

	(void)unused;
	controller_make(1);
	controller_make(2);
	control_root_sets(root, 500, 100 * MB);
	control_asks(1, 0, 800, 300 * MB);
	control_expect(root, 0, 500, 100 * MB);
	control_asks(2, 0, 300, 90 * MB);
	control_expect(root, 0, 300, 90 * MB);
	control_asks(1, 0, 200, 95 * MB);
	control_expect(root, 0, 200, 90 * MB);
	control_releases(2, 0, CONTROL_BUDGET);
	control_expect(root, 0, 200, 95 * MB);
	/* The root's word is in force at once, in both directions. */
	control_root_sets(root, 100, 60 * MB);
	control_expect(root, 0, 100, 60 * MB);
	control_root_sets(root, 900, 900 * MB);
	control_expect(root, 0, 200, 95 * MB);
	control_releases(1, 0, CONTROL_KNOWN);
	control_expect(root, 0, 300, 900 * MB);
	control_releases(2, 0, CONTROL_KNOWN);
	control_expect(root, 0, 900, 900 * MB);
	/* 0 stops a cell: that is the root's to say, and tighter than all. */
	cells_make_running(3);
	control_asks(1, 3, 0, 5 * MB);
	control_root_sets(cell_by_id(3), REG_DUTY_FULL, 0);
	control_expect(cell_by_id(3), 3, REG_DUTY_FULL, 0);
}

/* The root throttles some CPUs: each has the tighter of what concerns it. */
static void test_duty_for_each_cpu(void **unused)
{
	struct reg_request request = {
		.size = sizeof(request), .operation = REG_OP_SET,
		.settings = {
			.valid = REG_SET_DUTY | REG_SET_THROTTLE_CPUS,
			.duty_permille = 300, .throttle_cpus = BIT(2),
		},
	};

	(void)unused;
	controller_make(1);
	assert_int_equal(regulation_set(cell_root(), &request), 0);
	fake_settle();
	control_asks(1, 0, 600, 0);
	assert_int_equal(fake_cpu_area(2)->reg.throttle.run_ns, 300000);
	assert_int_equal(fake_cpu_area(0)->reg.throttle.run_ns, 600000);
	assert_int_equal(fake_cpu_area(3)->reg.throttle.run_ns, 600000);
	control_asks(1, 0, 200, 0);
	assert_int_equal(fake_cpu_area(2)->reg.throttle.run_ns, 200000);
	assert_int_equal(fake_cpu_area(3)->reg.throttle.run_ns, 200000);
	control_releases(1, 0, CONTROL_DUTY);
	assert_int_equal(fake_cpu_area(2)->reg.throttle.run_ns, 300000);
	assert_false(fake_cpu_area(0)->reg.throttle.on);
	assert_int_equal(fake_cpu_area(0)->tick.armed_ns, TICK_NEVER);
}

static void test_refusals(void **unused)
{
	struct control_request request = control_ask(0, 500, 0);
	struct reg_status status;

	(void)unused;
	controller_make(1);
	cells_make_running(3);
	control_refused(3, request, -EPERM, "may not control cell 0");
	control_refused(1, control_ask(2, 500, 0), -EPERM, "may not control cell 2");
	control_refused(1, control_ask(1, 500, 0), -EPERM, "may not control cell 1");
	control_refused(1, control_ask(UINT32_MAX, 500, 0), -EPERM, "4294967295");
	control_refused(1, control_ask(0, 99, 0), -ERANGE,
		"duty of 99 permille asked of cell 0, allowed are 100 to 1000");
	control_refused(1, control_ask(0, 1001, 0), -ERANGE, "1001 permille");
	control_refused(1, control_ask(0, 0, 50 * MB - 1), -ERANGE,
		"allowed are 50000000 and more");
	/* Whole or not at all. */
	control_refused(1, control_ask(0, 500, 1), -ERANGE, "budget of 1 B/s");
	request.what = 0;
	control_refused(1, request, -EINVAL, "0x0, allowed are 1 to 3");
	request.what = CONTROL_KNOWN + 1;
	control_refused(1, request, -EINVAL, "0x4");
	request = control_ask(0, 500, 0);
	request.operation = 0;
	control_refused(1, request, -EINVAL, "unknown operation 0");
	request.operation = CONTROL_RELEASE + 1;
	control_refused(1, request, -EINVAL, "unknown operation 3");
	request = control_ask(0, 500, 0);
	request.reserved = 1;
	control_refused(1, request, -EINVAL, "reserved");
	request = control_ask(0, 500, 0);
	request.size--;
	*control_buffer(1) = request;
	assert_int_equal(fake_hypercall(1, WEIR_HC_CONTROL, CELL_BUFFER, 0),
			 -EINVAL);
	assert_int_equal(fake_hypercall(1, WEIR_HC_CONTROL, CELL_BUFFER + 1, 0),
			 -EINVAL);
	assert_int_equal(fake_hypercall(1, WEIR_HC_CONTROL, UINT64_MAX - 7, 0),
			 -EINVAL);
	/* The root says what holds; it has nothing to ask for. */
	*(struct control_request *)fake_ram(BUFFER_GPA) = control_ask(3, 500, 0);
	assert_int_equal(fake_hypercall(0, WEIR_HC_CONTROL, BUFFER_GPA, 0),
			 -EPERM);
	control_expect(cell_root(), 0, FREE);
	assert_false(cell_root()->reg.effective.controlled);
	status = control_status(cell_by_id(1));
	assert_int_equal(status.control_requests, 0);
	assert_int_equal(status.control_refusals, 15);
	assert_int_equal(status.control_limited, 0);
	assert_int_equal(control_status(cell_root()).num_holds, 0);
}

static void test_nobody_there(void **unused)
{
	(void)unused;
	controller_make(1);
	control_refused(1, control_ask(3, 500, 0), -ENOENT, "there is no cell 3");
}

/* What a setting does not allow is refused with its reason. */
static void test_what_does_not_fit(void **unused)
{
	struct reg_request request = {
		.size = sizeof(request), .operation = REG_OP_SET,
		.settings = { .valid = REG_SET_THROTTLE_PERIOD,
			      .throttle_period_ns = 100000 },
	};
	struct reg_status status;

	(void)unused;
	controller_make(1);
	cells_make_running(3);
	control_asks(1, 3, 10, 2 * MB);
	/* The root's word goes: 1 us is the least, and what is held lapses. */
	control_permit(&((struct controller *)cell_by_id(1)->config_pages)->control[1],
	       3, 1, MB);
	control_asks(1, 3, 2, 0);
	control_expect(cell_by_id(3), 3, 2, 2 * MB);
	request.operation = REG_OP_CHECK;
	assert_int_equal(regulation_set(cell_by_id(3), &request), 0);
	assert_int_equal(request.effective.duty_permille, REG_DUTY_FULL);
	control_expect(cell_by_id(3), 3, 2, 2 * MB);
	request.operation = REG_OP_SET;
	assert_int_equal(regulation_set(cell_by_id(3), &request), 0);
	fake_settle();
	control_expect(cell_by_id(3), 3, FREE);
	control_refused(1, control_ask(3, 9, 0), -ERANGE, "duty of 9 permille of 100000 ns");
	status = control_status(cell_by_id(3));
	assert_int_equal(status.num_holds, 1);
	assert_int_equal(status.hold[0].what, 0);
	assert_int_equal(status.hold[0].lapses, 1);
	assert_int_equal(status.hold[0].requests, 2);
}

/* Lines of a CPU that uses 8 in a microsecond whenever it may. */
static uint64_t lines_of(struct per_cpu *cpu, uint64_t span_ns)
{
	uint64_t end_ns = fake.now_ns + span_ns, lines = 0;

	fake_on_cpu(cpu->id);
	for (; fake.now_ns < end_ns; fake.now_ns += 1000) {
		if (!cpu->stall_requested) {
			lines_happen(cpu, 8, 0);
			lines += 8;
			if (cpu->reg.active.source->alarmed(&cpu->reg))
				regulation_overflow(cpu);
		}
		if (cpu->tick.armed_ns <= fake.now_ns)
			tick_run(cpu);
	}
	return lines;
}

/* Budget, throttle and burst cap of the root, and a tighter one of the first two. */
static void test_beside_everything(void **unused)
{
	struct reg_request request = {
		.size = sizeof(request), .operation = REG_OP_SET,
		.settings = {
			.valid = REG_SET_DUTY | REG_SET_BUDGET | REG_SET_BURST |
				 REG_SET_MODE,
			.duty_permille = 800,
			.mode = REG_MODE_PER_CPU,
			.budget_bytes_per_s = 3 * 64 * MB,
			/* 64 lines for each of three CPUs. */
			.burst_bytes = 3 * 64 * 64,
			.burst_window_ns = 20000,
		},
	};
	struct per_cpu *cpu = fake_cpu_area(0);
	const struct reg_cpu_stats *stats = &cpu->reg.stats;
	uint64_t free_lines, held_lines, stalls[REG_HOLDERS];

	(void)unused;
	controller_make(1);
	assert_int_equal(regulation_set(cell_root(), &request), 0);
	fake_settle();
	lines_of(cpu, 5 * MS);
	/* 1000 lines of the budget in each period, and the window is short. */
	free_lines = lines_of(cpu, 20 * MS);
	assert_in_range(free_lines, 19000, 21100);
	control_asks(1, 0, 200, 3 * 64 * MB * 3 / 10);
	assert_true(cpu->reg.active.burst.regulator != NULL);
	assert_int_equal(cpu->reg.throttle.run_ns, 200000);
	lines_of(cpu, 5 * MS);
	memcpy(stalls, stats->held_stalls, sizeof(stalls));
	held_lines = lines_of(cpu, 20 * MS);
	assert_in_range(held_lines, 5700, 6350);
	/* All three had their say, and each stall is put down to one of them. */
	for (unsigned int n = 0; n < REG_HOLDERS; n++)
		assert_true(stats->held_stalls[n] > stalls[n]);
	control_releases(1, 0, CONTROL_KNOWN);
	lines_of(cpu, 5 * MS);
	assert_in_range(lines_of(cpu, 20 * MS), 19000, 21100);
	while (cpu->stall_requested) {
		fake.now_ns = cpu->tick.armed_ns;
		tick_run(cpu);
	}
	assert_int_equal(stats->held_ns[0] + stats->held_ns[1] +
			 stats->held_ns[2], stats->stall_ns);
}

static void random_request(struct control_request *request, uint64_t *seed)
{
	uint8_t *bytes = (uint8_t *)request;

	*request = control_ask(0, 500, 60 * MB);
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	for (unsigned int n = *seed >> 62; n > 0; n--) {
		*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
		bytes[(*seed >> 33) % 32] = (uint8_t)(*seed >> 50);
	}
}

/* Whatever the bytes say, the limits of the permission hold. */
static void test_hostile_bytes(void **unused)
{
	const struct reg_settings *settings =
		&cell_root()->reg.effective.settings;
	uint64_t seed = 7;

	(void)unused;
	controller_make(1);
	cells_make_running(3);
	for (unsigned int n = 0; n < 20000; n++) {
		struct control_request request;
		long result;

		random_request(&request, &seed);
		fake.now_ns += CONTROL_INTERVAL_NS;
		result = control_call(1, &request);
		assert_true(result <= 0 && result >= -ENOSYS);
		assert_true((result == 0) == !control_buffer(1)->reason[0] ||
			    result == -EINVAL);
		assert_in_range(settings->duty_permille, 100, REG_DUTY_FULL);
		assert_true(settings->budget_bytes_per_s >= 50 * MB);
	}
	assert_int_equal(cell_root()->reg.requested.duty_permille,
			 REG_DUTY_FULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, lines_setup)
	const struct CMUnitTest tests[] = {
		TEST(test_ask_and_release),
		TEST(test_the_tighter_counts),
		TEST(test_duty_for_each_cpu),
		TEST(test_refusals),
		TEST(test_nobody_there),
		TEST(test_what_does_not_fit),
		TEST(test_beside_everything),
		TEST(test_hostile_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
