// SPDX-License-Identifier: GPL-2.0-only
/* Colors of the machine and of its cells, from the driver's sysfs tree. */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIRECTORY_BYTES	480
#define COLORS_MAX	(64 * REG_COLOR_WORDS)

int reg_colors_set(struct reg_device *device, const struct weir_cell_id *cell,
		   const struct reg_color_set *set, uint32_t flags,
		   struct color_request *answer)
{
	struct weir_colors_set request = {
		.size = sizeof(request),
		.cell = *cell,
		.request = {
			.flags = flags,
			.colors = { set->word[0], set->word[1] },
		},
	};
	int ret = reg_control(device, "set colors", WEIR_COLORS_SET, &request,
			      request.reason);

	*answer = request.request;
	return ret;
}

int reg_colors_step(struct reg_device *device, uint32_t flags,
		    struct color_request *answer)
{
	struct weir_colors_step request = {
		.size = sizeof(request),
		.flags = flags,
	};
	int ret = reg_control(device, "set colors", WEIR_COLORS_STEP, &request,
			      request.reason);

	*answer = request.answer;
	return ret;
}

/* The kernel's list format: "0,2-5", or nothing. */
static void list_parse(const char *place, struct reg_color_set *set)
{
	memset(set, 0, sizeof(*set));
	while (*place >= '0' && *place <= '9') {
		char *end;
		unsigned long first = strtoul(place, &end, 10);
		unsigned long last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (; first <= last && first < COLORS_MAX; first++)
			set->word[first / 64] |= 1ull << first % 64;
		if (*end != ',')
			break;
		place = end + 1;
	}
}

static uint32_t number_of(const char *directory, const char *name)
{
	char text[32];

	if (reg_line_read(directory, name, text, sizeof(text)))
		return 0;
	return (uint32_t)strtoul(text, NULL, 10);
}

static void functions_read(const char *directory, struct reg_colors *colors)
{
	char text[256];
	char *place = text;

	if (reg_line_read(directory, "functions", text, sizeof(text)))
		return;
	while (*place && colors->functions_count < REG_COLOR_FUNCTIONS_MAX) {
		char *end;
		uint64_t function = strtoull(place, &end, 16);

		if (end == place)
			break;
		colors->functions[colors->functions_count++] = function;
		place = end;
	}
}

int reg_colors(struct reg_device *device, struct reg_colors *colors)
{
	char directory[DIRECTORY_BYTES];
	char text[512];

	memset(colors, 0, sizeof(*colors));
	snprintf(directory, sizeof(directory), "%s/coloring",
		 device->sysfs_path);
	colors->colors_count = number_of(directory, "colors_count");
	colors->llc_colors_count = number_of(directory, "llc_colors_count");
	colors->llc_sets = number_of(directory, "llc_sets");
	colors->llc_ways = number_of(directory, "llc_ways");
	colors->llc_line_bytes = number_of(directory, "llc_line_bytes");
	functions_read(directory, colors);
	if (!reg_line_read(directory, "shared_colors", text, sizeof(text)))
		list_parse(text, &colors->shared);
	if (!reg_line_read(directory, "hypervisor_colors", text, sizeof(text)))
		list_parse(text, &colors->hypervisor);
	if (colors->colors_count && colors->colors_count <= COLORS_MAX &&
	    colors->llc_colors_count)
		return 0;
	return reg_fail(device, -ENODEV, REG_ORIGIN_ABSENT,
			"Weir is not enabled, or its configuration names no colors");
}

int reg_cell_colors(struct reg_device *device, uint32_t id,
		    struct reg_color_set *set)
{
	char directory[DIRECTORY_BYTES];
	char text[512];
	int ret;

	snprintf(directory, sizeof(directory), "%s/cells/%u",
		 device->sysfs_path, id);
	ret = reg_line_read(directory, "colors", text, sizeof(text));
	if (ret)
		return reg_fail(device, ret, REG_ORIGIN_ABSENT,
				"the colors of cell %u: %s", id, strerror(-ret));
	list_parse(text, set);
	return 0;
}
