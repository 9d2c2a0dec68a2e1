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
#include "hv/image.h"
#include "hv/percpu.h"
#include "hv/setup.h"
#include "layout.h"
#include "lpae.h"
#include "sysregs.h"

_Static_assert(LPAE_MAIR == MAIR_EL2_VALUE, "attributes of EL2 memory");
_Static_assert(HV_BASE % HV_MEMORY_MAX_BYTES == 0, "linear map");

static struct {
	uint64_t linear[3][HV_TABLE_ENTRIES];	/* from the root down */
	uint64_t boot[3][HV_TABLE_ENTRIES];	/* the boot page, once more */
} tables __attribute__((aligned(PAGE_BYTES)));

uint64_t hv_root[HV_TABLE_ENTRIES] __attribute__((aligned(PAGE_BYTES)));

static void map_linear(const struct paging_format *format, uint64_t image,
		       uint64_t size)
{
	hv_root[table_index(HV_BASE, 3)] =
		format->table(hpa((uintptr_t)tables.linear[0]));
	tables.linear[0][table_index(HV_BASE, 2)] =
		format->table(hpa((uintptr_t)tables.linear[1]));
	tables.linear[1][0] = format->table(hpa((uintptr_t)tables.linear[2]));
	for (unsigned int i = 0; i < HV_TABLE_ENTRIES; i++) {
		uint64_t offset = i * PAGE_BYTES;
		uint32_t flags = image_page_flags(image, offset);

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

	hv_root[table_index(page, 3)] =
		format->table(hpa((uintptr_t)tables.boot[0]));
	tables.boot[0][table_index(page, 2)] =
		format->table(hpa((uintptr_t)tables.boot[1]));
	tables.boot[1][table_index(page, 1)] =
		format->table(hpa((uintptr_t)tables.boot[2]));
	tables.boot[2][table_index(page, 0)] =
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
	int ret = image_refuse(why);

	clean_lines(&image_header, sizeof(image_header));
	return ret;
}

/* Only what the tables depend on; the configuration is checked later. */
static int boot_check(uint64_t image, uint64_t size)
{
	if (image % HV_BLOCK_BYTES)
		return boot_refuse("hypervisor memory is not 2 MiB aligned");
	if (size == 0 || size % HV_BLOCK_BYTES || size > HV_MEMORY_MAX_BYTES)
		return boot_refuse("hypervisor memory is not 2 MiB to 1 GiB in steps of 2 MiB");
	if (table_index(image, 3) == table_index(HV_BASE, 3) || image >> 48)
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
