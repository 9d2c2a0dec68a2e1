/* SPDX-License-Identifier: GPL-2.0-only */
/* Physical memory, the hypervisor's tables and second stages of the fake. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake-internal.h"
#include "fake.h"
#include "hv/arch/cache.h"
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/errno.h"
#include "lpae.h"

#define REMAP_BYTES	((uint64_t)HV_REMAP_PAGES * PAGE_BYTES)
#define BLOCK_BYTES	0x200000ull

static struct {
	int file;
	uint8_t *ram;
	uint8_t *hv;
	uint8_t *remap;
	struct page_table hv_table;
	struct paging_format hv_format;
	struct paging_format stage2_format;
	uint64_t hv_root[512] __attribute__((aligned(4096)));
} memory = { .file = -1 };

static void give_up(const char *what)
{
	perror(what);
	abort();
}

static void *map_file(void *at, uint64_t offset, uint64_t size, int protection)
{
	void *virt = mmap(at, size, protection,
			  MAP_SHARED | (at ? MAP_FIXED : 0), memory.file,
			  (off_t)offset);

	if (virt == MAP_FAILED)
		give_up("mmap");
	return virt;
}

static void map_nothing(void *at, uint64_t size)
{
	if (mmap(at, size, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1,
		 0) == MAP_FAILED)
		give_up("mmap");
}

/* Address space once a process, 2 MiB aligned; the kernel finds the place. */
static void reserve_remap(void)
{
	uint8_t *space;

	if (memory.remap)
		return;
	space = mmap(NULL, REMAP_BYTES + BLOCK_BYTES, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (space == MAP_FAILED)
		give_up("mmap");
	memory.remap = space + (-(uintptr_t)space & (BLOCK_BYTES - 1));
}

static void make_formats(void)
{
	struct lpae_geometry geometry;

	lpae_stage1_geometry(48, &geometry);
	lpae_stage1_format(&memory.hv_format, &geometry, NULL);
	lpae_stage2_geometry(40, &geometry);
	lpae_stage2_format(&memory.stage2_format, &geometry, NULL);
	if (fake_stage2_format)
		memory.stage2_format = *fake_stage2_format;
	memset(memory.hv_root, 0, sizeof(memory.hv_root));
	memory.hv_table = (struct page_table){
		.format = &memory.hv_format,
		.root = memory.hv_root,
	};
}

void fake_memory_init(void)
{
	if (memory.file >= 0) {
		munmap(memory.ram, FAKE_RAM_BYTES);
		munmap(memory.hv, FAKE_HV_BYTES);
		close(memory.file);
	}
	memory.file = memfd_create("fake-ram", 0);
	if (memory.file < 0 || ftruncate(memory.file, FAKE_RAM_BYTES) < 0)
		give_up("memfd");
	memory.ram = map_file(NULL, 0, FAKE_RAM_BYTES, PROT_READ | PROT_WRITE);
	memory.hv = map_file(NULL, FAKE_HV_START - FAKE_RAM_START,
			     FAKE_HV_BYTES, PROT_READ | PROT_WRITE);
	reserve_remap();
	map_nothing(memory.remap, REMAP_BYTES);
	make_formats();
}

void *fake_ram(uint64_t phys)
{
	if (phys - FAKE_RAM_START >= FAKE_RAM_BYTES)
		return NULL;
	return memory.ram + (phys - FAKE_RAM_START);
}

void *fake_guest(const struct cell *cell, uint64_t address, uint32_t wanted)
{
	uint32_t flags;
	hpa_t phys;

	if (!arch_cell_translate(cell, gpa(address), &phys, &flags) ||
	    (flags & wanted) != wanted)
		return NULL;
	return fake_ram(phys.value);
}

bool fake_tlb_local;
const struct paging_format *fake_stage2_format;

struct page_table *arch_cell_table(struct cell *cell)
{
	return &cell->arch.stage2;
}

void arch_cell_flush(uint64_t virt, uint64_t size)
{
	(void)virt;
	(void)size;
	fake.cell_flushes++;
}

void arch_icache_flush(void)
{
	fake.icache_flushes++;
}

void *arch_hv_base(void)
{
	return memory.hv;
}

struct page_table *arch_hv_table(void)
{
	return &memory.hv_table;
}

/* A guard at the end of each area; else as data. */
uint32_t arch_hv_flags(uint64_t offset)
{
	return offset && offset == fake.guard_offset ? 0 : MAP_READ | MAP_WRITE;
}

int arch_hv_map_fixed(struct page_table *table)
{
	(void)table;
	return 0;
}

void arch_hv_switch(const uint64_t *place, uint64_t count, const void *from,
		    hpa_t root)
{
	fake.switched_root = root.value;
	for (uint64_t i = 0; i < count; i++)
		if (place[i])
			memcpy((void *)(uintptr_t)place[i],
			       (const uint8_t *)from + i * PAGE_BYTES,
			       PAGE_BYTES);
}

uint64_t arch_hv_remap_base(void)
{
	return (uintptr_t)memory.remap;
}

struct run {
	uint64_t virt;
	uint64_t size;
	bool mapped;
	hpa_t phys;
	uint32_t flags;
};

static void run_apply(const struct run *run)
{
	void *virt = (void *)(uintptr_t)run->virt;
	int protection = PROT_READ | (run->flags & MAP_WRITE ? PROT_WRITE : 0);

	if (run->size == 0)
		return;
	if (run->mapped && fake_ram(run->phys.value))
		map_file(virt, run->phys.value - FAKE_RAM_START, run->size,
			 protection);
	else
		map_nothing(virt, run->size);
}

static bool run_continues(const struct run *run, const struct run *next)
{
	if (run->size == 0 || run->mapped != next->mapped)
		return false;
	return !next->mapped || (run->flags == next->flags &&
				 run->phys.value + run->size ==
					 next->phys.value);
}

/* Does what the tables say, run by run. */
void arch_hv_sync(uint64_t virt, uint64_t size)
{
	struct run run = { .virt = virt };

	fake.hv_syncs++;
	for (uint64_t at = virt; at < virt + size; at += PAGE_BYTES) {
		struct run next = { .virt = at, .size = PAGE_BYTES };

		next.mapped = page_table_translate(&memory.hv_table, at,
						   &next.phys, &next.flags);
		if (run_continues(&run, &next)) {
			run.size += PAGE_BYTES;
		} else {
			run_apply(&run);
			run = next;
		}
	}
	run_apply(&run);
}

void arch_hv_publish(uint64_t virt, uint64_t size)
{
	arch_hv_sync(virt, size);
}

bool arch_cell_translate(const struct cell *cell, gpa_t address, hpa_t *phys,
			 uint32_t *flags)
{
	return page_table_translate(&cell->arch.stage2, address.value, phys,
				    flags);
}

static bool injected_failure(void)
{
	return fake.fail_map_after && --fake.fail_map_after == 0;
}

int arch_cell_map(struct cell *cell, const struct memory_region *region)
{
	if (injected_failure())
		return -ENOMEM;
	cell->arch.maps++;
	return page_table_map(&cell->arch.stage2, region->virt_start,
			      hpa(region->phys_start), region->size,
			      region_map_flags(region->flags));
}

int arch_cell_unmap(struct cell *cell, const struct memory_region *region)
{
	if (injected_failure())
		return -ENOMEM;
	cell->arch.unmaps++;
	return page_table_unmap(&cell->arch.stage2, region->virt_start,
				region->size);
}

int arch_cell_init(struct cell *cell, struct reason *reason)
{
	if (fake.fail_cell_init)
		return refuse(reason, -EIO, "told to fail");
	if (page_table_init(&cell->arch.stage2, &memory.stage2_format) < 0)
		return refuse(reason, -ENOMEM, "no pages for the second stage");
	return 0;
}

void arch_cell_exit(struct cell *cell)
{
	page_table_free(&cell->arch.stage2);
}

bool arch_cache_last(struct color_cache *cache, bool *is_hashed)
{
	*cache = fake.cache;
	*is_hashed = fake.cache_is_hashed;
	return cache->sets != 0;
}

void arch_dcache_flush(const volatile void *virt, uint64_t size)
{
	(void)virt;
	fake.flushed_bytes += size;
}
