// SPDX-License-Identifier: GPL-2.0-only
/* The last-level cache, and what its sets are good for. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

#define CACHE_DIRECTORY		"/sys/devices/system/cpu/cpu0/cache"
#define INDEXES_MAX		8u

static const struct hw_subject geometry = {
	"cache", "geometry", "size of the cache that cells share",
	"name sets, ways and line in the system configuration", false,
}, colors = {
	"cache", "colors", "cells that cannot evict each other's lines",
	"where a hash chooses the sets, set COLORING_NO_LLC, color by banks, and share out ways",
	false,
};

static bool index_number(const struct hw_machine *machine, unsigned int index,
			 const char *name, uint32_t *value)
{
	char path[128];
	uint64_t number;

	snprintf(path, sizeof(path), CACHE_DIRECTORY "/index%u/%s", index, name);
	if (!hw_number(machine, path, &number) || number > UINT32_MAX)
		return false;
	*value = (uint32_t)number;
	return true;
}

static bool index_holds_data(const struct hw_machine *machine,
			     unsigned int index)
{
	char path[128], type[32] = "";

	snprintf(path, sizeof(path), CACHE_DIRECTORY "/index%u/type", index);
	hw_read(machine, path, type, sizeof(type));
	return type[0] && strncmp(type, "Instruction", 11) != 0;
}

bool hw_sysfs_cache(const struct hw_machine *machine, unsigned int *level,
		    struct color_cache *cache)
{
	bool found = false;

	*level = 0;
	for (unsigned int index = 0; index < INDEXES_MAX; index++) {
		struct color_cache this = { 0 };
		uint32_t depth;

		if (!index_number(machine, index, "level", &depth) ||
		    depth <= *level || !index_holds_data(machine, index))
			continue;
		*level = depth;
		found = index_number(machine, index, "number_of_sets",
				     &this.sets) &&
			index_number(machine, index, "ways_of_associativity",
				     &this.ways) &&
			index_number(machine, index, "coherency_line_size",
				     &this.line_bytes);
		*cache = this;
	}
	return found;
}

void hw_cache_add(struct hw_report *report, unsigned int level,
		  const struct color_cache *cache, bool is_hashed)
{
	struct color_geometry found;
	struct reason reason = { 0 };

	if (!cache) {
		hw_add(report, &geometry, HW_UNKNOWN, "nothing describes it");
		hw_add(report, &colors, HW_UNKNOWN, "the geometry is unknown");
		return;
	}
	hw_add(report, &geometry, HW_OK,
	       "L%u of %llu KiB: %u sets, %u ways, %u-byte lines", level,
	       (unsigned long long)cache->sets * cache->ways *
		       cache->line_bytes / 1024,
	       cache->sets, cache->ways, cache->line_bytes);
	if (is_hashed)
		hw_add(report, &colors, HW_MISSING,
		       "a hash chooses the sets: no page is promised any of them");
	else if (color_geometry_init(&found, cache, NULL, 0, &reason))
		hw_add(report, &colors, HW_MISSING, "%s", reason.text);
	else
		hw_add(report, &colors, color_count(&found) > 1 ? HW_OK :
								  HW_MISSING,
		       "%u by address bits, as far as is told",
		       color_count(&found));
}
