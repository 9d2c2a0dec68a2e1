/* SPDX-License-Identifier: GPL-2.0-only */
/* Shares of caches, bandwidth and clock: requests, and what CPUs make of them. */
#include "hv/partition.h"

#include "hv/arch/cpu.h"
#include "hv/cell.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/spinlock.h"
#include "hv/string.h"
#include "partition-internal.h"

static struct spinlock lock;
/* Which CPUs share a last cache: the number each has for it. */
static unsigned int domains[HV_MAX_CPUS];

static const struct part_settings settings_none = {
	.valid = PART_SET_KNOWN,
	.bandwidth_permille = PART_WHOLE,
	.clock_permille = PART_WHOLE,
};

void partition_init(void)
{
	plan_clear();
	partition_probe();
}

/* All CPUs: those of other cells lose or gain ways as well. */
static void cpus_tell(void)
{
	if (!partition_has_any())
		return;
	for (unsigned int n = 0; n < HV_MAX_CPUS; n++) {
		struct per_cpu *cpu = percpu_get(n);

		if (cpu && cpu->active)
			cpu_post_event(cpu, EVENT_PARTITION);
	}
}

static void settings_merge(struct part_settings *settings,
			   const struct part_settings *change)
{
	if (change->valid & PART_SET_L3)
		settings->l3 = change->l3;
	if (change->valid & PART_SET_L2)
		settings->l2 = change->l2;
	if (change->valid & PART_SET_BANDWIDTH)
		settings->bandwidth_permille = change->bandwidth_permille;
	if (change->valid & PART_SET_CLOCK)
		settings->clock_permille = change->clock_permille;
}

static int change_check(const struct part_settings *change,
			struct reason *reason)
{
	if (change->valid & ~PART_SET_KNOWN)
		return refuse(reason, -EINVAL, "unknown setting bits %x",
			      change->valid & ~PART_SET_KNOWN);
	if ((change->flags & ~PART_FLAGS_KNOWN) ||
	    (change->l3.flags & ~PART_CACHE_KNOWN) ||
	    (change->l2.flags & ~PART_CACHE_KNOWN))
		return refuse(reason, -EINVAL, "unknown flags");
	if (change->reserved[0] || change->reserved[1])
		return refuse(reason, -EINVAL,
			      "reserved field of the settings is not 0");
	return 0;
}

/*
 * Under the lock: nothing changes between check and commit. `only`: just to
 * see what it would come to, in *effective.
 */
static int change_apply(struct cell *cell, const struct part_settings *change,
			bool only, struct part_settings *effective,
			struct reason *reason)
{
	struct part_cell *part = &cell->part;
	const struct part_settings before = part->requested;
	const uint32_t class_before = part->class;
	struct part_settings wanted = before;
	uint32_t class;
	int error;

	settings_merge(&wanted, change);
	error = plan_check(cell, change->valid, &wanted, reason);
	if (!error)
		error = plan_class(cell, &wanted, &class, reason);
	if (error)
		return error;
	part->requested = wanted;
	part->class = class;
	plan_follow(!only && change->flags & PART_FLUSH);
	*effective = part->effective;
	if (!only) {
		part->generation++;
		return 0;
	}
	part->requested = before;
	part->class = class_before;
	plan_follow(false);
	return 0;
}

static int request_check(const struct part_request *request,
			 struct reason *reason)
{
	if (request->operation < REG_OP_SET ||
	    request->operation > REG_OP_CHECK)
		return refuse(reason, -EINVAL, "unknown operation %u",
			      request->operation);
	if (request->reserved != 0)
		return refuse(reason, -EINVAL,
			      "reserved field of the request is not 0");
	return change_check(&request->settings, reason);
}

/* Back to the configuration: as far as there is something to change. */
static void boot_change(const struct cell *cell, struct part_settings *change)
{
	uint32_t flags = change->flags;

	*change = cell->part.boot;
	change->flags = flags;
	change->valid = 0;
	for (unsigned int n = 0; n < PART_RESOURCES; n++)
		if (partition_has(n))
			change->valid |= 1u << n;
}

int partition_set(struct cell *cell, struct part_request *request)
{
	bool only = request->operation == REG_OP_CHECK;
	struct part_settings change = request->settings;
	struct reason reason = { "" };
	int error = request_check(request, &reason);

	if (!error) {
		spin_lock(&lock);
		if (request->operation == REG_OP_CLEAR)
			boot_change(cell, &change);
		error = change_apply(cell, &change, only, &request->effective,
				     &reason);
		request->generation = cell->part.generation;
		spin_unlock(&lock);
	}
	if (!error && !only)
		cpus_tell();
	memcpy(request->reason, reason.text, sizeof(request->reason));
	return error;
}

int partition_get(struct cell *cell, struct part_status *status)
{
	spin_lock(&lock);
	status->requested = cell->part.requested;
	status->effective = cell->part.effective;
	status->generation = cell->part.generation;
	status->class_of_service = cell->part.class;
	memcpy(status->resource, partition.resource, sizeof(status->resource));
	for (unsigned int n = 0; n < PARTITION_CACHES; n++)
		if (partition_has(n))
			status->resource[n].free_ways = plan_free(n);
	spin_unlock(&lock);
	return 0;
}

/* Cache regions as they are in configurations of Jailhouse: of the L3. */
static int regions_read(const struct cell *cell, struct part_cache *share,
			struct reason *reason)
{
	struct config_view view;

	cell_view(cell, &view);
	for (uint32_t n = 0; n < view.desc->num_cache_regions; n++) {
		const struct cache_region *region = &view.cache[n];
		bool code = region->type == CACHE_L3_CODE;
		uint64_t mask = (BIT(region->size) - 1) << region->start;

		if (code ? share->code_mask : share->mask)
			return refuse(reason, -EINVAL,
				      "cache region %u: a second one of its type",
				      n);
		if (code)
			share->code_mask = mask;
		else
			share->mask = mask;
		if (region->flags & CACHE_ROOTSHARED)
			share->flags |= PART_CACHE_SHARED;
	}
	if (share->code_mask && !share->mask)
		return refuse(reason, -EINVAL,
			      "a cache region for code needs one for data");
	return 0;
}

int partition_cell_init(struct cell *cell, struct reason *reason)
{
	struct part_settings settings = settings_none;
	struct part_settings effective;
	int error = regions_read(cell, &settings.l3, reason);

	if (error)
		return error;
	if (settings.l3.mask && !partition_has(PART_L3)) {
		printk("cell \"%s\": cache regions ignored: %s\n",
		       cell->config->name, partition.resource[PART_L3].why);
		settings.l3 = (struct part_cache){ 0 };
	}
	spin_lock(&lock);
	cell->part = (struct part_cell){ .requested = settings_none };
	error = plan_join(cell);
	if (!error) {
		settings.valid = partition_has(PART_L3) ? PART_SET_L3 : 0;
		error = change_apply(cell, &settings, false, &effective,
				     reason);
		cell->part.boot = cell->part.requested;
		if (error)
			plan_leave(cell);
	}
	spin_unlock(&lock);
	/* The root is first, before its CPUs run: they look by themselves. */
	if (!error && cell != cell_root())
		cpus_tell();
	return error;
}

void partition_cell_exit(struct cell *cell)
{
	spin_lock(&lock);
	plan_leave(cell);
	cell->part = (struct part_cell){ 0 };
	if (cell != cell_root())
		plan_follow(false);
	spin_unlock(&lock);
	cpus_tell();
}

void partition_cpu_init(struct per_cpu *cpu)
{
	if (!partition_has_any())
		return;
	arch_partition_cpu_init(partition.split, partition.classes);
	domains[cpu->id] = arch_cache_domain();
}

void partition_cpu_restore(struct per_cpu *cpu)
{
	(void)cpu;
	if (partition_has_any())
		arch_partition_restore();
}

/* Whether this CPU is the last one of its cache that was waited for. */
static bool flush_due(struct part_cell *part, unsigned int id)
{
	if (!(part->flush_cpus >> id & 1))
		return false;
	part->flush_cpus &= ~BIT(id);
	for (unsigned int n = 0; n < HV_MAX_CPUS; n++)
		if ((part->flush_cpus >> n & 1) && domains[n] == domains[id])
			return false;
	return true;
}

void partition_cpu_apply(struct per_cpu *cpu)
{
	struct part_cell *part = &cpu->cell->part;
	struct part_settings settings;
	uint32_t class, delay, clock_step;
	bool flush;

	if (!partition_has_any())
		return;
	spin_lock(&lock);
	settings = part->effective;
	class = part->class;
	delay = part->delay;
	clock_step = part->clock_step;
	flush = flush_due(part, cpu->id);
	spin_unlock(&lock);
	/* A cell that goes has none any more; the root's come with the move. */
	if (settings.valid == 0)
		return;
	for (unsigned int n = 0; n < PARTITION_CACHES; n++) {
		const struct part_cache *share =
			n == PART_L3 ? &settings.l3 : &settings.l2;

		if (partition_has(n))
			arch_cache_set(partition_level(n), class, share->mask,
				       share->code_mask ? share->code_mask :
							  share->mask);
	}
	if (partition_has(PART_BANDWIDTH))
		arch_delay_set(class, delay);
	if (partition.classes > 1)
		arch_class_set(class);
	if (partition_has(PART_CLOCK))
		arch_clock_set(clock_step);
	if (flush)
		arch_cache_flush();
}

uint64_t partition_regulators(void)
{
	uint64_t mask = 0;

	if (partition_has(PART_L3) || partition_has(PART_L2))
		mask |= BIT(REGULATOR_CAT);
	if (partition_has(PART_BANDWIDTH))
		mask |= BIT(REGULATOR_MBA);
	return mask;
}
