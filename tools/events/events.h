/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of PMU events, for any PMU and not only that of this machine.
 *
 *   PMU::EVENT[:UMASK...]   as libpfm4 has them, and pmuv3::EVENT for the
 *                           common events of Arm's architecture
 *   0x412e                  a number as it is: umask and event on x86
 *
 * The tables are libpfm4's: a library for x86 has no PMUs of Arm's cores, and
 * one for arm64 none of x86. Prints nothing. Not for several threads.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "abi/weir-config.h"

#define EVENT_NAME_BYTES	128
#define EVENT_FULL_BYTES	512
#define EVENT_CODES_MAX		4
#define EVENT_NONE		0xffffu
#define EVENT_WHY_BYTES		256

struct pmu {
	char name[32];
	char description[96];
	unsigned int events_count;
	bool is_core;		/* each CPU has it; else the machine has */
	bool is_present;	/* on this machine */
};

struct event {
	char name[EVENT_NAME_BYTES];	/* as asked for, without the PMU */
	char pmu[32];			/* empty for a number */
	char full[EVENT_FULL_BYTES];	/* with all that was left out */
	bool is_core;
	uint16_t source;		/* enum counter_source_id; 0: nobody's */
	uint64_t codes[EVENT_CODES_MAX];
	unsigned int codes_count;
};

/* Before all else. False when libpfm4 does not work here. */
bool events_open(void);

/* The n-th PMU; false behind the last one. */
bool pmu_get(unsigned int n, struct pmu *pmu);

/*
 * Calls `take` for each event of a PMU and each of its umasks, with the name
 * without the PMU and a description. -ENOENT with the reason: no such PMU.
 * A negative value of `take` ends it and is returned.
 */
int pmu_events(const char *pmu, int (*take)(void *context, const char *name,
					    const char *description),
	       void *context, char why[EVENT_WHY_BYTES]);

/*
 * The numbers of an event. -EINVAL, and `why` names what is unknown and what
 * is spelled nearly so.
 */
int event_find(const char *name, struct event *event,
	       char why[EVENT_WHY_BYTES]);

/*
 * What a counter record carries: umask and event on x86, the event on arm64.
 * -ERANGE with the reason for an event that needs more than that.
 */
int event_number(const struct event *event, uint16_t *number,
		 char why[EVENT_WHY_BYTES]);

/*
 * The record of a system configuration; each event counts a line. `write` may
 * be NULL. `source` 0: that of the events. -EINVAL or -ERANGE with the reason.
 */
int event_record(const struct event *read, const struct event *write,
		 uint16_t source, struct weir_record_counter *record,
		 char why[EVENT_WHY_BYTES]);
/* As the initialiser of a configuration in C. */
void event_record_print(FILE *stream, const struct weir_record_counter *record,
			const struct event *read, const struct event *write);

/* near.c: changes that make one word the other, capitals aside. */
unsigned int name_distance(const char *a, const char *b);
/* Of the words seen, those nearest to one that is not among them. */
struct nearest {
	const char *wanted;
	char words[3][EVENT_NAME_BYTES];
	unsigned int distance[3];
	unsigned int count;
};
void nearest_see(struct nearest *nearest, const char *word);
/* ", perhaps A, B or C", or nothing where none is near. */
void nearest_print(const struct nearest *nearest, char *text, size_t size);

/* pmuv3.c: events that the architecture numbers. */
struct pmuv3_event {
	uint16_t number;
	const char *name, *description;
};
/* NULL behind the last. */
const struct pmuv3_event *pmuv3_event(unsigned int n);

#endif
