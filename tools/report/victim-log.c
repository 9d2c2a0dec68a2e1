/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the victim's runs and jobs among everything else on a console. */
#include "victim-log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int run_begin(struct victim_log *log, const char *text)
{
	const char *tag = strstr(text, "tag="), *hz = strstr(text, "clock_hz ");
	struct victim_run *grown, *run;
	size_t length;

	if (!tag || !hz)
		return 0;
	grown = realloc(log->runs, (log->runs_count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	log->runs = grown;
	run = &grown[log->runs_count++];
	memset(run, 0, sizeof(*run));
	length = strcspn(tag + 4, " \r\n");
	if (length >= sizeof(run->tag))
		length = sizeof(run->tag) - 1;
	memcpy(run->tag, tag + 4, length);
	run->clock_hz = strtoull(hz + strlen("clock_hz "), NULL, 10);
	return 0;
}

static int job_add(struct victim_run *run, const struct victim_job *job)
{
	if (run->jobs_count == run->jobs_room) {
		size_t room = run->jobs_room ? 2 * run->jobs_room : 128;
		struct victim_job *grown = realloc(run->jobs, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		run->jobs = grown;
		run->jobs_room = room;
	}
	run->jobs[run->jobs_count++] = *job;
	return 0;
}

static int parse_line(struct victim_log *log, const char *text)
{
	struct victim_run *run = log->runs_count ?
				 &log->runs[log->runs_count - 1] : NULL;
	const char *found;
	struct victim_job job;
	uint64_t number;

	found = strstr(text, "victim: ");
	if (found && run && strstr(found, "victim: done")) {
		run->done = 1;
		return 0;
	}
	if (found)
		return run_begin(log, found);
	found = strstr(text, "job ");
	if (!run || !found ||
	    sscanf(found, "job %" SCNu64 " start %" SCNu64 " cycles %" SCNu64,
		   &number, &job.start_cycles, &job.cycles) != 3)
		return 0;
	return number == run->jobs_count && !run->done ? job_add(run, &job) :
							 -EPROTO;
}

int victim_log_read(struct victim_log *log, const char *path, size_t *line)
{
	char *text = NULL;
	size_t room = 0;
	int error = 0;
	FILE *file = fopen(path, "r");

	*log = (struct victim_log){ 0 };
	*line = 0;
	if (!file)
		return -errno;
	while (!error && getline(&text, &room, file) > 0) {
		(*line)++;
		error = parse_line(log, text);
	}
	free(text);
	fclose(file);
	return error;
}

void victim_log_free(struct victim_log *log)
{
	for (size_t n = 0; n < log->runs_count; n++)
		free(log->runs[n].jobs);
	free(log->runs);
	*log = (struct victim_log){ 0 };
}

const struct victim_run *victim_log_run(const struct victim_log *log,
					const char *tag)
{
	for (size_t n = 0; n < log->runs_count; n++)
		if (!strcmp(log->runs[n].tag, tag))
			return log->runs[n].done && log->runs[n].jobs_count ?
			       &log->runs[n] : NULL;
	return NULL;
}
