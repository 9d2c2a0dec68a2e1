// SPDX-License-Identifier: GPL-2.0-only
/* Events by PAPI: one set, attached to the process and inherited. */
#include "counters.h"

#include <papi.h>
#include <unistd.h>

static const char *papi_begin(void)
{
	int version = PAPI_library_init(PAPI_VER_CURRENT);
	const PAPI_component_info_t *cpu;

	if (version != PAPI_VER_CURRENT)
		return version < 0 ? PAPI_strerror(version) : "another version";
	cpu = PAPI_get_component_info(0);
	if (cpu && cpu->disabled)
		return cpu->disabled_reason;
	return NULL;
}

/* All modes where the kernel lets us, else user mode. */
static int set_open(int *set, pid_t process)
{
	PAPI_option_t inherit = { .inherit = { .inherit = PAPI_INHERIT_ALL } };
	PAPI_option_t domain = {
		.domain = { .domain = PAPI_DOM_USER | PAPI_DOM_KERNEL },
	};
	int error;

	*set = PAPI_NULL;
	error = PAPI_create_eventset(set);
	if (error == PAPI_OK)
		error = PAPI_assign_eventset_component(*set, 0);
	if (error != PAPI_OK)
		return error;
	inherit.inherit.eventset = *set;
	domain.domain.eventset = *set;
	error = PAPI_set_opt(PAPI_INHERIT, &inherit);
	if (error == PAPI_OK && geteuid() == 0)
		error = PAPI_set_opt(PAPI_DOMAIN, &domain);
	if (error == PAPI_OK)
		error = PAPI_attach(*set, (unsigned long)process);
	return error;
}

static void events_refuse(struct events *events, const char *why)
{
	for (size_t n = 0; n < events->count; n++)
		event_why(&events->event[n], "PAPI: %s", why);
}

void papi_open(struct events *events, pid_t process)
{
	const char *why = papi_begin();
	int added = 0, error;

	if (why) {
		events_refuse(events, why);
		return;
	}
	error = set_open(&events->set, process);
	if (error != PAPI_OK) {
		events_refuse(events, PAPI_strerror(error));
		return;
	}
	for (size_t n = 0; n < events->count; n++) {
		struct event *event = &events->event[n];

		error = PAPI_add_named_event(events->set, event->name);
		if (error != PAPI_OK) {
			event_why(event, "PAPI: %s", PAPI_strerror(error));
			continue;
		}
		event->by = BY_PAPI;
		event->slot = added++;
	}
}

static bool any_counted(const struct events *events)
{
	for (size_t n = 0; n < events->count; n++)
		if (events->event[n].by == BY_PAPI)
			return true;
	return false;
}

void papi_start(struct events *events)
{
	int error;

	if (!any_counted(events))
		return;
	error = PAPI_start(events->set);
	events->running = error == PAPI_OK;
	for (size_t n = 0; n < events->count && !events->running; n++) {
		if (events->event[n].by != BY_PAPI)
			continue;
		events->event[n].by = NOBODY;
		event_why(&events->event[n], "PAPI: %s", PAPI_strerror(error));
	}
}

void papi_stop(struct events *events)
{
	long long values[EVENTS_MAX] = { 0 };
	int error;

	if (!events->running)
		return;
	error = PAPI_stop(events->set, values);
	for (size_t n = 0; n < events->count; n++) {
		struct event *event = &events->event[n];

		if (event->by != BY_PAPI)
			continue;
		if (error == PAPI_OK) {
			event->value = (uint64_t)values[event->slot];
			continue;
		}
		event->by = NOBODY;
		event_why(event, "PAPI: %s", PAPI_strerror(error));
	}
}
