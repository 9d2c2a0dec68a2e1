/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables EL2 runs on, filled before its MMU is on.
 *
 * This code runs at its physical address, so that the addresses of symbols are
 * physical here; it holds no pointer that was computed at link time. Every CPU
 * fills in the same, none changes what another has filled in already.
 */
#include "boot.h"

#include "abi/cell-config.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/setup.h"
#include "layout.h"
#include "lpae.h"
#include "sysregs.h"

#define TABLE_ENTRIES	512u

_Static_assert(LPAE_MAIR == MAIR_EL2_VALUE, "attributes of EL2 memory");
_Static_assert(HV_BASE % HV_MEMORY_MAX_BYTES == 0, "linear map");

static struct {
	uint64_t linear[3][TABLE_ENTRIES];	/* from the root down */
	uint64_t boot[3][TABLE_ENTRIES];	/* the boot page, once more */
} tables __attribute__((aligned(PAGE_BYTES)));

uint64_t hv_root[TABLE_ENTRIES] __attribute__((aligned(PAGE_BYTES)));

static unsigned int index_at(uint64_t virt, unsigned int level)
{
	return (unsigned int)(virt >> (PAGE_SHIFT + 9 * level)) &
	       (TABLE_ENTRIES - 1);
}

/* What lies at this offset of hypervisor memory; 0: nothing, a guard. */
static uint32_t page_flags(uint64_t image, uint64_t offset)
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

static void map_linear(const struct paging_format *format, uint64_t image,
		       uint64_t size)
{
	hv_root[index_at(HV_BASE, 3)] =
		format->table(hpa((uintptr_t)tables.linear[0]));
	tables.linear[0][index_at(HV_BASE, 2)] =
		format->table(hpa((uintptr_t)tables.linear[1]));
	tables.linear[1][0] = format->table(hpa((uintptr_t)tables.linear[2]));
	for (unsigned int i = 0; i < TABLE_ENTRIES; i++) {
		uint64_t offset = i * PAGE_BYTES;
		uint32_t flags = page_flags(image, offset);

		if (flags)
			tables.linear[2][i] = format->leaf(0, hpa(image + offset),
							   flags);
	}
	for (uint64_t offset = HV_BLOCK_BYTES; offset < size;
	     offset += HV_BLOCK_BYTES)
		tables.linear[1][offset / HV_BLOCK_BYTES] =
			format->leaf(1, hpa(image + offset),
				     MAP_READ | MAP_WRITE);
}

static void map_boot_page(const struct paging_format *format)
{
	uint64_t page = (uintptr_t)boot_start;

	hv_root[index_at(page, 3)] =
		format->table(hpa((uintptr_t)tables.boot[0]));
	tables.boot[0][index_at(page, 2)] =
		format->table(hpa((uintptr_t)tables.boot[1]));
	tables.boot[1][index_at(page, 1)] =
		format->table(hpa((uintptr_t)tables.boot[2]));
	tables.boot[2][index_at(page, 0)] =
		format->leaf(0, hpa(page), MAP_READ | MAP_EXECUTE);
}

/* Drops cached lines of what is written, or has been, past the cache. */
static void clean_lines(const void *start, size_t bytes)
{
	uint64_t line = 4ull << (read_sysreg(ctr_el0) >> 16 & 0xf);
	uint64_t end = (uintptr_t)start + bytes;

	for (uint64_t at = (uintptr_t)start; at < end; at += line)
		__asm__ volatile("dc civac, %0" : : "r" (at) : "memory");
	dsb(sy);
}

static void clean_tables(void)
{
	clean_lines(&tables, sizeof(tables));
	clean_lines(hv_root, sizeof(hv_root));
}

static int boot_refuse(const char *why)
{
	size_t i = 0;

	for (; why[i] && i < sizeof(image_header.reason) - 1; i++)
		image_header.reason[i] = why[i];
	image_header.reason[i] = '\0';
	clean_lines(&image_header, sizeof(image_header));
	return -EINVAL;
}

/* Only what the tables depend on; the configuration is checked later. */
static int boot_check(uint64_t image, uint64_t size)
{
	if (image % HV_BLOCK_BYTES)
		return boot_refuse("hypervisor memory is not 2 MiB aligned");
	if (size == 0 || size % HV_BLOCK_BYTES || size > HV_MEMORY_MAX_BYTES)
		return boot_refuse("hypervisor memory is not 2 MiB to 1 GiB in steps of 2 MiB");
	if (index_at(image, 3) == index_at(HV_BASE, 3) || image >> 48)
		return boot_refuse("hypervisor memory lies at 8 TiB, where EL2 maps itself");
	if (image_header.max_cpus > HV_MAX_CPUS ||
	    image_header.core_size +
	    image_header.max_cpus * sizeof(struct per_cpu) > HV_BLOCK_BYTES)
		return boot_refuse("more CPUs than the hypervisor supports");
	return 0;
}

int boot_tables_build(uint64_t image)
{
	const struct lpae_geometry geometry = { .levels = 4, .root_pages = 1 };
	const struct system_desc *config;
	struct paging_format format;
	uint64_t size;
	int err;

	config = (const void *)(image + image_header.core_size +
				image_header.max_cpus * sizeof(struct per_cpu));
	size = config->hypervisor_memory.size;
	err = boot_check(image, size);
	if (err < 0)
		return err;
	lpae_stage1_format(&format, &geometry, NULL);
	clean_tables();
	map_linear(&format, image, size);
	map_boot_page(&format);
	dsb(sy);
	clean_tables();
	return 0;
}
