/* SPDX-License-Identifier: GPL-2.0-only */
/* The page-table walker: maps, splits, unmaps, frees; any format. */
#include "paging-internal.h"

#include "abi/cell-config.h"
#include "hv/errno.h"
#include "hv/printk.h"

uint32_t region_map_flags(uint64_t region_flags)
{
	uint32_t flags = 0;

	if (region_flags & MEM_READ)
		flags |= MAP_READ;
	if (region_flags & MEM_WRITE)
		flags |= MAP_WRITE;
	if (region_flags & MEM_EXECUTE)
		flags |= MAP_EXECUTE;
	if (region_flags & MEM_IO)
		flags |= MAP_DEVICE;
	if (region_flags & MEM_NO_HUGEPAGES)
		flags |= MAP_NO_BLOCKS;
	return flags;
}

static uint64_t table_span(const struct page_table *table)
{
	return level_bytes(root_level(table)) *
	       table_entries(table, root_level(table));
}

/* ------------------------------------------------------------ groups */

/* The hint is in all entries of a group or in none: before one changes. */
static void group_open(const struct page_table *table, uint64_t *entry)
{
	uint64_t *first = group_first(entry);

	if (!is_grouped(table, *entry))
		return;
	for (unsigned int i = 0; i < GROUP_ENTRIES; i++)
		entry_set(table, &first[i], first[i] & ~table->format->group);
}

static bool group_fits(const struct page_table *table, uint64_t virt,
		       uint64_t phys, uint64_t size, uint32_t flags)
{
	return table->format->group && !(flags & MAP_NO_BLOCKS) &&
	       !((virt | phys) & (PAGING_GROUP_BYTES - 1)) &&
	       size >= PAGING_GROUP_BYTES;
}

static void group_set(const struct page_table *table, uint64_t *first,
		      hpa_t phys, uint32_t flags)
{
	for (unsigned int i = 0; i < GROUP_ENTRIES; i++) {
		uint64_t leaf = table->format->leaf(0, hpa(phys.value +
							   i * PAGE_BYTES),
						    flags);

		entry_set(table, &first[i], leaf | table->format->group);
	}
}

/* ------------------------------------------------------------- tables */

/* Range inside what the root reaches, page aligned, not wrapping. */
static bool range_ok(const struct page_table *table, uint64_t virt,
		     uint64_t phys, uint64_t size)
{
	uint64_t span = table_span(table);

	return ((virt | phys | size) & ~PAGE_MASK) == 0 && virt < span &&
	       size <= span - virt && phys + size >= phys;
}

int page_table_init(struct page_table *table, const struct paging_format *format)
{
	table->format = format;
	table->keep_tables = false;
	table->root = page_alloc(format->root_pages);
	return table->root ? 0 : -ENOMEM;
}

void paging_walk_down(const struct page_table *table, uint64_t virt,
		      unsigned int to, struct walk *walk)
{
	const struct paging_format *format = table->format;
	uint64_t *current = table->root;

	for (unsigned int level = root_level(table);; level--) {
		walk->table[level] = current;
		walk->level = level;
		walk->entry = &current[entry_index(table, virt, level)];
		if (level == to || !format->is_table(level, *walk->entry))
			return;
		current = next_table(table, *walk->entry);
	}
}

/*
 * Frees a table and what hangs below it. Depth first without recursion: at
 * each level the index of the next entry to look at is remembered.
 */
static void free_tables(const struct page_table *table, uint64_t *start,
			unsigned int start_level)
{
	const struct paging_format *format = table->format;
	uint64_t *at[PAGING_MAX_LEVELS];
	unsigned int index[PAGING_MAX_LEVELS];
	unsigned int level = start_level;

	at[level] = start;
	index[level] = 0;
	for (;;) {
		unsigned int i = index[level];

		if (level == 0 || i == TABLE_ENTRIES) {
			page_free(at[level], 1);
			if (level == start_level)
				return;
			level++;
			continue;
		}
		index[level]++;
		if (format->is_table(level, at[level][i])) {
			at[level - 1] = next_table(table, at[level][i]);
			level--;
			index[level] = 0;
		}
	}
}

void page_table_free(struct page_table *table)
{
	unsigned int level = root_level(table);

	if (!table->root)
		return;
	for (unsigned int i = 0; i < table_entries(table, level); i++) {
		if (table->format->is_table(level, table->root[i]))
			free_tables(table, next_table(table, table->root[i]),
				    level - 1);
	}
	page_free(table->root, table->format->root_pages);
	table->root = NULL;
}

uint64_t *paging_table_fill(const struct page_table *table,
			    const struct walk *walk, uint64_t group)
{
	const struct paging_format *format = table->format;
	uint64_t old = *walk->entry;
	unsigned int level = walk->level - 1;
	uint64_t *below = page_alloc(1);

	if (!below)
		return NULL;
	if (format->valid(old)) {
		uint64_t phys = format->address(old).value;
		uint32_t flags = format->flags(old);

		for (unsigned int i = 0; i < TABLE_ENTRIES; i++)
			below[i] = format->leaf(level,
						hpa(phys + i * level_bytes(level)),
						flags) |
				   (level ? 0 : group);
	}
	/* The walker must not see the table before its entries. */
	for (unsigned int i = 0; i < TABLE_ENTRIES; i += 8)
		format->publish(&below[i]);
	return below;
}

static int entry_expand(const struct page_table *table, struct walk *walk)
{
	uint64_t *below = paging_table_fill(table, walk, table->format->group);

	if (!below)
		return -ENOMEM;
	entry_set(table, walk->entry,
		  table->format->table(hv_virt_to_phys(below)));
	return 0;
}

/* As paging_walk_down(), making what is missing: ends at level `to` or fails. */
static int walk_make(const struct page_table *table, uint64_t virt,
		     unsigned int to, struct walk *walk)
{
	for (unsigned int tries = 0; tries < PAGING_MAX_LEVELS; tries++) {
		paging_walk_down(table, virt, to, walk);
		if (walk->level == to)
			return 0;
		if (entry_expand(table, walk) < 0)
			return -ENOMEM;
	}
	return -ENOMEM;
}

/* The largest level whose blocks fit here. */
static unsigned int fitting_level(const struct page_table *table, uint64_t virt,
				  uint64_t phys, uint64_t size, uint32_t flags)
{
	unsigned int level = 0;

	if (flags & MAP_NO_BLOCKS)
		return 0;
	while (level < table->format->block_level && level < root_level(table)) {
		uint64_t bytes = level_bytes(level + 1);

		if (((virt | phys) & (bytes - 1)) || size < bytes)
			break;
		level++;
	}
	return level;
}

static void leaf_set(const struct page_table *table, const struct walk *walk,
		     hpa_t phys, uint32_t flags)
{
	uint64_t old = *walk->entry;

	if (walk->level == 0)
		group_open(table, walk->entry);
	entry_set(table, walk->entry,
		  table->format->leaf(walk->level, phys, flags));
	if (table->format->is_table(walk->level, old))
		free_tables(table, next_table(table, old), walk->level - 1);
}

int page_table_map(struct page_table *table, uint64_t virt, hpa_t phys,
		   uint64_t size, uint32_t flags)
{
	uint64_t done = 0;

	if (!range_ok(table, virt, phys.value, size))
		return -EINVAL;
	while (done < size) {
		struct walk walk;
		unsigned int level = fitting_level(table, virt + done,
						   phys.value + done,
						   size - done, flags);

		if (walk_make(table, virt + done, level, &walk) < 0)
			return -ENOMEM;
		if (level == 0 && group_fits(table, virt + done, phys.value + done,
					     size - done, flags)) {
			group_set(table, walk.entry, hpa(phys.value + done),
				  flags);
			done += PAGING_GROUP_BYTES;
			continue;
		}
		leaf_set(table, &walk, hpa(phys.value + done), flags);
		done += level_bytes(level);
	}
	return 0;
}

static bool table_empty(const struct page_table *table, const uint64_t *entries)
{
	for (unsigned int i = 0; i < TABLE_ENTRIES; i++) {
		if (table->format->valid(entries[i]))
			return false;
	}
	return true;
}

/* Frees the table the walk ended in, and those above, as far as empty. */
static void prune(const struct page_table *table, uint64_t virt,
		  const struct walk *walk)
{
	unsigned int level = walk->level;

	if (table->keep_tables)
		return;
	while (level < root_level(table) &&
	       table_empty(table, walk->table[level])) {
		unsigned int above = entry_index(table, virt, level + 1);

		entry_set(table, &walk->table[level + 1][above], 0);
		page_free(walk->table[level], 1);
		level++;
	}
}

/* Whether clearing `left` bytes from `from` on leaves some of the group at `entry`. */
static bool group_is_cut(uint64_t *entry, const uint64_t *from, uint64_t left)
{
	if (entry == group_first(entry))
		return left < PAGING_GROUP_BYTES;
	return entry == from;
}

/* Clears entries from the walk's on, to the end of its table or of the range. */
static uint64_t clear_run(const struct page_table *table,
			  const struct walk *walk, uint64_t virt, uint64_t size)
{
	uint64_t bytes = level_bytes(walk->level);
	uint64_t *end = walk->table[walk->level] +
			table_entries(table, walk->level);
	uint64_t done = 0;

	for (uint64_t *entry = walk->entry; entry < end; entry++) {
		uint64_t old = *entry;

		if (size - done < bytes)
			break;
		if (table->format->is_table(walk->level, old) &&
		    table->keep_tables)
			break;
		if (walk->level == 0 &&
		    group_is_cut(entry, walk->entry, size - done))
			group_open(table, entry);
		if (table->format->valid(old))
			entry_set(table, entry, 0);
		if (table->format->is_table(walk->level, old))
			free_tables(table, next_table(table, old),
				    walk->level - 1);
		done += bytes;
	}
	prune(table, virt, walk);
	return done;
}

/* Unmaps some of the range from its start; 0 on failure. */
static uint64_t unmap_some(struct page_table *table, uint64_t virt,
			   uint64_t size)
{
	unsigned int to = root_level(table);
	struct walk walk;

	for (unsigned int tries = 0; tries <= 2 * PAGING_MAX_LEVELS; tries++) {
		uint64_t bytes = level_bytes(to);
		uint64_t to_boundary = bytes - (virt & (bytes - 1));

		paging_walk_down(table, virt, to, &walk);
		if (walk.level > to || !table->format->valid(*walk.entry)) {
			bytes = level_bytes(walk.level);
			to_boundary = bytes - (virt & (bytes - 1));
			if (!table->format->valid(*walk.entry))
				return to_boundary < size ? to_boundary : size;
			/* A block that is hit in part. */
			if (entry_expand(table, &walk) < 0)
				return 0;
			continue;
		}
		if (to_boundary == bytes && size >= bytes) {
			uint64_t done = clear_run(table, &walk, virt, size);

			if (done)
				return done;
		}
		if (to == 0)
			return 0;
		to--;
	}
	return 0;
}

int page_table_unmap(struct page_table *table, uint64_t virt, uint64_t size)
{
	uint64_t done = 0;

	if (!range_ok(table, virt, 0, size))
		return -EINVAL;
	while (done < size) {
		uint64_t step = unmap_some(table, virt + done, size - done);

		if (step == 0)
			return -ENOMEM;
		done += step;
	}
	return 0;
}

int page_table_reserve(struct page_table *table, uint64_t virt, uint64_t size)
{
	if (!range_ok(table, virt, 0, size))
		return -EINVAL;
	for (uint64_t done = 0; done < size; done += level_bytes(1)) {
		struct walk walk;

		if (walk_make(table, virt + done, 0, &walk) < 0)
			return -ENOMEM;
	}
	return 0;
}

bool page_table_translate(const struct page_table *table, uint64_t virt,
			  hpa_t *phys, uint32_t *flags)
{
	struct walk walk;
	uint64_t offset;

	if (virt >= table_span(table))
		return false;
	paging_walk_down(table, virt, 0, &walk);
	if (!table->format->valid(*walk.entry))
		return false;
	offset = virt & (level_bytes(walk.level) - 1);
	*phys = hpa(table->format->address(*walk.entry).value + offset);
	*flags = table->format->flags(*walk.entry);
	return true;
}
