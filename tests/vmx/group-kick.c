// SPDX-License-Identifier: GPL-2.0-only
/*
 * The NMI by which one CPU calls another into the hypervisor, under load: a
 * guest is stopped and started again and again, wherever its CPU is just
 * then. A lost one would show as a time-out of the hypervisor.
 */
#include "groups.h"
#include "weir.h"

#define ROUNDS			60
#define PATIENCE_MS		1000
#define WORST_US		20000

static char words[64];

static const struct cell_files guest = {
	.config = "bochs-hostile.cell", .image = "acts.bin", .words = words,
};

static const struct {
	const char *what, *words, *key;
} loads[] = {
	{ "computes", "act=spin", "kick_spin_us" },
	{ "executes CPUID", "act=load a=0", "kick_cpuid_us" },
	{ "makes hypercalls", "act=load a=1", "kick_hypercall_us" },
	{ "writes to its APIC", "act=load a=2", "kick_apic_us" },
	{ "does all of that", "act=load a=3", "kick_mixed_us" },
};

/* So that the call meets the guest's CPU at ever another place. */
static void wait_turns(unsigned int count)
{
	for (volatile unsigned int n = 0; n < count; n++)
		;
}

static uint64_t stop_us(void)
{
	uint64_t start = rdtsc();

	expect_equal(hypercall(HC_CELL_SET_LOADABLE, cell_id(&guest), 0), 0);
	return (rdtsc() - start) / (TSC_HZ / 1000000);
}

static void test_load(size_t load, bool first)
{
	static char name[96];
	uint64_t worst = 0;

	hv_snprintf(name, sizeof(name), "a guest that %s is stopped %u times",
		    loads[load].what, ROUNDS);
	hv_snprintf(words, sizeof(words), "%s", loads[load].words);
	test_begin(name);
	ring_forget();
	expect_equal(first ? cell_begin(&guest) : cell_restart(&guest), 0);
	for (unsigned int n = 0; n < ROUNDS && !test_failing(); n++) {
		uint64_t us;

		if (!expect(ring_wait("act: begins", PATIENCE_MS)))
			ring_show();
		wait_turns(n * 37 % 101);
		us = stop_us();
		if (us > worst)
			worst = us;
		ring_forget();
		expect_equal(hypercall(HC_CELL_START, cell_id(&guest), 0), 0);
	}
	expect(worst < WORST_US);
	test_report(loads[load].key, worst);
	test_end();
}

void group_kick(void)
{
	if (!weir_begin())
		return;
	for (size_t load = 0; load < ARRAY_COUNT(loads); load++)
		test_load(load, load == 0);
	test_begin("after all that the cell goes and the hypervisor leaves");
	expect_equal(cell_end(&guest), 0);
	expect_equal(weir_disable(), 0);
	test_end();
}
