/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The counters of the memory-system page, a source for each CPU. */
#include "abi/memsys.h"
#include "sampler.h"

/* A CPU that moves between the reads is read again, a few times. */
#define READ_TRIES	3

static uint32_t line_bytes;

static void read_cpu(const struct sampler_source *source,
		     struct sampler_reading *reading)
{
	const volatile struct memsys_cpu *cpu = source->registers;

	for (unsigned int n = 0; n < READ_TRIES; n++) {
		reading->cycles = cpu->cycles;
		reading->read_bytes = cpu->llc_fills * line_bytes;
		reading->written_bytes = cpu->writebacks * line_bytes;
		reading->busy_cycles = cpu->stall_cycles;
		if (cpu->cycles == reading->cycles)
			break;
	}
}

void sampler_add_memsys(struct sampler *sampler,
			const volatile struct memsys_page *page)
{
	unsigned int count = page->num_cpus;

	line_bytes = page->line_bytes;
	for (unsigned int n = 0; n < count && n < MEMSYS_MAX_CPUS &&
	     sampler->sources_count < PROFILE_MAX_SOURCES; n++) {
		struct sampler_source *source =
			&sampler->sources[sampler->sources_count++];

		sampler_name(source, "cpu", n);
		source->kind = PROFILE_KIND_CPU;
		source->id = n;
		source->flags = PROFILE_SOURCE_OWN_CLOCK | PROFILE_SOURCE_BUSY;
		source->registers = &page->cpu[n];
		source->read = read_cpu;
	}
}
