/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's validator of configurations, for callers that know kernel
 * headers only. `reason` is WEIR_REASON_BYTES long. Command lock held.
 */
#ifndef DRIVER_VALIDATOR_H
#define DRIVER_VALIDATOR_H

#include "abi/cell-config.h"

struct validator_blob {
	const void *config;
	size_t size;
};

int validator_check_system(const struct validator_blob *system,
			   enum config_arch arch, char *reason);
int validator_check_cell(const struct validator_blob *cell,
			 enum config_arch arch, char *reason);
/* A checked cell against a checked system and checked other cells. */
int validator_check_together(const struct validator_blob *system,
			     const struct validator_blob *cell,
			     const struct validator_blob *others,
			     unsigned int others_count, char *reason);

#endif
