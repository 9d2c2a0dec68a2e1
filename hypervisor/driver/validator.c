// SPDX-License-Identifier: GPL-2.0-only
/* Between the driver and the hypervisor's validator of configurations. */
#include "validator.h"

#include "hv/config-check.h"
#include "hv/errno.h"

/* Too large for a stack; the command lock guards them. */
static struct config_view views[HV_MAX_CELLS];
static const struct config_view *view_pointers[HV_MAX_CELLS];

int validator_check_system(const struct validator_blob *system,
			   enum config_arch arch, char *reason)
{
	return config_check_system(system->config, system->size, arch,
				   (struct reason *)reason);
}

int validator_check_cell(const struct validator_blob *cell,
			 enum config_arch arch, char *reason)
{
	return config_check_cell(cell->config, cell->size, arch,
				 (struct reason *)reason);
}

int validator_check_together(const struct validator_blob *system,
			     const struct validator_blob *cell,
			     const struct validator_blob *others,
			     unsigned int others_count, char *reason)
{
	struct config_view view;

	if (others_count > HV_MAX_CELLS)
		return refuse((struct reason *)reason, -ENOMEM,
			      "%u cells exist, no more fit", others_count);
	for (unsigned int i = 0; i < others_count; i++) {
		config_view_init(&views[i], others[i].config, others[i].size);
		view_pointers[i] = &views[i];
	}
	config_view_init(&view, cell->config, cell->size);
	return config_check_together(system->config, system->size, &view,
				     view_pointers, others_count,
				     (struct reason *)reason);
}
