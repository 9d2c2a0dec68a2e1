/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A profiling session as a file and in memory.
 *
 * The file (README.md has the bytes) is a head, then a few bytes for each
 * sample, then an end. Without an end the session was interrupted: what is
 * there counts, and session.ended says so.
 */
#ifndef PROFILE_SESSION_H
#define PROFILE_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "abi/profile.h"

#define SESSION_SAMPLES_MAX	(1u << 26)
#define SESSION_PROCESS_MAX	(1u << 20)	/* bytes of session.process */

struct session_head {
	uint64_t clock_hz;
	uint64_t interval_cycles;
	uint64_t start_cycles;	/* point 0 of the grid */
	uint64_t start_unix_ns;
	uint32_t sources_count;
	struct profile_source source[PROFILE_MAX_SOURCES];
};

struct session_sample {
	uint64_t sequence;
	uint64_t time_cycles;
};

struct session {
	struct session_head head;
	struct session_sample *samples;
	/* values[sample * sources_count + source] */
	struct profile_value *values;
	uint64_t samples_count;
	uint64_t samples_room;
	bool ended;
	uint64_t overruns;	/* as the profiler counted; 0 unless ended */
	uint64_t skipped;
	/* What the process counted, as weir-counters printed it; or NULL. */
	char *process;
};

struct session_writer {
	FILE *file;
	const struct session_head *head;
	uint64_t sequence;	/* of the last sample */
	uint64_t samples_count;
};

/* 0 or -EIO; the file may be a pipe. `head` stays the caller's. */
int session_write_begin(struct session_writer *writer, FILE *file,
			const struct session_head *head);
/* -EINVAL: the sequence does not grow, or the time lies before its point. */
int session_write_sample(struct session_writer *writer,
			 const struct session_sample *sample,
			 const struct profile_value *values);
int session_write_end(struct session_writer *writer, uint64_t overruns,
		      uint64_t skipped);
/* Behind the end: a text of 1 to SESSION_PROCESS_MAX bytes, else -EINVAL. */
int session_write_process(struct session_writer *writer, const char *text);

/*
 * Reads all of it. 0, -ENOMEM, -EIO, or -EINVAL with the cause in *why: a
 * constant text. Free in any case.
 */
int session_read(struct session *session, FILE *file, const char **why);
void session_free(struct session *session);
/* Whether sources have words for names, as a table needs them: 0 or -EINVAL. */
int session_names_check(const struct session_head *head);
/* 0 or -ENOMEM. */
int session_add(struct session *session, const struct session_sample *sample,
		const struct profile_value *values);

/* A source by its name; -ENOENT. */
int session_source_find(const struct session *session, const char *name);

#endif
