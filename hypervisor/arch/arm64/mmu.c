/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2's own address space, as far as the core sees it, and the data cache. */
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/image.h"
#include "hv/setup.h"
#include "layout.h"
#include "lpae.h"
#include "sysregs.h"

_Static_assert(HV_REMAP_BASE >= HV_BASE + HV_MEMORY_MAX_BYTES, "remap area");

static struct paging_format format;
static struct page_table table;

static void publish(const uint64_t *entry)
{
	(void)entry;
	dsb(ishst);
}

void *arch_hv_base(void)
{
	return ARCH_HV_BASE;
}

/* The tables that boot.c has filled: the root lies in the image. */
struct page_table *arch_hv_table(void)
{
	const struct lpae_geometry geometry = { .levels = 4, .root_pages = 1 };

	if (!table.root) {
		lpae_stage1_format(&format, &geometry, publish);
		table.format = &format;
		table.root = hv_root;
	}
	return &table;
}

uint32_t arch_hv_flags(uint64_t offset)
{
	return image_page_flags(HV_BASE, offset);
}

static uint64_t boot_phys(const uint8_t *code)
{
	return image_header.image_phys + ((uintptr_t)code - HV_BASE);
}

int arch_hv_map_fixed(struct page_table *to)
{
	uint64_t page = boot_phys(boot_start);

	return page_table_map(to, page, hpa(page), PAGE_BYTES,
			      MAP_READ | MAP_EXECUTE);
}

void arch_hv_switch(const uint64_t *place, uint64_t count, const void *from,
		    hpa_t root)
{
	tables_switch(place, count, from, root.value,
		      boot_phys(switch_unmapped));
}

uint64_t arch_hv_remap_base(void)
{
	return HV_REMAP_BASE;
}

void arch_hv_sync(uint64_t virt, uint64_t size)
{
	dsb(ishst);
	for (uint64_t at = virt; at < virt + size; at += PAGE_BYTES)
		__asm__ volatile("tlbi vae2is, %0"
				 : : "r" (at >> PAGE_SHIFT) : "memory");
	dsb(ish);
	isb();
}

/* What is not valid is in no TLB. */
void arch_hv_publish(uint64_t virt, uint64_t size)
{
	(void)virt;
	(void)size;
	dsb(ishst);
	isb();
}

/* What was copied has been cleaned; DDI 0487, D7.5.10. */
void arch_icache_flush(void)
{
	__asm__ volatile("ic ialluis" : : : "memory");
	dsb(ish);
	isb();
}

/* CTR_EL0.DminLine is the binary logarithm of words. */
void arch_dcache_flush(const volatile void *virt, uint64_t size)
{
	uint64_t line = 4ull << (read_sysreg(ctr_el0) >> 16 & 0xf);
	uint64_t end = (uintptr_t)virt + size;

	for (uint64_t at = (uintptr_t)virt & ~(line - 1); at < end; at += line)
		__asm__ volatile("dc civac, %0" : : "r" (at) : "memory");
	dsb(sy);
}
