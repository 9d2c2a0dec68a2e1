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

static void group_break(const struct page_table *table, uint64_t virt,
			uint64_t *first, struct page_split *split)
{
	*split = (struct page_split){
		.virt = virt & ~(PAGING_GROUP_BYTES - 1),
		.bytes = PAGING_GROUP_BYTES,
		.entry = first,
		.entries = GROUP_ENTRIES,
		.value = *first & ~table->format->group,
	};
	for (unsigned int i = 0; i < GROUP_ENTRIES; i++)
		entry_set(table, &first[i], 0);
}

int page_table_split_break(struct page_table *table, uint64_t virt,
			   struct page_split *split)
{
	struct walk walk;
	uint64_t *below;

	paging_walk_down(table, virt, 0, &walk);
	if (walk.level == 0) {
		CHECK(is_grouped(table, *walk.entry));
		group_break(table, virt, group_first(walk.entry), split);
		return 0;
	}
	below = paging_table_fill(table, &walk, 0);
	if (!below)
		return -ENOMEM;
	*split = (struct page_split){
		.virt = virt & PAGE_MASK,
		.bytes = PAGE_BYTES,
		.entry = walk.entry,
		.entries = 1,
		.value = table->format->table(hv_virt_to_phys(below)),
	};
	entry_set(table, walk.entry, 0);
	return 0;
}

void page_table_split_make(struct page_table *table,
			   const struct page_split *split)
{
	for (unsigned int i = 0; i < split->entries; i++)
		entry_set(table, &split->entry[i],
			  split->value + i * PAGE_BYTES);
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

static void join_groups(const struct page_table *table, uint64_t *entries)
{
	for (unsigned int i = 0; i < TABLE_ENTRIES; i += GROUP_ENTRIES) {
		if (is_grouped(table, entries[i]) ||
		    !in_one_piece(table, &entries[i], GROUP_ENTRIES, 0))
			continue;
		for (unsigned int n = i; n < i + GROUP_ENTRIES; n++)
			entry_set(table, &entries[n],
				  entries[n] | table->format->group);
	}
}

/* The table at `virt` and those above it, as far as each is one piece. */
static void join_at(const struct page_table *table, uint64_t virt,
		    unsigned int top)
{
	struct walk walk;

	paging_walk_down(table, virt, 0, &walk);
	for (unsigned int level = walk.level; level < top; level++) {
		uint64_t *entries = walk.table[level];
		uint64_t *above = &walk.table[level + 1][
			entry_index(table, virt, level + 1)];
		uint64_t first = entries[0];

		if (!in_one_piece(table, entries, TABLE_ENTRIES, level)) {
			if (level == 0 && table->format->group)
				join_groups(table, entries);
			return;
		}
		entry_set(table, above,
			  table->format->leaf(level + 1,
					      table->format->address(first),
					      table->format->flags(first)));
		page_free(entries, 1);
	}
}

void page_table_join(struct page_table *table, uint64_t virt, uint64_t size,
		     unsigned int top)
{
	uint64_t block = level_bytes(1);

	if (table->keep_tables)
		return;
	if (top > root_level(table))
		top = root_level(table);
	for (uint64_t at = virt & ~(block - 1); at < virt + size; at += block)
		join_at(table, at, top);
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
