/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the files of the page-table walker. */
#ifndef PAGING_INTERNAL_H
#define PAGING_INTERNAL_H

#include "hv/paging.h"

#define TABLE_ENTRIES		512u
#define LEVEL_BITS		9u
#define GROUP_ENTRIES		(PAGING_GROUP_BYTES / PAGE_BYTES)

/* The way from the root down to one entry. */
struct walk {
	uint64_t *table[PAGING_MAX_LEVELS];	/* by level */
	unsigned int level;			/* where the walk stopped */
	uint64_t *entry;
};

static inline uint64_t level_bytes(unsigned int level)
{
	return PAGE_BYTES << (level * LEVEL_BITS);
}

/* virt / level_bytes(level), which no compiler takes for a shift. */
static inline uint64_t level_pages(uint64_t virt, unsigned int level)
{
	return virt / PAGE_BYTES >> (level * LEVEL_BITS);
}

static inline unsigned int root_level(const struct page_table *table)
{
	return table->format->levels - 1;
}

static inline unsigned int table_entries(const struct page_table *table,
					 unsigned int level)
{
	if (level == root_level(table))
		return TABLE_ENTRIES * table->format->root_pages;
	return TABLE_ENTRIES;
}

static inline unsigned int entry_index(const struct page_table *table,
				       uint64_t virt, unsigned int level)
{
	return (unsigned int)level_pages(virt, level) &
	       (table_entries(table, level) - 1);
}

static inline uint64_t *next_table(const struct page_table *table,
				   uint64_t entry)
{
	return hv_phys_to_virt(table->format->address(entry));
}

static inline void entry_set(const struct page_table *table, uint64_t *entry,
			     uint64_t value)
{
	*(volatile uint64_t *)entry = value;
	table->format->publish(entry);
}

/* An entry of level 0 that is one of a group. */
static inline bool is_grouped(const struct page_table *table, uint64_t entry)
{
	return entry & table->format->group;
}

static inline uint64_t *group_first(uint64_t *entry)
{
	return (uint64_t *)((uintptr_t)entry &
			    ~(GROUP_ENTRIES * sizeof(*entry) - 1));
}

/* Goes down from the root as far as tables exist, at most to level `to`. */
void paging_walk_down(const struct page_table *table, uint64_t virt,
		      unsigned int to, struct walk *walk);
/*
 * A table to take the place of an entry that is none. When the entry maps a
 * block, the table maps the same in smaller pieces: those of level 0 with
 * `group`, the format's or 0. NULL: no page is left.
 */
uint64_t *paging_table_fill(const struct page_table *table,
			    const struct walk *walk, uint64_t group);

#endif
