// SPDX-License-Identifier: GPL-2.0-only
/* Tables: their values, and printing them as a table or as CSV. */
#include "output.h"

#include <errno.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool table_init(struct table *table, const struct column *columns,
		size_t columns_count, size_t rows_max)
{
	table->columns = columns;
	table->columns_count = columns_count;
	table->rows_count = 0;
	table->rows_max = rows_max;
	table->values = calloc(rows_max * columns_count + 1,
			       sizeof(*table->values));
	return table->values != NULL;
}

void table_free(struct table *table)
{
	free(table->values);
	table->values = NULL;
}

struct value *table_row(struct table *table)
{
	struct value *row = &table->values[table->rows_count *
					   table->columns_count];

	if (table->rows_count == table->rows_max)
		abort();
	table->rows_count++;
	return row;
}

const struct value *table_value(const struct table *table, size_t row,
				size_t column)
{
	return &table->values[row * table->columns_count + column];
}

static void value_format(struct value *value, enum value_kind kind,
			 const char *format, va_list arguments)
{
	value->kind = kind;
	vsnprintf(value->text, sizeof(value->text), format, arguments);
}

void value_missing(struct value *value, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	value_format(value, VALUE_MISSING, format, arguments);
	va_end(arguments);
}

void value_text(struct value *value, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	value_format(value, VALUE_TEXT, format, arguments);
	va_end(arguments);
}

void value_real(struct value *value, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	value_format(value, VALUE_REAL, format, arguments);
	va_end(arguments);
}

void value_bool(struct value *value, bool truth)
{
	value->kind = VALUE_BOOL;
	value->number = truth;
}

void value_number(struct value *value, enum value_kind kind, uint64_t number)
{
	value->kind = kind;
	value->number = number;
}

void value_error(struct value *value, uint64_t requested, uint64_t effective)
{
	if (requested == UINT64_MAX || effective == UINT64_MAX) {
		value_missing(value, "no limit");
		return;
	}
	value->kind = VALUE_ERROR;
	value->number = effective;
	value->reference = requested;
}

/* As it stands in a table. */
static void value_show(const struct value *value, enum unit_style units,
		       char *text, size_t size)
{
	char quantity[QUANTITY_BYTES] = "";

	switch (value->kind) {
	case VALUE_TEXT:
	case VALUE_REAL:
		snprintf(text, size, "%s", value->text);
		return;
	case VALUE_BOOL:
		snprintf(text, size, "%s", value->number ? "yes" : "no");
		return;
	case VALUE_COUNT:
		snprintf(text, size, "%" PRIu64, value->number);
		return;
	case VALUE_SHARE:
		snprintf(text, size, value->number % 10 ? "%" PRIu64 ".%u%%" :
			 "%" PRIu64 "%%", value->number / 10,
			 (unsigned int)(value->number % 10));
		return;
	case VALUE_RATE:
		rate_format(quantity, value->number, units);
		break;
	case VALUE_SIZE:
		size_format(quantity, value->number, units);
		break;
	case VALUE_TIME:
		time_format(quantity, value->number);
		break;
	case VALUE_ERROR:
		error_format(quantity, value->reference, value->number);
		break;
	case VALUE_MISSING:
	default:
		strcpy(quantity, "-");
		break;
	}
	snprintf(text, size, "%s", quantity);
}

/* As it stands in CSV: base units, no prefix. */
static void value_plain(const struct value *value, char *text, size_t size)
{
	bool less = value->number < value->reference;

	text[0] = '\0';
	if (value->kind == VALUE_MISSING)
		return;
	if (value->kind == VALUE_TEXT || value->kind == VALUE_REAL ||
	    value->kind == VALUE_BOOL)
		value_show(value, UNIT_BYTES, text, size);
	else if (value->kind == VALUE_RATE && value->number == UINT64_MAX)
		snprintf(text, size, "max");
	else if (value->kind == VALUE_ERROR)
		snprintf(text, size, "%s%" PRIu64, less ? "-" : "",
			 less ? value->reference - value->number :
				value->number - value->reference);
	else
		snprintf(text, size, "%" PRIu64, value->number);
}

/* Whether any row has something to say in the column. */
static bool column_says(const struct table *table, size_t column)
{
	size_t row;

	for (row = 0; row < table->rows_count; row++) {
		const struct value *value = table_value(table, row, column);

		if (value->kind == VALUE_RATE && value->number == UINT64_MAX)
			continue;
		if (value->kind != VALUE_MISSING)
			return true;
	}
	return false;
}

static bool column_shown(const struct app *app, const struct table *table,
			 size_t column)
{
	unsigned int flags = table->columns[column].flags;

	if (flags & COLUMN_DATA)
		return false;
	if (app->verbose)
		return true;
	if (flags & COLUMN_WIDE)
		return false;
	return !(flags & COLUMN_AUTO) || column_says(table, column);
}

static int columns_add(const struct app *app, const struct table *table,
		       struct libscols_table *printed)
{
	size_t i;

	for (i = 0; i < table->columns_count; i++) {
		const struct column *column = &table->columns[i];
		int flags = column->flags & COLUMN_RIGHT ? SCOLS_FL_RIGHT : 0;

		if (!column_shown(app, table, i))
			continue;
		if (!scols_table_new_column(printed, column->heading,
					    column->width, flags))
			return -ENOMEM;
	}
	return 0;
}

static int row_add(const struct app *app, const struct table *table,
		   size_t row, struct libscols_table *printed)
{
	struct libscols_line *line = scols_table_new_line(printed, NULL);
	char text[sizeof(((struct value *)NULL)->text)];
	size_t shown = 0;
	size_t i;

	if (!line)
		return -ENOMEM;
	for (i = 0; i < table->columns_count; i++) {
		if (!column_shown(app, table, i))
			continue;
		value_show(table_value(table, row, i), app->units, text,
			   sizeof(text));
		if (scols_line_set_data(line, shown++, text))
			return -ENOMEM;
	}
	return 0;
}

static int table_fill(const struct app *app, const struct table *table,
		      struct libscols_table *printed)
{
	size_t row;
	int ret;

	ret = columns_add(app, table, printed);
	for (row = 0; row < table->rows_count && !ret; row++)
		ret = row_add(app, table, row, printed);
	return ret;
}

static int print_table(const struct app *app, const struct table *table,
		       bool headings)
{
	struct libscols_table *printed;
	int ret;

	if (table->rows_count == 0 && !headings)
		return APP_OK;
	scols_init_debug(0);
	printed = scols_new_table();
	if (!printed)
		return app_fail_memory(app);
	scols_table_set_stream(printed, app->out);
	/* Nothing is cut to the width of a terminal. */
	scols_table_set_termforce(printed, SCOLS_TERMFORCE_NEVER);
	scols_table_enable_noheadings(printed, !headings);
	ret = table_fill(app, table, printed);
	if (!ret && table->rows_count > 0)
		ret = scols_print_table(printed);
	scols_unref_table(printed);
	return ret ? app_fail_memory(app) : APP_OK;
}

void csv_field(FILE *stream, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, stream);
		return;
	}
	fputc('"', stream);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', stream);
		fputc(*text, stream);
	}
	fputc('"', stream);
}

static void csv_headings(const struct app *app, const struct table *table)
{
	char heading[64];
	size_t i;

	for (i = 0; i < table->columns_count; i++) {
		const struct column *column = &table->columns[i];

		snprintf(heading, sizeof(heading), "%s%s%s%s", column->heading,
			 column->unit ? "[" : "",
			 column->unit ? column->unit : "",
			 column->unit ? "]" : "");
		if (i)
			fputc(',', app->out);
		csv_field(app->out, heading);
	}
	fputs("\r\n", app->out);
}

static void csv_row(const struct app *app, const struct table *table,
		    size_t row)
{
	char text[sizeof(((struct value *)NULL)->text)];
	size_t i;

	for (i = 0; i < table->columns_count; i++) {
		if (i)
			fputc(',', app->out);
		value_plain(table_value(table, row, i), text, sizeof(text));
		csv_field(app->out, text);
	}
	fputs("\r\n", app->out);
}

int output_plain(const struct app *app, const struct table *table,
		 bool headings)
{
	size_t row;

	if (app->format != OUTPUT_CSV)
		return print_table(app, table, headings);
	if (headings)
		csv_headings(app, table);
	for (row = 0; row < table->rows_count; row++)
		csv_row(app, table, row);
	return APP_OK;
}

void text_add(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, size - length, format, arguments);
	va_end(arguments);
}

int output_finish(const struct app *app, int status)
{
	if (fflush(app->out) == 0 && !ferror(app->out))
		return status;
	app_complain(app, "cannot write the output: %s", strerror(errno));
	return status ? status : APP_ABSENT;
}
