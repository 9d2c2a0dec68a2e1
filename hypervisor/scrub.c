/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of a cell is cleared before another one gets it. */
#include "cell-internal.h"
#include "hv/arch/cpu.h"
#include "hv/coloring.h"
#include "hv/paging.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/setup.h"
#include "hv/string.h"

/* What is done between two looks at pending interrupts. */
#define STEP_BYTES	(256 * 1024ull)

static void clear_step(void *memory, uint64_t size)
{
	memset(memory, 0, size);
	/* The next owner may start with its caches off. */
	arch_dcache_flush(memory, size);
}

static void flush_step(void *memory, uint64_t size)
{
	arch_dcache_flush(memory, size);
}

static void for_steps(const struct memory_region *region,
		      void (*action)(void *memory, uint64_t size))
{
	for (uint64_t done = 0; done < region->size; done += STEP_BYTES) {
		uint64_t left = region->size - done;
		uint64_t step = left < STEP_BYTES ? left : STEP_BYTES;
		void *memory = hv_map(hpa(region->phys_start + done), step,
				      MAP_READ | MAP_WRITE);

		/* The remap area is never that full in a management call. */
		CHECK(memory);
		action(memory, step);
		hv_unmap(memory, step);
		arch_cpu_poll_irqs(this_cpu());
	}
}

static bool is_memsys_page(const struct memory_region *region)
{
	const struct weir_record_memsys *memsys;
	struct config_view view;

	cell_view(cell_root(), &view);
	memsys = (const void *)config_record(&view, WEIR_RECORD_MEMSYS, 0);
	return memsys && memsys->page_address == region->phys_start;
}

static void for_private_ram(const struct cell *cell,
			    void (*action)(void *memory, uint64_t size))
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_memory_regions; i++) {
		const struct memory_region *region = &view.memory[i];
		struct memory_region part;
		struct fragments parts;

		if (!region_is_private_ram(region) || is_memsys_page(region))
			continue;
		fragments_init(&parts, cell, region);
		while (fragments_next(&parts, &part))
			for_steps(&part, action);
	}
}

void cell_scrub(const struct cell *cell)
{
	if (cell->scrub)
		for_private_ram(cell, clear_step);
	else
		cell_flush_memory(cell);
}

void cell_flush_memory(const struct cell *cell)
{
	for_private_ram(cell, flush_step);
}
