/* SPDX-License-Identifier: GPL-2.0-only */
/* What the profile commands share: the ring of a cell, and the collector. */
#ifndef REGCTL_PROFILE_H
#define REGCTL_PROFILE_H

#include <sys/types.h>

#include "app.h"
#include "tools/profile/ring.h"

#define PROFILE_INTERVAL_DEFAULT_NS	10000u

/* Options of all commands that speak to a profiler; 'C', 'i', 's'. */
struct profile_where {
	const char *cell;	/* NULL: "profiler" */
	uint64_t interval_ns;	/* 0: the default */
	uint64_t sources;	/* bit mask of CPUs; 0: all there are */
};

/* 0, -ENOENT for another key, -EINVAL with `error`. */
int profile_option(struct profile_where *where, int key, const char *value,
		   struct parse_error *error);

struct collector {
	struct app *app;
	struct ring ring;
	FILE *file;
	struct session_writer writer;
	uint64_t bytes;		/* moved, as far as samples arrived */
	uint64_t last_cycles;	/* of the last sample */
	const char *counters;	/* file of the process's counters, or NULL */
};

/* Maps the ring and checks it. 0, or an exit status after a complaint. */
int profile_map(struct app *app, const struct profile_where *where,
		struct ring *ring);
void profile_unmap(struct app *app, struct ring *ring);

/* Says in the ring which process collects; 0: none. */
void profile_collector_set(const struct ring *ring, pid_t process);
/* Whether that process lives, and is the one that was said. */
bool profile_is_collected(const struct ring *ring);
/* Ends a session that nobody collects; what it still holds is gone. */
void profile_discard(struct ring *ring);

/* Starts a session that nobody else collects, and opens the file. */
int collector_begin(struct collector *collector, struct app *app,
		    const struct profile_where *where, const char *path);
/* Takes what there is, then sleeps a little. An exit status. */
int collector_step(struct collector *collector);
/* Stops the session, takes the rest, ends the file. Closes in any case. */
int collector_end(struct collector *collector);

/* The session in the file. An exit status. */
int profile_read(struct app *app, const char *path, struct session *session);

#endif
