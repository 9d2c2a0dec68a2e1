/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Shares of hardware that a cell has by settings of its CPUs: ways of the
 * caches, memory bandwidth by delays, the clock. They act beside a regulator
 * (abi/regulation.h), and change while the cell runs.
 *
 * Where a share is a part of the whole it is given in thousandths; 1000 is all.
 */
#ifndef ABI_PARTITION_H
#define ABI_PARTITION_H

#include "regulation.h"
#include "types.h"

#define PART_WHOLE			1000u

/* part_settings.valid: which fields a request changes */
#define PART_SET_L3			0x0001u
#define PART_SET_L2			0x0002u
#define PART_SET_BANDWIDTH		0x0004u
#define PART_SET_CLOCK			0x0008u
#define PART_SET_KNOWN			0x000fu

/* part_settings.flags, of a request only */
#define PART_FLUSH			0x0001u /* write back what lost ways hold */
#define PART_FLAGS_KNOWN		0x0001u

/* part_cache.flags */
#define PART_CACHE_SHARED		0x0001u /* the root keeps the ways too */
#define PART_CACHE_KNOWN		0x0001u

/*
 * Ways of one cache. Bit n of a mask is way n, as in the registers. All zero:
 * no share of its own, what the root has is used by both. For the root: all
 * ways. In a request, when the masks are 0, the hypervisor chooses so many
 * ways that are free: a cell gets the lowest, the root the highest.
 */
struct part_cache {
	uint64_t mask;			/* for data, or for both */
	uint64_t code_mask;		/* for code; 0: as `mask` */
	uint32_t ways_count;
	uint32_t flags;
} ABI_PACKED;
ABI_SIZE(struct part_cache, 24);

struct part_settings {
	uint32_t valid;
	uint32_t flags;
	struct part_cache l3;
	struct part_cache l2;
	uint32_t bandwidth_permille;	/* of what each CPU can draw */
	uint32_t clock_permille;	/* of the time its clock runs */
	uint64_t reserved[2];		/* 0 */
} ABI_PACKED;
ABI_SIZE(struct part_settings, 80);
ABI_OFFSET(struct part_settings, bandwidth_permille, 56);

/*
 * WEIR_HC_PART_SET. `operation` is an enum reg_operation. When the call fails,
 * nothing changed and `reason` says why; when it succeeds, `effective` is what
 * is in force on each CPU of the cell as soon as it looks: at once.
 */
struct part_request {
	uint32_t size;			/* of this structure, in bytes */
	uint32_t operation;
	uint32_t cell_id;
	uint32_t reserved;		/* 0 */
	struct part_settings settings;
	/* answer */
	struct part_settings effective;
	uint64_t generation;		/* number of this change */
	char reason[REG_REASON_BYTES];
} ABI_PACKED;
ABI_SIZE(struct part_request, 312);
ABI_OFFSET(struct part_request, settings, 16);
ABI_OFFSET(struct part_request, effective, 96);
ABI_OFFSET(struct part_request, reason, 184);

/* part_resource.flags */
#define PART_RESOURCE_USABLE		0x0001u
#define PART_RESOURCE_CODE_DATA		0x0002u /* code has masks of its own */
#define PART_RESOURCE_SPARSE		0x0004u /* masks may have holes */
#define PART_RESOURCE_CONFIGURED	0x0008u /* known from the configuration */
#define PART_RESOURCE_LINEAR		0x0010u /* delays in equal steps */

/* What the machine has of one of them. */
struct part_resource {
	uint32_t flags;
	uint32_t ways;			/* caches: bits of a mask */
	uint32_t ways_min;		/* caches: fewest in a mask */
	uint32_t classes;		/* of service; the root's is one of them */
	uint32_t least_permille;	/* bandwidth, clock: smallest share */
	uint32_t reserved;
	uint64_t shared_ways;		/* caches: used by devices as well */
	uint64_t free_ways;		/* caches: in no cell's but the root's */
	char why[48];			/* when it is not usable */
} ABI_PACKED;
ABI_SIZE(struct part_resource, 88);

enum part_resource_id {
	PART_L3 = 0,
	PART_L2 = 1,
	PART_BANDWIDTH = 2,
	PART_CLOCK = 3,
	PART_RESOURCES = 4,
};

/* WEIR_HC_PART_GET: caller fills size and cell_id. */
struct part_status {
	uint32_t size;			/* of this structure, in bytes */
	uint32_t cell_id;
	struct part_settings requested;
	struct part_settings effective;
	uint64_t generation;
	uint32_t class_of_service;
	uint32_t reserved;
	struct part_resource resource[PART_RESOURCES];
} ABI_PACKED;
ABI_SIZE(struct part_status, 8 + 160 + 16 + 4 * 88);

#endif
