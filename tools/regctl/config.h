/* SPDX-License-Identifier: GPL-2.0-only */
/* Configurations checked here, by the validator the hypervisor runs. */
#ifndef REGCTL_CONFIG_H
#define REGCTL_CONFIG_H

#include "app.h"
#include "hv/config-check.h"

enum config_kind {
	CONFIG_UNKNOWN,
	CONFIG_SYSTEM,
	CONFIG_CELL,
};

/* By the signature alone. */
enum config_kind config_kind_of(const void *blob, size_t size);

/*
 * Checks one blob by itself, for the architecture it names. 0, or a negative
 * errno with the reason.
 */
int config_check_alone(const void *blob, size_t size, struct reason *reason);

/* Says what is wrong with one blob; 0 or APP_NO. */
int config_explain(const struct app *app, const char *path, const void *blob,
		   size_t size);

/*
 * Whether it is a system that says of itself that nothing holds its devices to
 * their cells: that there is no IOMMU, or one that is not driven. `why`: which.
 */
bool config_lacks_iommu(const void *blob, size_t size, struct reason *why);

#endif
