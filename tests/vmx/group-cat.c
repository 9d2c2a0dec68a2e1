// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shares of the L3 cache, changed while root and cell run: after each change
 * the masks are read back from the registers.
 *
 * The machine keeps these registers for each CPU, and the root reads those of
 * its own CPU. What a cell's CPU held it reads when the CPU has come back.
 */
#include "abi/partition.h"
#include "groups.h"
#include "weir.h"

#define MSR_PQR_ASSOC		0xc8f
#define MSR_L3_MASK(n)		(0xc90 + (n))
#define WAYS_ALL		0xffffull
#define ROOT_ID			0u
#define PATIENCE_MS		2000
#define CLASSES			4

static const struct cell_files jitter = {
	.config = "bochs-jitter.cell", .image = "jitter.bin",
	.words = "period=1ms report=10",
};

static struct part_request request __attribute__((aligned(8)));
static struct part_status status __attribute__((aligned(8)));

static void request_begin(uint32_t cell)
{
	request = (struct part_request){
		.size = sizeof(request), .operation = REG_OP_SET,
		.cell_id = cell,
	};
	request.settings.valid = PART_SET_L3;
}

static long request_send(void)
{
	long error = hypercall(WEIR_HC_PART_SET, virt_to_phys(&request), 0);

	if (error)
		print("  refused: %s\n", request.reason);
	return error;
}

static long set_mask(uint32_t cell, uint64_t mask)
{
	request_begin(cell);
	request.settings.l3.mask = mask;
	return request_send();
}

static long set_ways(uint32_t cell, uint32_t ways)
{
	request_begin(cell);
	request.settings.l3.ways_count = ways;
	return request_send();
}

static void status_get(uint32_t cell)
{
	status = (struct part_status){ .size = sizeof(status), .cell_id = cell };
	expect_equal(hypercall(WEIR_HC_PART_GET, virt_to_phys(&status), 0), 0);
}

static uint64_t read_class(void)
{
	return rdmsr(MSR_PQR_ASSOC) >> 32;
}

struct registers {
	uint64_t class, mask[CLASSES];
};

static struct registers registers[CPUS_MAX];

static int registers_step(void *data)
{
	struct registers *mine = &registers[cpu_this()->number];

	(void)data;
	mine->class = read_class();
	for (unsigned int n = 0; n < CLASSES; n++)
		mine->mask[n] = rdmsr(MSR_L3_MASK(n));
	return 0;
}

/* The root's CPUs are in class 0, with this mask, each in its registers. */
static void root_has(uint64_t mask)
{
	cpus_call(registers_step, NULL);
	for (unsigned int n = 0; n < CPUS_MAX; n++) {
		if (!cpus[n].online)
			continue;
		expect_equal(registers[n].class, 0);
		expect_equal(registers[n].mask[0], mask);
	}
	status_get(ROOT_ID);
	expect_equal(status.effective.l3.mask, mask);
}

static void test_machine(void)
{
	test_begin("the cache is known from the configuration, and all the root's");
	status_get(ROOT_ID);
	expect_equal(status.resource[PART_L3].ways, 16);
	expect_equal(status.resource[PART_L3].classes, CLASSES);
	expect_equal(status.resource[PART_L3].flags & (PART_RESOURCE_USABLE |
						       PART_RESOURCE_CONFIGURED),
		     PART_RESOURCE_USABLE | PART_RESOURCE_CONFIGURED);
	expect(!(status.resource[PART_L2].flags & PART_RESOURCE_USABLE));
	root_has(WAYS_ALL);
	test_end();
}

static void test_root_alone(void)
{
	test_begin("the root's ways follow each request, on both CPUs");
	expect_equal(set_mask(ROOT_ID, 0x00f0), 0);
	root_has(0x00f0);
	expect_equal(set_mask(ROOT_ID, 0x0003), 0);
	root_has(0x0003);
	expect_equal(set_ways(ROOT_ID, 4), 0);
	root_has(0xf000);
	expect_equal(set_mask(ROOT_ID, WAYS_ALL), 0);
	root_has(WAYS_ALL);
	test_end();
}

static void test_refusals(void)
{
	test_begin("masks that cannot be are refused and change nothing");
	expect(set_mask(ROOT_ID, 0x0505) < 0);
	expect(set_mask(ROOT_ID, 0x10000) < 0);
	expect(set_mask(ROOT_ID, ~0ull) < 0);
	expect(set_ways(ROOT_ID, 17) < 0);
	expect(set_mask(77, 0xf) < 0);
	request_begin(ROOT_ID);
	request.settings.valid = PART_SET_L2;
	request.settings.l2.mask = 1;
	expect(request_send() < 0);
	expect(hypercall(WEIR_HC_PART_SET, 0x18000000, 0) < 0);
	root_has(WAYS_ALL);
	test_end();
}

/* A write by the root is dropped: the register keeps what it has. */
static void test_root_writes(void)
{
	test_begin("the root's own writes to the registers do nothing");
	expect_equal(probe_wrmsr(MSR_L3_MASK(0), 1), NO_TRAP);
	expect_equal(probe_wrmsr(MSR_PQR_ASSOC, 1ull << 32), NO_TRAP);
	root_has(WAYS_ALL);
	test_end();
}

static void cell_gets(uint64_t mask, uint64_t rest)
{
	expect_equal(set_mask(cell_id(&jitter), mask), 0);
	expect_equal(request.effective.l3.mask, mask);
	root_has(rest);
	status_get(cell_id(&jitter));
	expect_equal(status.effective.l3.mask, mask);
	expect(status.class_of_service != 0);
}

static uint64_t class_of_cell;

static void test_cell(void)
{
	test_begin("a cell's ways leave the root and come back, while both run");
	ring_forget();
	if (expect_equal(cell_begin(&jitter), 0)) {
		expect(ring_wait("jitter: n=10 ", PATIENCE_MS));
		root_has(WAYS_ALL);
		cell_gets(0x000f, 0xfff0);
		cell_gets(0x00ff, 0xff00);
		cell_gets(0x0003, 0xfffc);
		/* The larger, higher piece is kept. */
		cell_gets(0x0030, 0xffc0);
		expect_equal(set_ways(cell_id(&jitter), 6), 0);
		root_has(0xffc0);
		expect(set_mask(cell_id(&jitter), WAYS_ALL) < 0);
		expect(set_mask(cell_id(&jitter), 0x0005) < 0);
		root_has(0xffc0);
		status_get(cell_id(&jitter));
		expect_equal(status.effective.l3.mask, 0x003f);
		class_of_cell = status.class_of_service;
		/* The cell has gone on all the while. */
		ring_forget();
		expect(ring_wait("jitter: n=", PATIENCE_MS));
		expect_equal(cell_end(&jitter), 0);
	}
	test_end();
}

static void test_given_back(void)
{
	test_begin("the root has all ways again when the cell has gone");
	root_has(WAYS_ALL);
	/* Nobody has changed this class on that CPU since the cell had it. */
	expect(class_of_cell > 0 && class_of_cell < CLASSES);
	expect_equal(registers[1].mask[class_of_cell % CLASSES], 0x003f);
	test_end();
}

static void test_disable(void)
{
	test_begin("without the hypervisor the registers are as before");
	expect_equal(set_mask(ROOT_ID, 0x00f0), 0);
	expect_equal(weir_disable(), 0);
	cpus_call(registers_step, NULL);
	for (unsigned int n = 0; n < CPUS_MAX; n++) {
		if (!cpus[n].online)
			continue;
		expect_equal(registers[n].class, 0);
		for (unsigned int class = 0; class < CLASSES; class++)
			expect_equal(registers[n].mask[class], WAYS_ALL);
	}
	test_end();
}

void group_cat(void)
{
	if (!weir_begin())
		return;
	test_machine();
	test_root_alone();
	test_refusals();
	test_root_writes();
	test_cell();
	test_given_back();
	test_disable();
}
