// SPDX-License-Identifier: GPL-2.0-only
/* Cells: naming, creation, loading, start, end, reports. */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Decimal digits only, below 2^31; -1 for any other text. */
static int32_t decimal_id(const char *text)
{
	uint32_t id = 0;

	if (*text == '\0')
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		id = id * 10 + (uint32_t)(*text - '0');
		if (id > 99999999)
			return -1;
	}
	return (int32_t)id;
}

int reg_cell_id(struct reg_device *device, const char *text,
		struct weir_cell_id *cell)
{
	memset(cell, 0, sizeof(*cell));
	if (*text == '\0')
		return reg_fail(device, -EINVAL, REG_ORIGIN_INPUT,
				"a cell's name must not be empty");
	if (strlen(text) >= sizeof(cell->name))
		return reg_fail(device, -EINVAL, REG_ORIGIN_INPUT,
				"cell '%.40s...': names have at most %zu characters",
				text, sizeof(cell->name) - 1);
	if (strcmp(text, "root") == 0)
		return 0;
	cell->id = decimal_id(text);
	if (cell->id < 0)
		strcpy(cell->name, text);
	return 0;
}

/* "start cell victim", for errors. */
static void describe(char text[64], const char *verb,
		     const struct weir_cell_id *cell)
{
	if (cell->id < 0)
		snprintf(text, 64, "%s cell %.*s", verb, CONFIG_NAME_BYTES - 1,
			 cell->name);
	else
		snprintf(text, 64, "%s cell %d", verb, (int)cell->id);
}

int reg_cell_create(struct reg_device *device, const void *config,
		    size_t config_size, uint32_t *id)
{
	struct weir_cell_create request = {
		.size = sizeof(request),
		.config_address = (uintptr_t)config,
		.config_size = config_size,
	};
	int ret;

	ret = reg_control(device, "create cell", WEIR_CELL_CREATE, &request,
			  request.reason);
	if (!ret)
		*id = request.cell_id;
	return ret;
}

static int load_send(struct reg_device *device, const char *verb,
		     const struct weir_cell_id *cell,
		     const struct weir_image *images, uint32_t images_count)
{
	struct weir_cell_load request = {
		.size = sizeof(request),
		.num_images = images_count,
		.cell = *cell,
		.images_address = (uintptr_t)images,
	};
	char what[64];

	describe(what, verb, cell);
	return reg_control(device, what, WEIR_CELL_LOAD, &request,
			   request.reason);
}

int reg_cell_load(struct reg_device *device, const struct weir_cell_id *cell,
		  const struct weir_image *images, uint32_t images_count)
{
	if (images_count == 0 || images_count > WEIR_MAX_IMAGES)
		return reg_fail(device, -EINVAL, REG_ORIGIN_INPUT,
				"%u images; 1 to %d can be loaded at once",
				images_count, WEIR_MAX_IMAGES);
	return load_send(device, "load", cell, images, images_count);
}

int reg_cell_shutdown(struct reg_device *device,
		      const struct weir_cell_id *cell)
{
	return load_send(device, "shut down", cell, NULL, 0);
}

static int op_send(struct reg_device *device, const char *verb,
		   unsigned long command, const struct weir_cell_id *cell)
{
	struct weir_cell_op request = {
		.size = sizeof(request),
		.cell = *cell,
	};
	char what[64];

	describe(what, verb, cell);
	return reg_control(device, what, command, &request, request.reason);
}

int reg_cell_start(struct reg_device *device, const struct weir_cell_id *cell)
{
	return op_send(device, "start", WEIR_CELL_START, cell);
}

int reg_cell_destroy(struct reg_device *device,
		     const struct weir_cell_id *cell)
{
	return op_send(device, "destroy", WEIR_CELL_DESTROY, cell);
}

int reg_cell_report(struct reg_device *device, const struct weir_cell_id *cell,
		    struct cell_report *report)
{
	struct weir_cell_report request = {
		.size = sizeof(request),
		.cell = *cell,
	};
	char what[64];
	int ret;

	describe(what, "report of", cell);
	ret = reg_control(device, what, WEIR_CELL_REPORT, &request,
			  request.reason);
	if (ret)
		return ret;
	*report = request.report;
	report->text[sizeof(report->text) - 1] = '\0';
	return 0;
}
