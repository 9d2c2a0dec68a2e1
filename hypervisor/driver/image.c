// SPDX-License-Identifier: GPL-2.0-only
/* The hypervisor image: from firmware or the caller to its place. */

#include <linux/firmware.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "arch.h"
#include "weir.h"

static int header_check(const struct image_header *header, size_t size,
			char *reason)
{
	u64 entry = arch_image_entry(header);

	if (memcmp(header->magic, IMAGE_MAGIC, sizeof(header->magic)) ||
	    header->header_size != sizeof(*header))
		return weir_refuse(reason, -EINVAL, "not a Weir image");
	if (header->revision != IMAGE_REVISION)
		return weir_refuse(reason, -EINVAL,
				   "image revision is %u, the driver needs %u",
				   header->revision, IMAGE_REVISION);
	if (!PAGE_ALIGNED(header->core_size) || header->core_size < size ||
	    header->core_size > SZ_1G || !header->percpu_size ||
	    !PAGE_ALIGNED(header->percpu_size) || header->percpu_size > SZ_1G)
		return weir_refuse(reason, -EINVAL,
				   "image sizes are damaged");
	if (!entry || entry % 4 || entry >= size ||
	    !PAGE_ALIGNED(header->console_ring) ||
	    header->console_ring + sizeof(struct console_ring) >
							header->core_size)
		return weir_refuse(reason, -EINVAL,
				   "image offsets are damaged");
	return 0;
}

static int size_check(u64 size, size_t room, char *reason)
{
	if (size < sizeof(struct image_header))
		return weir_refuse(reason, -EINVAL,
				   "image of %llu bytes: too short", size);
	if (size > room)
		return weir_refuse(reason, -ENOMEM,
				   "image of %llu bytes, hypervisor memory of %zu",
				   size, room);
	return 0;
}

static int copy_from_caller(const struct weir_enable *request, void *target,
			    size_t room, char *reason)
{
	int ret;

	ret = size_check(request->image_size, room, reason);
	if (ret)
		return ret;
	if (copy_from_user(target, u64_to_user_ptr(request->image_address),
			   request->image_size))
		return weir_refuse(reason, -EFAULT, "cannot read the image");
	return header_check(target, request->image_size, reason);
}

static int copy_from_firmware(void *target, size_t room, char *reason)
{
	const struct firmware *firmware;
	int ret;

	ret = request_firmware_direct(&firmware, WEIR_FIRMWARE, weir.device);
	if (ret)
		return weir_refuse(reason, ret,
				   "no firmware " WEIR_FIRMWARE ": error %d",
				   ret);
	ret = size_check(firmware->size, room, reason);
	if (!ret)
		ret = header_check((const void *)firmware->data,
				   firmware->size, reason);
	if (!ret)
		memcpy(target, firmware->data, firmware->size);
	release_firmware(firmware);
	return ret;
}

int image_copy(const struct weir_enable *request, void *target, size_t room,
	       char *reason)
{
	if (request->image_address)
		return copy_from_caller(request, target, room, reason);
	return copy_from_firmware(target, room, reason);
}
