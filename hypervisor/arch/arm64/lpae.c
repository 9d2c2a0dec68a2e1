/* SPDX-License-Identifier: GPL-2.0-only */
/* Stage-2 and EL2 stage-1 table formats, 4 KiB granule. */
#include "lpae.h"

#include "hv/errno.h"

/* Arm ARM DDI 0487, D8.3.1: descriptor formats. */
#define DESC_VALID		BIT(0)
#define DESC_TABLE		BIT(1)	/* at level 0 of ours: a page */
#define DESC_ADDRESS		0x0000fffffffff000ull
#define DESC_AF			BIT(10)
#define DESC_INNER_SHAREABLE	(3ull << 8)
/* D8.6.1: one of 16 entries that a TLB may keep as one. */
#define DESC_CONTIGUOUS		BIT(52)
#define DESC_XN			BIT(54)

/* D8.3.2: stage-2 attributes. */
#define S2_NORMAL		(0xfull << 2)	/* MemAttr: write-back */
#define S2_DEVICE		(0x1ull << 2)	/* Device-nGnRE */
#define S2_MEMATTR		(0xfull << 2)
#define S2_READ			BIT(6)
#define S2_WRITE		BIT(7)

/* Stage-1 attributes in the EL2 regime: AP[1] is RES1. */
#define S1_ATTR_SHIFT		2
#define S1_ATTR			(7ull << S1_ATTR_SHIFT)
#define S1_AP1			BIT(6)
#define S1_READ_ONLY		BIT(7)

static uint64_t lpae_kind(unsigned int level)
{
	return DESC_VALID | DESC_AF | (level == 0 ? DESC_TABLE : 0);
}

static uint64_t stage2_leaf(unsigned int level, hpa_t phys, uint32_t flags)
{
	uint64_t entry = lpae_kind(level) | (phys.value & DESC_ADDRESS);

	if (flags & MAP_DEVICE)
		entry |= S2_DEVICE;
	else
		entry |= S2_NORMAL | DESC_INNER_SHAREABLE;
	if (flags & MAP_READ)
		entry |= S2_READ;
	if (flags & MAP_WRITE)
		entry |= S2_WRITE;
	if (!(flags & MAP_EXECUTE))
		entry |= DESC_XN;
	return entry;
}

static uint32_t stage2_flags(uint64_t entry)
{
	uint32_t flags = 0;

	if (entry & S2_READ)
		flags |= MAP_READ;
	if (entry & S2_WRITE)
		flags |= MAP_WRITE;
	if (!(entry & DESC_XN))
		flags |= MAP_EXECUTE;
	if ((entry & S2_MEMATTR) != S2_NORMAL)
		flags |= MAP_DEVICE;
	return flags;
}

static uint64_t stage1_leaf(unsigned int level, hpa_t phys, uint32_t flags)
{
	uint64_t entry = lpae_kind(level) | (phys.value & DESC_ADDRESS) | S1_AP1;

	if (flags & MAP_DEVICE)
		entry |= (uint64_t)LPAE_MAIR_DEVICE << S1_ATTR_SHIFT;
	else
		entry |= (uint64_t)LPAE_MAIR_NORMAL << S1_ATTR_SHIFT |
			 DESC_INNER_SHAREABLE;
	if (!(flags & MAP_WRITE))
		entry |= S1_READ_ONLY;
	if (!(flags & MAP_EXECUTE))
		entry |= DESC_XN;
	return entry;
}

static uint32_t stage1_flags(uint64_t entry)
{
	uint32_t flags = MAP_READ;

	if (!(entry & S1_READ_ONLY))
		flags |= MAP_WRITE;
	if (!(entry & DESC_XN))
		flags |= MAP_EXECUTE;
	if ((entry & S1_ATTR) >> S1_ATTR_SHIFT == LPAE_MAIR_DEVICE)
		flags |= MAP_DEVICE;
	return flags;
}

static uint64_t lpae_table(hpa_t next)
{
	return DESC_VALID | DESC_TABLE | (next.value & DESC_ADDRESS);
}

static bool lpae_valid(uint64_t entry)
{
	return entry & DESC_VALID;
}

static bool lpae_is_table(unsigned int level, uint64_t entry)
{
	return level > 0 && (entry & DESC_VALID) && (entry & DESC_TABLE);
}

static hpa_t lpae_address(uint64_t entry)
{
	return hpa(entry & DESC_ADDRESS);
}

static void publish_nothing(const uint64_t *entry)
{
	(void)entry;
}

static void lpae_format(struct paging_format *format,
			const struct lpae_geometry *geometry,
			void (*publish)(const uint64_t *entry))
{
	format->levels = geometry->levels;
	format->root_pages = geometry->root_pages;
	format->block_level = 2;
	format->table = lpae_table;
	format->valid = lpae_valid;
	format->is_table = lpae_is_table;
	format->address = lpae_address;
	format->publish = publish ? publish : publish_nothing;
}

void lpae_stage2_format(struct paging_format *format,
			const struct lpae_geometry *geometry,
			void (*publish)(const uint64_t *entry))
{
	lpae_format(format, geometry, publish);
	format->leaf = stage2_leaf;
	format->group = DESC_CONTIGUOUS;
	format->flags = stage2_flags;
}

void lpae_stage1_format(struct paging_format *format,
			const struct lpae_geometry *geometry,
			void (*publish)(const uint64_t *entry))
{
	lpae_format(format, geometry, publish);
	format->leaf = stage1_leaf;
	format->group = 0;
	format->flags = stage1_flags;
}

/* VTCR_EL2.SL0, 4 KiB granule: 1 starts at Arm's level 1, 2 at level 0. */
static void geometry_fill(struct lpae_geometry *geometry, unsigned int bits,
			  unsigned int levels, unsigned int root_bits)
{
	geometry->levels = levels;
	geometry->start_level = 4 - levels;
	geometry->sl0 = levels == 4 ? 2 : 1;
	geometry->t0sz = 64 - bits;
	geometry->root_pages = bits > root_bits ? 1u << (bits - root_bits) : 1;
}

int lpae_stage2_geometry(unsigned int bits, struct lpae_geometry *geometry)
{
	if (bits < 32 || bits > 48)
		return -EINVAL;
	if (bits <= 43)
		geometry_fill(geometry, bits, 3, 39);
	else
		geometry_fill(geometry, bits, 4, 48);
	return 0;
}

int lpae_stage1_geometry(unsigned int bits, struct lpae_geometry *geometry)
{
	if (bits < 31 || bits > 48)
		return -EINVAL;
	geometry_fill(geometry, bits, bits <= 39 ? 3 : 4, bits <= 39 ? 39 : 48);
	return 0;
}
