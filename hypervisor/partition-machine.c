/* SPDX-License-Identifier: GPL-2.0-only */
/* What the machine has to share out: the CPU's word, then the configuration's. */
#include "abi/weir-config.h"
#include "hv/config-check.h"
#include "hv/printk.h"
#include "hv/setup.h"
#include "hv/string.h"
#include "partition-internal.h"
#include "regulators/mba.h"

struct partition_machine partition;

const char *partition_name(unsigned int resource)
{
	static const char *const names[PART_RESOURCES] = {
		[PART_L3] = "L3",
		[PART_L2] = "L2",
		[PART_BANDWIDTH] = "bandwidth",
		[PART_CLOCK] = "clock",
	};

	return names[resource];
}

static void why_set(struct part_resource *resource, const char *why)
{
	size_t length = strnlen(why, sizeof(resource->why) - 1);

	memcpy(resource->why, why, length);
	resource->why[length] = '\0';
}

/* NULL: the configuration says nothing about this level. */
static const struct weir_record_cache *record_find(unsigned int level)
{
	struct config_view view;

	system_view(&view);
	for (unsigned int n = 0; n < WEIR_BLOCK_MAX_RECORDS; n++) {
		const struct weir_record_cache *record = (const void *)
			config_record(&view, WEIR_RECORD_CACHE, n);

		if (!record)
			break;
		if (record->level == level)
			return record;
	}
	return NULL;
}

/* The root's regions want code and data apart. */
static bool root_splits(unsigned int level)
{
	struct config_view view;

	if (level != ARCH_CACHE_L3)
		return false;
	system_view(&view);
	for (uint32_t n = 0; n < view.desc->num_cache_regions; n++)
		if (view.cache[n].type == CACHE_L3_CODE)
			return true;
	return false;
}

/* What the CPU does not say of itself. */
static bool caps_assume(const struct weir_record_cache *record,
			unsigned int level, struct arch_cache_caps *caps)
{
	if (!record || record->ways == 0 || arch_cache_assume(level))
		return false;
	*caps = (struct arch_cache_caps){
		.ways = record->ways,
		.ways_min = 1,
		.classes = record->classes,
		.code_data = record->flags & WEIR_CACHE_SPLIT,
		.sparse = record->flags & WEIR_CACHE_SPARSE,
	};
	return true;
}

static void cache_fill(unsigned int n, struct arch_cache_caps *caps,
		       const struct weir_record_cache *record, bool assumed)
{
	struct part_resource *resource = &partition.resource[n];
	unsigned int level = partition_level(n);
	bool split = root_splits(level) ||
		     (record && record->flags & WEIR_CACHE_SPLIT);

	if (record && record->ways_min > caps->ways_min)
		caps->ways_min = record->ways_min;
	if (split && !caps->code_data)
		printk("%s: code and data cannot be told apart\n",
		       partition_name(n));
	split = split && caps->code_data && caps->classes > 1;
	if (split)
		caps->classes /= 2;
	partition.cache[n] = (struct partition_cache){
		.geometry = { caps->ways, caps->ways_min, caps->sparse },
		.split = split,
	};
	partition.split |= (unsigned int)split << level;
	resource->flags = PART_RESOURCE_USABLE |
			  (split ? PART_RESOURCE_CODE_DATA : 0) |
			  (caps->sparse ? PART_RESOURCE_SPARSE : 0) |
			  (assumed ? PART_RESOURCE_CONFIGURED : 0);
	resource->ways = caps->ways;
	resource->ways_min = caps->ways_min;
	resource->classes = caps->classes;
	resource->shared_ways = caps->shared_ways;
}

static void cache_probe(unsigned int n)
{
	unsigned int level = partition_level(n);
	const struct weir_record_cache *record = record_find(level);
	struct arch_cache_caps caps;
	const char *why = "";
	bool assumed = false;

	if (arch_cache_probe(level, &caps, &why)) {
		assumed = caps_assume(record, level, &caps);
		if (!assumed) {
			why_set(&partition.resource[n], why);
			return;
		}
	}
	cache_fill(n, &caps, record, assumed);
}

static void rates_probe(void)
{
	struct part_resource *resource = &partition.resource[PART_BANDWIDTH];
	unsigned int least;
	const char *why = "";

	if (arch_delay_probe(&partition.delay, &why)) {
		why_set(resource, why);
	} else {
		resource->flags = PART_RESOURCE_USABLE |
			(partition.delay.linear ? PART_RESOURCE_LINEAR : 0);
		resource->classes = partition.delay.classes;
		resource->least_permille = mba_least(&partition.delay);
	}
	resource = &partition.resource[PART_CLOCK];
	if (arch_clock_probe(&partition.clock, &why)) {
		why_set(resource, why);
		return;
	}
	resource->flags = PART_RESOURCE_USABLE | PART_RESOURCE_LINEAR;
	clock_step(&partition.clock, 1, &least);
	resource->least_permille = least;
}

void partition_probe(void)
{
	partition = (struct partition_machine){ .classes = 0 };
	for (unsigned int n = 0; n < PARTITION_CACHES; n++)
		cache_probe(n);
	rates_probe();
	for (unsigned int n = 0; n < PART_RESOURCES; n++) {
		unsigned int classes = partition.resource[n].classes;

		if (classes && (!partition.classes ||
				classes < partition.classes))
			partition.classes = classes;
	}
	/* The root's, if nobody else can have one; a cell needs no second. */
	if (partition.classes == 0)
		partition.classes = 1;
	if (partition.classes > HV_MAX_CELLS)
		partition.classes = HV_MAX_CELLS;
}
