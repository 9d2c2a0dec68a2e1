/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page allocation and page tables: one walker for the hypervisor's own tables
 * and for second-stage tables, driven by a format description.
 *
 * Context: master CPU during setup, then management calls only.
 */
#ifndef HV_PAGING_H
#define HV_PAGING_H

#include "coloring/coloring.h"
#include "types.h"

/* The pool is what remains of hypervisor memory behind the configuration. */
void page_pool_init(void *start, size_t pages);
/*
 * Zeroed, contiguous; NULL when the pool has no such run. A count that is a
 * power of two is aligned to its size in physical memory.
 */
void *page_alloc(unsigned int count);
/* From now on page_alloc() takes pages of these colors only. Setup, master. */
void page_pool_own(const struct color_geometry *geometry,
		   const struct color_set *colors);
/* What lies before the pool and its own account: image, areas, configuration. */
void *page_pool_start(void);
/* One page of these colors, zeroed. */
void *page_alloc_colored(const struct color_geometry *geometry,
			 const struct color_set *colors);
void page_free(void *pages, unsigned int count);
size_t page_pool_size(void);
size_t page_pool_used(void);

/*
 * Declares the linear map: `size` bytes at arch_hv_base() are those at
 * `phys`. Before anything else here.
 */
void hv_memory_init(hpa_t phys, uint64_t size);
/* Hypervisor memory is mapped linearly; these convert within it. */
hpa_t hv_virt_to_phys(const volatile void *virt);
void *hv_phys_to_virt(hpa_t phys);

#define MAP_READ	0x01u
#define MAP_WRITE	0x02u
#define MAP_EXECUTE	0x04u
#define MAP_DEVICE	0x08u	/* device memory, else normal write-back */
#define MAP_NO_BLOCKS	0x10u	/* 4 KiB pages only */

/* MAP_* of the MEM_* flags of a struct memory_region. */
uint32_t region_map_flags(uint64_t region_flags);

/*
 * Levels are counted from the leaves: entries of level 0 map 4 KiB, of level 1
 * 2 MiB, of level 2 1 GiB; those of level 3 are always tables.
 */
struct paging_format {
	unsigned int levels;		/* 3 or 4: the root's is levels - 1 */
	unsigned int root_pages;	/* concatenated tables at the root */
	uint64_t (*leaf)(unsigned int level, hpa_t phys, uint32_t flags);
	uint64_t (*table)(hpa_t next);
	bool (*valid)(uint64_t entry);
	bool (*is_table)(unsigned int level, uint64_t entry);
	hpa_t (*address)(uint64_t entry);
	uint32_t (*flags)(uint64_t leaf);	/* MAP_READ to MAP_DEVICE */
	/* Makes a changed entry visible to the walker; may be a no-op. */
	void (*publish)(const uint64_t *entry);
	/* The highest of blocks: 1 for 2 MiB, 2 for 1 GiB; 0: there are none. */
	unsigned int block_level;
	/*
	 * In the entries of 16 pages of level 0 that are one piece, aligned to
	 * its size on both sides, and have the same flags: a TLB may keep it
	 * as one. 0 where there is no such thing.
	 */
	uint64_t group;
};

struct page_table {
	const struct paging_format *format;
	uint64_t *root;
	bool keep_tables;	/* tables that become empty stay */
};

#define PAGING_MAX_LEVELS	4
#define PAGING_GROUP_BYTES	(16 * PAGE_BYTES)

int page_table_init(struct page_table *table, const struct paging_format *format);
/* Frees all tables; nothing may walk them any more. */
void page_table_free(struct page_table *table);

/*
 * Maps with the largest blocks and groups that fit; replaces what was mapped there,
 * splitting blocks where needed. -ENOMEM leaves the old mapping of what was
 * not reached. All values page aligned, else -EINVAL. TLB is the caller's.
 */
int page_table_map(struct page_table *table, uint64_t virt, hpa_t phys,
		   uint64_t size, uint32_t flags);
int page_table_unmap(struct page_table *table, uint64_t virt, uint64_t size);
/*
 * Changes of what a running guest has mapped: planned, broken, made. Between the
 * last two the caller sees to it that nobody uses the old entries (break before
 * make); the guest has nothing there meanwhile.
 */
struct page_change {
	uint64_t virt;		/* what the TLBs are to forget in between */
	uint64_t bytes;
	uint64_t *entry;
	unsigned int entries;
	uint64_t value;		/* of the first */
	uint64_t *gone;		/* a table that is not needed any more, or NULL */
};

struct page_range {
	uint64_t virt;
	uint64_t bytes;
};

/* Whether `virt` has an entry of level 0 that is in no group. */
bool page_table_is_split(const struct page_table *table, uint64_t virt);
/*
 * The block at `virt` gives way to a table that maps the same, without groups;
 * or the group to entries of their own. -ENOMEM. What is planned is to be made.
 */
int page_table_split_plan(const struct page_table *table, uint64_t virt,
			  struct page_change *change);
/*
 * The other way round: a table that maps one piece of memory gives way to a block,
 * when `virt` is the first page of one of level 1; or the first 16 pages from
 * `virt` on, in its table, become a group. Only what lies in `within`. False:
 * nothing is left to join in this table. `*next`: where to look next.
 */
bool page_table_join_plan(const struct page_table *table, uint64_t virt,
			  const struct page_range *within,
			  struct page_change *change, uint64_t *next);
void page_table_change_break(const struct page_table *table,
			     const struct page_change *change);
void page_table_change_make(const struct page_table *table,
			    const struct page_change *change);
/* The page at `virt`, which has an entry of level 0 in no group: whether it was mapped. */
bool page_table_leaf_break(struct page_table *table, uint64_t virt);
/* So many of them. */
void page_table_leaves_break(struct page_table *table, uint64_t virt,
			     unsigned int count);
void page_table_leaves_make(struct page_table *table, uint64_t virt, hpa_t phys,
			    unsigned int count, uint32_t flags);

/*
 * What lies in one piece again has blocks and groups again: of all tables of level
 * 0 that have some of `range`, what lies in `within`. While nobody uses the table.
 */
void page_table_join(const struct page_table *table,
		     const struct page_range *range,
		     const struct page_range *within);
/* Makes the tables down to level 0, so that mapping pages there cannot fail. */
int page_table_reserve(struct page_table *table, uint64_t virt, uint64_t size);
/* False when nothing is mapped there. */
bool page_table_translate(const struct page_table *table, uint64_t virt,
			  hpa_t *phys, uint32_t *flags);
/* What a table takes, and what of the TLB its entries take. */
struct page_table_use {
	unsigned int pages;		/* of tables, the root included */
	uint64_t leaves[PAGING_MAX_LEVELS];	/* by level, but those in groups */
	uint64_t grouped;		/* of level 0, in groups of 16 */
};

void page_table_use(const struct page_table *table, struct page_table_use *use);

/*
 * Into `table`, which has its tables there: all that the remap area shows now.
 * -ENOMEM.
 */
int hv_remap_copy(struct page_table *table);
/* Prepares the remap area. After hv_memory_init() and page_pool_init(). */
int hv_remap_init(void);
/*
 * The hypervisor's own tables: device or foreign memory, anywhere free; NULL
 * when the remap area has no such run. `phys` need not be page aligned, the
 * answer has the same offset in its page. Setup and management calls only.
 */
void *hv_map(hpa_t phys, uint64_t size, uint32_t flags);
void hv_unmap(void *virt, uint64_t size);
/* Pages from hv_map() show others from now on. */
void hv_remap(void *virt, hpa_t phys, unsigned int count, uint32_t flags);
size_t remap_pool_size(void);	/* pages */
size_t remap_pool_used(void);

/*
 * This CPU's window: one page of foreign memory, until the next call on this
 * CPU. Any hypervisor context but interrupt handlers; cannot fail.
 */
void *hv_window(hpa_t page, uint32_t flags);
/* Points the window at nothing. */
void hv_window_close(void);

/*
 * Copies from or to guest memory of the calling CPU's cell through its second
 * stage; every byte must be RAM the guest itself may read (or write). -EINVAL.
 */
int guest_read(struct cell *cell, gpa_t from, void *to, size_t size);
int guest_write(struct cell *cell, gpa_t to, const void *from, size_t size);
/* As arch_cell_translate(), on a CPU of the cell, while its pages may move. */
bool guest_translate(const struct cell *cell, gpa_t address, hpa_t *phys,
		     uint32_t *flags);
/* Whether guest_write() of so many bytes would succeed. */
bool guest_writable(struct cell *cell, gpa_t to, size_t size);

#endif
