// SPDX-License-Identifier: GPL-2.0-only
/* Tables as JSON documents and JSON lines. */
#include "output.h"

#include <errno.h>
#include <string.h>

/* Null, and beside it why. */
static int null_put(json_t *object, const char *key, const char *why)
{
	char beside[96];

	snprintf(beside, sizeof(beside), "%s_why", key);
	return json_object_set_new(object, key, json_null()) |
	       json_object_set_new(object, beside, json_string(why));
}

static int number_put(json_t *object, const char *key, uint64_t number)
{
	if (number > INT64_MAX)
		return null_put(object, key, "above 9223372036854775807");
	return json_object_set_new(object, key,
				   json_integer((json_int_t)number));
}

static int error_put(json_t *object, const char *key,
		     const struct value *value)
{
	int64_t difference = (int64_t)(value->number - value->reference);

	if ((difference < 0) != (value->number < value->reference))
		return null_put(object, key, "out of range");
	return json_object_set_new(object, key, json_integer(difference));
}

static int value_put(json_t *object, const char *key,
		     const struct value *value)
{
	switch (value->kind) {
	case VALUE_TEXT:
		return json_object_set_new(object, key,
					   json_string(value->text));
	case VALUE_REAL:
		return json_object_set_new(object, key,
					   json_real(strtod(value->text, NULL)));
	case VALUE_BOOL:
		return json_object_set_new(object, key,
					   json_boolean(value->number != 0));
	case VALUE_RATE:
		if (value->number == UINT64_MAX)
			return null_put(object, key, "max: no limit");
		return number_put(object, key, value->number);
	case VALUE_COUNT:
	case VALUE_SIZE:
	case VALUE_TIME:
	case VALUE_SHARE:
		return number_put(object, key, value->number);
	case VALUE_ERROR:
		return error_put(object, key, value);
	case VALUE_MISSING:
	default:
		return null_put(object, key, value->text);
	}
}

static int row_put(const struct table *table, size_t row, json_t *object)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < table->columns_count; i++)
		ret |= value_put(object, table->columns[i].key,
				 table_value(table, row, i));
	return ret;
}

json_t *table_row_json(const struct table *table, size_t row)
{
	json_t *object = json_object();

	if (object && row_put(table, row, object)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

json_t *table_json(const struct table *table)
{
	json_t *array = json_array();
	size_t row;

	for (row = 0; array && row < table->rows_count; row++) {
		if (json_array_append_new(array, table_row_json(table, row))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

json_t *output_document(const char *schema)
{
	json_t *document = json_object();

	if (document &&
	    json_object_set_new(document, "schema", json_string(schema))) {
		json_decref(document);
		return NULL;
	}
	return document;
}

int output_json(const struct app *app, json_t *document)
{
	int ret;

	if (!document)
		return app_fail_memory(app);
	ret = json_dumpf(document, app->out,
			 JSON_INDENT(2) | JSON_REAL_PRECISION(12));
	json_decref(document);
	fputc('\n', app->out);
	/* A failed write is reported once, at the end. */
	return ret && !ferror(app->out) ? app_fail_memory(app) : APP_OK;
}

int output_json_lines(const struct app *app, const struct table *table,
		      const char *schema)
{
	size_t row;
	int ret = 0;

	for (row = 0; row < table->rows_count && !ret; row++) {
		json_t *line = output_document(schema);

		if (!line)
			return app_fail_memory(app);
		ret = row_put(table, row, line);
		if (!ret)
			ret = json_dumpf(line, app->out, JSON_COMPACT);
		json_decref(line);
		fputc('\n', app->out);
	}
	return ret && !ferror(app->out) ? app_fail_memory(app) : APP_OK;
}

int output_table(const struct app *app, const struct table *table,
		 const char *schema, const char *key)
{
	json_t *document;

	if (app->format != OUTPUT_JSON)
		return output_plain(app, table, app->headings);
	document = output_document(schema);
	if (document &&
	    json_object_set_new(document, key, table_json(table))) {
		json_decref(document);
		document = NULL;
	}
	return output_json(app, document);
}
