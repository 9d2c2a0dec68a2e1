// SPDX-License-Identifier: GPL-2.0-only
/* events: names of PMU events, and the numbers a configuration carries. */
#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "output.h"
#include "tools/events/events.h"

enum {
	KEY_CONFIG = 0x200,
	KEY_WRITE,
	KEY_SOURCE,
};

struct events_args {
	const char *write;
	uint16_t source;
	bool config;
};

static const struct argp_option options[] = {
	{ "config", KEY_CONFIG, NULL, 0,
	  "Print the counter record of a system configuration", 0 },
	{ "write", KEY_WRITE, "EVENT", 0,
	  "With --config: the event of a line written", 0 },
	{ "source", KEY_SOURCE, "NAME", 0,
	  "With --config: the counter source of an event given by number", 0 },
	{ 0 },
};

enum {
	PMU_NAME,
	PMU_KIND,
	PMU_EVENTS,
	PMU_PRESENT,
	PMU_DESCRIPTION,
	PMU_COUNT,
};

static const struct column pmu_columns[] = {
	{ "PMU", "pmu", NULL, 0, 0 },
	{ "KIND", "kind", NULL, 0, 0 },
	{ "EVENTS", "events_count", NULL, COLUMN_RIGHT, 0 },
	{ "HERE", "present", NULL, 0, 0 },
	{ "DESCRIPTION", "description", NULL, 0, 0 },
};
_Static_assert(sizeof(pmu_columns) / sizeof(pmu_columns[0]) == PMU_COUNT,
	       "one initialiser for each column");

enum {
	EVENT_NAME,
	EVENT_NUMBER,
	EVENT_REGISTERS,
	EVENT_SOURCE,
	EVENT_FULL,
	EVENT_DESCRIPTION,
	EVENT_COUNT,
};

static const struct column event_columns[] = {
	{ "EVENT", "event", NULL, 0, 0 },
	{ "NUMBER", "number", NULL, 0, 0 },
	{ "REGISTERS", "registers", NULL, 0, 0 },
	{ "SOURCE", "source", NULL, 0, 0 },
	{ "IN FULL", "full", NULL, COLUMN_WIDE, 0 },
	{ "DESCRIPTION", "description", NULL, COLUMN_AUTO, 0 },
};
_Static_assert(sizeof(event_columns) / sizeof(event_columns[0]) == EVENT_COUNT,
	       "one initialiser for each column");

#define PMUS_MAX	512
#define EVENTS_MAX	8192

static int option(void *data, int key, const char *value,
		  struct parse_error *error)
{
	struct events_args *args = data;
	int id;

	switch (key) {
	case KEY_CONFIG:
		args->config = true;
		return 0;
	case KEY_WRITE:
		args->write = value;
		return 0;
	case KEY_SOURCE:
		id = reg_source_by_name(value);
		if (id < 0)
			return parse_refuse(error, 0, "there is no such source");
		args->source = (uint16_t)id;
		return 0;
	default:
		return -ENOENT;
	}
}

static int pmus_print(struct app *app)
{
	struct table table;
	struct pmu pmu;
	int status;

	if (!table_init(&table, pmu_columns, PMU_COUNT, PMUS_MAX))
		return app_fail_memory(app);
	for (unsigned int n = 0; n < PMUS_MAX && pmu_get(n, &pmu); n++) {
		struct value *row = table_row(&table);

		value_text(&row[PMU_NAME], "%s", pmu.name);
		value_text(&row[PMU_KIND], "%s",
			   pmu.is_core ? "core" : "uncore");
		value_number(&row[PMU_EVENTS], VALUE_COUNT, pmu.events_count);
		value_bool(&row[PMU_PRESENT], pmu.is_present);
		value_text(&row[PMU_DESCRIPTION], "%s", pmu.description);
	}
	status = output_table(app, &table, "regctl.pmus/1", "pmus");
	table_free(&table);
	return status;
}

static void registers_fill(struct value *value, const struct event *event)
{
	char text[EVENT_CODES_MAX * 20] = "";
	size_t length = 0;

	for (unsigned int n = 0; n < event->codes_count; n++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   "%s0x%" PRIx64, n ? " " : "",
					   event->codes[n]);
	value_text(value, "%s", text);
}

static void event_fill(struct value *row, const struct event *event,
		       const char *name, const char *description)
{
	char why[EVENT_WHY_BYTES];
	uint16_t number;

	value_text(&row[EVENT_NAME], "%s", name);
	if (event_number(event, &number, why))
		value_missing(&row[EVENT_NUMBER], "%.200s", why);
	else
		value_text(&row[EVENT_NUMBER], "0x%04x", number);
	registers_fill(&row[EVENT_REGISTERS], event);
	if (event->source)
		value_text(&row[EVENT_SOURCE], "%s",
			   reg_source_name(event->source));
	else
		value_missing(&row[EVENT_SOURCE], "no source has this PMU");
	value_text(&row[EVENT_FULL], "%.255s", event->full);
	if (description)
		value_text(&row[EVENT_DESCRIPTION], "%.255s", description);
}

/* What the walk over a PMU's events fills. */
struct listing {
	struct table table;
	const char *pmu;
};

static int listing_take(void *context, const char *name,
			const char *description)
{
	struct listing *listing = context;
	char full[EVENT_FULL_BYTES], why[EVENT_WHY_BYTES];
	struct event event;

	if (listing->table.rows_count == EVENTS_MAX)
		return -ENOSPC;
	snprintf(full, sizeof(full), "%s::%s", listing->pmu, name);
	/* Some umasks stand only together with another one. */
	if (event_find(full, &event, why))
		return 0;
	event_fill(table_row(&listing->table), &event, full, description);
	return 0;
}

static int listing_print(struct app *app, const char *pmu)
{
	struct listing listing = { .pmu = pmu };
	char why[EVENT_WHY_BYTES];
	int status;

	if (!table_init(&listing.table, event_columns, EVENT_COUNT, EVENTS_MAX))
		return app_fail_memory(app);
	if (pmu_events(pmu, listing_take, &listing, why) == -ENOENT) {
		app_complain(app, "%s", why);
		status = APP_USAGE;
	} else {
		status = output_table(app, &listing.table, "regctl.events/1",
				      "events");
	}
	table_free(&listing.table);
	return status;
}

static int event_print(struct app *app, const struct event *event)
{
	struct table table;
	int status;

	if (!table_init(&table, event_columns, EVENT_COUNT, 1))
		return app_fail_memory(app);
	event_fill(table_row(&table), event, app->operands[0], NULL);
	status = output_table(app, &table, "regctl.events/1", "events");
	table_free(&table);
	return status;
}

static int record_json(struct app *app,
		       const struct weir_record_counter *record,
		       const struct event *read, const struct event *write)
{
	json_t *document = output_document("regctl.counter-record/1");

	json_object_update_new(document, json_pack(
		"{s:s, s:i, s:i, s:s, s:i, s:s*, s:i, s:i, s:s}",
		"source", reg_source_name(record->source),
		"source_id", record->source, "event_read", record->event_read,
		"event_read_full", read->full, "event_write",
		record->event_write, "event_write_full",
		write ? write->full : NULL, "read_weight_q8",
		(int)record->read_weight_q8, "write_weight_q8",
		(int)record->write_weight_q8, "event_name",
		record->event_name));
	return output_json(app, document);
}

static int record_print(struct app *app, const struct events_args *args,
			const struct event *read)
{
	struct weir_record_counter record;
	struct event write;
	char why[EVENT_WHY_BYTES];

	if ((args->write && event_find(args->write, &write, why)) ||
	    event_record(read, args->write ? &write : NULL, args->source,
			 &record, why)) {
		app_complain(app, "%s", why);
		return APP_USAGE;
	}
	if (app->format == OUTPUT_JSON)
		return record_json(app, &record, read,
				   args->write ? &write : NULL);
	event_record_print(app->out, &record, read, args->write ? &write : NULL);
	return APP_OK;
}

static int run(struct app *app, const void *data)
{
	const struct events_args *args = data;
	const char *name = app->operands[0];
	struct event event;
	char why[EVENT_WHY_BYTES];

	if (!args->config && (args->write || args->source)) {
		app_complain(app, "--write and --source go with --config");
		return APP_USAGE;
	}
	if (!events_open()) {
		app_complain(app, "libpfm4 does not work here");
		return APP_ABSENT;
	}
	if (!name && !args->config)
		return pmus_print(app);
	if (name && !args->config && !strstr(name, "::") &&
	    strncmp(name, "0x", 2) != 0)
		return listing_print(app, name);
	if (!name || event_find(name, &event, why)) {
		app_complain(app, "%s", name ? why :
			     "--config needs an event");
		return APP_USAGE;
	}
	return args->config ? record_print(app, args, &event) :
			      event_print(app, &event);
}

const struct command command_events = {
	.name = "events",
	.operands = "[PMU|EVENT]",
	.summary = "List PMUs and events of any machine, or encode an event",
	.options = options,
	.args_size = sizeof(struct events_args),
	.operands_max = 1,
	.option = option,
	.run = run,
};
