/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * figures: the table of a benchmark, and its JSON.
 *
 *   figures NAME.json <LINES
 *
 * A line is "FIGURE<tab>NAME<tab>MEASURED<tab>max|min<tab>TARGET<tab>UNIT", and
 * perhaps "<tab>NAIVE", what a simpler design measures: it is shown, not judged.
 * What was measured must not be above (max) or below (min) the target. A measured
 * value that is no number fails. Status 1 when a figure is missed, but for two kinds
 * that are judged and shown like any other. "max-host", "min-host": how fast this
 * machine is today cannot decide whether a change is good. "max:LIMIT",
 * "min:LIMIT": the target has not been reached yet; only what is worse than LIMIT
 * is a change for the worse.
 */
#include <errno.h>
#include <jansson.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS	7
#define FIELDS_LEAST	6	/* NAIVE may be missing */

enum field { FIGURE, NAME, MEASURED, BOUND, TARGET, UNIT, NAIVE };

static const char *const headings[] = {
	"FIGURE", "NAME", "MEASURED", "TARGET", "UNIT", "PASS", "NAIVE",
};

static int split(char *text, char *field[FIELDS])
{
	int count = 0;

	text[strcspn(text, "\r\n")] = '\0';
	field[NAIVE] = "";
	while (count < FIELDS) {
		field[count++] = text;
		text = strchr(text, '\t');
		if (!text)
			break;
		*text++ = '\0';
	}
	return count >= FIELDS_LEAST && !text ? 0 : -EINVAL;
}

static json_t *number(const char *text)
{
	double value;
	char *end;

	value = strtod(text, &end);
	return *text && !*end ? json_real(value) : json_null();
}

static int is_min(char *const field[FIELDS])
{
	return !strncmp(field[BOUND], "min", 3);
}

static int is_met(char *const field[FIELDS])
{
	char *end;
	double measured = strtod(field[MEASURED], &end);
	double target = strtod(field[TARGET], NULL);

	if (!*field[MEASURED] || *end)
		return 0;
	return is_min(field) ? measured >= target : measured <= target;
}

/* Missed, and still no reason to fail; one that was not measured always is. */
static int is_forgiven(char *const field[FIELDS])
{
	const char *limit = strchr(field[BOUND], ':');
	double measured;
	char *end;

	measured = strtod(field[MEASURED], &end);
	if (!*field[MEASURED] || *end)
		return 0;
	if (!limit)
		return strstr(field[BOUND], "-host") != NULL;
	return is_min(field) ? measured >= strtod(limit + 1, NULL) :
			       measured <= strtod(limit + 1, NULL);
}

static void add(json_t *list, struct libscols_table *table,
		char *const field[FIELDS], int met)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	char target[64];
	json_t *entry;

	snprintf(target, sizeof(target), "%s %s",
		 is_min(field) ? ">=" : "<=", field[TARGET]);
	scols_line_set_data(line, 0, field[FIGURE]);
	scols_line_set_data(line, 1, field[NAME]);
	scols_line_set_data(line, 2, field[MEASURED]);
	scols_line_set_data(line, 3, target);
	scols_line_set_data(line, 4, field[UNIT]);
	scols_line_set_data(line, 5, met ? "yes" : "NO");
	scols_line_set_data(line, 6, field[NAIVE]);
	entry = json_pack("{s:s, s:s, s:o, s:o, s:s, s:b}",
			  "figure", field[FIGURE], "name", field[NAME],
			  "measured", number(field[MEASURED]),
			  "target", number(field[TARGET]),
			  "unit", field[UNIT], "pass", met);
	if (*field[NAIVE])
		json_object_set_new(entry, "naive", json_string(field[NAIVE]));
	json_array_append_new(list, entry);
}

int main(int argc, char **argv)
{
	struct libscols_table *table = scols_new_table();
	json_t *list = json_array();
	size_t room = 0, count = 0, missed = 0, forgiven = 0;
	char *text = NULL, *field[FIELDS];

	if (argc != 2 || !table || !list) {
		fprintf(stderr, "usage: figures NAME.json <LINES\n");
		return 2;
	}
	for (size_t n = 0; n < sizeof(headings) / sizeof(*headings); n++)
		scols_table_new_column(table, headings[n], 0,
				       n == MEASURED ? SCOLS_FL_RIGHT : 0);
	while (getline(&text, &room, stdin) > 0) {
		int met;

		if (split(text, field)) {
			fprintf(stderr, "figures: line %zu is not one\n", count + 1);
			return 2;
		}
		met = is_met(field);
		add(list, table, field, met);
		missed += !met;
		forgiven += !met && is_forgiven(field);
		count++;
	}
	free(text);
	if (json_dump_file(list, argv[1], JSON_INDENT(2) | JSON_REAL_PRECISION(8))) {
		fprintf(stderr, "figures: %s cannot be written\n", argv[1]);
		return 3;
	}
	scols_print_table(table);
	printf("%zu figures, %zu missed", count, missed);
	if (forgiven)
		printf(", %zu of them open or by the speed of this machine",
		       forgiven);
	putchar('\n');
	json_decref(list);
	scols_unref_table(table);
	return missed > forgiven || !count;
}
