// SPDX-License-Identifier: GPL-2.0-only
/* A cell with two CPUs, the second started by the first. */
#include "groups.h"
#include "weir.h"

#define PATIENCE_MS		2000

static const struct cell_files guest = {
	.config = "bochs-smp.cell", .image = "smp.bin",
	.words = "other=2 starts=5",
};

static const struct cell_files foreign = {
	.config = "bochs-smp.cell", .image = "smp.bin",
	.words = "other=0 starts=1",
};

static void test_starts(void)
{
	test_begin("a cell starts its second CPU five times, and talks to it");
	ring_forget();
	expect_equal(cell_begin(&guest), 0);
	if (!expect(ring_wait("smp: 5 starts, 5 messages", PATIENCE_MS)))
		ring_show();
	test_end();
}

static void test_restart(void)
{
	test_begin("started anew, the second CPU waits to be started as well");
	ring_forget();
	expect_equal(cell_restart(&guest), 0);
	if (!expect(ring_wait("smp: 5 starts, 5 messages", PATIENCE_MS)))
		ring_show();
	test_end();
}

static bool first_stopped(void *data)
{
	(void)data;
	return hypercall(HC_CPU_GET_INFO, 1, CPU_INFO_STATE) ==
	       CPU_STATE_FAILED;
}

/* CPU 0 goes on with what it does, which is this. */
static void test_foreign(void)
{
	test_begin("a cell that starts the root's CPU is stopped");
	ring_forget();
	expect_equal(cell_restart(&foreign), 0);
	if (!expect(wait_until(first_stopped, NULL, PATIENCE_MS)))
		ring_show();
	expect(ring_wait("system register the cell may not use", PATIENCE_MS));
	test_end();
}

void group_smp(void)
{
	if (!weir_begin())
		return;
	test_starts();
	test_restart();
	test_foreign();
	test_begin("both CPUs come back, and the hypervisor leaves");
	expect_equal(cell_end(&guest), 0);
	expect_equal(cpus_online(), 3);
	expect_equal(weir_disable(), 0);
	test_end();
}
