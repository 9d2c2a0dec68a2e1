/* SPDX-License-Identifier: GPL-2.0-only */
/* Regions smaller than a page: each access is checked against their flags. */
#include "hv/subpage.h"

#include "hv/cell.h"
#include "hv/errno.h"
#include "hv/paging.h"

bool region_is_subpage(const struct memory_region *region)
{
	return ((region->virt_start | region->size) & ~PAGE_MASK) != 0;
}

bool subpage_allows(const struct memory_region *region,
		    const struct mmio_access *access)
{
	uint64_t direction = access->is_write ? MEM_WRITE : MEM_READ;
	uint64_t width = (uint64_t)access->size << MEM_IO_WIDTH_SHIFT;
	uint64_t address = region->phys_start + access->address;

	if (!(region->flags & direction) || !(region->flags & width))
		return false;
	return (region->flags & MEM_IO_UNALIGNED) ||
	       (address & (access->size - 1u)) == 0;
}

/* An access may straddle two pages only when unaligned, so: byte by byte. */
static void straddling_access(uint64_t phys, uint32_t flags,
			      struct mmio_access *access)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < access->size; i++) {
		struct mmio_access byte = {
			.value = access->value >> (8 * i) & 0xff,
			.size = 1,
			.is_write = access->is_write,
		};
		uint8_t *window = hv_window(hpa(phys + i), flags);

		mmio_perform(window + ((phys + i) & ~PAGE_MASK), &byte);
		value |= byte.value << (8 * i);
	}
	if (!access->is_write)
		access->value = value;
}

static enum mmio_result subpage_access(void *context, struct mmio_access *access)
{
	const struct memory_region *region = context;
	uint64_t phys = region->phys_start + access->address;
	uint64_t offset = phys & ~PAGE_MASK;
	uint32_t flags = MAP_READ | MAP_WRITE | MAP_DEVICE;

	if (!subpage_allows(region, access))
		return MMIO_REFUSED;
	if (!(region->flags & MEM_IO))
		flags &= ~MAP_DEVICE;
	if (offset + access->size > PAGE_BYTES) {
		straddling_access(phys, flags, access);
	} else {
		uint8_t *window = hv_window(hpa(phys), flags);

		mmio_perform(window + offset, access);
	}
	hv_window_close();
	return MMIO_HANDLED;
}

int subpage_register(struct cell *cell, const struct memory_region *region)
{
	/* The configuration is the hypervisor's own copy and is only read. */
	return mmio_register(&cell->mmio, region->virt_start, region->size,
			     subpage_access, (void *)(uintptr_t)region);
}
