// SPDX-License-Identifier: GPL-2.0-only
/* enable, disable, console: the hypervisor as a whole. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cells.h"
#include "config.h"
#include "output.h"

#define IMAGE_LIMIT_BYTES	(64u << 20)

enum {
	KEY_IMAGE = 0x200,
	KEY_FORCE,
};

struct hypervisor_args {
	const char *image;
	bool force;
	bool follow;
};

static const struct argp_option enable_options[] = {
	{ "image", KEY_IMAGE, "FILE", 0,
	  "Start this image, instead of the firmware " WEIR_FIRMWARE, 0 },
	{ 0 },
};

static const struct argp_option disable_options[] = {
	{ "force", KEY_FORCE, NULL, 0, "Destroy the cells first", 0 },
	{ 0 },
};

static const struct argp_option console_options[] = {
	{ "follow", 'f', NULL, 0, "Go on as more is written", 0 },
	{ 0 },
};

static int option(void *data, int key, const char *value,
		  struct parse_error *error)
{
	struct hypervisor_args *args = data;

	(void)error;
	switch (key) {
	case KEY_IMAGE:
		args->image = value;
		return 0;
	case KEY_FORCE:
		args->force = true;
		return 0;
	case 'f':
		args->follow = true;
		return 0;
	default:
		return -ENOENT;
	}
}

static int enable_with_image(struct app *app, const void *config,
			     size_t config_size, const char *path)
{
	void *image = NULL;
	size_t image_size = 0;
	int status = 0;

	if (path)
		status = app_read_file(app, path, IMAGE_LIMIT_BYTES, &image,
				       &image_size);
	if (!status && !app->dry_run &&
	    reg_enable(app->device, config, config_size, image, image_size))
		status = app_fail(app);
	free(image);
	return status;
}

/* Whatever the options: who does not know this takes a cell for safe. */
static void enable_warn(const struct app *app, const void *config, size_t size)
{
	struct reason why;

	if (config_lacks_iommu(config, size, &why))
		app_complain(app, "WARNING: %s, as %s says: a device reaches the memory of every cell",
			     why.text, app->operands[0]);
}

static int enable_run(struct app *app, const void *data)
{
	const struct hypervisor_args *args = data;
	void *config;
	size_t size;
	int status;

	status = app_read_file(app, app->operands[0], CONFIG_MAX_BYTES,
			       &config, &size);
	if (status)
		return status;
	status = app->dry_run ? config_explain(app, app->operands[0], config,
					       size) : 0;
	if (!status)
		enable_warn(app, config, size);
	if (!status)
		status = enable_with_image(app, config, size, args->image);
	free(config);
	if (!status)
		app_note(app, app->dry_run ? "would enable Weir with %s" :
					     "Weir runs, configured by %s",
			 app->operands[0]);
	return status;
}

/* Every cell but the root cell, the newest ids first. */
static int cells_destroy(struct app *app)
{
	struct reg_cell_info cells[REG_CELLS_MAX];
	int count = reg_cells_list(app->device, cells);

	if (count < 0)
		return app_fail(app);
	while (count-- > 0) {
		const struct weir_cell_id key = cell_key(&cells[count]);

		if (key.id == 0)
			continue;
		if (app->dry_run)
			app_note(app, "would destroy cell %s",
				 cells[count].name);
		else if (reg_cell_destroy(app->device, &key))
			return app_fail(app);
	}
	return 0;
}

static int disable_run(struct app *app, const void *data)
{
	const struct hypervisor_args *args = data;
	int status;

	status = args->force ? cells_destroy(app) : 0;
	if (status)
		return status;
	if (app->dry_run) {
		app_note(app, "would disable Weir");
		return APP_OK;
	}
	if (reg_disable(app->device))
		return app_fail(app);
	app_note(app, "Weir is gone");
	return APP_OK;
}

/* Copies to the output; 0 at the end, or an exit status. */
static int console_copy(struct app *app, int fd)
{
	char text[CONSOLE_RING_BYTES];
	ssize_t count;

	for (;;) {
		count = read(fd, text, sizeof(text));
		if (count < 0 && errno == EINTR)
			continue;
		if (count == 0 || (count < 0 && errno == EAGAIN))
			return 0;
		if (count < 0) {
			app_complain(app, "%s", strerror(errno));
			return APP_REFUSED;
		}
		fwrite(text, 1, (size_t)count, app->out);
		if (fflush(app->out))
			return APP_ABSENT;
	}
}

static int console_run(struct app *app, const void *data)
{
	const struct hypervisor_args *args = data;
	int fd = reg_console_open(app->device, args->follow);
	int status;

	if (fd < 0)
		return app_fail(app);
	status = console_copy(app, fd);
	close(fd);
	return status;
}

const struct command command_enable = {
	.name = "enable",
	.operands = "CONFIG",
	.summary = "Put Weir under the running Linux",
	.options = enable_options,
	.args_size = sizeof(struct hypervisor_args),
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_FILE,
	.option = option,
	.run = enable_run,
};

const struct command command_disable = {
	.name = "disable",
	.operands = "",
	.summary = "Take Weir away, back to bare Linux",
	.options = disable_options,
	.args_size = sizeof(struct hypervisor_args),
	.option = option,
	.run = disable_run,
};

const struct command command_console = {
	.name = "console",
	.operands = "",
	.summary = "Print the hypervisor's virtual console",
	.options = console_options,
	.args_size = sizeof(struct hypervisor_args),
	.option = option,
	.run = console_run,
};
