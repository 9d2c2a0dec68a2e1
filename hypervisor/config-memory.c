/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator: memory regions of one configuration. */
#include "config-internal.h"
#include "hv/errno.h"

#define MEM_WIDTHS	(MEM_IO_8 | MEM_IO_16 | MEM_IO_32 | MEM_IO_64)

#define ULL(x)		((unsigned long long)(x))

static bool is_subpage(const struct memory_region *region)
{
	return ((region->virt_start | region->size) & ~PAGE_MASK) != 0;
}

static int check_address(const struct memory_region *region, uint32_t n,
			 struct reason *reason)
{
	if (!range_fits(region->phys_start, region->size) ||
	    !range_fits(region->virt_start, region->size))
		return refuse(reason, -EINVAL,
			      "memory region %u: 0x%llx bytes at 0x%llx go beyond %u address bits",
			      n, ULL(region->size), ULL(region->phys_start),
			      CONFIG_ADDRESS_BITS);
	if (!is_subpage(region) && (region->phys_start & ~PAGE_MASK))
		return refuse(reason, -EINVAL,
			      "memory region %u: physical 0x%llx is not page aligned, virtual 0x%llx is",
			      n, ULL(region->phys_start),
			      ULL(region->virt_start));
	return 0;
}

static int check_subpage(const struct memory_region *region, uint32_t n,
			 struct reason *reason)
{
	uint64_t refused = region->flags &
			   (MEM_EXECUTE | MEM_LOADABLE | MEM_COMM_REGION);

	if (refused)
		return refuse(reason, -EINVAL,
			      "memory region %u is smaller than a page: flags 0x%llx need whole pages",
			      n, ULL(refused));
	if (!(region->flags & MEM_WIDTHS))
		return refuse(reason, -EINVAL,
			      "memory region %u is smaller than a page: it must allow an access width",
			      n);
	if ((region->phys_start ^ region->virt_start) & 7)
		return refuse(reason, -EINVAL,
			      "memory region %u: physical and virtual address differ modulo 8",
			      n);
	return 0;
}

static int check_comm(const struct memory_region *region, uint32_t n,
		      struct reason *reason)
{
	uint64_t refused = region->flags &
			   (MEM_IO | MEM_LOADABLE | MEM_EXECUTE);

	if (region->size != PAGE_BYTES)
		return refuse(reason, -EINVAL,
			      "memory region %u: communication region of %llu bytes, one page is needed",
			      n, ULL(region->size));
	if (refused || !(region->flags & MEM_READ))
		return refuse(reason, -EINVAL,
			      "memory region %u: flags 0x%llx do not suit a communication region",
			      n, ULL(region->flags));
	return 0;
}

static int check_loadable(const struct config_subject *subject,
			  const struct memory_region *region, uint32_t n)
{
	if (subject->is_root)
		return refuse(subject->reason, -EINVAL,
			      "memory region %u: the root cell has no loadable memory",
			      n);
	if (region->flags & MEM_IO)
		return refuse(subject->reason, -EINVAL,
			      "memory region %u: device memory is not loadable",
			      n);
	return 0;
}

static int check_colored(const struct config_subject *subject,
			 const struct memory_region *region, uint32_t n)
{
	uint64_t refused = region->flags & (MEM_IO | MEM_COMM_REGION);

	/* Of other memory the system knows more: whether it has an IOMMU. */
	if ((region->flags & MEM_DMA) && subject->is_root &&
	    !config_is_shared_colored(region))
		return refuse(subject->reason, -EINVAL,
			      "memory region %u is colored: devices do not follow while its pages move",
			      n);
	if (refused || is_subpage(region))
		return refuse(subject->reason, -EINVAL,
			      "memory region %u: flags 0x%llx do not suit colored memory of whole pages",
			      n, ULL(region->flags));
	return 0;
}

static int check_region(const struct config_subject *subject,
			const struct memory_region *region, uint32_t n)
{
	struct reason *reason = subject->reason;
	int error;

	if (region->flags & ~MEM_FLAGS_KNOWN)
		return refuse(reason, -EINVAL,
			      "memory region %u: flags 0x%llx, unknown are 0x%llx",
			      n, ULL(region->flags),
			      ULL(region->flags & ~MEM_FLAGS_KNOWN));
	/* An all-zero entry holds the place of an absent ivshmem section. */
	if (region->size == 0 && region->flags == 0)
		return 0;
	if (region->size == 0)
		return refuse(reason, -EINVAL,
			      "memory region %u: size is 0", n);
	error = check_address(region, n, reason);
	if (!error && is_subpage(region))
		error = check_subpage(region, n, reason);
	if (!error && (region->flags & MEM_COMM_REGION))
		error = check_comm(region, n, reason);
	if (!error && (region->flags & MEM_LOADABLE))
		error = check_loadable(subject, region, n);
	if (!error && (region->flags & MEM_COLORED))
		error = check_colored(subject, region, n);
	return error;
}

/* What a region occupies of the guest's space: whole pages unless moderated. */
static void occupied(const struct memory_region *region, bool pages,
		     uint64_t *start, uint64_t *size)
{
	*start = region->virt_start;
	*size = region->size;
	if (pages) {
		*start &= PAGE_MASK;
		*size = page_round_up(region->virt_start + region->size) -
			*start;
	}
}

static bool regions_collide(const struct memory_region *a,
			    const struct memory_region *b)
{
	/* Two moderated regions may share a page, as long as no byte is both's. */
	bool pages = is_subpage(a) != is_subpage(b);
	uint64_t a_start, a_size, b_start, b_size;

	if (a->size == 0 || b->size == 0)
		return false;
	occupied(a, pages, &a_start, &a_size);
	occupied(b, pages, &b_start, &b_size);
	return ranges_meet(a_start, a_size, b_start, b_size);
}

static int check_collisions(const struct config_subject *subject)
{
	const struct memory_region *regions = subject->view.memory;
	uint32_t count = subject->view.desc->num_memory_regions;

	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t j = 0; j < i; j++) {
			if (regions_collide(&regions[i], &regions[j]))
				return refuse(subject->reason, -EINVAL,
					      "memory regions %u and %u overlap at virtual 0x%llx",
					      j, i,
					      ULL(regions[i].virt_start));
		}
	}
	return 0;
}

int config_check_memory(const struct config_subject *subject)
{
	const struct config_view *view = &subject->view;
	unsigned int comm_count = 0;

	for (uint32_t i = 0; i < view->desc->num_memory_regions; i++) {
		const struct memory_region *region = &view->memory[i];
		int error = check_region(subject, region, i);

		if (error)
			return error;
		if (!(region->flags & MEM_COMM_REGION))
			continue;
		if (++comm_count > 1)
			return refuse(subject->reason, -EINVAL,
				      "memory region %u: a second communication region",
				      i);
	}
	return check_collisions(subject);
}
