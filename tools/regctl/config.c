// SPDX-License-Identifier: GPL-2.0-only
/* Configurations checked here, by the validator the hypervisor runs. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Both descriptors name the architecture right behind the signature. */
#define ARCHITECTURE_OFFSET	offsetof(struct cell_desc, architecture)

_Static_assert(offsetof(struct cell_desc, architecture) ==
	       offsetof(struct system_desc, architecture),
	       "the architecture is at one place in both descriptors");

enum config_kind config_kind_of(const void *blob, size_t size)
{
	if (size <= ARCHITECTURE_OFFSET)
		return CONFIG_UNKNOWN;
	if (memcmp(blob, CONFIG_SYSTEM_SIGNATURE, CONFIG_SIGNATURE_BYTES) == 0)
		return CONFIG_SYSTEM;
	if (memcmp(blob, CONFIG_CELL_SIGNATURE, CONFIG_SIGNATURE_BYTES) == 0)
		return CONFIG_CELL;
	return CONFIG_UNKNOWN;
}

int config_check_alone(const void *blob, size_t size, struct reason *reason)
{
	enum config_kind kind = config_kind_of(blob, size);
	enum config_arch arch;

	if (kind == CONFIG_UNKNOWN) {
		snprintf(reason->text, sizeof(reason->text),
			 "is no configuration: its signature is neither %s nor %s",
			 CONFIG_SYSTEM_SIGNATURE, CONFIG_CELL_SIGNATURE);
		return -EINVAL;
	}
	arch = (enum config_arch)((const uint8_t *)blob)[ARCHITECTURE_OFFSET];
	if (kind == CONFIG_SYSTEM)
		return config_check_system(blob, size, arch, reason);
	return config_check_cell(blob, size, arch, reason);
}

int config_explain(const struct app *app, const char *path, const void *blob,
		   size_t size)
{
	struct reason reason = { "" };

	if (!config_check_alone(blob, size, &reason))
		return 0;
	app_complain(app, "%s: %s", path, reason.text);
	return APP_NO;
}

bool config_lacks_iommu(const void *blob, size_t size, struct reason *why)
{
	const size_t root_offset = offsetof(struct system_desc, root_cell);
	const struct system_desc *system = blob;
	struct reason reason = { "" };
	struct config_view view;

	if (config_kind_of(blob, size) != CONFIG_SYSTEM ||
	    config_check_alone(blob, size, &reason))
		return false;
	config_view_init(&view, &system->root_cell, size - root_offset);
	if (config_iommu(system, &view) == CONFIG_IOMMU_NONE)
		refuse(why, -ENODEV, "no IOMMU");
	else if (!config_check_driven(system, why))
		return false;
	return true;
}
