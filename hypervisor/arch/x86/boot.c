/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables the hypervisor runs on.
 *
 * This code runs at its physical address, on the launch code's tables, so that
 * addresses of symbols are physical here; it uses no pointer that was computed
 * at link time. The first CPU fills in, the others wait for it.
 */
#include "boot.h"

#include "abi/cell-config.h"
#include "hv/image.h"
#include "hv/percpu.h"
#include "hv/setup.h"
#include "layout.h"
#include "pgtable.h"
#include "x86-regs.h"

#define SPARE_TABLES		9u
/* A fill takes a few ten thousand instructions. */
#define FILL_PATIENCE_TURNS	100000000u

_Static_assert(HV_BASE >> 39 == HV_BASE_SLOT, "slot of the linear map");

uint64_t hv_root[HV_TABLE_ENTRIES] __attribute__((aligned(PAGE_BYTES)));
uint64_t hv_root5[HV_TABLE_ENTRIES] __attribute__((aligned(PAGE_BYTES)));

static struct {
	uint64_t table[SPARE_TABLES][HV_TABLE_ENTRIES];
} spare __attribute__((aligned(PAGE_BYTES)));

enum fill { FILL_PENDING, FILL_DONE, FILL_REFUSED };

static struct {
	unsigned int spares_used;
	uint32_t taken;		/* some CPU fills in */
	uint32_t done;		/* enum fill */
} boot;

/* The entry of this level for an address; makes the tables on the way. */
static uint64_t *entry_at(uint64_t virt, unsigned int level)
{
	uint64_t *table = hv_root;

	for (unsigned int at = 3; at > level; at--) {
		uint64_t *entry = &table[table_index(virt, at)];

		if (!(*entry & 1))
			*entry = x86_table(hpa((uintptr_t)
					spare.table[boot.spares_used++]));
		table = (uint64_t *)(uintptr_t)(*entry & 0x000ffffffffff000ull);
	}
	return &table[table_index(virt, level)];
}

static void map_linear(uint64_t image, uint64_t size)
{
	for (uint64_t offset = 0; offset < HV_BLOCK_BYTES;
	     offset += PAGE_BYTES) {
		uint32_t flags = image_page_flags(image, offset);

		if (flags)
			*entry_at(HV_BASE + offset, 0) =
				x86_leaf(0, hpa(image + offset), flags);
	}
	for (uint64_t offset = HV_BLOCK_BYTES; offset < size;
	     offset += HV_BLOCK_BYTES)
		*entry_at(HV_BASE + offset, 1) =
			x86_leaf(1, hpa(image + offset), MAP_READ | MAP_WRITE);
}

static void map_code(uint64_t virt, uint64_t phys)
{
	*entry_at(virt & PAGE_MASK, 0) =
		x86_leaf(0, hpa(phys & PAGE_MASK), MAP_READ | MAP_EXECUTE);
}

/* Only what the tables depend on; the configuration is checked later. */
static int boot_check(uint64_t image, uint64_t size, uint64_t leave)
{
	if (image % HV_BLOCK_BYTES || image != (uintptr_t)&image_header)
		return image_refuse("hypervisor memory is not 2 MiB aligned");
	if (size < 2 * HV_BLOCK_BYTES || size % HV_BLOCK_BYTES ||
	    size > HV_MEMORY_MAX_BYTES)
		return image_refuse("hypervisor memory is not 4 MiB to 1 GiB in steps of 2 MiB");
	if (image_header.max_cpus > HV_MAX_CPUS ||
	    image_header.core_size + sizeof(struct system_desc) +
	    image_header.max_cpus * sizeof(struct per_cpu) > HV_BLOCK_BYTES)
		return image_refuse("more CPUs than the hypervisor supports");
	if (!image_header.x86_tsc_khz)
		return image_refuse("nobody says how fast the time stamp counter is");
	if (table_index(leave, 3) == HV_BASE_SLOT ||
	    table_index(image, 3) == HV_BASE_SLOT)
		return image_refuse("the kernel's code is where the hypervisor maps itself");
	return 0;
}

static enum fill fill(uint64_t image, const struct image_x86_cpu *launch)
{
	const struct system_desc *config;
	uint64_t size;

	config = (const void *)(image + image_header.core_size +
				image_header.max_cpus * sizeof(struct per_cpu));
	size = config->hypervisor_memory.size;
	if (boot_check(image, size, launch->leave))
		return FILL_REFUSED;
	map_linear(image, size);
	map_code((uintptr_t)boot_start, (uintptr_t)boot_start);
	map_code(launch->leave, launch->leave_phys);
	hv_root5[0] = x86_table(hpa((uintptr_t)hv_root));
	hv_root5[HV_TABLE_ENTRIES - 1] = hv_root5[0];
	return FILL_DONE;
}

static uint64_t root_phys(void)
{
	uint64_t cr4;

	__asm__ volatile("mov %%cr4, %0" : "=r" (cr4));
	return cr4 & CR4_LA57 ? (uintptr_t)hv_root5 : (uintptr_t)hv_root;
}

uint64_t boot_tables_build(uint64_t image, const struct image_x86_cpu *launch)
{
	uint32_t done = FILL_PENDING;

	if (!__atomic_exchange_n(&boot.taken, 1, __ATOMIC_ACQ_REL))
		__atomic_store_n(&boot.done, fill(image, launch),
				 __ATOMIC_RELEASE);
	for (uint32_t turns = 0;
	     done == FILL_PENDING && turns < FILL_PATIENCE_TURNS; turns++) {
		done = __atomic_load_n(&boot.done, __ATOMIC_ACQUIRE);
		__builtin_ia32_pause();
	}
	return done == FILL_DONE ? root_phys() : 0;
}
