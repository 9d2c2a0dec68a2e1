/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image in memory: what the linker script names, and what the tables that
 * map it are filled from.
 *
 * Boot code calls the functions at their physical address, where addresses of
 * symbols are physical: they use no pointer computed at link time.
 */
#ifndef HV_IMAGE_H
#define HV_IMAGE_H

#include "abi/image.h"
#include "errno.h"
#include "paging.h"
#include "percpu.h"
#include "setup.h"
#include "types.h"

#define HV_TABLE_ENTRIES	512u
#define HV_MEMORY_MAX_BYTES	0x40000000ull
/* What the hypervisor's own memory is mapped by, but for its beginning. */
#define HV_BLOCK_BYTES		0x200000ull

extern uint8_t boot_start[], boot_end[];
extern uint8_t text_start[], rodata_start[], data_start[];

/* The root of the hypervisor's own tables. */
extern uint64_t hv_root[HV_TABLE_ENTRIES];

/* Which entry of a table of this level, 0 the last, leads to an address. */
static inline unsigned int table_index(uint64_t virt, unsigned int level)
{
	return (unsigned int)(virt >> (PAGE_SHIFT + 9 * level)) &
	       (HV_TABLE_ENTRIES - 1);
}

/* What lies at this offset of hypervisor memory; 0: nothing, a guard. */
static inline uint32_t image_page_flags(uint64_t image, uint64_t offset)
{
	const uint64_t core = image_header.core_size;
	uint64_t in_percpu;

	if (offset < (uintptr_t)text_start - image)
		return MAP_READ | MAP_WRITE;
	if (offset < (uintptr_t)rodata_start - image)
		return MAP_READ | MAP_EXECUTE;
	if (offset < (uintptr_t)data_start - image)
		return MAP_READ;
	if (offset < core ||
	    offset >= core + image_header.max_cpus * sizeof(struct per_cpu))
		return MAP_READ | MAP_WRITE;
	in_percpu = (offset - core) % sizeof(struct per_cpu);
	if (in_percpu == offsetof(struct per_cpu, guard))
		return 0;
	return MAP_READ | MAP_WRITE;
}

/* -EINVAL, and why in the header, where who launched it looks. */
static inline int image_refuse(const char *why)
{
	size_t i = 0;

	for (; why[i] && i < sizeof(image_header.reason) - 1; i++)
		image_header.reason[i] = why[i];
	image_header.reason[i] = '\0';
	return -EINVAL;
}

#endif
