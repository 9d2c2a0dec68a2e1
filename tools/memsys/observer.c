// SPDX-License-Identifier: GPL-2.0-only
/* The observer of DDR traffic: windows of model time, as CSV. */
#include "observer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct window {
	uint64_t start_cycles;
	uint64_t read_bytes;
	uint64_t write_bytes;
};

struct observer {
	FILE *file;
	uint64_t window_cycles;
	uint64_t line_bytes;
	unsigned int num_cpus;
	unsigned int run;
	struct window windows[MEMSYS_MAX_CPUS];
};

struct observer *observer_create(const char *path,
				 uint64_t line_bytes, uint64_t window_cycles,
				 unsigned int num_cpus)
{
	struct observer *observer = calloc(1, sizeof(*observer));

	if (!observer)
		return NULL;
	observer->window_cycles = window_cycles;
	observer->line_bytes = line_bytes;
	observer->num_cpus = num_cpus;
	observer->run = 1;
	observer->file = fopen(path, "w");
	if (!observer->file) {
		free(observer);
		return NULL;
	}
	fputs("run,cpu,start_cycles,read_bytes,written_bytes\n", observer->file);
	return observer;
}

static void write_window(struct observer *observer, unsigned int cpu)
{
	struct window *window = &observer->windows[cpu];

	if (window->read_bytes || window->write_bytes)
		fprintf(observer->file, "%u,%u,%llu,%llu,%llu\n", observer->run,
			cpu, (unsigned long long)window->start_cycles,
			(unsigned long long)window->read_bytes,
			(unsigned long long)window->write_bytes);
	*window = (struct window){ 0 };
}

void observer_record(void *context, const struct memsys_transfer *transfer)
{
	struct observer *observer = context;
	struct window *window = &observer->windows[transfer->cpu];

	if (transfer->cycles - window->start_cycles >= observer->window_cycles) {
		write_window(observer, transfer->cpu);
		window->start_cycles = transfer->cycles -
				       transfer->cycles % observer->window_cycles;
	}
	window->read_bytes += transfer->fill_lines * observer->line_bytes;
	window->write_bytes += transfer->writeback_lines * observer->line_bytes;
}

void observer_end_run(struct observer *observer)
{
	for (unsigned int cpu = 0; cpu < observer->num_cpus; cpu++)
		write_window(observer, cpu);
	fflush(observer->file);
	observer->run++;
}

int observer_close(struct observer *observer)
{
	int failed;

	observer_end_run(observer);
	failed = ferror(observer->file) ? -EIO : 0;
	if (fclose(observer->file))
		failed = -EIO;
	free(observer);
	return failed;
}
