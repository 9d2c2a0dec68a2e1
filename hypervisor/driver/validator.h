/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's validator of configurations, for callers that know kernel
 * headers only. `reason` is WEIR_REASON_BYTES long. Command lock held.
 */
#ifndef DRIVER_VALIDATOR_H
#define DRIVER_VALIDATOR_H

#include "abi/cell-config.h"

struct validator_blob {
	void *config;		/* own copy: colors are settled in it */
	size_t size;
};

int validator_check_system(const struct validator_blob *system,
			   enum config_arch arch, char *reason);
int validator_check_cell(const struct validator_blob *cell,
			 enum config_arch arch, char *reason);
/*
 * A checked cell against a checked system and checked other cells. When the
 * colors it gets are known, it asks for just these from then on.
 */
int validator_check_together(const struct validator_blob *system,
			     const struct validator_blob *cell,
			     const struct validator_blob *others,
			     unsigned int others_count, char *reason);

/* The cache of the machine, into a checked system that leaves it open. */
void validator_settle_cache(const struct validator_blob *system, uint32_t sets,
			    uint32_t ways, uint32_t line_bytes);
/* The root cell's colors have changed. */
void validator_settle_root(const struct validator_blob *system,
			   const uint64_t colors[2]);
/* 1 when a region is in the span of the root's memory that changes colors. */
int validator_in_root_span(const struct validator_blob *system,
			    const struct memory_region *region);
/*
 * Where the root sees byte `offset` of a region of the cell, and how many bytes
 * follow it there.
 */
struct validator_place {
	uint64_t phys;
	uint64_t size;
};
void validator_locate(const struct validator_blob *system,
		      const struct validator_blob *cell,
		      const struct memory_region *region, uint64_t offset,
		      struct validator_place *place);
/* From the region's first byte to behind its last, with all in between. */
uint64_t validator_span(const struct validator_blob *system,
			const struct validator_blob *cell,
			const struct memory_region *region);

#endif
