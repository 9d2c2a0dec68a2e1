// SPDX-License-Identifier: GPL-2.0-only
/* mmap() of what a cell shares with the root cell, and of the statistics. */

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/version.h>

#include "weir.h"

#define PGOFF_CELL_SHIFT	(WEIR_MMAP_CELL_SHIFT - PAGE_SHIFT)

/*
 * A mapping keeps the cell's record, and cell_destroy() refuses while there is
 * one: without the cell the memory may become another cell's.
 */
static void share_open(struct vm_area_struct *vma)
{
	struct weir_cell *cell = vma->vm_private_data;

	kobject_get(&cell->kobj);
	atomic_inc(&cell->mappings);
}

static void share_close(struct vm_area_struct *vma)
{
	struct weir_cell *cell = vma->vm_private_data;

	atomic_dec(&cell->mappings);
	kobject_put(&cell->kobj);
}

static const struct vm_operations_struct share_operations = {
	.open = share_open,
	.close = share_close,
};

/* The first region of memory that the cell shares with the root cell. */
static const struct memory_region *shared_region(const struct weir_cell *cell)
{
	const struct cell_desc *config = cell->blob.config;
	const struct memory_region *region;
	u32 n;

	if (!config)
		return NULL;
	region = config_memory(config);
	for (n = 0; n < config->num_memory_regions; n++, region++)
		if ((region->flags & MEM_ROOTSHARED) &&
		    !(region->flags & (MEM_IO | MEM_COMM_REGION)) &&
		    PAGE_ALIGNED(region->phys_start) &&
		    PAGE_ALIGNED(region->size))
			return region;
	return NULL;
}

static void share_hold(struct vm_area_struct *vma, struct weir_cell *cell)
{
	vma->vm_private_data = cell;
	vma->vm_ops = &share_operations;
	share_open(vma);
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static void vm_flags_clear(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags &= ~flags;
}
#endif

/* Page n is that of CPU n. Nobody may write them, now or later. */
static int statistics_map(struct vm_area_struct *vma)
{
	unsigned long count = vma_pages(vma);
	unsigned long n;
	int ret = 0;

	if (!weir.statistics_phys)
		return -ENXIO;
	/* A device opened for reading will do. */
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_pgoff > weir.max_cpus ||
	    count > weir.max_cpus - vma->vm_pgoff)
		return -EINVAL;
	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EPERM;
	vm_flags_clear(vma, VM_MAYWRITE | VM_MAYEXEC);
	for (n = 0; n < count && !ret; n++)
		ret = remap_pfn_range(vma, vma->vm_start + n * PAGE_SIZE,
				      (weir.statistics_phys +
				       (vma->vm_pgoff + n) * weir.percpu_bytes)
					      >> PAGE_SHIFT,
				      PAGE_SIZE, vma->vm_page_prot);
	if (!ret)
		share_hold(vma, weir.root);
	return ret;
}

static int share_map(struct vm_area_struct *vma)
{
	unsigned long bytes = vma->vm_end - vma->vm_start;
	struct weir_cell_id id = { .id = vma->vm_pgoff >> PGOFF_CELL_SHIFT };
	u64 offset = (u64)(vma->vm_pgoff & ((1ul << PGOFF_CELL_SHIFT) - 1))
		     << PAGE_SHIFT;
	const struct memory_region *region;
	char reason[WEIR_REASON_BYTES];
	struct validator_place place;
	struct weir_cell *cell;
	int ret;

	if (!weir.enabled)
		return -ENODEV;
	if (vma->vm_pgoff >> PGOFF_CELL_SHIFT > S32_MAX)
		return -EINVAL;
	if (id.id == 0)
		return statistics_map(vma);
	/* Only what both sides see: no private copies. */
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	cell = cell_find(&id, reason);
	if (IS_ERR(cell))
		return PTR_ERR(cell);
	region = shared_region(cell);
	if (!region)
		return -ENXIO;
	if (offset > region->size || bytes > region->size - offset)
		return -EINVAL;
	validator_locate(&weir.system, &cell->blob, region, offset, &place);
	ret = remap_pfn_range(vma, vma->vm_start, place.phys >> PAGE_SHIFT,
			      bytes, vma->vm_page_prot);
	if (ret)
		return ret;
	share_hold(vma, cell);
	return 0;
}

int share_mmap(struct file *file, struct vm_area_struct *vma)
{
	int ret;

	/* The caller holds mmap_lock, which a command may want under its lock. */
	if (!mutex_trylock(&weir.command_lock))
		return -EAGAIN;
	ret = share_map(vma);
	mutex_unlock(&weir.command_lock);
	return ret;
}
