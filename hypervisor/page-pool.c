/* SPDX-License-Identifier: GPL-2.0-only */
/* The pool of pages behind the configuration, and the linear map. */
#include "hv/arch/paging.h"
#include "hv/paging.h"
#include "hv/printk.h"
#include "hv/string.h"

static struct {
	uint8_t *start;
	size_t pages;
	size_t used;
	uint64_t *bitmap;	/* one bit a page, set: in use */
	uint64_t *foreign;	/* likewise, set: not of the hypervisor's colors */
} pool;

static struct {
	uint64_t phys;
	uint64_t size;
} linear;

void hv_memory_init(hpa_t phys, uint64_t size)
{
	linear.phys = phys.value;
	linear.size = size;
}

hpa_t hv_virt_to_phys(const volatile void *virt)
{
	uint64_t offset = (uintptr_t)virt - (uintptr_t)arch_hv_base();

	CHECK(offset < linear.size);
	return hpa(linear.phys + offset);
}

void *hv_phys_to_virt(hpa_t phys)
{
	uint64_t offset = phys.value - linear.phys;

	CHECK(offset < linear.size);
	return (uint8_t *)arch_hv_base() + offset;
}

static bool pool_bit(size_t page)
{
	return pool.bitmap[page / 64] >> (page % 64) & 1;
}

static void pool_mark(size_t page, unsigned int count, bool used)
{
	for (size_t i = page; i < page + count; i++) {
		uint64_t bit = BIT(i % 64);

		if (used)
			pool.bitmap[i / 64] |= bit;
		else
			pool.bitmap[i / 64] &= ~bit;
	}
}

/* In use or kept for cells: the page, and those behind it in its word. */
static uint64_t pool_taken(size_t page)
{
	return (pool.bitmap[page / 64] | pool.foreign[page / 64]) >>
	       (page % 64);
}

void page_pool_init(void *start, size_t pages)
{
	size_t words = pages / 64 + 1;
	size_t bitmap_pages = (2 * words * sizeof(uint64_t) + PAGE_BYTES - 1) /
			      PAGE_BYTES;

	pool.bitmap = start;
	pool.foreign = pool.bitmap + words;
	pool.pages = 0;
	pool.used = 0;
	if (pages <= bitmap_pages)
		return;
	memset(start, 0, bitmap_pages * PAGE_BYTES);
	pool.start = (uint8_t *)start + bitmap_pages * PAGE_BYTES;
	pool.pages = pages - bitmap_pages;
}

void page_pool_own(const struct color_geometry *geometry,
		   const struct color_set *colors)
{
	uint64_t phys = hv_virt_to_phys(pool.start).value;

	for (size_t page = 0; page < pool.pages; page++) {
		uint64_t at = phys + page * PAGE_BYTES;

		if (!color_set_has(colors, color_of(geometry, at)))
			pool.foreign[page / 64] |= BIT(page % 64);
	}
}

void *page_pool_start(void)
{
	return pool.start;
}

/* Bits set in a row from the lowest on. */
static unsigned int taken_run(uint64_t taken)
{
	return ~taken ? (unsigned int)__builtin_ctzll(~taken) : 64;
}

/* First page at or after `page` whose physical address is aligned. */
static size_t pool_align(size_t page, unsigned int count)
{
	uint64_t first;

	if (count & (count - 1))
		return page;
	first = hv_virt_to_phys(pool.start).value / PAGE_BYTES;
	return (size_t)(((first + page + count - 1) & ~((uint64_t)count - 1)) -
			first);
}

/*
 * Start of a free run, or pool.pages. Looks at each page at most once: what is
 * taken in one word is passed at once.
 */
static size_t pool_find(unsigned int count)
{
	size_t start = pool_align(0, count);
	size_t page = start;

	while (page < pool.pages) {
		uint64_t taken = pool_taken(page);

		if (taken & 1) {
			start = pool_align(page + taken_run(taken), count);
			page = start;
		} else if (++page - start == count) {
			return start;
		}
	}
	return pool.pages;
}

/* What is taken from the pool: it is marked and cleared. */
static void *pool_take(size_t page, unsigned int count)
{
	void *pages;

	pool_mark(page, count, true);
	pool.used += count;
	pages = pool.start + page * PAGE_BYTES;
	memset(pages, 0, count * PAGE_BYTES);
	return pages;
}

void *page_alloc(unsigned int count)
{
	size_t page;

	if (count == 0 || count > pool.pages)
		return NULL;
	page = pool_find(count);
	return page == pool.pages ? NULL : pool_take(page, count);
}

void *page_alloc_colored(const struct color_geometry *geometry,
			 const struct color_set *colors)
{
	uint64_t phys = hv_virt_to_phys(pool.start).value;

	for (size_t page = 0; page < pool.pages; page++) {
		uint64_t at = phys + page * PAGE_BYTES;

		if (!pool_bit(page) &&
		    color_set_has(colors, color_of(geometry, at)))
			return pool_take(page, 1);
	}
	return NULL;
}

void page_free(void *pages, unsigned int count)
{
	size_t page;

	if (!pages)
		return;
	page = (size_t)((uint8_t *)pages - pool.start) / PAGE_BYTES;
	CHECK((uint8_t *)pages >= pool.start && page + count <= pool.pages);
	for (unsigned int i = 0; i < count; i++)
		CHECK(pool_bit(page + i));
	pool_mark(page, count, false);
	pool.used -= count;
}

size_t page_pool_size(void)
{
	return pool.pages;
}

size_t page_pool_used(void)
{
	return pool.used;
}
