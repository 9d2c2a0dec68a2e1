// SPDX-License-Identifier: GPL-2.0-only
/* Events by perf_event_open(): those the kernel knows on every machine. */
#include "counters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HARDWARE(name)	PERF_TYPE_HARDWARE, PERF_COUNT_HW_##name
#define SOFTWARE(name)	PERF_TYPE_SOFTWARE, PERF_COUNT_SW_##name

static const struct {
	const char *name;
	const char *preset;	/* PAPI's name for it, or NULL */
	uint32_t type;
	uint64_t config;
} known[] = {
	{ "cycles", "PAPI_TOT_CYC", HARDWARE(CPU_CYCLES) },
	{ "instructions", "PAPI_TOT_INS", HARDWARE(INSTRUCTIONS) },
	{ "cache-references", NULL, HARDWARE(CACHE_REFERENCES) },
	{ "cache-misses", NULL, HARDWARE(CACHE_MISSES) },
	{ "branches", "PAPI_BR_INS", HARDWARE(BRANCH_INSTRUCTIONS) },
	{ "branch-misses", "PAPI_BR_MSP", HARDWARE(BRANCH_MISSES) },
	{ "task-clock", NULL, SOFTWARE(TASK_CLOCK) },
	{ "page-faults", NULL, SOFTWARE(PAGE_FAULTS) },
	{ "context-switches", NULL, SOFTWARE(CONTEXT_SWITCHES) },
	{ "cpu-migrations", NULL, SOFTWARE(CPU_MIGRATIONS) },
};

static int known_find(const char *name)
{
	for (size_t n = 0; n < sizeof(known) / sizeof(*known); n++)
		if (!strcmp(name, known[n].name) ||
		    (known[n].preset && !strcmp(name, known[n].preset)))
			return (int)n;
	return -1;
}

static int event_open(int index, pid_t process, bool user_only)
{
	struct perf_event_attr attributes = {
		.size = sizeof(attributes),
		.type = known[index].type,
		.config = known[index].config,
		.disabled = 1,
		.inherit = 1,
		.enable_on_exec = 1,
		.exclude_kernel = user_only,
		.exclude_hv = user_only,
	};

	return (int)syscall(SYS_perf_event_open, &attributes, process, -1, -1,
			    PERF_FLAG_FD_CLOEXEC);
}

static void open_one(struct event *event, pid_t process)
{
	int index = known_find(event->name);

	if (index < 0) {
		event_why(event, "perf: no such event");
		return;
	}
	event->slot = event_open(index, process, false);
	if (event->slot < 0 && (errno == EACCES || errno == EPERM))
		event->slot = event_open(index, process, true);
	if (event->slot < 0)
		event_why(event, "perf: %s", strerror(errno));
	else
		event->by = BY_PERF;
}

void perf_open(struct events *events, pid_t process)
{
	for (size_t n = 0; n < events->count; n++)
		if (events->event[n].by == NOBODY)
			open_one(&events->event[n], process);
}

void perf_stop(struct events *events)
{
	for (size_t n = 0; n < events->count; n++) {
		struct event *event = &events->event[n];

		if (event->by != BY_PERF)
			continue;
		if (read(event->slot, &event->value, sizeof(event->value)) !=
		    sizeof(event->value)) {
			event->by = NOBODY;
			event_why(event, "perf: it cannot be read");
		}
		close(event->slot);
	}
}
