/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands that look again and again: a grid of ticks, and an end by signal. */
#ifndef REGCTL_TICKER_H
#define REGCTL_TICKER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "app.h"

#define TICKER_DEFAULT_NS	1000000000ull

/* Reads an interval of 1 ms to an hour. */
int ticker_interval_parse(const char *value, uint64_t *interval_ns,
			  struct parse_error *error);

struct ticker {
	uint64_t interval_ns;
	uint64_t start_ns;		/* CLOCK_MONOTONIC */
	uint64_t next_ns;
	struct sigaction old_int, old_term;
};

uint64_t ticker_clock_ns(clockid_t clock);

/* From now on; SIGINT and SIGTERM say stop until ticker_end(). */
void ticker_begin(struct ticker *ticker, uint64_t interval_ns);
void ticker_end(const struct ticker *ticker);

/*
 * Until the next tick on the grid of the start, leaving out what was slept over;
 * false: a signal said stop. `key` NULL, or where a character typed at `fd` goes
 * (0: none); it ends the wait, and the tick is still to come.
 */
bool ticker_wait(struct ticker *ticker, int fd, char *key);

#endif
