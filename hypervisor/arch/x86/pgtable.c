/* SPDX-License-Identifier: GPL-2.0-only */
/* Formats of the hypervisor's own tables and of EPT. */
#include "pgtable.h"

#define ENTRY_ADDRESS		0x000ffffffffff000ull
#define ENTRY_BLOCK		BIT(7)

/* SDM vol. 3, tables 4-15 to 4-20. */
#define X86_PRESENT		BIT(0)
#define X86_WRITE		BIT(1)
#define X86_PWT			BIT(3)
#define X86_PCD			BIT(4)
#define X86_ACCESSED		BIT(5)
#define X86_DIRTY		BIT(6)
#define X86_NO_EXECUTE		BIT(63)

/* SDM vol. 3, tables 28-1 to 28-7. */
#define EPT_READ		BIT(0)
#define EPT_WRITE		BIT(1)
#define EPT_EXECUTE		BIT(2)
#define EPT_ACCESS		(EPT_READ | EPT_WRITE | EPT_EXECUTE)
#define EPT_TYPE		(7ull << 3)
#define EPT_WRITE_BACK		(6ull << 3)
#define EPT_UNCACHED		(0ull << 3)

/* EPTP: SDM vol. 3, 24.6.11. */
#define EPTP_WRITE_BACK		6ull
#define EPTP_FOUR_LEVELS	(3ull << 3)

uint64_t x86_leaf(unsigned int level, hpa_t phys, uint32_t flags)
{
	uint64_t entry = (phys.value & ENTRY_ADDRESS) | X86_PRESENT |
			 X86_ACCESSED | X86_DIRTY;

	if (level)
		entry |= ENTRY_BLOCK;
	if (flags & MAP_WRITE)
		entry |= X86_WRITE;
	if (!(flags & MAP_EXECUTE))
		entry |= X86_NO_EXECUTE;
	if (flags & MAP_DEVICE)
		entry |= X86_PWT | X86_PCD;
	return entry;
}

static uint32_t x86_flags(uint64_t entry)
{
	uint32_t flags = MAP_READ;

	if (entry & X86_WRITE)
		flags |= MAP_WRITE;
	if (!(entry & X86_NO_EXECUTE))
		flags |= MAP_EXECUTE;
	if (entry & X86_PCD)
		flags |= MAP_DEVICE;
	return flags;
}

uint64_t x86_table(hpa_t next)
{
	return (next.value & ENTRY_ADDRESS) | X86_PRESENT | X86_WRITE |
	       X86_ACCESSED;
}

static bool x86_valid(uint64_t entry)
{
	return entry & X86_PRESENT;
}

static bool x86_is_table(unsigned int level, uint64_t entry)
{
	return level > 0 && (entry & X86_PRESENT) && !(entry & ENTRY_BLOCK);
}

static hpa_t entry_address(uint64_t entry)
{
	return hpa(entry & ENTRY_ADDRESS);
}

/* Stores are seen in order, by the table walker as well. */
static void publish(const uint64_t *entry)
{
	(void)entry;
	__asm__ volatile("" : : : "memory");
}

const struct paging_format x86_format = {
	.levels = 4,
	.root_pages = 1,
	.block_level = 2,
	.leaf = x86_leaf,
	.table = x86_table,
	.valid = x86_valid,
	.is_table = x86_is_table,
	.address = entry_address,
	.flags = x86_flags,
	.publish = publish,
};

static uint64_t ept_leaf(unsigned int level, hpa_t phys, uint32_t flags)
{
	uint64_t entry = phys.value & ENTRY_ADDRESS;

	if (flags & MAP_READ)
		entry |= EPT_READ;
	if (flags & MAP_WRITE)
		entry |= EPT_READ | EPT_WRITE;
	if (flags & MAP_EXECUTE)
		entry |= EPT_READ | EPT_EXECUTE;
	if (!(entry & EPT_ACCESS))
		return 0;
	entry |= flags & MAP_DEVICE ? EPT_UNCACHED : EPT_WRITE_BACK;
	return level ? entry | ENTRY_BLOCK : entry;
}

static uint32_t ept_flags(uint64_t entry)
{
	uint32_t flags = 0;

	if (entry & EPT_READ)
		flags |= MAP_READ;
	if (entry & EPT_WRITE)
		flags |= MAP_WRITE;
	if (entry & EPT_EXECUTE)
		flags |= MAP_EXECUTE;
	if ((entry & EPT_TYPE) != EPT_WRITE_BACK)
		flags |= MAP_DEVICE;
	return flags;
}

static uint64_t ept_table(hpa_t next)
{
	return (next.value & ENTRY_ADDRESS) | EPT_ACCESS;
}

static bool ept_valid(uint64_t entry)
{
	return entry & EPT_ACCESS;
}

static bool ept_is_table(unsigned int level, uint64_t entry)
{
	return level > 0 && (entry & EPT_ACCESS) && !(entry & ENTRY_BLOCK);
}

const struct paging_format ept_format = {
	.levels = 4,
	.root_pages = 1,
	.block_level = 2,
	.leaf = ept_leaf,
	.table = ept_table,
	.valid = ept_valid,
	.is_table = ept_is_table,
	.address = entry_address,
	.flags = ept_flags,
	.publish = publish,
};

uint64_t ept_pointer(hpa_t root)
{
	return (root.value & ENTRY_ADDRESS) | EPTP_FOUR_LEVELS |
	       EPTP_WRITE_BACK;
}
