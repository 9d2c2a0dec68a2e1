/* SPDX-License-Identifier: GPL-2.0-only */
/* What the victim printed, found in a console log. */
#ifndef REPORT_VICTIM_LOG_H
#define REPORT_VICTIM_LOG_H

#include <stddef.h>
#include <stdint.h>

#define RUN_TAG_BYTES	32

struct victim_job {
	uint64_t start_cycles;
	uint64_t cycles;
};

/* One run: from "victim: ... tag=TAG ..." to "victim: done". */
struct victim_run {
	char tag[RUN_TAG_BYTES];
	uint64_t clock_hz;
	struct victim_job *jobs;
	size_t jobs_count, jobs_room;
	int done;
};

struct victim_log {
	struct victim_run *runs;
	size_t runs_count;
};

/*
 * 0 or negative errno. -EPROTO: jobs are missing or out of order, *line says
 * where (a console that lost characters must not pass for a measurement).
 */
int victim_log_read(struct victim_log *log, const char *path, size_t *line);
void victim_log_free(struct victim_log *log);
/* NULL when there is none, or it did not end. */
const struct victim_run *victim_log_run(const struct victim_log *log,
					const char *tag);

#endif
