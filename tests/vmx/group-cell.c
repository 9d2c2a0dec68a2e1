// SPDX-License-Identifier: GPL-2.0-only
/* The life of a cell on the second CPU. */
#include "groups.h"
#include "tests/inmates/exchange.h"
#include "weir.h"

#define CYCLES			5
#define PATIENCE_MS		2000
#define JITTER_COUNT		20

static const struct cell_files jitter = {
	.config = "bochs-jitter.cell", .image = "jitter.bin",
	.words = "period=1ms report=10",
};

static const struct cell_files jitter_ends = {
	.config = "bochs-jitter.cell", .image = "jitter.bin",
	.words = "period=1ms report=20 count=20",
};

static const struct cell_files sharer = {
	.config = "bochs-sharer.cell", .image = "sharer.bin",
	.words = "rounds=4",
};

/* An inmate that never looks up, interrupts off. */
static const struct cell_files spinner = {
	.config = "bochs-hostile.cell", .image = "acts.bin",
	.words = "act=spin",
};

static const struct cell_files sleeper = {
	.config = "bochs-hostile.cell", .image = "acts.bin",
	.words = "act=hlt",
};

static bool began(const struct cell_files *files)
{
	int error = cell_begin(files);

	if (!expect_equal(error, 0))
		print("the hypervisor says: %s\n", refusal());
	return !error;
}

static bool ended(const struct cell_files *files)
{
	int error = cell_end(files);

	if (!expect_equal(error, 0))
		print("the hypervisor says: %s\n", refusal());
	expect_equal(cpus_online(), 2);
	return !error;
}

static long state_of(const struct cell_files *files)
{
	return hypercall(HC_CELL_GET_STATE, cell_id(files), 0);
}

static bool test_first(void)
{
	bool good;

	test_begin("an inmate runs on the second CPU, and its timer works");
	ring_forget();
	good = began(&jitter);
	if (good) {
		good = expect(ring_wait("jitter: n=10 ", PATIENCE_MS));
		expect_equal(state_of(&jitter), CELL_RUNNING);
		expect_equal(hypercall(HC_HYPERVISOR_GET_INFO, INFO_NUM_CELLS, 0), 2);
		expect_equal(weir_disable(), -EBUSY);
		if (!good)
			ring_show();
	}
	test_end();
	return good;
}

static void test_restart(void)
{
	test_begin("it is stopped, loaded anew, and ends by itself");
	ring_forget();
	expect_equal(cell_restart(&jitter_ends), 0);
	if (!expect(ring_wait("jitter: done", PATIENCE_MS)))
		ring_show();
	expect(ring_wait("jitter: n=20 ", 1));
	expect_equal(state_of(&jitter), CELL_SHUT_DOWN);
	test_report("jitter_max_ns", ring_number("max="));
	test_report("jitter_avg_ns", ring_number("avg="));
	test_end();
}

/* Zeroes, where an image and its stack were. */
static bool memory_is_clear(uint64_t phys, uint64_t bytes)
{
	const uint64_t *word = direct(phys);

	for (uint64_t n = 0; n < bytes / 8; n++)
		if (word[n])
			return false;
	return true;
}

static void test_destroy(void)
{
	test_begin("it goes, its memory is cleared, the CPU comes back");
	if (ended(&jitter))
		expect(memory_is_clear(0x1a000000, 0x100000));
	expect_equal(hypercall(HC_HYPERVISOR_GET_INFO, INFO_NUM_CELLS, 0), 1);
	expect_equal(state_of(&jitter), -ENOENT);
	test_end();
}

static void test_cycles(void)
{
	long used = hypercall(HC_HYPERVISOR_GET_INFO, INFO_MEM_POOL_USED, 0);
	unsigned int cycle;

	test_begin("five times from creation to destruction");
	for (cycle = 0; cycle < CYCLES; cycle++) {
		ring_forget();
		if (!began(&jitter))
			break;
		if (!expect(ring_wait("jitter: n=10 ", PATIENCE_MS)))
			ring_show();
		if (!ended(&jitter))
			break;
	}
	expect_equal(cycle, CYCLES);
	expect_equal(hypercall(HC_HYPERVISOR_GET_INFO, INFO_MEM_POOL_USED, 0),
		     used);
	test_report("cell_cycles", cycle);
	test_end();
}

/* Where the configuration has it for the root. */
#define SHARED_WINDOW		0x30000000ull
#define SHARED_BYTES		0x10000ull
#define SHARED_ROUNDS		4

static uint64_t shared_turn;

static bool is_turn(void *data)
{
	return exchange_turn(data) == shared_turn;
}

/* On colors 12 and 13, page by page; for both sides in one piece. */
static void test_shared(void)
{
	volatile uint64_t *memory = direct(SHARED_WINDOW);
	uint64_t wrong = 0;

	test_begin("what a cell shares with the root on colors both see");
	ring_forget();
	if (began(&sharer)) {
		for (unsigned int n = 0; n < SHARED_ROUNDS; n++) {
			exchange_fill(memory, SHARED_BYTES, 2 * n + 1);
			shared_turn = 2 * n + 2;
			if (!expect(wait_until(is_turn, direct(SHARED_WINDOW),
					       PATIENCE_MS)))
				break;
			wrong += exchange_wrong(memory, SHARED_BYTES,
						shared_turn);
		}
		expect_equal(wrong, 0);
		expect(ring_wait("4 rounds, 0 wrong words", PATIENCE_MS));
		ended(&sharer);
	}
	test_end();
}

/* What cannot be interrupted must go all the same. */
static void test_deaf(const char *name, const struct cell_files *files)
{
	uint64_t start;

	test_begin(name);
	ring_forget();
	if (began(files)) {
		expect(ring_wait("act: begins", PATIENCE_MS));
		start = rdtsc();
		ended(files);
		test_report("deaf_destroy_us",
			    (rdtsc() - start) / (TSC_HZ / 1000000));
	}
	test_end();
}

/* Whether split locks trap, and two registers of SYSCALL. */
static const struct {
	uint32_t msr;
	uint64_t value;
} kept[] = {
	{ 0x033, 1ull << 29 },
	{ 0xc0000082, 0xffffffff81555000ull },
	{ 0xc0000084, 0x47700 },
};

static bool kept_well;

static int mark_step(void *data)
{
	(void)data;
	for (size_t n = 0; n < ARRAY_COUNT(kept); n++)
		wrmsr(kept[n].msr, kept[n].value);
	return 0;
}

static int look_step(void *data)
{
	(void)data;
	for (size_t n = 0; n < ARRAY_COUNT(kept); n++)
		if (rdmsr(kept[n].msr) != kept[n].value)
			kept_well = false;
	return 0;
}

static void test_registers_kept(void)
{
	test_begin("a CPU that was a cell's has its registers again");
	cpus_call(mark_step, NULL);
	ring_forget();
	if (began(&spinner)) {
		expect(ring_wait("act: begins", PATIENCE_MS));
		ended(&spinner);
		kept_well = true;
		cpus_call(look_step, NULL);
		expect(kept_well);
	}
	test_end();
}

static void test_refusals(void)
{
	static uint8_t config[PAGE_BYTES] __attribute__((aligned(4096)));
	struct file file = file_get("bochs-jitter.cell");
	struct cell_desc *desc = (void *)config;
	uint64_t *cpus_wanted = (void *)(desc + 1);

	test_begin("configurations that cannot be are refused");
	memcpy(config, file.data, file.bytes);
	*cpus_wanted = 1;
	expect_equal(hypercall(HC_CELL_CREATE, virt_to_phys(config), 0),
		     -EBUSY);
	*cpus_wanted = 4;
	expect(hypercall(HC_CELL_CREATE, virt_to_phys(config), 0) < 0);
	*cpus_wanted = 2;
	desc->architecture = CONFIG_ARCH_ARM64;
	expect(hypercall(HC_CELL_CREATE, virt_to_phys(config), 0) < 0);
	expect(hypercall(HC_CELL_CREATE, 0x18000000, 0) < 0);
	expect(hypercall(HC_CELL_CREATE, ~0ull, 0) < 0);
	expect_equal(hypercall(HC_CELL_DESTROY, 0, 0), -EINVAL);
	expect_equal(hypercall(HC_CELL_START, 77, 0), -ENOENT);
	expect_equal(cpus_online(), 2);
	test_end();
}

void group_cell(void)
{
	if (!weir_begin())
		return;
	test_refusals();
	if (test_first()) {
		test_restart();
		test_destroy();
		test_cycles();
		test_deaf("a guest that spins with interrupts off is destroyed",
			  &spinner);
		test_deaf("a guest that sleeps with interrupts off is destroyed",
			  &sleeper);
		test_registers_kept();
	}
	if (option("colors"))
		test_shared();
	test_begin("after all that the hypervisor leaves");
	expect_equal(weir_disable(), 0);
	test_end();
}
