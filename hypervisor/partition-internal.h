/* SPDX-License-Identifier: GPL-2.0-only */
/* What the machine has to share out, as found when it was set up. */
#ifndef PARTITION_INTERNAL_H
#define PARTITION_INTERNAL_H

#include "hv/arch/partition.h"
#include "hv/partition.h"
#include "regulators/cat.h"

#define PARTITION_CACHES	2u	/* PART_L3 and PART_L2 come first */

struct partition_cache {
	struct cat_geometry geometry;
	bool split;			/* code has masks of its own */
};

struct partition_machine {
	struct part_resource resource[PART_RESOURCES];
	struct partition_cache cache[PARTITION_CACHES];
	struct arch_delay_caps delay;
	struct arch_clock_caps clock;
	unsigned int classes;		/* that every resource has */
	unsigned int split;		/* bit n: level n */
};

extern struct partition_machine partition;

static inline bool partition_has(unsigned int resource)
{
	return partition.resource[resource].flags & PART_RESOURCE_USABLE;
}

static inline bool partition_has_any(void)
{
	bool any = false;

	for (unsigned int n = 0; n < PART_RESOURCES; n++)
		any |= partition_has(n);
	return any;
}

static inline unsigned int partition_level(unsigned int cache)
{
	return cache == PART_L3 ? ARCH_CACHE_L3 : ARCH_CACHE_L2;
}

/* "L3", "bandwidth". */
const char *partition_name(unsigned int resource);

/* partition-machine.c: fills `partition` in. */
void partition_probe(void);

/*
 * partition-plan.c: the cells beside each other. The caller holds the lock of
 * partition.c.
 */
void plan_clear(void);
/* -ENOMEM: no room. */
int plan_join(struct cell *cell);
void plan_leave(const struct cell *cell);
/*
 * Whether the fields that `valid` names of `wanted` can be had beside the
 * others; chooses ways where only their number is given. The rest of `wanted`
 * was accepted before.
 */
int plan_check(const struct cell *cell, uint32_t valid,
	       struct part_settings *wanted, struct reason *reason);
/*
 * The class for these settings: its own, else a free one; and when there is
 * none the root's, unless they need another.
 */
int plan_class(const struct cell *cell, const struct part_settings *wanted,
	       uint32_t *class, struct reason *reason);
/*
 * Everybody's effective settings anew, the root's first. `flush`: who loses
 * ways shall have them written back.
 */
void plan_follow(bool flush);
/* Ways that no cell but the root has. */
uint64_t plan_free(unsigned int cache);

#endif
