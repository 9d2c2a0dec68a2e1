// SPDX-License-Identifier: GPL-2.0-only
/* colors --probe-banks: the address bits that choose a bank, found by time. */
#include "colors.h"

#include <string.h>
#include <unistd.h>

#include "output.h"
#include "tools/banks/banks.h"

/* Much memory reaches high bits, but Linux needs some as well. */
#define PART_OF_FREE	4u
#define BYTES_MAX	(1ull << 30)

enum {
	COLUMN_FUNCTION,
	COLUMN_BITS,
	COLUMN_COLORS,
	COLUMN_CONFIDENCE,
	COLUMN_COUNT,
};

static const struct column columns[] = {
	{ "FUNCTION", "function", NULL, 0, 0 },
	{ "ADDRESS BITS", "bits", NULL, 0, 0 },
	{ "MAKES COLORS", "colors", NULL, 0, 0 },
	{ "CONFIDENCE", "confidence", "%", COLUMN_RIGHT, 0 },
};
_Static_assert(sizeof(columns) / sizeof(columns[0]) == COLUMN_COUNT,
	       "one initialiser for each column");

static void row_fill(struct value *row, const struct bank_map *map,
		     uint64_t function)
{
	unsigned int least = 1000;
	char bits[128] = "";

	for (unsigned int n = 0; n <= BANKS_BITS_MAX; n++) {
		if (!(function >> n & 1))
			continue;
		text_add(bits, sizeof(bits), bits[0] ? ",%u" : "%u", n);
		if (map->confidence[n] < least)
			least = map->confidence[n];
	}
	value_text(&row[COLUMN_FUNCTION], "0x%llx",
		   (unsigned long long)function);
	value_text(&row[COLUMN_BITS], "%s", bits);
	value_bool(&row[COLUMN_COLORS], bank_function_colors(function));
	value_number(&row[COLUMN_CONFIDENCE], VALUE_SHARE, least);
}

static void note(const struct app *app, const struct bank_clock *clock,
		 const struct bank_map *map)
{
	char unknown[256] = "";

	app_note(app, "two lines of one bank %.0f ns, of two %.0f ns, looked at in bits %u to %u",
		 map->slow_ns, map->fast_ns, clock->low_bit, clock->high_bit);
	for (unsigned int n = clock->low_bit; n <= clock->high_bit; n++) {
		if (map->bit[n] == BANK_BIT_UNKNOWN)
			text_add(unknown, sizeof(unknown),
				 unknown[0] ? ",%u" : "%u", n);
	}
	if (unknown[0])
		app_note(app, "of bits %s nothing can be said: functions may have them too",
			 unknown);
}

static int print(const struct app *app, const struct bank_clock *clock,
		 const struct bank_map *map)
{
	struct table table;
	int status;

	if (!table_init(&table, columns, COLUMN_COUNT, BANKS_FUNCTIONS_MAX))
		return app_fail_memory(app);
	for (unsigned int n = 0; n < map->functions_count; n++)
		row_fill(table_row(&table), map, map->function[n]);
	status = output_table(app, &table, "regctl.colors.banks/1",
			      "functions");
	table_free(&table);
	note(app, clock, map);
	return status;
}

static uint64_t bytes_to_take(void)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t part = (uint64_t)sysconf(_SC_AVPHYS_PAGES) / PART_OF_FREE *
			page;

	return part < BYTES_MAX ? part : BYTES_MAX;
}

int colors_probe(const struct app *app)
{
	char reason[BANKS_REASON_BYTES];
	struct bank_probe *probe = bank_probe_open(bytes_to_take(), reason,
						   sizeof(reason));
	struct bank_clock clock;
	struct bank_map map;
	int error;

	if (!probe) {
		app_complain(app, "%s", reason);
		return APP_ABSENT;
	}
	bank_probe_clock(probe, &clock);
	error = bank_map_find(&clock, &map);
	bank_probe_close(probe);
	if (error) {
		app_complain(app, "memory cannot be timed: %s",
			     strerror(-error));
		return APP_ABSENT;
	}
	if (map.found)
		return print(app, &clock, &map);
	app_complain(app, "nothing can be told of banks here: %s", map.reason);
	return APP_NO;
}
