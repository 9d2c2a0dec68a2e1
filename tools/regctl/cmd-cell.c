// SPDX-License-Identifier: GPL-2.0-only
/* cell create, load, start, shutdown, destroy: the life of a cell. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/input.h"
#include "config.h"
#include "output.h"

#define IMAGE_LIMIT_BYTES	(256u << 20)

/* One thing to load: the file at an operand, or a string. */
struct piece {
	const char *text;
	bool is_string;
	bool address_given;
	uint64_t address;
};

struct load_args {
	bool cell_seen;
	unsigned int count;
	struct piece pieces[WEIR_MAX_IMAGES];
};

static const struct argp_option load_options[] = {
	{ "address", 'a', "ADDR", 0,
	  "Load the IMAGE or STRING before it at this address of the cell (0)",
	  0 },
	{ "string", 's', "STRING", 0,
	  "Load a string, as a command line, with its terminating zero", 0 },
	{ 0 },
};

static int piece_add(struct load_args *args, const char *text, bool is_string,
		     struct parse_error *error)
{
	if (args->count == WEIR_MAX_IMAGES)
		return parse_refuse(error, 0,
				    "at most %d images and strings can be loaded",
				    WEIR_MAX_IMAGES);
	args->pieces[args->count].text = text;
	args->pieces[args->count].is_string = is_string;
	args->count++;
	return 0;
}

static int address_add(struct load_args *args, const char *value,
		       struct parse_error *error)
{
	struct piece *piece;

	if (args->count == 0)
		return parse_refuse(error, 0,
				    "must follow the IMAGE or STRING it is for");
	piece = &args->pieces[args->count - 1];
	if (piece->address_given)
		return parse_refuse(error, 0,
				    "a second address for '%.100s'",
				    piece->text);
	piece->address_given = true;
	return address_parse(value, &piece->address, error);
}

static int load_option(void *data, int key, const char *value,
		       struct parse_error *error)
{
	struct load_args *args = data;

	switch (key) {
	case ARGP_KEY_ARG:
		if (!args->cell_seen) {
			args->cell_seen = true;
			return 0;
		}
		return piece_add(args, value, false, error);
	case 's':
		return piece_add(args, value, true, error);
	case 'a':
		return address_add(args, value, error);
	default:
		return -ENOENT;
	}
}

/* Brings one piece into memory; the caller frees *data. */
static int piece_read(const struct app *app, const struct piece *piece,
		      struct weir_image *image, void **data)
{
	size_t size;
	int status;

	if (piece->is_string) {
		size = strlen(piece->text) + 1;
		*data = strdup(piece->text);
		status = *data ? 0 : app_fail_memory(app);
	} else {
		status = app_read_file(app, piece->text, IMAGE_LIMIT_BYTES,
				       data, &size);
	}
	if (status)
		return status;
	image->source_address = (uintptr_t)*data;
	image->size = size;
	image->target_address = piece->address;
	return 0;
}

static int load_run(struct app *app, const void *data)
{
	const struct load_args *args = data;
	struct weir_image images[WEIR_MAX_IMAGES] = { { 0 } };
	void *contents[WEIR_MAX_IMAGES] = { NULL };
	struct weir_cell_id cell;
	unsigned int i;
	int status;

	status = app_cell(app, 0, &cell);
	if (!status && args->count == 0) {
		app_complain(app, "nothing to load: give an IMAGE or --string");
		status = APP_USAGE;
	}
	for (i = 0; i < args->count && !status; i++)
		status = piece_read(app, &args->pieces[i], &images[i],
				    &contents[i]);
	if (!status && app->dry_run)
		app_note(app, "would load %u pieces into %s", args->count,
			 app->operands[0]);
	else if (!status &&
		 reg_cell_load(app->device, &cell, images, args->count))
		status = app_fail(app);
	for (i = 0; i < args->count; i++)
		free(contents[i]);
	return status;
}

/* The guest must not look while it is written: it is not running. */
static int input_write(struct app *app, const struct weir_cell_id *cell,
		       const void *data, size_t size)
{
	uint64_t bytes = sizeof(struct input_head) + size;
	struct input_head *head;
	void *memory;

	if (reg_share_map(app->device, cell, bytes, &memory))
		return app_fail(app);
	head = memory;
	*head = (struct input_head){ .bytes = size };
	memcpy(head + 1, data, size);
	__atomic_store_n(&head->magic, INPUT_MAGIC, __ATOMIC_RELEASE);
	reg_share_unmap(app->device, memory, bytes);
	return APP_OK;
}

static int input_refused(struct app *app, const struct weir_cell_id *cell)
{
	struct reg_cell_info info;

	if (reg_cell_find(app->device, cell, &info))
		return app_fail(app);
	if (strncmp(info.state, "running", 7))
		return APP_OK;
	app_complain(app, "cell %s is %s: shut it down first", info.name,
		     info.state);
	return APP_NO;
}

static int input_run(struct app *app, const void *data)
{
	struct weir_cell_id cell;
	void *content;
	size_t size;
	int status = app_cell(app, 0, &cell);

	(void)data;
	if (!status)
		status = app_read_file(app, app->operands[1], IMAGE_LIMIT_BYTES,
				       &content, &size);
	if (status)
		return status;
	status = input_refused(app, &cell);
	if (!status && app->dry_run)
		app_note(app, "would put %zu bytes into what %s shares", size,
			 app->operands[0]);
	else if (!status)
		status = input_write(app, &cell, content, size);
	free(content);
	return status;
}

enum {
	COLUMN_ID,
	COLUMN_NAME,
	COLUMN_COUNT,
};

static const struct column columns[] = {
	{ "ID", "id", NULL, COLUMN_RIGHT, 0 },
	{ "CELL", "name", NULL, 0, 0 },
};

static int print_created(const struct app *app, uint32_t id,
			 const struct cell_desc *config, size_t size)
{
	struct table table;
	struct value *row;
	int status;

	if (app->quiet)
		return APP_OK;
	if (!table_init(&table, columns, COLUMN_COUNT, 1))
		return app_fail_memory(app);
	row = table_row(&table);
	value_number(&row[COLUMN_ID], VALUE_COUNT, id);
	if (size >= sizeof(*config))
		value_text(&row[COLUMN_NAME], "%.*s", CONFIG_NAME_BYTES,
			   config->name);
	status = output_table(app, &table, "regctl.cell-create/1", "cells");
	table_free(&table);
	return status;
}

static int create_run(struct app *app, const void *data)
{
	const char *path = app->operands[0];
	void *config;
	uint32_t id;
	size_t size;
	int status;

	(void)data;
	status = app_read_file(app, path, CONFIG_MAX_BYTES, &config, &size);
	if (status)
		return status;
	if (app->dry_run) {
		status = config_explain(app, path, config, size);
		if (!status)
			app_note(app, "would create the cell of %s", path);
	} else if (reg_cell_create(app->device, config, size, &id)) {
		status = app_fail(app);
	} else {
		status = print_created(app, id, config, size);
	}
	free(config);
	return status;
}

/* A verb on one cell that answers with nothing but success. */
static int simple_run(struct app *app, const char *verb,
		      int (*operation)(struct reg_device *,
				       const struct weir_cell_id *))
{
	struct weir_cell_id cell;
	int status;

	status = app_cell(app, 0, &cell);
	if (status)
		return status;
	if (app->dry_run)
		app_note(app, "would %s %s", verb, app->operands[0]);
	else if (operation(app->device, &cell))
		status = app_fail(app);
	return status;
}

static int start_run(struct app *app, const void *data)
{
	(void)data;
	return simple_run(app, "start", reg_cell_start);
}

static int shutdown_run(struct app *app, const void *data)
{
	(void)data;
	return simple_run(app, "shut down", reg_cell_shutdown);
}

static int destroy_run(struct app *app, const void *data)
{
	(void)data;
	return simple_run(app, "destroy", reg_cell_destroy);
}

const struct command command_cell_create = {
	.name = "cell create",
	.operands = "CONFIG",
	.summary = "Create a cell",
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_FILE,
	.run = create_run,
};

const struct command command_cell_load = {
	.name = "cell load",
	.operands = "CELL IMAGE...",
	.summary = "Stop a cell and load images and strings into it",
	.options = load_options,
	.args_size = sizeof(struct load_args),
	.operands_min = 1,
	.operands_max = 1 + WEIR_MAX_IMAGES,
	.operand_kind = OPERAND_CELL_THEN_FILES,
	.option = load_option,
	.run = load_run,
};

const struct command command_cell_input = {
	.name = "cell input",
	.operands = "CELL FILE",
	.summary = "Put a file into the memory that a cell shares",
	.operands_min = 2,
	.operands_max = 2,
	.operand_kind = OPERAND_CELL_THEN_FILES,
	.run = input_run,
};

const struct command command_cell_start = {
	.name = "cell start",
	.operands = "CELL",
	.summary = "Start a cell from its reset address",
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_CELL,
	.run = start_run,
};

const struct command command_cell_shutdown = {
	.name = "cell shutdown",
	.operands = "CELL",
	.summary = "Stop a cell, if it agrees",
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_CELL,
	.run = shutdown_run,
};

const struct command command_cell_destroy = {
	.name = "cell destroy",
	.operands = "CELL",
	.summary = "Destroy a cell and give its resources back",
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_CELL,
	.run = destroy_run,
};
