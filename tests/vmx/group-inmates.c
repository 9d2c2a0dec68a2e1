// SPDX-License-Identifier: GPL-2.0-only
/* The guests: in 64-bit and in 32-bit mode, their clock, two cells at once. */
#include "abi/regulation.h"
#include "groups.h"
#include "weir.h"

#define PATIENCE_MS		3000
#define PERIODS			20
#define PERIOD_NS		1000000ull
#define LATE_MAX_NS		200000ull
#define NS_PER_TICK		(1000000000ull / TSC_HZ)

#define JITTER_WORDS		"period=1ms report=20 count=20"

static const struct cell_files jitter64 = {
	.config = "bochs-jitter.cell", .image = "jitter.bin",
	.words = JITTER_WORDS,
};

static const struct cell_files jitter32 = {
	.config = "bochs-jitter.cell", .image = "jitter32.bin",
	.words = JITTER_WORDS,
};

static const struct cell_files smp32 = {
	.config = "bochs-smp.cell", .image = "smp32.bin",
	.words = "other=2 starts=5",
};

static const struct cell_files victim = {
	.config = "bochs-victim.cell", .image = "victim.bin",
	.words = "ram=6M ws=128k lines=2048 pattern=seq period=1ms jobs=3 warmup=1",
};

/* A deadline that is always missed. */
static const struct cell_files guard = {
	.config = "bochs-victim.cell", .image = "victim.bin",
	.words = "ram=6M ws=128k lines=2048 pattern=seq period=1ms jobs=8 warmup=1 deadline=1us duty=500 calm=0",
};

static const struct cell_files bomb = {
	.config = "bochs-bomb.cell", .image = "bomb.bin",
	.words = "ram=6M size=1M mode=both",
};

static const struct cell_files bomb_ends = {
	.config = "bochs-bomb.cell", .image = "bomb.bin",
	.words = "ram=6M size=256k mode=write sweeps=2",
};

/* Two buffers of a megabyte and a quarter would reach into the next cell. */
static const struct cell_files bomb_greedy = {
	.config = "bochs-bomb.cell", .image = "bomb.bin",
	.words = "ram=4M size=1280k",
};

static bool waits_for(const char *text)
{
	bool came = ring_wait(text, PATIENCE_MS);

	if (!came)
		ring_show();
	return expect(came);
}

static void begins(const struct cell_files *files)
{
	ring_forget();
	if (!expect_equal(cell_begin(files), 0))
		print("the hypervisor says: %s\n", refusal());
}

/*
 * Twenty periods by the guest's reckoning are twenty by the machine's, and its
 * timer is never early; neither by the root's clock nor by the guest's own.
 */
static void test_clock(const char *name, const struct cell_files *files)
{
	uint64_t begun, ended_ns;

	test_begin(name);
	begun = rdtsc();
	begins(files);
	if (waits_for("jitter: done")) {
		ended_ns = (rdtsc() - begun) * NS_PER_TICK;
		expect(ended_ns >= PERIODS * PERIOD_NS);
		expect(ended_ns < 2 * PERIODS * PERIOD_NS);
		expect_equal(ring_number("jitter: n="), PERIODS);
		expect(ring_number(" max=") <= LATE_MAX_NS);
	}
	expect_equal(cell_end(files), 0);
	test_end();
}

static void test_smp32(void)
{
	test_begin("in 32-bit mode a second CPU is started as well");
	begins(&smp32);
	waits_for("smp: 5 starts, 5 messages");
	expect_equal(cell_end(&smp32), 0);
	test_end();
}

static void test_victim(void)
{
	test_begin("the victim is timed by its clock");
	begins(&victim);
	if (waits_for("victim: done")) {
		expect_equal(ring_number("clock_hz "), TSC_HZ);
		expect_equal(ring_number("job "), 2);
		/* A tick is an instruction; a line takes at least two. */
		expect(ring_number(" cycles ") >= 2 * 2048);
	}
	expect_equal(cell_end(&victim), 0);
	test_end();
}

static struct reg_status status __attribute__((aligned(8)));

static const struct control_hold *root_hold(void)
{
	status = (struct reg_status){ .size = sizeof(status) };
	expect_equal(hypercall(WEIR_HC_REG_GET, virt_to_phys(&status), 0), 0);
	expect_equal(status.num_holds, 1);
	return &status.hold[0];
}

static void test_guard(void)
{
	const struct control_hold *hold;
	uint64_t stalls = 0;

	test_begin("a guest that misses its deadline has the root throttled");
	begins(&guard);
	waits_for("guard: job 0 missed, cell 0 is held back");
	hold = root_hold();
	expect_equal(hold->what, CONTROL_DUTY);
	expect_equal(hold->duty_permille, 500);
	expect_equal(hold->cell_id, cell_id(&guard));
	expect_equal(status.effective.duty_permille, 500);
	waits_for("victim: done");
	expect_equal(ring_number(" asked "), 1);
	expect_equal(ring_number(" refused "), 0);
	hold = root_hold();
	expect_equal(hold->what, 0);
	expect_equal(hold->requests, 2);
	expect_equal(status.effective.duty_permille, REG_DUTY_FULL);
	for (uint32_t n = 0; n < status.num_cpus; n++)
		stalls += status.cpu[n].held_stalls[REG_HELD_THROTTLE - 1];
	expect(stalls >= 2);
	expect_equal(cell_end(&guard), 0);
	test_end();
}

static void test_bomb(void)
{
	test_begin("the bomb sweeps as often as it is told");
	begins(&bomb_ends);
	waits_for("bomb: done");
	expect_equal(hypercall(HC_CELL_GET_STATE, cell_id(&bomb_ends), 0),
		     CELL_SHUT_DOWN);
	ring_forget();
	expect_equal(cell_restart(&bomb_greedy), 0);
	waits_for("do not fit the cell");
	expect_equal(cell_end(&bomb_greedy), 0);
	test_end();
}

static void test_together(void)
{
	test_begin("victim and bomb run beside each other, and the root");
	begins(&bomb);
	waits_for("bomb: running");
	begins(&victim);
	waits_for("victim: done");
	expect_equal(hypercall(HC_CELL_GET_STATE, cell_id(&bomb), 0),
		     CELL_RUNNING);
	expect_equal(cell_end(&victim), 0);
	expect_equal(cell_end(&bomb), 0);
	expect_equal(cpus_online(), 3);
	test_end();
}

/* Free-running counters, as configs/x86/bochs-counting.c has them. */
#define MCHBAR_COUNTERS	(0x18000000 - 0x8000 + 0x5050)

static struct traffic_report traffic __attribute__((aligned(8)));

static long traffic_ask(void)
{
	traffic = (struct traffic_report){ .size = sizeof(traffic) };
	return hypercall(WEIR_HC_TRAFFIC, virt_to_phys(&traffic), 0);
}

static void test_traffic(void)
{
	volatile uint32_t *lines = direct(MCHBAR_COUNTERS);

	test_begin("lines of the memory controller are read, also across zero");
	lines[0] = 0xfffffff0;
	lines[1] = 5;
	expect_equal(traffic_ask(), 0);
	expect_equal(traffic.read_lines, 0);
	lines[0] += 0x100;
	lines[1] += 7;
	expect_equal(traffic_ask(), 0);
	expect_equal(traffic.line_bytes, 64);
	expect_equal(traffic.read_lines, 0x100);
	expect_equal(traffic.write_lines, 7);
	test_end();
}

static void test_no_traffic(void)
{
	test_begin("without a memory controller there is nothing to read");
	expect_equal(traffic_ask(), -ENODEV);
	expect(!strncmp(refusal(), "the system configuration describes no", 37));
	test_end();
}

void group_inmates(void)
{
	if (!weir_begin())
		return;
	test_clock("in 64-bit mode the timer keeps the communication region's time",
		   &jitter64);
	test_clock("in 32-bit mode it does as well", &jitter32);
	test_smp32();
	test_victim();
	test_guard();
	test_bomb();
	test_together();
	if (option_is("system", "bochs-counting.cell")) {
		test_traffic();
		tests_profiler(direct(MCHBAR_COUNTERS));
	} else {
		test_no_traffic();
		tests_profiler_refused();
	}
	test_begin("the hypervisor leaves");
	expect_equal(weir_disable(), 0);
	test_end();
}
