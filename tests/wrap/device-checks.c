/* SPDX-License-Identifier: GPL-2.0-only */
/* What devices reach, whatever unit stands before them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device-checks.h"

#include "hv/arch/paging.h"
#include "hv/coloring.h"

static void each_run(struct cell *of, const struct memory_region *region,
		     struct cell *cell, device_map action)
{
	struct fragments fragments;
	struct memory_region run;

	fragments_init(&fragments, of, region);
	while (fragments_next(&fragments, &run)) {
		if (cell == cell_root())
			run.virt_start = run.phys_start;
		assert_int_equal(action(cell, &run), 0);
	}
}

void device_give_colored(const struct device_kind *kind, struct cell *cell,
			 const struct memory_region *own)
{
	each_run(cell, own, cell, kind->map);
	each_run(cell, own, cell_root(), kind->unmap);
}

void device_take_colored(const struct device_kind *kind, struct cell *cell,
			 const struct memory_region *own)
{
	each_run(cell, own, cell, kind->unmap);
}

void device_expect_colored(const struct device_kind *kind,
			   const struct cell *cell,
			   const struct memory_region *own, uint32_t source,
			   uint32_t root_source)
{
	uint64_t root_at = own->phys_start;

	for (uint64_t at = 0; at < own->size; at += PAGE_BYTES) {
		uint32_t flags;
		hpa_t phys;

		assert_true(arch_cell_translate(cell, gpa(own->virt_start + at),
						&phys, &flags));
		kind->reaches(source, own->virt_start + at + 0x123,
			      phys.value + 0x123);
		kind->refused(root_source, phys.value);
		for (; root_at < phys.value; root_at += PAGE_BYTES)
			kind->reaches(root_source, root_at, root_at);
		root_at += PAGE_BYTES;
	}
	kind->refused(source, own->virt_start + own->size);
}

#define STAGE_BASE		0x100000ull
#define STAGE_PAGES		1200u
#define LOOKS			16u		/* at random pages, each step */

static unsigned int any_page(void)
{
	return (unsigned int)rand() % STAGE_PAGES;
}

/* What `plan` says of the pages of the stage is so: 0, or where they are. */
static void look(const struct device_kind *kind, uint32_t source,
		 const uint64_t *plan)
{
	for (unsigned int n = 0; n < LOOKS; n++) {
		unsigned int page = any_page();
		uint64_t phys;
		bool refused = kind->access(source, STAGE_BASE +
					    page * PAGE_BYTES, n % 2, &phys);

		assert_int_equal(refused, plan[page] == 0);
		if (!refused)
			assert_int_equal(phys, plan[page]);
	}
}

unsigned int device_random_regions(const struct device_kind *kind,
				   const struct cell *cell, uint32_t source,
				   unsigned int steps)
{
	static uint64_t plan[STAGE_PAGES];

	memset(plan, 0, sizeof(plan));
	for (unsigned int step = 0; step < steps; step++) {
		unsigned int first = any_page();
		unsigned int count = 1 + (unsigned int)rand() %
					     (STAGE_PAGES - first);
		uint64_t moved = rand() % 8 ? first : any_page();
		struct memory_region region = {
			0x50000000 + moved * PAGE_BYTES,
			STAGE_BASE + first * PAGE_BYTES, count * PAGE_BYTES,
			MEM_DMA | MEM_READ | MEM_WRITE };
		bool map = rand() % 2;

		assert_int_equal(map ? kind->map(cell, &region) :
				       kind->unmap(cell, &region), 0);
		for (unsigned int n = 0; n < count; n++)
			plan[first + n] = map ? region.phys_start +
						n * PAGE_BYTES : 0;
		look(kind, source, plan);
	}
	return steps * LOOKS;
}
