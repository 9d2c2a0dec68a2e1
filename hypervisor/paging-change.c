/* SPDX-License-Identifier: GPL-2.0-only */
/* Page tables: changes under a running guest, and what a table takes. */
#include "paging-internal.h"

#include "hv/errno.h"
#include "hv/printk.h"

bool page_table_is_split(const struct page_table *table, uint64_t virt)
{
	struct walk walk;

	paging_walk_down(table, virt, 0, &walk);
	return walk.level == 0 && !is_grouped(table, *walk.entry);
}

/* All entries of a group change together: to `value`, and the pages behind it. */
static void group_plan(uint64_t virt, uint64_t *first, uint64_t value,
		       struct page_change *change)
{
	*change = (struct page_change){
		.virt = virt & ~(PAGING_GROUP_BYTES - 1),
		.bytes = PAGING_GROUP_BYTES,
		.entry = first,
		.entries = GROUP_ENTRIES,
		.value = value,
	};
}

int page_table_split_plan(const struct page_table *table, uint64_t virt,
			  struct page_change *change)
{
	uint64_t group = table->format->group;
	struct walk walk;
	uint64_t *below;

	paging_walk_down(table, virt, 0, &walk);
	if (walk.level == 0) {
		CHECK(is_grouped(table, *walk.entry));
		group_plan(virt, group_first(walk.entry),
			   *group_first(walk.entry) & ~group, change);
		return 0;
	}
	below = paging_table_fill(table, &walk, 0);
	if (!below)
		return -ENOMEM;
	*change = (struct page_change){
		.virt = virt & PAGE_MASK,
		.bytes = PAGE_BYTES,
		.entry = walk.entry,
		.entries = 1,
		.value = table->format->table(hv_virt_to_phys(below)),
	};
	return 0;
}

void page_table_change_break(const struct page_table *table,
			     const struct page_change *change)
{
	for (unsigned int i = 0; i < change->entries; i++)
		entry_set(table, &change->entry[i], 0);
}

void page_table_change_make(const struct page_table *table,
			    const struct page_change *change)
{
	for (unsigned int i = 0; i < change->entries; i++)
		entry_set(table, &change->entry[i],
			  change->value + i * PAGE_BYTES);
	if (change->gone)
		page_free(change->gone, 1);
}

/* The n-th page from `virt` on; `entry` is that of the one before it. */
static uint64_t *next_leaf(const struct page_table *table, uint64_t virt,
			   unsigned int n, uint64_t *entry)
{
	uint64_t at = virt + n * PAGE_BYTES;
	struct walk walk;

	if (n && entry_index(table, at, 0))
		return entry + 1;
	paging_walk_down(table, at, 0, &walk);
	CHECK(walk.level == 0 && !is_grouped(table, *walk.entry));
	return walk.entry;
}

void page_table_leaves_break(struct page_table *table, uint64_t virt,
			     unsigned int count)
{
	uint64_t *entry = NULL;

	for (unsigned int n = 0; n < count; n++) {
		entry = next_leaf(table, virt, n, entry);
		entry_set(table, entry, 0);
	}
}

bool page_table_leaf_break(struct page_table *table, uint64_t virt)
{
	uint64_t *entry = next_leaf(table, virt, 0, NULL);

	if (!table->format->valid(*entry))
		return false;
	entry_set(table, entry, 0);
	return true;
}

void page_table_leaves_make(struct page_table *table, uint64_t virt, hpa_t phys,
			    unsigned int count, uint32_t flags)
{
	uint64_t *entry = NULL;

	for (unsigned int n = 0; n < count; n++) {
		uint64_t at = phys.value + n * PAGE_BYTES;

		entry = next_leaf(table, virt, n, entry);
		entry_set(table, entry, table->format->leaf(0, hpa(at), flags));
	}
}

/* Entries that map one piece of memory, aligned to its size, with the same flags. */
static bool in_one_piece(const struct page_table *table,
			 const uint64_t *entries, unsigned int count,
			 unsigned int level)
{
	uint64_t step = level_bytes(level), first;

	first = entries[0] & ~table->format->group;
	if (!table->format->valid(first) ||
	    table->format->is_table(level, first) ||
	    (table->format->address(first).value & (count * step - 1)))
		return false;
	for (unsigned int i = 1; i < count; i++) {
		if ((entries[i] & ~table->format->group) != first + i * step)
			return false;
	}
	return true;
}

static bool contains(const struct page_range *within, uint64_t virt,
		     uint64_t bytes)
{
	return virt >= within->virt &&
	       virt + bytes <= within->virt + within->bytes;
}

/* A block for the table that `walk` ended in. */
static bool block_plan(const struct page_table *table, const struct walk *walk,
		       uint64_t virt, const struct page_range *within,
		       struct page_change *change)
{
	uint64_t *entries = walk->table[walk->level];
	unsigned int level = walk->level + 1;
	uint64_t bytes = level_bytes(level), first = entries[0];

	virt &= ~(bytes - 1);
	if (level > table->format->block_level || level > root_level(table) ||
	    !contains(within, virt, bytes) ||
	    !in_one_piece(table, entries, TABLE_ENTRIES, walk->level))
		return false;
	*change = (struct page_change){
		.virt = virt,
		.bytes = bytes,
		.entry = &walk->table[level][entry_index(table, virt, level)],
		.entries = 1,
		.value = table->format->leaf(level, table->format->address(first),
					     table->format->flags(first)),
		.gone = entries,
	};
	return true;
}

/* The first group from `virt` on that is none yet, in the table of `walk`. */
static bool next_group_plan(const struct page_table *table,
			    const struct walk *walk, uint64_t virt,
			    const struct page_range *within,
			    struct page_change *change)
{
	uint64_t hint = table->format->group;
	uint64_t *end = walk->table[0] + TABLE_ENTRIES;

	if (walk->level || !hint)
		return false;
	virt &= ~(PAGING_GROUP_BYTES - 1);
	for (uint64_t *first = group_first(walk->entry); first < end;
	     first += GROUP_ENTRIES, virt += PAGING_GROUP_BYTES) {
		if (is_grouped(table, *first) ||
		    !contains(within, virt, PAGING_GROUP_BYTES) ||
		    !in_one_piece(table, first, GROUP_ENTRIES, 0))
			continue;
		group_plan(virt, first, *first | hint, change);
		return true;
	}
	return false;
}

bool page_table_join_plan(const struct page_table *table, uint64_t virt,
			  const struct page_range *within,
			  struct page_change *change, uint64_t *next)
{
	uint64_t block = level_bytes(1);
	struct walk walk;

	paging_walk_down(table, virt, 0, &walk);
	/* A table is looked at once, from its first page. */
	if (!(virt & (block - 1)) &&
	    block_plan(table, &walk, virt, within, change)) {
		*next = virt;
		return true;
	}
	if (next_group_plan(table, &walk, virt, within, change)) {
		*next = change->virt + change->bytes;
		return true;
	}
	*next = (virt | (block - 1)) + 1;
	return false;
}

void page_table_join(const struct page_table *table,
		     const struct page_range *range,
		     const struct page_range *within)
{
	uint64_t block = level_bytes(1);
	uint64_t at = range->virt & ~(block - 1);
	uint64_t end = (range->virt + range->bytes + block - 1) & ~(block - 1);
	struct page_change change;

	if (table->keep_tables)
		return;
	while (at < end) {
		if (page_table_join_plan(table, at, within, &change, &at))
			page_table_change_make(table, &change);
	}
}

static void use_count(const struct page_table *table, unsigned int level,
		      uint64_t entry, struct page_table_use *use)
{
	if (!table->format->valid(entry))
		return;
	if (level == 0 && is_grouped(table, entry))
		use->grouped++;
	else
		use->leaves[level]++;
}

void page_table_use(const struct page_table *table, struct page_table_use *use)
{
	const struct paging_format *format = table->format;
	unsigned int top = root_level(table);
	uint64_t *at[PAGING_MAX_LEVELS];
	unsigned int index[PAGING_MAX_LEVELS];
	unsigned int level = top;

	*use = (struct page_table_use){ .pages = format->root_pages };
	at[top] = table->root;
	index[top] = 0;
	for (;;) {
		unsigned int i = index[level]++;

		if (i == table_entries(table, level)) {
			if (level == top)
				return;
			level++;
		} else if (format->is_table(level, at[level][i])) {
			at[level - 1] = next_table(table, at[level][i]);
			level--;
			index[level] = 0;
			use->pages++;
		} else {
			use_count(table, level, at[level][i], use);
		}
	}
}
