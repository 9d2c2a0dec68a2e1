/* SPDX-License-Identifier: GPL-2.0-only */
/* Who has which ways and classes, and what is left to the root. */
#include "hv/cell.h"
#include "hv/errno.h"
#include "partition-internal.h"
#include "regulators/mba.h"

/* Cells with their settings, the root among them. */
static struct cell *members[HV_MAX_CELLS];

static bool is_root(const struct cell *cell)
{
	return cell == cell_root();
}

int plan_join(struct cell *cell)
{
	for (unsigned int n = 0; n < HV_MAX_CELLS; n++) {
		if (!members[n]) {
			members[n] = cell;
			return 0;
		}
	}
	return -ENOMEM;
}

void plan_leave(const struct cell *cell)
{
	for (unsigned int n = 0; n < HV_MAX_CELLS; n++)
		if (members[n] == cell)
			members[n] = NULL;
}

void plan_clear(void)
{
	for (unsigned int n = 0; n < HV_MAX_CELLS; n++)
		members[n] = NULL;
}

static struct part_cache *cache_of(struct part_settings *settings,
				   unsigned int cache)
{
	return cache == PART_L3 ? &settings->l3 : &settings->l2;
}

/* Ways that are its own, as the cell's settings have them. */
static uint64_t ways_of(const struct part_settings *settings,
			unsigned int cache)
{
	const struct part_cache *share =
		cache == PART_L3 ? &settings->l3 : &settings->l2;

	return share->mask | share->code_mask;
}

static bool ways_shared(const struct part_settings *settings,
			unsigned int cache)
{
	return (cache == PART_L3 ? settings->l3.flags : settings->l2.flags) &
	       PART_CACHE_SHARED;
}

/*
 * Ways of all cells but the root and `except`. `from_root`: only those that
 * the root does not keep.
 */
static uint64_t ways_taken(unsigned int cache, const struct cell *except,
			   bool from_root)
{
	uint64_t taken = 0;

	for (unsigned int n = 0; n < HV_MAX_CELLS; n++) {
		const struct cell *cell = members[n];

		if (!cell || is_root(cell) || cell == except)
			continue;
		if (from_root && ways_shared(&cell->part.requested, cache))
			continue;
		taken |= ways_of(&cell->part.requested, cache);
	}
	return taken;
}

static uint64_t whole_or(uint64_t mask, const struct cat_geometry *geometry)
{
	return mask ? mask : cat_all(geometry);
}

/* What the root is left with of one mask. */
static uint64_t root_mask(unsigned int cache, uint64_t wanted, uint64_t taken)
{
	const struct cat_geometry *geometry = &partition.cache[cache].geometry;

	return cat_shrink(geometry, whole_or(wanted, geometry), taken);
}

static void share_count(struct part_cache *share)
{
	share->ways_count = cat_count(share->mask | share->code_mask);
}

static void root_follow(void)
{
	struct part_cell *root = &cell_root()->part;

	for (unsigned int n = 0; n < PARTITION_CACHES; n++) {
		const struct part_cache *wanted = cache_of(&root->requested, n);
		struct part_cache *share = cache_of(&root->effective, n);
		uint64_t taken = ways_taken(n, NULL, true);

		*share = (struct part_cache){ 0 };
		if (!partition_has(n))
			continue;
		share->mask = root_mask(n, wanted->mask, taken);
		if (wanted->code_mask)
			share->code_mask = root_mask(n, wanted->code_mask,
						     taken);
		share_count(share);
	}
}

static bool shares_class(const struct cell *cell)
{
	return !is_root(cell) && cell->part.class == 0;
}

/* Cells without ways of their own use the root's. */
static void cell_follow(struct cell *cell)
{
	struct part_settings *effective = &cell->part.effective;
	unsigned int permille;

	if (!is_root(cell)) {
		for (unsigned int n = 0; n < PARTITION_CACHES; n++) {
			struct part_cache *share = cache_of(effective, n);

			*share = *cache_of(&cell->part.requested, n);
			if (share->mask)
				continue;
			*share = *cache_of(&cell_root()->part.effective, n);
			share->flags |= PART_CACHE_SHARED;
		}
	}
	effective->valid = PART_SET_KNOWN;
	effective->bandwidth_permille = PART_WHOLE;
	effective->clock_permille = PART_WHOLE;
	if (partition_has(PART_BANDWIDTH) && shares_class(cell)) {
		cell->part.delay = cell_root()->part.delay;
		effective->bandwidth_permille =
			cell_root()->part.effective.bandwidth_permille;
	} else if (partition_has(PART_BANDWIDTH)) {
		cell->part.delay = mba_delay(&partition.delay,
				cell->part.requested.bandwidth_permille,
				&permille);
		effective->bandwidth_permille = permille;
	}
	if (partition_has(PART_CLOCK)) {
		cell->part.clock_step = clock_step(&partition.clock,
				cell->part.requested.clock_permille, &permille);
		effective->clock_permille = permille;
	}
}

/* The ways that the CPUs of a cell can fill. */
struct ways {
	uint64_t mask[PARTITION_CACHES];
};

static struct ways ways_in_force(const struct cell *cell)
{
	struct ways ways;

	for (unsigned int n = 0; n < PARTITION_CACHES; n++)
		ways.mask[n] = ways_of(&cell->part.effective, n);
	return ways;
}

static bool ways_lost(const struct ways *before, const struct cell *cell)
{
	struct ways now = ways_in_force(cell);
	uint64_t lost = 0;

	for (unsigned int n = 0; n < PARTITION_CACHES; n++)
		lost |= before->mask[n] & ~now.mask[n];
	return lost != 0;
}

void plan_follow(bool flush)
{
	struct ways before[HV_MAX_CELLS];

	for (unsigned int i = 0; i < HV_MAX_CELLS; i++)
		if (members[i])
			before[i] = ways_in_force(members[i]);
	root_follow();
	cell_follow(cell_root());
	for (unsigned int i = 0; i < HV_MAX_CELLS; i++) {
		if (!members[i])
			continue;
		cell_follow(members[i]);
		if (flush && ways_lost(&before[i], members[i]))
			members[i]->part.flush_cpus = members[i]->cpus;
	}
}

/* Who has some of these ways already, for the reason. */
static int refuse_taken(const struct cell *cell, unsigned int cache,
			uint64_t wanted, struct reason *reason)
{
	for (unsigned int n = 0; n < HV_MAX_CELLS; n++) {
		const struct cell *other = members[n];
		uint64_t both;

		if (!other || other == cell || is_root(other))
			continue;
		both = wanted & ways_of(&other->part.requested, cache);
		if (both)
			return refuse(reason, -EBUSY,
				      "%s ways 0x%llx belong to cell \"%.31s\"",
				      partition_name(cache),
				      (unsigned long long)both,
				      other->config->name);
	}
	return 0;
}

/* Ways by their number alone: the hypervisor chooses among the free ones. */
static int share_place(const struct cell *cell, unsigned int cache,
		       struct part_cache *share, struct reason *reason)
{
	const struct cat_geometry *geometry = &partition.cache[cache].geometry;
	uint64_t free = cat_all(geometry) &
			~ways_taken(cache, cell, is_root(cell));

	if (share->code_mask)
		return refuse(reason, -EINVAL,
			      "%s: a mask for code needs one for data",
			      partition_name(cache));
	share->mask = cat_place(geometry, share->ways_count, free,
				is_root(cell));
	if (!share->mask)
		return refuse(reason, -EBUSY,
			      "%s: no %u ways in a row are free of 0x%llx",
			      partition_name(cache), share->ways_count,
			      (unsigned long long)free);
	return 0;
}

/* One cache of a request, beside the other cells. */
static int share_check(const struct cell *cell, unsigned int cache,
		       struct part_cache *share, struct reason *reason)
{
	const struct cat_geometry *geometry = &partition.cache[cache].geometry;
	uint64_t taken;
	int error = 0;

	if (!share->mask && !share->code_mask && !share->ways_count) {
		*share = (struct part_cache){ 0 };
		return 0;
	}
	if (!share->mask)
		error = share_place(cell, cache, share, reason);
	if (!error)
		error = cat_check(geometry, share->mask, partition_name(cache),
				  reason);
	if (!error && share->code_mask)
		error = cat_check(geometry, share->code_mask, "code", reason);
	if (!error && share->code_mask && !partition.cache[cache].split)
		error = refuse(reason, -EINVAL,
			       "%s: the configuration does not tell code from data",
			       partition_name(cache));
	if (error)
		return error;
	share_count(share);
	if (!is_root(cell))
		return refuse_taken(cell, cache,
				    share->mask | share->code_mask, reason);
	taken = ways_taken(cache, NULL, true);
	if (!root_mask(cache, share->mask, taken) ||
	    (share->code_mask && !root_mask(cache, share->code_mask, taken)))
		return refuse(reason, -EBUSY,
			      "%s: other cells leave the root none of these ways",
			      partition_name(cache));
	return 0;
}

/* The root must keep something when a cell takes ways. */
static int root_check(const struct cell *cell, unsigned int cache,
		      const struct part_cache *share, struct reason *reason)
{
	const struct part_cache *root = cache_of(&cell_root()->part.requested,
						 cache);
	uint64_t taken = ways_taken(cache, cell, true);

	if (is_root(cell) || share->flags & PART_CACHE_SHARED)
		return 0;
	taken |= share->mask | share->code_mask;
	if (root_mask(cache, root->mask, taken) &&
	    (!root->code_mask || root_mask(cache, root->code_mask, taken)))
		return 0;
	return refuse(reason, -EBUSY,
		      "%s: the root cell would be left without ways",
		      partition_name(cache));
}

static int rate_check(unsigned int resource, uint32_t permille,
		      struct reason *reason)
{
	if (permille == 0 || permille > PART_WHOLE)
		return refuse(reason, -ERANGE,
			      "%s of %u thousandths, allowed are 1 to %u",
			      partition_name(resource), permille, PART_WHOLE);
	return 0;
}

static int resource_check(unsigned int resource, struct reason *reason)
{
	if (partition_has(resource))
		return 0;
	return refuse(reason, -ENODEV, "%s: %.47s", partition_name(resource),
		      partition.resource[resource].why);
}

int plan_check(const struct cell *cell, uint32_t valid,
			struct part_settings *wanted, struct reason *reason)
{
	int error = 0;

	for (unsigned int n = 0; n < PART_RESOURCES && !error; n++)
		if (valid >> n & 1)
			error = resource_check(n, reason);
	for (unsigned int n = 0; n < PARTITION_CACHES && !error; n++) {
		struct part_cache *share = cache_of(wanted, n);

		if (!(valid >> n & 1))
			continue;
		error = share_check(cell, n, share, reason);
		if (!error)
			error = root_check(cell, n, share, reason);
	}
	if (!error && valid & PART_SET_BANDWIDTH)
		error = rate_check(PART_BANDWIDTH, wanted->bandwidth_permille,
				   reason);
	if (!error && valid & PART_SET_CLOCK)
		error = rate_check(PART_CLOCK, wanted->clock_permille, reason);
	return error;
}

static bool class_taken(const struct cell *except, uint32_t class)
{
	for (unsigned int n = 0; n < HV_MAX_CELLS; n++)
		if (members[n] && members[n] != except &&
		    members[n]->part.class == class)
			return true;
	return false;
}

int plan_class(const struct cell *cell,
		      const struct part_settings *wanted, uint32_t *class,
		      struct reason *reason)
{
	bool own = wanted->l3.mask || wanted->l2.mask ||
		   wanted->bandwidth_permille != PART_WHOLE;

	*class = cell->part.class;
	if (is_root(cell) || *class != 0)
		return 0;
	for (*class = 1; *class < partition.classes; ++*class)
		if (!class_taken(cell, *class))
			return 0;
	*class = 0;
	return !own ? 0 :
	       refuse(reason, -EBUSY, "all %u classes of service are in use",
		      partition.classes);
}

uint64_t plan_free(unsigned int cache)
{
	return cat_all(&partition.cache[cache].geometry) &
	       ~ways_taken(cache, NULL, false);
}
