// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables for people: shares of cache and clock changed while the root and the
 * jitter probe run, as the registers have them and the probe feels them; and what
 * the root gets done of the time it is given.
 */
#include "abi/partition.h"
#include "groups.h"
#include "weir.h"

#define MSR_CLOCK_MODULATION	0x19a
#define MSR_L3_MASK_0		0xc90
#define ROOT_ID			0u
#define PATIENCE_MS		2000

static const struct cell_files jitter = {
	.config = "bochs-jitter.cell", .image = "jitter.bin",
	.words = "period=1ms report=5",
};

static struct part_request request __attribute__((aligned(8)));
static struct part_status status __attribute__((aligned(8)));

static long change(uint32_t cell, const struct part_settings *settings)
{
	request = (struct part_request){
		.size = sizeof(request), .operation = REG_OP_SET,
		.cell_id = cell, .settings = *settings,
	};
	return hypercall(WEIR_HC_PART_SET, virt_to_phys(&request), 0);
}

static uint64_t cell_mask(void)
{
	status = (struct part_status){
		.size = sizeof(status), .cell_id = cell_id(&jitter),
	};
	if (hypercall(WEIR_HC_PART_GET, virt_to_phys(&status), 0))
		return 0;
	return status.effective.l3.mask;
}

/* The registers of the root's CPU, now; the probe's next report. */
static void row(const char *what, uint64_t root_wanted)
{
	uint64_t mask = rdmsr(MSR_L3_MASK_0);
	uint64_t latest = ~0ull;

	ring_forget();
	if (ring_wait("max=", 30) && ring_wait(" ns\n", 10))
		latest = ring_number("max=");
	print("demo: %-36s 0x%04lx  0x%04lx  0x%02lx   ", what, mask,
	      cell_mask(), rdmsr(MSR_CLOCK_MODULATION));
	if (latest == ~0ull)
		print("-\n");
	else
		print("%lu\n", latest);
	expect_equal(mask, root_wanted);
}

static void show(void)
{
	const struct part_settings four = {
		.valid = PART_SET_L3, .l3.ways_count = 4,
	};
	const struct part_settings eight = {
		.valid = PART_SET_L3, .l3.mask = 0x00ff,
	};
	const struct part_settings quarter = {
		.valid = PART_SET_L3, .l3.mask = 0xf000,
	};
	const struct part_settings half = {
		.valid = PART_SET_CLOCK, .clock_permille = 500,
	};

	row("the root alone", 0xffff);
	expect_equal(cell_begin(&jitter), 0);
	row("a cell comes, and shares its ways", 0xffff);
	expect_equal(change(cell_id(&jitter), &four), 0);
	row("the cell gets 4 ways", 0xfff0);
	expect_equal(change(cell_id(&jitter), &eight), 0);
	row("the cell gets ways 0 to 7", 0xff00);
	expect_equal(change(ROOT_ID, &quarter), 0);
	row("the root keeps to ways 12 to 15", 0xf000);
	expect_equal(change(ROOT_ID, &half), 0);
	row("the root's clock runs half the time", 0xf000);
	expect_equal(cell_end(&jitter), 0);
	row("the cell has gone", 0xf000);
	throttle_demo();
}

void group_demo(void)
{
	if (!weir_begin())
		return;
	test_begin("the demo shows what is asked for");
	print("demo: %-36s %-7s %-7s %-6s %s\n", "", "root's", "cell's",
	      "clock", "timer's worst");
	print("demo: %-36s %-7s %-7s %-6s %s\n", "", "ways", "ways",
	      "0x19a", "delay, ns");
	show();
	expect_equal(weir_disable(), 0);
	test_end();
}
