// SPDX-License-Identifier: GPL-2.0-only
/* PMUs and events of libpfm4, and PMUv3 beside them. */
#include <errno.h>
#include <perfmon/pfmlib.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"

#define PMUV3		"pmuv3"
#define IMC_PART	"_unc_imc"

static bool info_of(pfm_pmu_t number, pfm_pmu_info_t *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	/* Those of the operating system have no registers. */
	return pfm_get_pmu_info(number, info) == PFM_SUCCESS && info->name &&
	       info->type != PFM_PMU_TYPE_OS_GENERIC;
}

bool events_open(void)
{
	/* Else it knows the PMU of this machine only. */
	setenv("LIBPFM_ENCODE_INACTIVE", "1", 1);
	return pfm_initialize() == PFM_SUCCESS;
}

static void pmuv3_fill(struct pmu *pmu)
{
	*pmu = (struct pmu){
		.name = PMUV3,
		.description = "Arm PMUv3, common events",
		.is_core = true,
	};
	while (pmuv3_event(pmu->events_count))
		pmu->events_count++;
}

bool pmu_get(unsigned int n, struct pmu *pmu)
{
	pfm_pmu_info_t info;
	pfm_pmu_t number;

	if (n == 0) {
		pmuv3_fill(pmu);
		return true;
	}
	pfm_for_all_pmus(number) {
		if (!info_of(number, &info) || --n != 0)
			continue;
		snprintf(pmu->name, sizeof(pmu->name), "%s", info.name);
		snprintf(pmu->description, sizeof(pmu->description), "%s",
			 info.desc);
		pmu->events_count = (unsigned int)info.nevents;
		pmu->is_core = info.type == PFM_PMU_TYPE_CORE;
		pmu->is_present = info.is_present;
		return true;
	}
	return false;
}

static bool info_find(const char *name, pfm_pmu_info_t *info)
{
	pfm_pmu_t number;

	pfm_for_all_pmus(number)
		if (info_of(number, info) && strcmp(info->name, name) == 0)
			return true;
	return false;
}

static int pmu_refuse(const char *name, char why[EVENT_WHY_BYTES])
{
	struct nearest nearest = { .wanted = name };
	char near_by[EVENT_WHY_BYTES / 2];
	struct pmu pmu;

	for (unsigned int n = 0; pmu_get(n, &pmu); n++)
		nearest_see(&nearest, pmu.name);
	nearest_print(&nearest, near_by, sizeof(near_by));
	snprintf(why, EVENT_WHY_BYTES, "there is no PMU %.40s%s", name, near_by);
	return -ENOENT;
}

typedef int (*event_take)(void *context, const char *name,
			  const char *description);

/* The event and each of its umasks, one after the other. */
static int umasks_take(const pfm_event_info_t *event, event_take take,
		       void *context)
{
	char name[EVENT_NAME_BYTES];
	unsigned int umasks = 0;
	int result = 0;
	int n;

	pfm_for_each_event_attr(n, event) {
		pfm_event_attr_info_t umask = { .size = sizeof(umask) };

		if (pfm_get_event_attr_info(event->idx, n, PFM_OS_NONE,
					    &umask) != PFM_SUCCESS ||
		    umask.type != PFM_ATTR_UMASK)
			continue;
		umasks++;
		snprintf(name, sizeof(name), "%s:%s", event->name, umask.name);
		result = take(context, name, umask.desc ? umask.desc : "");
		if (result < 0)
			return result;
	}
	return umasks ? result : take(context, event->name,
				      event->desc ? event->desc : "");
}

static int pmuv3_events(event_take take, void *context)
{
	const struct pmuv3_event *event;
	int result = 0;

	for (unsigned int n = 0; result >= 0 && (event = pmuv3_event(n)); n++)
		result = take(context, event->name, event->description);
	return result < 0 ? result : 0;
}

int pmu_events(const char *pmu, event_take take, void *context,
	       char why[EVENT_WHY_BYTES])
{
	pfm_pmu_info_t info;
	int result = 0;

	if (strcmp(pmu, PMUV3) == 0)
		return pmuv3_events(take, context);
	if (!info_find(pmu, &info))
		return pmu_refuse(pmu, why);
	for (int n = info.first_event; n != -1 && result >= 0;
	     n = pfm_get_event_next(n)) {
		pfm_event_info_t event = { .size = sizeof(event) };

		if (pfm_get_event_info(n, PFM_OS_NONE, &event) == PFM_SUCCESS)
			result = umasks_take(&event, take, context);
	}
	return result < 0 ? result : 0;
}

static int see(void *context, const char *name, const char *description)
{
	(void)description;
	nearest_see(context, name);
	return 0;
}

static int event_refuse(const char *pmu, const char *name, int error,
			char why[EVENT_WHY_BYTES])
{
	struct nearest nearest = { .wanted = name };
	char near_by[EVENT_WHY_BYTES / 2];
	char nothing[EVENT_WHY_BYTES];

	pmu_events(pmu, see, &nearest, nothing);
	nearest_print(&nearest, near_by, sizeof(near_by));
	snprintf(why, EVENT_WHY_BYTES, "%.60s of %.20s: %s%s", name, pmu,
		 pfm_strerror(error), near_by);
	return -EINVAL;
}

static int pmuv3_find(const char *name, struct event *event,
		      char why[EVENT_WHY_BYTES])
{
	const struct pmuv3_event *known;

	for (unsigned int n = 0; (known = pmuv3_event(n)); n++) {
		if (name_distance(known->name, name) != 0)
			continue;
		event->codes[0] = known->number;
		event->codes_count = 1;
		event->is_core = true;
		event->source = COUNTER_PMUV3;
		snprintf(event->full, sizeof(event->full), PMUV3 "::%s",
			 known->name);
		return 0;
	}
	return event_refuse(PMUV3, name, PFM_ERR_NOTFOUND, why);
}

/* Who counts it: cores of Arm and of x86 by their sources, IMCs by theirs. */
static uint16_t source_of(const pfm_pmu_info_t *info)
{
	if (info->type != PFM_PMU_TYPE_CORE)
		return strstr(info->name, IMC_PART) ? COUNTER_INTEL_IMC : 0;
	return strncmp(info->name, "arm_", 4) == 0 ? COUNTER_PMUV3 :
						     COUNTER_X86_PMU;
}

static int pfm_find(const char *name, struct event *event,
		    char why[EVENT_WHY_BYTES])
{
	char *full = NULL;
	pfm_pmu_encode_arg_t codes = { .size = sizeof(codes), .fstr = &full };
	pfm_pmu_info_t info;
	int error;

	if (!info_find(event->pmu, &info)) {
		pmu_refuse(event->pmu, why);
		return -EINVAL;
	}
	event->is_core = info.type == PFM_PMU_TYPE_CORE;
	event->source = source_of(&info);
	error = pfm_get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3,
					  PFM_OS_NONE, &codes);
	if (error != PFM_SUCCESS)
		return event_refuse(event->pmu, event->name, error, why);
	for (int n = 0; n < codes.count && n < EVENT_CODES_MAX; n++)
		event->codes[event->codes_count++] = codes.codes[n];
	snprintf(event->full, sizeof(event->full), "%s", full ? full : name);
	free(codes.codes);
	free(full);
	return 0;
}

static int number_find(const char *name, struct event *event,
		       char why[EVENT_WHY_BYTES])
{
	char *end;

	errno = 0;
	event->codes[0] = strtoull(name, &end, 16);
	event->codes_count = 1;
	event->is_core = true;
	snprintf(event->full, sizeof(event->full), "%s", name);
	if (!errno && *end == '\0' && end > name + 2)
		return 0;
	snprintf(why, EVENT_WHY_BYTES, "%.60s: no hexadecimal number", name);
	return -EINVAL;
}

int event_find(const char *name, struct event *event, char why[EVENT_WHY_BYTES])
{
	const char *colons = strstr(name, "::");

	memset(event, 0, sizeof(*event));
	snprintf(event->name, sizeof(event->name), "%s",
		 colons ? colons + 2 : name);
	if (strncmp(name, "0x", 2) == 0)
		return number_find(name, event, why);
	if (!colons || colons == name || colons[2] == '\0') {
		snprintf(why, EVENT_WHY_BYTES,
			 "%.60s: write PMU::EVENT or a number as 0x412e", name);
		return -EINVAL;
	}
	snprintf(event->pmu, sizeof(event->pmu), "%.*s", (int)(colons - name),
		 name);
	if (strcmp(event->pmu, PMUV3) == 0)
		return pmuv3_find(event->name, event, why);
	return pfm_find(name, event, why);
}
