// SPDX-License-Identifier: GPL-2.0-only
/* Loading images into the LOADABLE memory of a cell. */

#include <linux/io.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "arch.h"
#include "weir.h"

#define LOAD_CHUNK_BYTES	SZ_256K

/* The loadable region that holds all of the image, or NULL. */
static const struct memory_region *image_region(const struct weir_cell *cell,
						const struct weir_image *image)
{
	const struct cell_desc *config = cell->blob.config;
	const struct memory_region *region = config_memory(config);
	u64 offset;
	u32 n;

	for (n = 0; n < config->num_memory_regions; n++, region++) {
		if (!(region->flags & MEM_LOADABLE) ||
		    image->target_address < region->virt_start)
			continue;
		offset = image->target_address - region->virt_start;
		if (offset < region->size &&
		    image->size <= region->size - offset)
			return region;
	}
	return NULL;
}

static int images_check(const struct weir_cell *cell,
			const struct weir_image *images, u32 count,
			char *reason)
{
	u32 n;

	for (n = 0; n < count; n++) {
		if (images[n].reserved)
			return weir_refuse(reason, -EINVAL,
					   "image %u: reserved field is not 0",
					   n);
		if (!image_region(cell, &images[n]))
			return weir_refuse(reason, -EINVAL,
					   "image %u: 0x%llx and %llu bytes are not in one loadable region",
					   n, images[n].target_address,
					   images[n].size);
	}
	return 0;
}

/* What a guest reads with caches off must be in memory. */
static int chunk_copy(phys_addr_t target, const void __user *source,
		      size_t bytes)
{
	void *mapping = memremap(target, bytes, MEMREMAP_WB);
	int ret = 0;

	if (!mapping)
		return -ENOMEM;
	if (copy_from_user(mapping, source, bytes))
		ret = -EFAULT;
	arch_cache_flush(mapping, bytes);
	memunmap(mapping);
	return ret;
}

static int image_load(const struct weir_cell *cell,
		      const struct weir_image *image)
{
	const struct memory_region *region = image_region(cell, image);
	u64 offset = image->target_address - region->virt_start;
	struct validator_place place;
	const u8 __user *source = u64_to_user_ptr(image->source_address);
	u64 done, bytes;
	int ret = 0;

	for (done = 0; done < image->size && !ret; done += bytes) {
		validator_locate(&weir.system, &cell->blob, region,
				 offset + done, &place);
		bytes = min3(image->size - done, place.size,
			     (u64)LOAD_CHUNK_BYTES);
		if (fatal_signal_pending(current))
			return -EINTR;
		ret = chunk_copy(place.phys, source + done, bytes);
		cond_resched();
	}
	return ret;
}

static int images_load(const struct weir_cell *cell,
		       const struct weir_image *images, u32 count,
		       char *reason)
{
	u32 n;
	int ret;

	for (n = 0; n < count; n++) {
		ret = image_load(cell, &images[n]);
		if (ret)
			return weir_refuse(reason, ret,
					   "image %u: copying failed", n);
	}
	return 0;
}

int cell_load(struct weir_cell_load *request, char *reason)
{
	struct weir_cell *cell = cell_find(&request->cell, reason);
	struct weir_image *images = NULL;
	long ret;

	if (IS_ERR(cell))
		return PTR_ERR(cell);
	if (cell == weir.root)
		return weir_refuse(reason, -EINVAL,
				   "the root cell cannot be loaded or shut down");
	if (request->num_images > WEIR_MAX_IMAGES)
		return weir_refuse(reason, -E2BIG,
				   "%u images, at most %u are possible",
				   request->num_images, WEIR_MAX_IMAGES);
	if (request->num_images) {
		images = memdup_user(u64_to_user_ptr(request->images_address),
				     request->num_images * sizeof(*images));
		if (IS_ERR(images))
			return weir_refuse(reason, PTR_ERR(images),
					   "cannot read the list of images");
	}
	ret = images_check(cell, images, request->num_images, reason);
	if (!ret)
		ret = weir_command(HC_CELL_SET_LOADABLE, cell->id, 0, reason);
	if (ret >= 0)
		ret = images_load(cell, images, request->num_images, reason);
	kfree(images);
	return ret;
}
