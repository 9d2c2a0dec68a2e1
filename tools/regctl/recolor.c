// SPDX-License-Identifier: GPL-2.0-only
/* set root --colors: the root cell moves to other pages while it runs. */
#include "recolor.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* A second one ends the program: the driver takes it back as well. */
static void signals_catch(void)
{
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = (int)SA_RESETHAND };

	interrupted = 0;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

int recolor_parse(const char *text, struct reg_color_set *set,
		  struct parse_error *error)
{
	memset(set, 0, sizeof(*set));
	if (strcmp(text, "all") == 0)
		return 0;
	if (reg_color_list_parse(text, set))
		return parse_refuse(error, 0,
				    "write a list as 4-15 or 0,2-5, below 128, or all");
	return 0;
}

enum {
	COLUMN_CELL,
	COLUMN_COLORS_CHANGED,
	COLUMN_MOVED,
	COLUMN_SPAN,
	COLUMN_TOOK,
	COLUMN_LONGEST,
	COLUMN_WAITS,
	COLUMN_COUNT,
};

static const struct column columns[COLUMN_COUNT] = {
	{ "CELL", "cell", NULL, 0, 0 },
	{ "CHANGED", "changed", NULL, 0, 0 },
	{ "MOVED", "moved_bytes", "bytes", 0, 0 },
	{ "SPAN", "span_bytes", "bytes", 0, 0 },
	{ "TOOK", "took_ns", "ns", 0, 0 },
	{ "LONGEST PAUSE", "longest_ns", "ns", 0, 0 },
	{ "WAITS", "waits", NULL, COLUMN_RIGHT, 0 },
};

static int print_answer(const struct app *app, bool changed,
			const struct color_request *answer)
{
	struct table table;
	struct value *row;
	int status;

	if (app->quiet)
		return APP_OK;
	if (!table_init(&table, columns, COLUMN_COUNT, 1))
		return app_fail_memory(app);
	row = table_row(&table);
	value_text(&row[COLUMN_CELL], "%s", app->operands[0]);
	value_bool(&row[COLUMN_COLORS_CHANGED], changed);
	value_number(&row[COLUMN_MOVED], VALUE_SIZE, answer->moved_bytes);
	value_number(&row[COLUMN_SPAN], VALUE_SIZE, answer->span_bytes);
	value_number(&row[COLUMN_TOOK], VALUE_TIME, answer->took_ns);
	value_number(&row[COLUMN_LONGEST], VALUE_TIME, answer->longest_ns);
	value_number(&row[COLUMN_WAITS], VALUE_COUNT, answer->waits);
	status = output_table(app, &table, "regctl.set-colors/1", "cells");
	table_free(&table);
	return status;
}

static void progress(const struct app *app, uint64_t total, uint64_t left,
		     bool back)
{
	uint64_t done = left < total ? total - left : 0;

	if (app->quiet || !isatty(fileno(app->err)))
		return;
	fprintf(app->err, "\r%s: %3u %%%s", app->operands[0],
		(unsigned int)(total ? done * 100 / total : 100),
		left == 0 ? "\n" : back ? " to go back" : "");
	fflush(app->err);
}

/* 0, or why the driver ended it. */
static int steps_make(struct app *app, struct color_request *answer, bool *back)
{
	uint64_t total = answer->left_bytes;
	int ret;

	do {
		bool turn = interrupted && !*back;

		ret = reg_colors_step(app->device,
				      turn ? COLOR_STEP_TURN : 0, answer);
		*back |= turn;
		progress(app, total, ret ? 0 : answer->left_bytes, *back);
	} while (!ret && answer->left_bytes);
	return ret;
}

int recolor_run(struct app *app, const struct weir_cell_id *cell,
		const struct reg_color_set *set)
{
	uint32_t flags = app->dry_run ? COLOR_REQUEST_CHECK : 0;
	struct color_request answer, begun;
	bool back = false;

	if (reg_colors_set(app->device, cell, set, flags, &begun))
		return app_fail(app);
	answer = begun;
	if (app->dry_run)
		return print_answer(app, false, &answer);
	signals_catch();
	if (steps_make(app, &answer, &back))
		return app_fail(app);
	/* What was asked too late has not been done. */
	if (back && memcmp(answer.colors, begun.colors, sizeof(begun.colors))) {
		app_complain(app, "interrupted: %s has the colors it had",
			     app->operands[0]);
		return APP_NO;
	}
	answer.span_bytes = begun.span_bytes;
	return print_answer(app, true, &answer);
}
