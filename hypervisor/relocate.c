/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypervisor moves to colors of its own. */
#include "hv/relocate.h"

#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/coloring.h"
#include "hv/config-check.h"
#include "hv/console.h"
#include "hv/errno.h"
#include "hv/printk.h"
#include "hv/setup.h"
#include "hv/string.h"
#include "hv/wait.h"

#define PLACES_MAX	510u
#define PATIENCE_MS	20000u

/* In a page of the pool, which is the same before and after. */
struct way {
	uint32_t arrived;	/* CPUs that wait, before they go over and after */
	uint32_t go;		/* 1: what they share has been copied; 2: on */
	uint64_t root;		/* of the new tables, physical */
	uint64_t place[PLACES_MAX]; /* addresses of the copies; 0: there is none */
};
_Static_assert(sizeof(struct way) == PAGE_BYTES, "one page");

static struct {
	struct way *way;	/* NULL: it stays where it is */
	uint64_t pages;		/* before the pool */
	struct page_table table;
	struct page_table old;	/* whose tables are the image's and the pool's */
} relocation;

static int too_small(const struct color_geometry *geometry,
		     const struct color_set *own, struct reason *reason)
{
	return refuse(reason, -ENOMEM,
		      "hypervisor memory of 0x%llx bytes is too small with %u of %u colors",
		      (unsigned long long)system_config->hypervisor_memory.size,
		      color_set_count(own), color_count(geometry));
}

static bool take_places(struct way *way)
{
	for (uint64_t i = 0; i < relocation.pages; i++) {
		if (!arch_hv_flags(i * PAGE_BYTES))
			continue;
		way->place[i] = (uintptr_t)page_alloc(1);
		if (!way->place[i])
			return false;
	}
	return true;
}

static int prepare(const struct color_set *own, struct reason *reason)
{
	const struct color_geometry *geometry = coloring_geometry();

	relocation.pages = (uint64_t)((uint8_t *)page_pool_start() -
				      (uint8_t *)arch_hv_base()) / PAGE_BYTES;
	if (relocation.pages > PLACES_MAX)
		return refuse(reason, -ENOMEM,
			      "%llu pages of image, CPUs and configuration: at most %u move to colors",
			      (unsigned long long)relocation.pages, PLACES_MAX);
	page_pool_own(geometry, own);
	relocation.way = page_alloc(1);
	if (!relocation.way || !take_places(relocation.way))
		return too_small(geometry, own, reason);
	printk("hypervisor: on %u of %u colors\n", color_set_count(own),
	       color_count(geometry));
	return 0;
}

int relocate_prepare(struct reason *reason)
{
	struct config_view root;
	struct color_set own;

	relocation.way = NULL;
	system_view(&root);
	own = config_own_colors(&root);
	if (color_set_count(&own) == 0)
		return 0;
	return prepare(&own, reason);
}

hpa_t relocate_phys(uint64_t offset)
{
	const struct way *way = relocation.way;
	uint64_t page = offset / PAGE_BYTES;

	if (!way || page >= relocation.pages || !way->place[page])
		return hpa(image_header.image_phys + offset);
	return hv_virt_to_phys((void *)(uintptr_t)way->place[page]);
}

/* Image, areas and configuration from the copies; the pool as it is. */
static int map_memory(struct page_table *table)
{
	const uint64_t virt = (uintptr_t)arch_hv_base();
	uint64_t pool = relocation.pages * PAGE_BYTES;
	int error = 0;

	for (uint64_t at = 0; at < pool && !error; at += PAGE_BYTES) {
		uint32_t flags = arch_hv_flags(at);

		if (flags)
			error = page_table_map(table, virt + at,
					       relocate_phys(at), PAGE_BYTES,
					       flags);
	}
	return error ? error :
	       page_table_map(table, virt + pool, relocate_phys(pool),
			      system_config->hypervisor_memory.size - pool,
			      MAP_READ | MAP_WRITE);
}

int relocate_map(struct reason *reason)
{
	struct page_table *table = &relocation.table;
	int error;

	if (!relocation.way)
		return 0;
	error = page_table_init(table, arch_hv_table()->format);
	if (!error)
		error = map_memory(table);
	if (!error)
		error = hv_remap_copy(table);
	if (!error)
		error = arch_hv_map_fixed(table);
	if (error)
		return refuse(reason, error,
			      "no page of the hypervisor's colors left for its tables");
	relocation.way->root = hv_virt_to_phys(table->root).value;
	return 0;
}

static uint64_t first_area(void)
{
	return image_header.core_size / PAGE_BYTES;
}

static uint64_t area_pages(void)
{
	return image_header.percpu_size / PAGE_BYTES;
}

/* All but the areas: each CPU copies its own. Those of no CPU are empty. */
static void copy_shared(const struct way *way)
{
	uint64_t end = first_area() + image_header.max_cpus * area_pages();
	const uint8_t *from = arch_hv_base();

	for (uint64_t i = 0; i < relocation.pages; i++) {
		void *to = (void *)(uintptr_t)way->place[i];

		if (!to || (i >= first_area() && i < end))
			continue;
		memcpy(to, from + i * PAGE_BYTES, PAGE_BYTES);
		arch_dcache_flush(to, PAGE_BYTES);
	}
	arch_icache_flush();
}

/* All CPUs have said that they go on: one that does not come is broken. */
static void wait_for(const uint32_t *word, uint32_t value)
{
	struct wait wait = wait_begin_ms(PATIENCE_MS);

	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value) {
		if (!wait_turn(&wait))
			panic("hypervisor: a CPU does not come to move\n");
	}
}

/*
 * Those of the remap area: the others are pages of the image. Some were taken
 * before the colors were known, so entries go first: nothing is left of them.
 */
static void free_old_tables(void)
{
	struct page_table *old = &relocation.old;

	page_table_leaves_break(old, arch_hv_remap_base(), HV_REMAP_PAGES);
	old->keep_tables = false;
	CHECK(page_table_unmap(old, arch_hv_remap_base(),
			       HV_REMAP_PAGES * PAGE_BYTES) == 0);
}

/* The first CPU does alone what all have to be there for, the n-th time. */
static void meet(struct way *way, bool master, uint32_t n, void (*alone)(void))
{
	if (master) {
		wait_for(&way->arrived, n * (image_header.online_cpus - 1));
		alone();
		__atomic_store_n(&way->go, n, __ATOMIC_RELEASE);
	} else {
		__atomic_fetch_add(&way->arrived, 1, __ATOMIC_ACQ_REL);
		wait_for(&way->go, n);
	}
}

/* Of what is copied nothing changes from here on. */
static void go_over(void)
{
	relocation.old = *arch_hv_table();
	arch_hv_table()->root = relocation.table.root;
	copy_shared(relocation.way);
}

void relocate_cpu(struct per_cpu *cpu, bool master)
{
	struct way *way = relocation.way;

	if (!way)
		return;
	meet(way, master, 1, go_over);
	arch_hv_switch(&way->place[first_area() + cpu->id * area_pages()],
		       area_pages(), cpu, hpa(way->root));
	meet(way, master, 2, free_old_tables);
}

void relocate_bring_home(const void *start, uint64_t bytes)
{
	uint64_t offset = (uint64_t)((const uint8_t *)start -
				     (const uint8_t *)arch_hv_base());
	uint8_t *home;

	if (!relocation.way)
		return;
	home = hv_window(hpa(image_header.image_phys + (offset & PAGE_MASK)),
			 MAP_READ | MAP_WRITE);
	memcpy(home + (offset & ~PAGE_MASK), start, bytes);
	hv_window_close();
}

void relocate_leave(void)
{
	relocate_bring_home((uint8_t *)arch_hv_base() +
				    image_header.console_ring,
			    sizeof(struct console_ring));
}
