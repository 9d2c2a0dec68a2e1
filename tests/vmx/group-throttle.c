// SPDX-License-Identifier: GPL-2.0-only
/*
 * Duty cycles of the root: what a loop gets done against the time stamp, when
 * it is held and let go, and that those who manage it are answered meanwhile.
 */
#include "abi/regulation.h"
#include "groups.h"
#include "weir.h"

#define ROOT_ID			0u
#define TICKS_PER_US		(TSC_HZ / 1000000)
/* Longer than a turn of the loop, an interrupt, or another CPU's turn. */
#define GAP_TICKS		(5 * TICKS_PER_US)
#define CALIBRATION_TURNS	200000u
#define SETTLING_PERIODS	4u
#define GRID_PERIODS		3000u

static struct reg_request request __attribute__((aligned(8)));
static struct reg_status status __attribute__((aligned(8)));

static long throttle(uint16_t permille, uint64_t period_us, uint64_t set)
{
	long error;

	request = (struct reg_request){
		.size = sizeof(request), .operation = REG_OP_SET,
		.cell_id = ROOT_ID,
	};
	request.settings.valid = REG_SET_DUTY | REG_SET_THROTTLE_PERIOD |
				 REG_SET_THROTTLE_CPUS;
	request.settings.duty_permille = permille;
	request.settings.throttle_period_ns = period_us * 1000;
	request.settings.throttle_cpus = set;
	error = hypercall(WEIR_HC_REG_SET, virt_to_phys(&request), 0);
	if (error)
		print("  refused: %s\n", request.reason);
	return error;
}

static void status_get(void)
{
	status = (struct reg_status){ .size = sizeof(status),
				      .cell_id = ROOT_ID };
	expect_equal(hypercall(WEIR_HC_REG_GET, virt_to_phys(&status), 0), 0);
}

/* What a loop saw in so many periods, from one release to another. */
struct view {
	uint64_t turns;		/* of the loop, in all */
	uint64_t start, end;	/* releases, time stamps */
	uint64_t held_max;	/* longest */
	int64_t hold_min, hold_max;	/* when it was held, against the grid */
	int64_t go_min, go_max;		/* when it was let go */
};

static void spread(int64_t value, int64_t *min, int64_t *max)
{
	if (value < *min)
		*min = value;
	if (value > *max)
		*max = value;
}

/* When it was held, and let go, one after the other. */
static struct stall {
	uint64_t held, go;
} stalls[CPUS_MAX][GRID_PERIODS];

/*
 * Turns of a loop until it has been held so often, or so many turns. A turn in
 * which it is held has been done as well.
 */
__attribute__((noinline))
static uint64_t run(unsigned int times, uint64_t limit)
{
	struct stall *mine = stalls[cpu_this()->number];
	unsigned int found = 0;
	uint64_t turns = 0;
	uint64_t last = rdtsc();

	while (found < times && turns < limit) {
		uint64_t now = rdtsc();

		if (now - last >= GAP_TICKS)
			mine[found++] = (struct stall){ last, now };
		last = now;
		turns++;
	}
	return turns;
}

/*
 * From one release to another. What a change of the duty owes or leaves over is
 * settled in the periods before.
 */
static void look(struct view *view, unsigned int count, uint64_t period)
{
	const struct stall *mine = stalls[cpu_this()->number];
	uint64_t flags = irq_save();

	*view = (struct view){ 0 };
	run(SETTLING_PERIODS, UINT64_MAX);
	view->start = mine[SETTLING_PERIODS - 1].go;
	view->turns = run(count, UINT64_MAX);
	view->end = mine[count - 1].go;
	irq_restore(flags);
	for (unsigned int n = 0; n < count; n++) {
		const struct stall *stall = &mine[n];

		spread((int64_t)(stall->held - mine[0].held - n * period),
		       &view->hold_min, &view->hold_max);
		spread((int64_t)(stall->go - mine[0].go - n * period),
		       &view->go_min, &view->go_max);
		if (stall->go - stall->held > view->held_max)
			view->held_max = stall->go - stall->held;
	}
}

/* Ticks for a thousand turns of that loop, when nobody holds it. */
static uint64_t turns_cost(void)
{
	uint64_t flags = irq_save();
	uint64_t start = rdtsc();
	uint64_t end;

	run(1, CALIBRATION_TURNS);
	end = rdtsc();
	irq_restore(flags);
	return (end - start) * 1000 / CALIBRATION_TURNS;
}

static uint64_t cost;

/* What was done of what the whole time would have been enough for, in ppm. */
static uint64_t progress_ppm(const struct view *view)
{
	return view->turns * cost * 1000 / (view->end - view->start);
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static const uint16_t duties[] = { 100, 250, 500, 750, 900 };
static const struct {
	uint32_t us;
	uint32_t periods;	/* to look at */
} periods[] = { { 100, 400 }, { 300, 150 }, { 1000, 60 }, { 10000, 8 } };

static void test_duty(unsigned int which)
{
	uint64_t period = periods[which].us * TICKS_PER_US;
	uint64_t worst = 0, overrun = 0, error;
	struct view view;

	for (size_t n = 0; n < ARRAY_COUNT(duties); n++) {
		uint64_t wanted = duties[n] * 1000ull;
		uint64_t hold = period - period * duties[n] / 1000;

		expect_equal(throttle(duties[n], periods[which].us, 0), 0);
		look(&view, periods[which].periods, period);
		test_report("throttle_duty_permille", duties[n]);
		test_report("throttle_progress_ppm", progress_ppm(&view));
		error = distance(progress_ppm(&view), wanted) * 1000000 / wanted;
		if (error > worst)
			worst = error;
		if (view.held_max > hold && view.held_max - hold > overrun)
			overrun = view.held_max - hold;
		expect(view.held_max <= period);
	}
	expect_equal(throttle(REG_DUTY_FULL, periods[which].us, 0), 0);
	print("data: throttle_%uus_error_ppm %lu\n", periods[which].us, worst);
	print("data: throttle_%uus_overrun_ns %lu\n", periods[which].us,
	      (uint64_t)(overrun * 1000 / TICKS_PER_US));
	expect(worst <= 10000);
}

static void test_duties(void)
{
	for (unsigned int n = 0; n < ARRAY_COUNT(periods); n++) {
		char name[80];

		hv_snprintf(name, sizeof(name),
			    "10 to 90 %% of the time, in periods of %u us",
			    periods[n].us);
		test_begin(name);
		test_duty(n);
		test_end();
	}
}

static void test_grid(void)
{
	const uint64_t period = 100 * TICKS_PER_US;
	struct view view;

	test_begin("thousands of ticks lie on one grid");
	expect_equal(throttle(500, 100, 0), 0);
	look(&view, GRID_PERIODS, period);
	test_report("grid_ticks", 2 * GRID_PERIODS);
	test_report("grid_hold_spread_ns",
		    (uint64_t)(view.hold_max - view.hold_min) * 1000 /
			    TICKS_PER_US);
	test_report("grid_release_spread_ns",
		    (uint64_t)(view.go_max - view.go_min) * 1000 /
			    TICKS_PER_US);
	test_report("grid_drift_ns",
		    distance(view.end - view.start,
			     GRID_PERIODS * period) *
			    1000 / TICKS_PER_US);
	expect(view.hold_max - view.hold_min < (int64_t)(4 * TICKS_PER_US));
	expect(view.go_max - view.go_min < (int64_t)(4 * TICKS_PER_US));
	expect_equal(throttle(REG_DUTY_FULL, 100, 0), 0);
	test_end();
}

static void test_released(void)
{
	uint64_t start, end;

	test_begin("without a duty the CPU is held no more, and has no ticks");
	expect_equal(throttle(REG_DUTY_FULL, 1000, 0), 0);
	start = turns_cost();
	expect(distance(start, cost) * 100 <= cost);
	start = (uint64_t)hypercall(HC_CPU_GET_INFO, 0,
				    CPU_INFO_STAT_BASE + CPU_STAT_TOTAL);
	turns_cost();
	end = (uint64_t)hypercall(HC_CPU_GET_INFO, 0,
				  CPU_INFO_STAT_BASE + CPU_STAT_TOTAL);
	expect_equal(end - start, 1);
	test_end();
}

static void test_refusals(void)
{
	test_begin("duties that cannot be are refused and change nothing");
	expect(throttle(0, 1000, 0) < 0);
	expect(throttle(1001, 1000, 0) < 0);
	expect(throttle(500, 10, 0) < 0);
	expect(throttle(500, 2000000, 0) < 0);
	status_get();
	expect_equal(status.effective.duty_permille, REG_DUTY_FULL);
	test_end();
}

/* A hypercall is made while the time runs: its answer is not held back. */
static void test_counted(void)
{
	uint64_t before;
	struct view view;

	test_begin("stalls are counted, and put down to the duty");
	expect_equal(throttle(500, 1000, 0), 0);
	status_get();
	before = status.cpu[0].held_stalls[REG_HELD_THROTTLE - 1];
	look(&view, 20, 1000 * TICKS_PER_US);
	status_get();
	expect(distance(status.cpu[0].held_stalls[REG_HELD_THROTTLE - 1],
			before + SETTLING_PERIODS + 20) <= 1);
	expect(status.cpu[0].held_ns[REG_HELD_THROTTLE - 1] > 9000000);
	expect_equal(throttle(REG_DUTY_FULL, 1000, 0), 0);
	test_end();
}

static struct view views[CPUS_MAX];

static int look_step(void *data)
{
	const uint64_t *wanted = data;
	struct cpu *cpu = cpu_this();

	if (*wanted >> cpu->number & 1)
		look(&views[cpu->number], 60, 1000 * TICKS_PER_US);
	else
		cpu->result = turns_cost() * 100 > cost * 101;
	return cpu->result;
}

static void test_both(void)
{
	uint64_t set = 3, worst = 0;

	test_begin("all CPUs of a cell have its duty");
	expect_equal(throttle(300, 1000, 0), 0);
	cpus_call(look_step, &set);
	for (unsigned int n = 0; n < 2; n++) {
		uint64_t error = distance(progress_ppm(&views[n]), 300000);

		worst = error > worst ? error : worst;
	}
	test_report("throttle_both_error_ppm", worst * 1000000 / 300000);
	expect(worst <= 3000);
	test_end();
	test_begin("a set of CPUs has it, another one runs freely");
	set = 2;
	expect_equal(throttle(300, 1000, set), 0);
	cpus_call(look_step, &set);
	expect(distance(progress_ppm(&views[1]), 300000) <= 3000);
	expect_equal(throttle(REG_DUTY_FULL, 1000, 0), 0);
	test_end();
}

static const struct cell_files jitter = {
	.config = "bochs-jitter.cell", .image = "jitter.bin",
	.words = "period=1ms report=10",
};

/* The longest period there is: who manages waits for no end of a stall. */
static void test_management(void)
{
	uint64_t start, took;

	test_begin("a CPU that is held answers management");
	expect_equal(throttle(500, 1000000, 2), 0);
	start = rdtsc();
	for (unsigned int n = 0; n < 4; n++) {
		ring_forget();
		expect_equal(cell_begin(&jitter), 0);
		expect(ring_wait("jitter: n=10 ", 2000));
		expect_equal(cell_end(&jitter), 0);
	}
	took = rdtsc() - start;
	test_report("throttle_cells_ms", took * 1000 / TSC_HZ);
	expect_equal(throttle(REG_DUTY_FULL, 1000, 0), 0);
	test_end();
}

void throttle_demo(void)
{
	static const uint16_t shown[] = { 250, 500, 900, REG_DUTY_FULL };
	struct view view;

	cost = turns_cost();
	print("demo:\ndemo: %-36s %-8s %-8s %s\n", "", "asked, %",
	      "got, %", "longest stall, us");
	for (size_t n = 0; n < ARRAY_COUNT(shown); n++) {
		uint64_t wanted = shown[n] * 1000ull;
		uint64_t ppm;

		expect_equal(throttle(shown[n], 1000, 0), 0);
		view = (struct view){ 0 };
		if (shown[n] < REG_DUTY_FULL) {
			look(&view, 30, 1000 * TICKS_PER_US);
			ppm = progress_ppm(&view);
		} else {
			ppm = cost * 1000000 / turns_cost();
		}
		expect(distance(ppm, wanted) * 100 <= wanted);
		print("demo: %-36s %-8u %lu.%02lu    %lu\n",
		      n ? "" : "what the root gets done, each ms",
		      shown[n] / 10u, ppm / 10000, ppm / 100 % 100,
		      (uint64_t)(view.held_max / TICKS_PER_US));
	}
}

void group_throttle(void)
{
	if (!weir_begin())
		return;
	cost = turns_cost();
	test_report("throttle_turn_mticks", cost);
	if (cpus_online() == 1) {
		test_duties();
		test_grid();
	} else {
		test_both();
		test_management();
	}
	test_counted();
	test_released();
	test_refusals();
	test_begin("the hypervisor leaves while the root is throttled");
	expect_equal(throttle(500, 1000, 0), 0);
	expect_equal(weir_disable(), 0);
	expect(distance(turns_cost(), cost) * 100 <= cost);
	test_end();
}
