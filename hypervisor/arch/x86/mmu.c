/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypervisor's own address space, as far as the core sees it. */
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/image.h"
#include "hv/percpu.h"
#include "hv/setup.h"
#include "layout.h"
#include "pgtable.h"

_Static_assert(HV_REMAP_BASE >= HV_BASE + HV_MEMORY_MAX_BYTES, "remap area");

static struct page_table table;

void *arch_hv_base(void)
{
	return &image_header;
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
