/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of a process and of all it starts: by PAPI, and by
 * perf_event_open() for what PAPI does not open. What counts is found out by
 * trying; an event that nobody counts says why.
 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define EVENTS_MAX		16u
#define EVENT_NAME_BYTES	64u
#define EVENT_WHY_BYTES		160u

enum counted_by { NOBODY, BY_PAPI, BY_PERF };

struct event {
	char name[EVENT_NAME_BYTES];
	enum counted_by by;
	uint64_t value;			/* after the end */
	char why[EVENT_WHY_BYTES];	/* NOBODY counts it */
	int slot;			/* place in the event set, or descriptor */
};

struct events {
	struct event event[EVENTS_MAX];
	size_t count;
	int set;			/* PAPI's; unused without `running` */
	bool running;
};

/* papi.c. Opens what it can of events that are not counted yet. */
void papi_open(struct events *events, pid_t process);
void papi_start(struct events *events);
void papi_stop(struct events *events);

/* perf.c. The same; they count from the process's next exec() on. */
void perf_open(struct events *events, pid_t process);
void perf_stop(struct events *events);

/* Adds to the reasons: "PAPI: ...; perf: ...". */
__attribute__((format(printf, 2, 3)))
void event_why(struct event *event, const char *format, ...);

#endif
