/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads and adds up the observer's record. */
#include "observer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
	COLUMN_CPU, COLUMN_START, COLUMN_READ, COLUMN_WRITTEN, COLUMNS
};

static const char *const column_names[COLUMNS] = {
	[COLUMN_CPU] = "cpu",
	[COLUMN_START] = "start_cycles",
	[COLUMN_READ] = "read_bytes",
	[COLUMN_WRITTEN] = "written_bytes",
};

/* Position of each column in a record; -EINVAL when one is missing. */
static int parse_heading(char *text, int position[COLUMNS])
{
	char *rest = NULL;
	int n = 0;

	for (int column = 0; column < COLUMNS; column++)
		position[column] = -1;
	for (char *word = strtok_r(text, ",\r\n", &rest); word;
	     word = strtok_r(NULL, ",\r\n", &rest), n++)
		for (int column = 0; column < COLUMNS; column++)
			if (!strcmp(word, column_names[column]))
				position[column] = n;
	for (int column = 0; column < COLUMNS; column++)
		if (position[column] < 0)
			return -EINVAL;
	return 0;
}

static int parse_record(char *text, const int position[COLUMNS],
			uint64_t value[COLUMNS])
{
	char *rest = NULL;
	int found = 0, n = 0;

	for (char *word = strtok_r(text, ",\r\n", &rest); word;
	     word = strtok_r(NULL, ",\r\n", &rest), n++)
		for (int column = 0; column < COLUMNS; column++)
			if (position[column] == n) {
				char *end;

				value[column] = strtoull(word, &end, 10);
				found += *end == '\0';
			}
	return found == COLUMNS && value[COLUMN_CPU] < OBSERVER_MAX_CPUS ?
	       0 : -EINVAL;
}

static int windows_grow(struct observer *observer, uint64_t count)
{
	const size_t row = OBSERVER_MAX_CPUS * sizeof(*observer->bytes);
	uint64_t *grown;

	if (count <= observer->windows_count)
		return 0;
	grown = realloc(observer->bytes, count * row);
	if (!grown)
		return -ENOMEM;
	memset(grown + observer->windows_count * OBSERVER_MAX_CPUS, 0,
	       (count - observer->windows_count) * row);
	observer->bytes = grown;
	observer->windows_count = count;
	return 0;
}

static int record_add(struct observer *observer, const uint64_t value[COLUMNS])
{
	uint64_t window = value[COLUMN_START] / observer->window_cycles;
	int error = windows_grow(observer, window + 1);

	if (!error)
		observer->bytes[window * OBSERVER_MAX_CPUS + value[COLUMN_CPU]] +=
			value[COLUMN_READ] + value[COLUMN_WRITTEN];
	return error;
}

int observer_read(struct observer *observer, const char *path,
		  uint64_t window_cycles, size_t *line)
{
	FILE *file = fopen(path, "r");
	int position[COLUMNS], error;
	uint64_t value[COLUMNS];
	char *text = NULL;
	size_t room = 0;

	*observer = (struct observer){ .window_cycles = window_cycles };
	*line = 1;
	if (!file)
		return -errno;
	error = getline(&text, &room, file) > 0 ? parse_heading(text, position) :
						  -EINVAL;
	while (!error && getline(&text, &room, file) > 0) {
		(*line)++;
		error = parse_record(text, position, value);
		if (!error)
			error = record_add(observer, value);
	}
	free(text);
	fclose(file);
	return error;
}

void observer_free(struct observer *observer)
{
	free(observer->bytes);
	*observer = (struct observer){ 0 };
}

uint64_t observer_window(const struct observer *observer, uint64_t cpus,
			 uint64_t window)
{
	uint64_t sum = 0;

	if (window >= observer->windows_count)
		return 0;
	for (unsigned int cpu = 0; cpu < OBSERVER_MAX_CPUS; cpu++)
		if (cpus >> cpu & 1)
			sum += observer->bytes[window * OBSERVER_MAX_CPUS + cpu];
	return sum;
}

uint64_t observer_sum(const struct observer *observer, uint64_t cpus,
		      uint64_t from_cycles, uint64_t to_cycles, uint64_t *cycles)
{
	uint64_t size = observer->window_cycles;
	uint64_t first = (from_cycles + size - 1) / size, end = to_cycles / size;
	uint64_t sum = 0;

	*cycles = end > first ? (end - first) * size : 0;
	for (uint64_t window = first; window < end; window++)
		sum += observer_window(observer, cpus, window);
	return sum;
}

uint64_t observer_worst(const struct observer *observer, uint64_t cpus,
			uint64_t from_cycles, uint64_t to_cycles,
			uint64_t span_cycles)
{
	uint64_t size = observer->window_cycles;
	uint64_t first = (from_cycles + size - 1) / size, end = to_cycles / size;
	uint64_t span = span_cycles / size;
	uint64_t sum = 0, worst = 0;

	for (uint64_t window = first; window < end; window++) {
		sum += observer_window(observer, cpus, window);
		if (window >= first + span)
			sum -= observer_window(observer, cpus, window - span);
		if (sum > worst)
			worst = sum;
	}
	return worst;
}
