/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypervisor's own address space, as far as the core sees it. */
#include "boot.h"
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/errno.h"
#include "hv/image.h"
#include "hv/percpu.h"
#include "hv/setup.h"
#include "layout.h"
#include "pgtable.h"
#include "x86-regs.h"

/* What four levels translate; the bits above are copies of bit 47. */
#define LOWER_ADDRESS		(BIT(48) - 1)

_Static_assert(HV_REMAP_BASE >= HV_BASE + HV_MEMORY_MAX_BYTES, "remap area");

static struct page_table table;
static uint64_t *root5;		/* of the tables it moves to; NULL: four levels */

void *arch_hv_base(void)
{
	return ARCH_HV_BASE;
}

/* The tables that boot.c has filled: the root lies in the image. */
struct page_table *arch_hv_table(void)
{
	if (!table.root) {
		table.format = &x86_format;
		table.root = hv_root;
	}
	return &table;
}

uint32_t arch_hv_flags(uint64_t offset)
{
	return image_page_flags(HV_BASE, offset);
}

/* With five levels, the root above the table: as boot.c has it. */
static int make_root5(const struct page_table *to)
{
	if (!(read_cr4() & CR4_LA57))
		return 0;
	root5 = page_alloc(1);
	if (!root5)
		return -ENOMEM;
	root5[0] = x86_table(hv_virt_to_phys(to->root));
	root5[HV_TABLE_ENTRIES - 1] = root5[0];
	return 0;
}

/* The kernel's page of code, by which CPUs leave. */
int arch_hv_map_fixed(struct page_table *to)
{
	const struct image_x86_cpu *launch = &this_cpu()->arch.launch;
	int error = make_root5(to);

	if (error)
		return error;
	return page_table_map(to, launch->leave & LOWER_ADDRESS & PAGE_MASK,
			      hpa(launch->leave_phys & PAGE_MASK), PAGE_BYTES,
			      MAP_READ | MAP_EXECUTE);
}

void arch_hv_switch(const uint64_t *place, uint64_t count, const void *from,
		    hpa_t root)
{
	tables_switch(place, count, from,
		      root5 ? hv_virt_to_phys(root5).value : root.value);
}

uint64_t arch_hv_remap_base(void)
{
	return HV_REMAP_BASE;
}

/*
 * Only this CPU: windows are each CPU's own, and what hv_map() maps is used by
 * the CPU that maps it, or mapped in set-up, where no address was used before.
 */
void arch_hv_sync(uint64_t virt, uint64_t size)
{
	for (uint64_t at = virt; at < virt + size; at += PAGE_BYTES)
		__asm__ volatile("invlpg (%0)" : : "r" (at) : "memory");
}

/* What is not present is in no TLB; a store is seen by what follows it. */
void arch_hv_publish(uint64_t virt, uint64_t size)
{
	(void)virt;
	(void)size;
	__asm__ volatile("" : : : "memory");
}

/* Caches are coherent with everything that reads memory here. */
void arch_dcache_flush(const volatile void *virt, uint64_t size)
{
	(void)virt;
	(void)size;
}
