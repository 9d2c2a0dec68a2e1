// SPDX-License-Identifier: GPL-2.0-only
/* check: configurations by themselves and against each other. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "hv/guarantee.h"
#include "output.h"

struct blob {
	void *data;
	size_t size;
	enum config_kind kind;
	struct reason reason;
	bool good;
	struct config_view view;	/* of a good cell, or the root's */
};

struct blobs {
	struct blob all[APP_OPERANDS_MAX];
	unsigned int count;
	const struct blob *system;	/* the good one, or NULL */
};

enum {
	COLUMN_FILE,
	COLUMN_KIND,
	COLUMN_NAME,
	COLUMN_GOOD,
	COLUMN_PROBLEM,
	COLUMN_CONTROLS,
	COLUMN_COUNT,
};

static const struct column columns[] = {
	{ "FILE", "file", NULL, 0, 0 },
	{ "KIND", "kind", NULL, 0, 0 },
	{ "NAME", "name", NULL, 0, 0 },
	{ "GOOD", "good", NULL, 0, 0 },
	{ "PROBLEM", "problem", NULL, 0, 0 },
	{ "MAY HOLD BACK", "may_hold_back", NULL, COLUMN_AUTO, 0 },
};

static int blobs_read(const struct app *app, struct blobs *blobs)
{
	int status = 0;

	while (blobs->count < app->operands_count && !status) {
		struct blob *blob = &blobs->all[blobs->count];

		status = app_read_file(app, app->operands[blobs->count],
				       CONFIG_MAX_BYTES, &blob->data,
				       &blob->size);
		if (!status)
			blobs->count++;
	}
	return status;
}

static void blobs_free(struct blobs *blobs)
{
	unsigned int i;

	for (i = 0; i < blobs->count; i++)
		free(blobs->all[i].data);
}

static void blob_refuse(struct blob *blob, const char *text)
{
	blob->good = false;
	snprintf(blob->reason.text, sizeof(blob->reason.text), "%s", text);
}

static void system_view(struct blob *blob)
{
	const struct system_desc *desc = blob->data;

	config_view_init(&blob->view, &desc->root_cell,
			 blob->size - offsetof(struct system_desc, root_cell));
}

/* Each by itself; the system configuration is found on the way. */
static void blobs_check_alone(struct blobs *blobs)
{
	unsigned int i;

	for (i = 0; i < blobs->count; i++) {
		struct blob *blob = &blobs->all[i];

		blob->kind = config_kind_of(blob->data, blob->size);
		blob->good = !config_check_alone(blob->data, blob->size,
						 &blob->reason);
		if (!blob->good)
			continue;
		if (blob->kind == CONFIG_CELL)
			config_view_init(&blob->view, blob->data, blob->size);
		else if (blobs->system)
			blob_refuse(blob, "a second system configuration");
		else
			blobs->system = blob;
		if (blob == blobs->system)
			system_view(blob);
	}
}

static int geometry_of(const struct blob *system,
		       struct color_geometry *geometry)
{
	return config_geometry(&system->view, geometry, NULL);
}

/* What the hypervisor would choose for it now is what later ones do not get. */
static void blob_settle(struct blob *blob, const struct blob *system,
			const struct config_view *const *others,
			unsigned int others_count)
{
	struct color_geometry geometry;
	struct color_set colors;

	if (config_is_colored(&blob->view) && !geometry_of(system, &geometry) &&
	    !config_choose_colors(&blob->view, &system->view, &geometry, others,
				  others_count, &colors, NULL))
		config_settle_colors(&blob->view, &colors);
}

/* What cannot be checked here is not passed over in silence. */
static void colors_note(const struct app *app, const struct blobs *blobs)
{
	struct color_geometry geometry;
	bool colored = false;

	for (unsigned int i = 0; i < blobs->count; i++)
		colored |= blobs->all[i].kind == CONFIG_CELL &&
			   blobs->all[i].good &&
			   config_is_colored(&blobs->all[i].view);
	if (!colored)
		return;
	if (!blobs->system)
		app_note(app, "colors are checked with a system configuration only");
	else if (geometry_of(blobs->system, &geometry) == -EAGAIN)
		app_note(app, "the machine has the cache: whether colors exist and spans fit is checked there");
}

/* Every good cell against the system and the good cells before it. */
static void blobs_check_together(struct blobs *blobs)
{
	const struct config_view *others[APP_OPERANDS_MAX];
	unsigned int others_count = 0;
	unsigned int i;

	for (i = 0; i < blobs->count; i++) {
		struct blob *blob = &blobs->all[i];

		if (blob->kind != CONFIG_CELL || !blob->good)
			continue;
		blob->good = !config_check_together(blobs->system->data,
						    blobs->system->size,
						    &blob->view, others,
						    others_count,
						    &blob->reason);
		if (!blob->good)
			continue;
		blob_settle(blob, blobs->system, others, others_count);
		others[others_count++] = &blob->view;
	}
}

/* What the policies guarantee, in the order of the operands. */
static void blobs_check_guarantees(struct blobs *blobs)
{
	const struct weir_record_bandwidth *record = NULL;
	struct guarantee sum = { 0 };

	if (blobs->system)
		record = (const void *)config_record(
			&blobs->system->view, WEIR_RECORD_BANDWIDTH, 0);
	for (unsigned int i = 0; i < blobs->count; i++) {
		struct blob *blob = &blobs->all[i];
		struct reg_settings policy;
		struct guarantee more;

		if (!blob->good || !blobs->system)
			continue;
		policy = guarantee_policy(&blob->view);
		blob->good = !guarantee_admit(record, &sum, &policy,
					      &blob->reason);
		if (!blob->good)
			continue;
		more = guarantee_of(&policy);
		sum.total += more.total;
		sum.writes += more.writes;
	}
}

/* Names are terminated in what passed a check, and only there. */
static void name_fill(struct value *value, const struct blob *blob)
{
	const struct system_desc *system = blob->data;
	const struct cell_desc *cell = blob->data;

	if (!blob->good)
		value_missing(value, "the configuration is not good");
	else if (blob->kind == CONFIG_SYSTEM)
		value_text(value, "%s", system->root_cell.name);
	else
		value_text(value, "%s", cell->name);
}

static const char *cell_name(const struct blobs *blobs, uint32_t id)
{
	for (unsigned int i = 0; i < blobs->count; i++) {
		const struct blob *blob = &blobs->all[i];

		if (blob->good && blob->view.desc->id == id)
			return blob->view.desc->name;
	}
	return NULL;
}

#define PERMISSIONS_BYTES	256

/* "root (down to 10.0%, 50 MB/s)" */
static void permission_add(const struct app *app, const struct blobs *blobs,
			   const struct weir_record_control *control,
			   char text[PERMISSIONS_BYTES])
{
	const char *name = cell_name(blobs, control->cell_id);
	char rate[QUANTITY_BYTES];

	text_add(text, PERMISSIONS_BYTES, "%s", text[0] ? ", " : "");
	if (name || control->cell_id == 0)
		text_add(text, PERMISSIONS_BYTES, "%s (down to",
			 name ? name : "root");
	else
		text_add(text, PERMISSIONS_BYTES, "cell %u (down to",
			 control->cell_id);
	if (control->what & CONTROL_DUTY)
		text_add(text, PERMISSIONS_BYTES, " %u.%u%%",
			 control->duty_min_permille / 10,
			 control->duty_min_permille % 10);
	if (control->what & CONTROL_BUDGET) {
		rate_format(rate, control->budget_min_bytes_per_s, app->units);
		text_add(text, PERMISSIONS_BYTES, "%s %s",
			 control->what & CONTROL_DUTY ? "," : "", rate);
	}
	text_add(text, PERMISSIONS_BYTES, ")");
}

static void controls_fill(const struct app *app, struct value *value,
			  const struct blobs *blobs, const struct blob *blob)
{
	char text[PERMISSIONS_BYTES] = "";

	for (unsigned int n = 0; blob->good && n < WEIR_BLOCK_MAX_RECORDS;
	     n++) {
		const struct weir_record_control *control = (const void *)
			config_record(&blob->view, WEIR_RECORD_CONTROL, n);

		if (!control)
			break;
		permission_add(app, blobs, control, text);
	}
	if (text[0])
		value_text(value, "%s", text);
	else
		value_missing(value, "it may ask nothing of others");
}

static void row_fill(const struct app *app, struct value *row, const char *path,
		     const struct blobs *blobs, const struct blob *blob)
{
	value_text(&row[COLUMN_FILE], "%s", path);
	if (blob->kind == CONFIG_UNKNOWN)
		value_missing(&row[COLUMN_KIND], "unknown signature");
	else
		value_text(&row[COLUMN_KIND], "%s",
			   blob->kind == CONFIG_SYSTEM ? "system" : "cell");
	name_fill(&row[COLUMN_NAME], blob);
	value_bool(&row[COLUMN_GOOD], blob->good);
	if (blob->good)
		value_missing(&row[COLUMN_PROBLEM], "there is none");
	else
		value_text(&row[COLUMN_PROBLEM], "%s", blob->reason.text);
	controls_fill(app, &row[COLUMN_CONTROLS], blobs, blob);
}

static int print(const struct app *app, const struct blobs *blobs)
{
	struct table table;
	unsigned int i;
	int status = APP_OK;
	int printed;

	if (!table_init(&table, columns, COLUMN_COUNT, blobs->count))
		return app_fail_memory(app);
	for (i = 0; i < blobs->count; i++) {
		row_fill(app, table_row(&table), app->operands[i], blobs,
			 &blobs->all[i]);
		if (!blobs->all[i].good)
			status = APP_NO;
	}
	printed = app->quiet ? APP_OK :
			       output_table(app, &table, "regctl.check/1",
					    "configurations");
	table_free(&table);
	return printed ? printed : status;
}

static int run(struct app *app, const void *data)
{
	struct blobs *blobs = calloc(1, sizeof(*blobs));
	int status;

	(void)data;
	if (!blobs)
		return app_fail_memory(app);
	status = blobs_read(app, blobs);
	if (!status) {
		blobs_check_alone(blobs);
		if (blobs->system)
			blobs_check_together(blobs);
		blobs_check_guarantees(blobs);
		colors_note(app, blobs);
		status = print(app, blobs);
	}
	blobs_free(blobs);
	free(blobs);
	return status;
}

const struct command command_check = {
	.name = "check",
	.operands = "CONFIG...",
	.summary = "Check configurations, and cells against their system",
	.operands_min = 1,
	.operands_max = APP_OPERANDS_MAX,
	.operand_kind = OPERAND_FILE,
	.run = run,
};
