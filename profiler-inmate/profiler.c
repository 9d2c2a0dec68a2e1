/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The DDR profiler: samples counters of traffic into a ring that the root cell
 * reads, see abi/profile.h. It has its CPU for itself and never sleeps.
 *
 *   shared=BYTES   of the memory shared with the root cell (default 8M)
 *
 * The counters are those of the memory-system page.
 */
#include "inmate.h"
#include "profiler-inmate/profile/sampler.h"

static struct sampler sampler;

void inmate_main(void)
{
	uint64_t bytes = cmdline_bytes("shared", 8ull << 20);

	clock_init();
	sampler.clock_hz = clock_hz();
	sampler_add_memsys(&sampler, (const volatile struct memsys_page *)
					     INMATE_MEMSYS_PAGE);
	sampler_init(&sampler, (struct profile_ring *)INMATE_SHARED_BASE, bytes);
	inmate_printf("profiler: %u sources\n", sampler.sources_count);
	for (;;) {
		uint64_t now = clock_cycles();

		if (now >= sampler_due_cycles(&sampler)) {
			sampler_sample(&sampler, now);
			continue;
		}
		sampler_poll(&sampler, now);
		if (comm_poll(true))
			break;
	}
	inmate_printf("profiler: done\n");
}
