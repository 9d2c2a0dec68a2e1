/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One table of values, printed as a table, as CSV or as JSON.
 *
 * A value that cannot be had is missing, with the reason: "-" in tables, empty
 * in CSV, null in JSON with KEY_why beside it. "No limit" is "max" in tables
 * and CSV and, in JSON, null with a reason too, since it is no number.
 */
#ifndef REGCTL_OUTPUT_H
#define REGCTL_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app.h"

enum value_kind {
	VALUE_MISSING,		/* text: why */
	VALUE_TEXT,
	VALUE_REAL,		/* text, as it was spelled */
	VALUE_BOOL,
	VALUE_COUNT,
	VALUE_RATE,		/* bytes per second; UINT64_MAX: max */
	VALUE_SIZE,		/* bytes */
	VALUE_TIME,		/* nanoseconds */
	VALUE_SHARE,		/* thousandths; a percentage in tables */
	VALUE_ERROR,		/* number - reference, both bytes per second */
};

struct value {
	enum value_kind kind;
	uint64_t number;
	uint64_t reference;
	char text[256];
};

#define COLUMN_RIGHT	0x01u
#define COLUMN_WIDE	0x02u	/* in tables only with --verbose */
#define COLUMN_AUTO	0x04u	/* in tables only when it says something */
#define COLUMN_DATA	0x08u	/* never in tables */

struct column {
	const char *heading;
	const char *key;	/* JSON */
	const char *unit;	/* in CSV headings; NULL for none */
	unsigned int flags;
	unsigned int width;	/* least width in a table */
};

struct table {
	const struct column *columns;
	size_t columns_count;
	struct value *values;	/* rows_max * columns_count */
	size_t rows_count;
	size_t rows_max;
};

/* False when memory is short. Free in any case. */
bool table_init(struct table *table, const struct column *columns,
		size_t columns_count, size_t rows_max);
void table_free(struct table *table);
/* The values of a new row, all missing; the table must have room. */
struct value *table_row(struct table *table);
const struct value *table_value(const struct table *table, size_t row,
				size_t column);

void value_missing(struct value *value, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void value_text(struct value *value, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A number that is no quantity; `format` is that of one double. */
void value_real(struct value *value, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void value_bool(struct value *value, bool truth);
void value_number(struct value *value, enum value_kind kind, uint64_t number);
/* Missing when either is no number. */
void value_error(struct value *value, uint64_t requested, uint64_t effective);

/* The row as a JSON object; the caller owns it. */
json_t *table_row_json(const struct table *table, size_t row);
json_t *table_json(const struct table *table);

/*
 * Prints the table in the format chosen. In JSON it becomes the array `key` of
 * a document with that schema. Returns an exit status.
 */
int output_table(const struct app *app, const struct table *table,
		 const char *schema, const char *key);
/* The same for documents made elsewhere; takes the reference. */
int output_json(const struct app *app, json_t *document);
json_t *output_document(const char *schema);
/* The rows as JSON lines, each with the schema. */
int output_json_lines(const struct app *app, const struct table *table,
		      const char *schema);
/* Table or CSV, whatever the format; `headings` overrides the option. */
int output_plain(const struct app *app, const struct table *table,
		 bool headings);

/* Appends to the text in a buffer of that size; what does not fit is cut. */
void text_add(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Flushes; an output that cannot be written is a failure. */
int output_finish(const struct app *app, int status);

/* One CSV field, quoted when RFC 4180 wants it. */
void csv_field(FILE *stream, const char *text);

#endif
