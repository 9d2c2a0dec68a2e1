// SPDX-License-Identifier: GPL-2.0-only
/* colors: what tells pages apart on this machine, and who has which. */
#include "commands.h"

#include <errno.h>
#include <string.h>

#include "colors.h"
#include "output.h"

#define PAGE_BYTES	4096ull
#define COLORS_MAX	(64 * REG_COLOR_WORDS)
#define LIST_BYTES	256

enum {
	KEY_PROBE_BANKS = 0x200,
};

struct colors_args {
	bool probe_banks;
};

static const struct argp_option options[] = {
	{ "probe-banks", KEY_PROBE_BANKS, NULL, 0,
	  "Find the address bits that choose banks of memory, by time", 0 },
	{ 0 },
};

enum {
	COLUMN_ID,
	COLUMN_NAME,
	COLUMN_COLORS,
	COLUMN_COLORS_COUNT,
	COLUMN_CACHE,
	COLUMN_COUNT,
};

static const struct column columns[] = {
	{ "ID", "id", NULL, COLUMN_RIGHT, 0 },
	{ "CELL", "name", NULL, 0, 0 },
	{ "COLORS", "colors", NULL, 0, 0 },
	{ "COUNT", "colors_count", NULL, COLUMN_RIGHT, 0 },
	{ "CACHE", "cache_bytes", "B", COLUMN_RIGHT, 0 },
};
_Static_assert(sizeof(columns) / sizeof(columns[0]) == COLUMN_COUNT,
	       "one initialiser for each column");

/* As "0,2-5"; what does not fit is cut off at a comma. */
static void list_format(char text[LIST_BYTES], const struct reg_color_set *set)
{
	size_t length = 0;
	unsigned int color = 0;

	text[0] = '\0';
	while (color < COLORS_MAX && length < LIST_BYTES - 16) {
		unsigned int last = color;

		if (!reg_color_has(set, color)) {
			color++;
			continue;
		}
		while (reg_color_has(set, last + 1))
			last++;
		length += (size_t)snprintf(text + length, LIST_BYTES - length,
					   last > color ? "%s%u-%u" : "%s%u",
					   length ? "," : "", color, last);
		color = last + 1;
	}
}

static unsigned int count(const struct reg_color_set *set)
{
	unsigned int sum = 0;

	for (unsigned int color = 0; color < COLORS_MAX; color++)
		sum += reg_color_has(set, color);
	return sum;
}

/* Bytes of the cache whose sets these colors choose, whatever their banks. */
static uint64_t cache_bytes(const struct reg_colors *colors,
			    const struct reg_color_set *set)
{
	unsigned int sum = 0;

	for (unsigned int llc = 0; llc < colors->llc_colors_count; llc++) {
		bool used = false;

		for (unsigned int color = llc; color < colors->colors_count;
		     color += colors->llc_colors_count)
			used |= reg_color_has(set, color);
		sum += used;
	}
	return sum * (uint64_t)colors->llc_sets * colors->llc_ways *
	       colors->llc_line_bytes / colors->llc_colors_count;
}

static void colors_fill(struct value *row, const struct reg_colors *colors,
			const struct reg_color_set *set)
{
	char list[LIST_BYTES];

	list_format(list, set);
	value_text(&row[COLUMN_COLORS], "%s", list);
	value_number(&row[COLUMN_COLORS_COUNT], VALUE_COUNT, count(set));
	if (colors->llc_sets)
		value_number(&row[COLUMN_CACHE], VALUE_SIZE,
			     cache_bytes(colors, set));
	else
		value_missing(&row[COLUMN_CACHE],
			      "a hash chooses the sets of the cache");
}

static void uncolored_fill(struct value *row)
{
	for (unsigned int i = COLUMN_COLORS; i < COLUMN_COUNT; i++)
		value_missing(&row[i], "the cell is not colored: it uses all");
}

static void take(struct reg_color_set *set, const struct reg_color_set *taken)
{
	for (unsigned int w = 0; w < REG_COLOR_WORDS; w++)
		set->word[w] &= ~taken->word[w];
}

/* A row for who is no cell. */
static void row_add(struct table *table, const struct reg_colors *colors,
		    const struct reg_color_set *set, const char *name,
		    const char *why)
{
	struct value *row = table_row(table);

	value_missing(&row[COLUMN_ID], why);
	if (name)
		value_text(&row[COLUMN_NAME], "%s", name);
	else
		value_missing(&row[COLUMN_NAME], why);
	colors_fill(row, colors, set);
}

/* A row for each cell, for the hypervisor, for what is shared, and what is left. */
static int rows_add(struct app *app, struct table *table,
		    const struct reg_colors *colors,
		    const struct reg_cell_info *cells, int cells_count)
{
	struct reg_color_set free_colors = { { 0 } };
	struct value *row;

	for (unsigned int color = 0; color < colors->colors_count; color++)
		free_colors.word[color / 64] |= 1ull << color % 64;
	for (int i = 0; i < cells_count; i++) {
		struct reg_color_set set;

		if (reg_cell_colors(app->device, cells[i].id, &set))
			return app_fail(app);
		row = table_row(table);
		value_number(&row[COLUMN_ID], VALUE_COUNT, cells[i].id);
		value_text(&row[COLUMN_NAME], "%s", cells[i].name);
		if (count(&set))
			colors_fill(row, colors, &set);
		else
			uncolored_fill(row);
		take(&free_colors, &set);
	}
	if (count(&colors->hypervisor))
		row_add(table, colors, &colors->hypervisor, "hypervisor",
			"the hypervisor is no cell");
	take(&free_colors, &colors->hypervisor);
	if (count(&colors->shared))
		row_add(table, colors, &colors->shared, "shared",
			"memory that cells share with the root cell");
	take(&free_colors, &colors->shared);
	row_add(table, colors, &free_colors, NULL, "no colored cell has these");
	return 0;
}

static json_t *geometry_json(const struct reg_colors *colors)
{
	json_t *functions = json_array();

	for (unsigned int n = 0; n < colors->functions_count; n++)
		json_array_append_new(functions,
				      json_sprintf("0x%llx",
						   (unsigned long long)
							   colors->functions[n]));
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:o}", "colors_count",
			 (int)colors->colors_count, "llc_colors_count",
			 (int)colors->llc_colors_count, "llc_sets",
			 (int)colors->llc_sets, "llc_ways",
			 (int)colors->llc_ways, "llc_line_bytes",
			 (int)colors->llc_line_bytes, "functions", functions);
}

static void geometry_print(const struct app *app,
			   const struct reg_colors *colors)
{
	fprintf(app->out, "%u colors", colors->colors_count);
	if (colors->llc_sets)
		fprintf(app->out, ", %u of a cache of %u sets, %u ways, %u-byte lines",
			colors->llc_colors_count, colors->llc_sets,
			colors->llc_ways, colors->llc_line_bytes);
	fputs("\nbits of a color, by address bits:", app->out);
	for (unsigned int n = 0; n < colors->functions_count; n++)
		fprintf(app->out, " 0x%llx",
			(unsigned long long)colors->functions[n]);
	fputs("\n\n", app->out);
}

static int print(const struct app *app, const struct table *table,
		 const struct reg_colors *colors)
{
	json_t *document;

	if (app->format == OUTPUT_JSON) {
		document = output_document("regctl.colors/1");
		json_object_set_new(document, "geometry",
				    geometry_json(colors));
		json_object_set_new(document, "cells", table_json(table));
		return output_json(app, document);
	}
	if (app->format == OUTPUT_TABLE && app->headings)
		geometry_print(app, colors);
	return output_plain(app, table, app->headings);
}

static int option(void *data, int key, const char *value,
		  struct parse_error *error)
{
	struct colors_args *args = data;

	(void)value;
	(void)error;
	if (key != KEY_PROBE_BANKS)
		return -ENOENT;
	args->probe_banks = true;
	return 0;
}

static int run(struct app *app, const void *data)
{
	const struct colors_args *args = data;
	struct reg_cell_info cells[REG_CELLS_MAX];
	struct reg_colors colors;
	struct table table;
	int cells_count;
	int status;

	if (args->probe_banks)
		return colors_probe(app);
	if (reg_colors(app->device, &colors))
		return app_fail(app);
	cells_count = reg_cells_list(app->device, cells);
	if (cells_count < 0)
		return app_fail(app);
	if (!table_init(&table, columns, COLUMN_COUNT, (size_t)cells_count + 3))
		return app_fail_memory(app);
	status = rows_add(app, &table, &colors, cells, cells_count);
	if (!status)
		status = print(app, &table, &colors);
	table_free(&table);
	return status;
}

const struct command command_colors = {
	.name = "colors",
	.operands = "",
	.summary = "Show the colors of memory pages, and who has which",
	.options = options,
	.args_size = sizeof(struct colors_args),
	.option = option,
	.run = run,
};
