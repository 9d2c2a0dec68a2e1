// SPDX-License-Identifier: GPL-2.0-only
/* top: the CPUs by their memory traffic, again and again. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cells.h"
#include "output.h"
#include "rates.h"
#include "screen.h"
#include "ticker.h"

#define SHORTEST_NS	100000000ull
#define LONGEST_NS	60000000000ull
#define SCREEN_CLEAR	"\033[H\033[J"
#define KEYS_TEXT	"every %llu ms; q: quit, +: slower, -: faster\n"
#define KEYS_ROWS	3u	/* an empty one, the keys, the cursor */

struct top_args {
	uint64_t interval_ns;	/* 0: the default */
	uint64_t count;		/* 0: until interrupted */
	bool batch;
};

static const struct argp_option options[] = {
	{ "interval", 'i', "TIME", 0, "One table each TIME (1s)", 0 },
	{ "count", 'n', "N", 0, "Stop after N tables", 0 },
	{ "batch", 'b', NULL, 0, "Print table after table, without a screen",
	  0 },
	{ 0 },
};

static int option(void *data, int key, const char *value,
		  struct parse_error *error)
{
	struct top_args *args = data;

	switch (key) {
	case 'i':
		return ticker_interval_parse(value, &args->interval_ns, error);
	case 'n':
		return count_parse(value, 1, &args->count, error);
	case 'b':
		args->batch = true;
		return 0;
	default:
		return -ENOENT;
	}
}

enum {
	COLUMN_CPU,
	COLUMN_CELL,
	COLUMN_ID,
	COLUMN_RATE,
	COLUMN_BUDGET,
	COLUMN_READ,
	COLUMN_WRITTEN,
	COLUMN_STALLED,
	COLUMN_STALLS,
	COLUMN_BY,
	COLUMN_OVERSHOOT,
	COLUMN_OVERSHOOT_MAX,
	COLUMN_LENGTHS,
	COLUMN_LATE,
	COLUMN_TICK,
	COLUMN_LENT,
	COLUMN_BORROWED,
	COLUMN_SPAN,
	COLUMN_COUNT,
};

static const struct column columns[] = {
	{ "CPU", "cpu", NULL, COLUMN_RIGHT, 3 },
	{ "CELL", "cell", NULL, 0, 10 },
	{ "ID", "id", NULL, COLUMN_DATA, 0 },
	{ "RATE", "rate_bytes_per_s", "B/s", COLUMN_RIGHT, 12 },
	{ "BUDGET", "budget_bytes_per_s", "B/s", COLUMN_RIGHT, 12 },
	{ "READ", "read_bytes_per_s", "B/s", COLUMN_RIGHT | COLUMN_WIDE, 12 },
	{ "WRITTEN", "written_bytes_per_s", "B/s", COLUMN_RIGHT | COLUMN_WIDE,
	  12 },
	{ "STALLED", "stalled_permille", "1/1000", COLUMN_RIGHT, 7 },
	{ "STALLS", "stalls", NULL, COLUMN_RIGHT, 7 },
	{ "BY", "stalled_by", NULL, 0, 8 },
	{ "OVER", "overshoot_lines", NULL, COLUMN_RIGHT, 6 },
	{ "OVER-MAX", "overshoot_max_lines", NULL, COLUMN_RIGHT | COLUMN_WIDE,
	  8 },
	{ "LENGTHS", "stall_histogram", NULL, COLUMN_WIDE, 15 },
	{ "LATE", "late_max_ns", "ns", COLUMN_RIGHT, 8 },
	{ "TICK", "tick_ns", "ns", COLUMN_RIGHT, 8 },
	{ "LENT", "lent_bytes_per_s", "B/s", COLUMN_RIGHT | COLUMN_WIDE, 12 },
	{ "BORROWED", "borrowed_bytes_per_s", "B/s",
	  COLUMN_RIGHT | COLUMN_WIDE, 12 },
	{ "SPAN", "span_ns", "ns", COLUMN_DATA, 0 },
};
_Static_assert(sizeof(columns) / sizeof(columns[0]) == COLUMN_COUNT,
	       "one initialiser for each column");

struct top {
	struct reg_watch *watch;
	struct ticker ticker;
	struct cell_selection cells;
	struct reg_watch_cpu seen[REG_MAX_CPUS];
	int seen_count;
	uint64_t tables;
	bool screen;			/* else one table behind the other */
	struct termios terminal;	/* to be put back */
};

/* A row and what it is sorted by. */
struct entry {
	const struct reg_watch_cpu *cpu;
	const struct reg_watch_cpu *before;
	const char *why;		/* there are no rates; or NULL */
	struct rates rates;
};

static int entry_compare(const void *a, const void *b)
{
	const struct entry *left = a;
	const struct entry *right = b;

	if (left->rates.total_bytes_per_s != right->rates.total_bytes_per_s)
		return left->rates.total_bytes_per_s >
				       right->rates.total_bytes_per_s ?
			       -1 : 1;
	return left->cpu->stats.cpu < right->cpu->stats.cpu ? -1 : 1;
}

/* One CPU as a cell of its own, for the arithmetic of rates. */
static void status_of(const struct reg_watch_cpu *cpu,
		      struct reg_status *status)
{
	memset(status, 0, sizeof(*status));
	status->now_ns = cpu->now_ns;
	status->line_bytes = cpu->line_bytes;
	status->num_cpus = 1;
	status->cpu[0] = cpu->stats;
}

static const struct reg_watch_cpu *cpu_before(const struct top *top,
					      const struct reg_watch_cpu *cpu)
{
	for (int n = 0; n < top->seen_count; n++)
		if (top->seen[n].stats.cpu == cpu->stats.cpu &&
		    top->seen[n].cell_id == cpu->cell_id)
			return &top->seen[n];
	return NULL;
}

static void entry_fill(const struct top *top, const struct reg_watch_cpu *cpu,
		       struct entry *entry)
{
	struct reg_status before, after;

	memset(entry, 0, sizeof(*entry));
	entry->cpu = cpu;
	entry->before = cpu_before(top, cpu);
	entry->why = "the CPU has just come to this cell";
	if (!entry->before)
		return;
	status_of(entry->before, &before);
	status_of(cpu, &after);
	entry->why = rates_compute(&before, &after, &entry->rates);
}

static void cell_fill(struct value *row, const struct top *top, uint32_t id)
{
	value_number(&row[COLUMN_ID], VALUE_COUNT, id);
	value_missing(&row[COLUMN_CELL], "the cell has just gone");
	for (unsigned int n = 0; n < top->cells.count; n++)
		if (top->cells.cells[n].id == id)
			value_text(&row[COLUMN_CELL], "%s",
				   top->cells.cells[n].name);
}

static void rates_fill(struct value *row, const struct entry *entry)
{
	static const unsigned char rate_columns[] = {
		COLUMN_RATE, COLUMN_READ, COLUMN_WRITTEN, COLUMN_STALLED,
		COLUMN_STALLS, COLUMN_OVERSHOOT, COLUMN_SPAN, COLUMN_LENT,
		COLUMN_BORROWED,
	};
	const struct rates *rates = &entry->rates;

	for (size_t i = 0; entry->why && i < sizeof(rate_columns); i++)
		value_missing(&row[rate_columns[i]], "%s", entry->why);
	if (entry->why)
		return;
	value_number(&row[COLUMN_RATE], VALUE_RATE, rates->total_bytes_per_s);
	value_number(&row[COLUMN_READ], VALUE_RATE, rates->read_bytes_per_s);
	value_number(&row[COLUMN_WRITTEN], VALUE_RATE,
		     rates->written_bytes_per_s);
	value_number(&row[COLUMN_STALLED], VALUE_SHARE,
		     rates->stall_ns >= rates->span_ns ? 1000 :
		     rates->stall_ns * 1000 / rates->span_ns);
	value_number(&row[COLUMN_STALLS], VALUE_COUNT, rates->stalls);
	value_number(&row[COLUMN_OVERSHOOT], VALUE_COUNT,
		     entry->cpu->stats.overshoot_lines -
			     entry->before->stats.overshoot_lines);
	value_number(&row[COLUMN_SPAN], VALUE_TIME, rates->span_ns);
	value_number(&row[COLUMN_LENT], VALUE_RATE, rates->lent_bytes_per_s);
	value_number(&row[COLUMN_BORROWED], VALUE_RATE,
		     rates->borrowed_bytes_per_s);
}

/* Since the cell was created: how many stalls were how long. */
static void lengths_fill(struct value *value, const struct reg_cpu_stats *stats)
{
	char text[REG_STALL_BUCKETS * 21 + 1];
	size_t length = 0;

	for (unsigned int n = 0; n < REG_STALL_BUCKETS; n++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   "%s%llu", n ? "/" : "",
					   (unsigned long long)
						   stats->stall_histogram[n]);
	value_text(value, "%s", text);
}

static void holder_fill(struct value *value, const struct reg_watch_cpu *cpu)
{
	static const char *const names[] = {
		[REG_HELD_THROTTLE] = "throttle", [REG_HELD_BURST] = "burst",
	};
	const char *name = reg_regulator_name(cpu->effective.regulator);
	uint32_t by = cpu->stats.held_by;

	if (!cpu->stats.stalled)
		value_missing(value, "it is not stalled");
	else if (by < sizeof(names) / sizeof(names[0]) && names[by])
		value_text(value, "%s", names[by]);
	else
		value_text(value, "%s", name ? name : "budget");
}

static void row_fill(struct value *row, const struct top *top,
		     const struct entry *entry)
{
	const struct reg_watch_cpu *cpu = entry->cpu;

	value_number(&row[COLUMN_CPU], VALUE_COUNT, cpu->stats.cpu);
	cell_fill(row, top, cpu->cell_id);
	value_number(&row[COLUMN_BUDGET], VALUE_RATE,
		     cpu->effective.budget_bytes_per_s);
	rates_fill(row, entry);
	holder_fill(&row[COLUMN_BY], cpu);
	value_number(&row[COLUMN_OVERSHOOT_MAX], VALUE_COUNT,
		     cpu->stats.overshoot_max_lines);
	lengths_fill(&row[COLUMN_LENGTHS], &cpu->stats);
	value_number(&row[COLUMN_LATE], VALUE_TIME, cpu->stats.late_max_ns);
	if (cpu->ticks)
		value_number(&row[COLUMN_TICK], VALUE_TIME,
			     cpu->tick_ns / cpu->ticks);
	else
		value_missing(&row[COLUMN_TICK], "no tick was timed");
}

/* The cells named by the operands, or all of them. */
static bool is_wanted(const struct app *app, const struct top *top,
		      const struct reg_watch_cpu *cpu)
{
	if (app->operands_count == 0)
		return true;
	for (unsigned int n = 0; n < top->cells.count; n++)
		if (top->cells.cells[n].id == cpu->cell_id)
			return true;
	return false;
}

/* One page: as much of the table as there is room for, and the keys. */
static int page_print(const struct app *app, const struct top *top,
		      const struct table *table)
{
	struct screen_size size = screen_size(app->out);
	struct app sheet = *app;
	char *text = NULL;
	char keys[80];
	size_t length;
	int status;

	sheet.out = open_memstream(&text, &length);
	if (!sheet.out)
		return app_fail_memory(app);
	status = output_plain(&sheet, table, app->headings);
	if (fclose(sheet.out))
		status = app_fail_memory(app);
	fputs(SCREEN_CLEAR, app->out);
	screen_print(app->out, text, size, KEYS_ROWS);
	snprintf(keys, sizeof(keys), "\n" KEYS_TEXT,
		 (unsigned long long)(top->ticker.interval_ns / 1000000));
	screen_print(app->out, keys, size, 1);
	free(text);
	return status;
}

static int table_print(const struct app *app, const struct top *top,
		       const struct entry *entries, size_t count)
{
	struct table table;
	int status;

	if (!table_init(&table, columns, COLUMN_COUNT, count ? count : 1))
		return app_fail_memory(app);
	for (size_t n = 0; n < count; n++)
		row_fill(table_row(&table), top, &entries[n]);
	if (top->screen)
		status = page_print(app, top, &table);
	else if (app->format == OUTPUT_JSON)
		status = output_json_lines(app, &table, "regctl.top/1");
	else
		status = output_plain(app, &table,
				      app->headings &&
					      (app->format == OUTPUT_TABLE ||
					       top->tables == 1));
	table_free(&table);
	return output_finish(app, status);
}

/* The first look only remembers. */
static int look(const struct app *app, struct top *top, bool first)
{
	struct reg_watch_cpu cpus[REG_MAX_CPUS];
	struct entry entries[REG_MAX_CPUS];
	int count = reg_watch_cpus(top->watch, cpus);
	size_t wanted = 0;
	int status = 0;

	if (!first && app->operands_count == 0)
		status = cells_select_names(app, &top->cells);
	for (int n = 0; n < count; n++)
		if (is_wanted(app, top, &cpus[n]))
			entry_fill(top, &cpus[n], &entries[wanted++]);
	qsort(entries, wanted, sizeof(entries[0]), entry_compare);
	if (!first && !status) {
		top->tables++;
		status = table_print(app, top, entries, wanted);
	}
	memcpy(top->seen, cpus, (size_t)count * sizeof(cpus[0]));
	top->seen_count = count;
	return status;
}

/* False: quit. */
static bool key_take(struct ticker *ticker, char key)
{
	uint64_t ns = ticker->interval_ns;

	if (key == '+' && ns * 2 <= LONGEST_NS)
		ticker->interval_ns = ns * 2;
	if (key == '-' && ns / 2 >= SHORTEST_NS)
		ticker->interval_ns = ns / 2;
	return key != 'q' && key != 'Q';
}

static int top_loop(const struct app *app, struct top *top, uint64_t count)
{
	int status = look(app, top, true);
	char key = 0;

	while (!status && (!count || top->tables < count) &&
	       ticker_wait(&top->ticker, STDIN_FILENO,
			   top->screen ? &key : NULL)) {
		if (!key)
			status = look(app, top, false);
		else if (!key_take(&top->ticker, key))
			break;
	}
	return status;
}

/* Keys are wanted one by one, unseen. */
static bool screen_begin(struct top *top, FILE *out)
{
	int fd = fileno(out);
	struct termios raw;

	if (fd < 0 || !isatty(fd) || tcgetattr(STDIN_FILENO, &top->terminal))
		return false;
	raw = top->terminal;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static int top_run(const struct app *app, struct top *top,
		   const struct top_args *args)
{
	int status;

	if (reg_watch_open(app->device, &top->watch))
		return app_fail(app);
	if (top->screen && !screen_begin(top, app->out)) {
		reg_watch_close(top->watch);
		app_complain(app, "no terminal to read from and write to: use --batch");
		return APP_USAGE;
	}
	ticker_begin(&top->ticker, args->interval_ns ? args->interval_ns :
						       TICKER_DEFAULT_NS);
	status = top_loop(app, top, args->count);
	ticker_end(&top->ticker);
	if (top->screen)
		tcsetattr(STDIN_FILENO, TCSANOW, &top->terminal);
	reg_watch_close(top->watch);
	return status;
}

static int run(struct app *app, const void *data)
{
	const struct top_args *args = data;
	struct top *top = calloc(1, sizeof(*top));
	int status;

	if (!top)
		return app_fail_memory(app);
	top->screen = !args->batch && app->format == OUTPUT_TABLE;
	status = cells_select_names(app, &top->cells);
	if (!status)
		status = top_run(app, top, args);
	free(top);
	return status;
}

const struct command command_top = {
	.name = "top",
	.operands = "[CELL...]",
	.summary = "Show the CPUs by their memory traffic",
	.options = options,
	.args_size = sizeof(struct top_args),
	.operands_max = REG_CELLS_MAX,
	.operand_kind = OPERAND_CELL,
	.option = option,
	.run = run,
};
