/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The DDR profiler: samples counters of traffic into a ring that the root cell
 * reads, see abi/profile.h. It has its CPU for itself and never sleeps.
 *
 *   shared=BYTES   of the memory shared with the root cell (default 8M)
 *   mmdc=ADDRESS   of an NXP DDR controller; mmdc2=ADDRESS of the second one
 *   apm=ADDRESS    of an AMD performance monitor, and its ports=MASK (0x1f)
 *   cpus=1         what the hypervisor counts of all CPUs
 *   imc=1          what it reads from Intel's memory controllers
 *
 * Addresses are the guest's: the cell's configuration maps the registers; the
 * hypervisor asks for the permission to regulate. Without one of these words the
 * counters are those of the memory-system page, where a machine has one.
 */
#include "inmate.h"
#include "profiler-inmate/profile/sampler.h"

/* So often it looks for requests when samples are always due, and no less. */
#define SAMPLES_IN_A_ROW	64u

static struct sampler sampler;

static void *registers(const char *name)
{
	return (void *)(uintptr_t)cmdline_number(name, 0);
}

/* False when a set of counters that was named cannot be had. */
static bool add_boards(void)
{
	void *mmdc = registers("mmdc"), *mmdc2 = registers("mmdc2");
	void *apm = registers("apm");
	uint32_t ports = (uint32_t)cmdline_number("ports", 0x1f);

	return (!mmdc || !sampler_add_mmdc(&sampler, mmdc, 0)) &&
	       (!mmdc2 || !sampler_add_mmdc(&sampler, mmdc2, 1)) &&
	       (!apm || !sampler_add_apm(&sampler, apm, ports));
}

static bool add_hypervisor(void)
{
	return (!cmdline_number("cpus", 0) ||
		!sampler_add_cpus(&sampler, inmate_hypercall)) &&
	       (!cmdline_number("imc", 0) ||
		!sampler_add_controllers(&sampler, inmate_hypercall));
}

/* When no other counters were named. */
static bool add_model(void)
{
	const volatile struct memsys_page *page = (const void *)(uintptr_t)
						  INMATE_MEMSYS_PAGE;

	if (!sampler.sources_count && page)
		sampler_add_memsys(&sampler, page);
	return sampler.sources_count > 0;
}

static void samples_take(void)
{
	unsigned int row = 0;

	for (;;) {
		uint64_t now = clock_cycles();

		if (now >= sampler_due_cycles(&sampler) &&
		    row++ < SAMPLES_IN_A_ROW) {
			sampler_sample(&sampler, now);
			continue;
		}
		row = 0;
		sampler_poll(&sampler, now);
		sampler_follow(&sampler, now);
		if (comm_poll(true))
			break;
	}
}

void inmate_main(void)
{
	uint64_t bytes = cmdline_bytes("shared", 8ull << 20);

	clock_init();
	sampler.clock_hz = clock_hz();
	if (!add_boards() || !add_hypervisor() || !add_model()) {
		inmate_printf("profiler: counters that cannot be had\n");
		return;
	}
	sampler_init(&sampler, (void *)(uintptr_t)INMATE_SHARED_BASE, bytes);
	inmate_printf("profiler: %u sources\n", sampler.sources_count);
	samples_take();
	inmate_printf("profiler: done\n");
}
