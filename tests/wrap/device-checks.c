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

#include "cells.h"
#include "colored-blobs.h"
#include "hv/arch/paging.h"
#include "hv/coloring.h"
#include "hv/config-check.h"

const struct memory_region device_cell_ram = {
	BLOB_CELL_RAM, BLOB_CELL_RAM, BLOB_CELL_RAM_BYTES,
	MEM_READ | MEM_WRITE | MEM_DMA
};

void device_reaches(const struct device_kind *kind, uint32_t source,
		    uint64_t address, uint64_t wanted)
{
	for (unsigned int n = 0; n < 2 * kind->units_count; n++) {
		uint64_t phys;

		assert_int_equal(kind->dma(n / 2, source, address, n % 2,
					   &phys), 0);
		assert_int_equal(phys, wanted);
	}
}

void device_refused(const struct device_kind *kind, uint32_t source,
		    uint64_t address)
{
	uint64_t phys;

	for (unsigned int n = 0; n < 2 * kind->units_count; n++)
		assert_int_not_equal(kind->dma(n / 2, source, address, n % 2,
					       &phys), 0);
}

static void each_run(struct cell *of, const struct memory_region *region,
		     struct cell *cell, device_map action)
{
	struct fragments fragments;
	struct memory_region run;

	fragments_init(&fragments, of, region);
	while (fragments_next(&fragments, &run)) {
		if (cell != of)
			run.virt_start = run.phys_start;
		assert_int_equal(action(cell, &run), 0);
	}
}

void device_map_all(const struct device_kind *kind, struct cell *cell)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t i = 0; i < view.desc->num_memory_regions; i++)
		each_run(cell, &view.memory[i], cell, kind->map);
}

struct cell *device_cell_create(const struct device_kind *kind,
				struct blob_cell *blob)
{
	struct cell *cell;

	blob->memory[BLOB_OWN].flags |= MEM_DMA;
	blob->memory[BLOB_ROM].flags |= MEM_DMA;
	if (cells_create(blob, sizeof(*blob)))
		fail_msg("create: %s", cells_last_reason());
	cell = cell_by_id(1);
	assert_int_equal(kind->cell_init(cell, NULL), 0);
	device_map_all(kind, cell);
	assert_int_equal(kind->unmap(cell_root(), &device_cell_ram), 0);
	assert_int_equal(kind->commit(), 0);
	return cell;
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
		device_reaches(kind, source, own->virt_start + at + 0x123,
			       phys.value + 0x123);
		device_refused(kind, root_source, phys.value);
		for (; root_at < phys.value; root_at += PAGE_BYTES)
			device_reaches(kind, root_source, root_at, root_at);
		root_at += PAGE_BYTES;
	}
	device_refused(kind, source, own->virt_start + own->size);
}

void device_expect_shared(const struct device_kind *kind, uint32_t source,
			  uint64_t virt)
{
	for (uint64_t at = 0; at < SHARED_BYTES; at += PAGE_BYTES)
		device_reaches(kind, source, virt + at + 0x123,
			       shared_phys(at) + 0x123);
	device_refused(kind, source, virt - PAGE_BYTES);
	device_refused(kind, source, virt + SHARED_BYTES);
}

#define STAGE_BASE		0x100000ull
#define STAGE_PAGES		1200u
#define LOOKS			16u		/* at random pages, each step */

static unsigned int any_page(void)
{
	return (unsigned int)rand() % STAGE_PAGES;
}

/* What `plan` says of the pages of the stage is so: 0, or where they are. By turns. */
static void look(const struct device_kind *kind, uint32_t source,
		 const uint64_t *plan)
{
	for (unsigned int n = 0; n < LOOKS; n++) {
		unsigned int page = any_page();
		uint64_t phys;
		bool refused = kind->dma(n / 2 % kind->units_count, source,
					 STAGE_BASE + page * PAGE_BYTES, n % 2,
					 &phys);

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
