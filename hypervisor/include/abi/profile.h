/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The ring of a profiler: memory that a profiling cell shares with the root
 * cell, at the start of the cell's first ROOTSHARED region.
 *
 * The profiler samples counters of DDR traffic on the grid
 *
 *	start_cycles + sequence * interval_cycles	(of its own clock)
 *
 * and writes one record for each point of the grid. Records lie behind each
 * other from records_offset on, record_bytes apart, as many as records_count, a
 * power of two; record number n, counted from 0 in each session, is in slot
 * n % records_count. `produced` and `consumed` count records of the session: the
 * profiler writes a record first and `produced` after it, the reader reads it
 * first and moves `consumed` after that.
 *
 * Nothing is lost silently. A record says what moved since the record before
 * it; when the ring is full, or the profiler came too late for a point of the
 * grid, no record is written for that point, the sequence number has a gap, and
 * the next record holds the sum. Gaps in a session add up to overruns + skipped.
 *
 * All fields are little endian. Fields marked "reader" are written by the root
 * cell alone, all others by the profiler alone. What the profiler finds in the
 * reader's fields it checks; a reader trusts nothing here either.
 */
#ifndef ABI_PROFILE_H
#define ABI_PROFILE_H

#include "types.h"

#define PROFILE_MAGIC		0x464f525052494557ULL	/* "WEIRPROF" */
#define PROFILE_REVISION	1u
#define PROFILE_MAX_SOURCES	16u
#define PROFILE_NAME_BYTES	16u

enum profile_state {
	PROFILE_STATE_IDLE = 0,
	PROFILE_STATE_RUNNING = 1,
	PROFILE_STATE_STOPPED = 2,	/* `produced` is final */
	PROFILE_STATE_REFUSED = 3,	/* the request makes no sense */
};

enum profile_command {
	PROFILE_COMMAND_STOP = 0,
	PROFILE_COMMAND_RUN = 1,
};

enum profile_kind {
	PROFILE_KIND_CPU = 0,		/* id: logical CPU */
	PROFILE_KIND_CONTROLLER = 1,	/* id: memory controller or its port */
};

/* The clock of this source is its own, not that of the profiler. */
#define PROFILE_SOURCE_OWN_CLOCK	(1u << 0)
#define PROFILE_SOURCE_BUSY		(1u << 1) /* busy_cycles is counted */

struct profile_source {
	char name[PROFILE_NAME_BYTES];	/* terminated */
	uint32_t kind;
	uint32_t id;
	uint32_t flags;
	uint32_t reserved;
	/* Counters at the start of the session. */
	uint64_t first_cycles;
	uint64_t first_read_bytes;
	uint64_t first_written_bytes;
	uint64_t first_busy_cycles;
};
ABI_SIZE(struct profile_source, 64);

/*
 * Since the record before. What does not fit is left for the next record.
 * `cycles` is of the source's clock, between the moments it was read.
 */
struct profile_value {
	uint32_t cycles;
	uint32_t read_bytes;
	uint32_t written_bytes;
	uint32_t busy_cycles;
};
ABI_SIZE(struct profile_value, 16);

/* One value for each source of the session, in their order. */
struct profile_record {
	uint64_t sequence;
	uint64_t time_cycles;	/* of the profiler, when it began to read */
	struct profile_value value[];
};
ABI_SIZE(struct profile_record, 16);

struct profile_ring {
	/* Fixed. */
	uint64_t magic;
	uint32_t revision;
	uint32_t records_offset;
	uint64_t bytes;			/* of the region that are used */
	uint64_t clock_hz;
	uint32_t sources_available;	/* bit n of source_mask may be set */
	uint32_t interval_min_cycles;
	uint64_t reserved0[3];
	/* The session; fixed from PROFILE_STATE_RUNNING on. */
	uint32_t session;		/* the request that was taken */
	uint32_t state;
	uint32_t sources_count;
	uint32_t record_bytes;
	uint32_t records_count;
	uint32_t reserved1;
	uint64_t interval_cycles;
	uint64_t start_cycles;
	uint64_t reserved2[3];
	/* Progress. */
	uint64_t produced;
	uint64_t overruns;		/* points without a record: ring full */
	uint64_t skipped;		/* the same: the profiler was late */
	uint64_t reserved3[5];
	/* Reader. */
	uint32_t wanted_session;	/* a new number is a new request */
	uint32_t command;
	uint64_t wanted_interval_ns;
	uint64_t wanted_sources;	/* bit mask; 0: all there are */
	uint64_t consumed;
	uint32_t collector;		/* process that reads; 0: none */
	uint32_t collector_started;	/* when, by /proc/PID/stat; low half */
	uint64_t reserved5[3];
	struct profile_source source[PROFILE_MAX_SOURCES];
};
ABI_OFFSET(struct profile_ring, session, 64);
ABI_OFFSET(struct profile_ring, produced, 128);
ABI_OFFSET(struct profile_ring, wanted_session, 192);
ABI_OFFSET(struct profile_ring, source, 256);
ABI_SIZE(struct profile_ring, 1280);

#define PROFILE_RECORDS_OFFSET	4096u

#endif
