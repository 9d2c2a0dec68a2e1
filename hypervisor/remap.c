/* SPDX-License-Identifier: GPL-2.0-only */
/* The remap area: foreign memory in the hypervisor's own address space. */
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/printk.h"

/* The first pages are the windows of the CPUs, one each. */
#define WINDOW_PAGES	HV_MAX_CPUS

static struct {
	uint64_t bitmap[HV_REMAP_PAGES / 64];	/* set: in use */
	size_t used;
} remap;

static bool remap_bit(size_t page)
{
	return remap.bitmap[page / 64] >> (page % 64) & 1;
}

static void remap_mark(size_t page, size_t count, bool used)
{
	for (size_t i = page; i < page + count; i++) {
		if (used)
			remap.bitmap[i / 64] |= BIT(i % 64);
		else
			remap.bitmap[i / 64] &= ~BIT(i % 64);
	}
}

/* All tables are made here, so that mapping later neither fails nor allocates. */
int hv_remap_init(void)
{
	struct page_table *table = arch_hv_table();

	for (size_t i = 0; i < ARRAY_COUNT(remap.bitmap); i++)
		remap.bitmap[i] = 0;
	remap_mark(0, WINDOW_PAGES, true);
	remap.used = WINDOW_PAGES;
	table->keep_tables = true;
	return page_table_reserve(table, arch_hv_remap_base(),
				  HV_REMAP_PAGES * PAGE_BYTES);
}

int hv_remap_copy(struct page_table *table)
{
	uint64_t start = arch_hv_remap_base();
	int error = page_table_reserve(table, start,
				       HV_REMAP_PAGES * PAGE_BYTES);

	for (size_t page = 0; page < HV_REMAP_PAGES && !error; page++) {
		uint64_t virt = start + page * PAGE_BYTES;
		uint32_t flags;
		hpa_t phys;

		/* Most have never been used: 8192 walks are the longest step. */
		if (!remap_bit(page))
			continue;
		if (page_table_translate(arch_hv_table(), virt, &phys, &flags))
			error = page_table_map(table, virt, phys, PAGE_BYTES,
					       flags | MAP_NO_BLOCKS);
	}
	return error;
}

/* Start of a free run, or HV_REMAP_PAGES. */
static size_t remap_find(size_t count)
{
	size_t start = WINDOW_PAGES;

	for (size_t page = start; page < HV_REMAP_PAGES; page++) {
		if (remap_bit(page))
			start = page + 1;
		else if (page + 1 - start == count)
			return start;
	}
	return HV_REMAP_PAGES;
}

void *hv_map(hpa_t phys, uint64_t size, uint32_t flags)
{
	uint64_t offset = phys.value & ~PAGE_MASK;
	uint64_t bytes;
	uint64_t virt;
	size_t page;

	if (size == 0 || size > HV_REMAP_PAGES * PAGE_BYTES)
		return NULL;
	bytes = page_round_up(size + offset);
	page = remap_find(bytes / PAGE_BYTES);
	if (page == HV_REMAP_PAGES)
		return NULL;
	virt = arch_hv_remap_base() + page * PAGE_BYTES;
	if (page_table_map(arch_hv_table(), virt, hpa(phys.value & PAGE_MASK),
			   bytes, flags | MAP_NO_BLOCKS) < 0)
		return NULL;
	remap_mark(page, bytes / PAGE_BYTES, true);
	remap.used += bytes / PAGE_BYTES;
	arch_hv_sync(virt, bytes);
	return (void *)(uintptr_t)(virt + offset);
}

void hv_unmap(void *virt, uint64_t size)
{
	uint64_t address = (uintptr_t)virt;
	uint64_t bytes = page_round_up(size + (address & ~PAGE_MASK));
	size_t page;

	if (!virt)
		return;
	address &= PAGE_MASK;
	page = (address - arch_hv_remap_base()) / PAGE_BYTES;
	CHECK(page >= WINDOW_PAGES && page < HV_REMAP_PAGES &&
	      bytes / PAGE_BYTES <= HV_REMAP_PAGES - page);
	CHECK(page_table_unmap(arch_hv_table(), address, bytes) == 0);
	arch_hv_sync(address, bytes);
	remap_mark(page, bytes / PAGE_BYTES, false);
	remap.used -= bytes / PAGE_BYTES;
}

void hv_remap(void *virt, hpa_t phys, unsigned int count, uint32_t flags)
{
	uint64_t address = (uintptr_t)virt & PAGE_MASK;

	page_table_leaves_break(arch_hv_table(), address, count);
	arch_hv_sync(address, count * PAGE_BYTES);
	page_table_leaves_make(arch_hv_table(), address, phys, count, flags);
	arch_hv_publish(address, count * PAGE_BYTES);
}

size_t remap_pool_size(void)
{
	return HV_REMAP_PAGES;
}

size_t remap_pool_used(void)
{
	return remap.used;
}

static uint64_t window_address(void)
{
	return arch_hv_remap_base() + this_cpu()->id * PAGE_BYTES;
}

void hv_window_close(void)
{
	uint64_t virt = window_address();

	if (page_table_leaf_break(arch_hv_table(), virt))
		arch_hv_sync(virt, PAGE_BYTES);
}

/*
 * Closed first, because an entry must not change from one valid mapping to
 * another (Arm ARM DDI 0487, D8.14: break before make).
 */
void *hv_window(hpa_t page, uint32_t flags)
{
	uint64_t virt = window_address();

	hv_window_close();
	page_table_leaves_make(arch_hv_table(), virt, hpa(page.value & PAGE_MASK),
			       1, flags);
	arch_hv_publish(virt, PAGE_BYTES);
	return (void *)(uintptr_t)virt;
}
