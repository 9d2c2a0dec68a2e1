// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86: event counters, shares of caches, bandwidth and clock, the last-level
 * cache. Leaves 4, 6, 7, 0xA and 0x10: Intel SDM, volume 2A, CPUID; AMD's
 * 0x8000001D: APM volume 3, appendix E.
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

#define LEAF_CACHES		0x04u
#define LEAF_THERMAL		0x06u
#define LEAF_EXTENDED		0x07u
#define LEAF_PMU		0x0au
#define LEAF_ALLOCATION		0x10u
#define LEAF_AMD_CACHES		0x8000001du

#define FEATURES_EDX_ACPI	(1u << 22)
#define THERMAL_EAX_FINE	(1u << 5)
#define EXTENDED_EBX_ALLOCATION	(1u << 15)
#define ALLOCATION_ECX_SPLIT	(1u << 2)
#define ALLOCATION_ECX_SPARSE	(1u << 3)
#define DELAY_ECX_LINEAR	(1u << 2)

#define RESOURCE_L3		1u
#define RESOURCE_L2		2u
#define RESOURCE_DELAY		3u

#define PMU_VERSION_LEAST	2u
#define PMU_EVENT_LLC_MISSES	4u

#define CACHE_INSTRUCTIONS	2u
#define CACHE_EDX_HASHED	(1u << 2)
#define CACHES_MAX		8u
#define LEVEL_SLICED		3u

#define WATCHDOG		"/proc/sys/kernel/nmi_watchdog"

static const struct hw_subject perfmon = {
	"counters", "perfmon", "budgets counted and interrupted by the PMU",
	"bandwidth cannot be limited by counters: use shares", false,
}, misses = {
	"counters", "llc-misses", "an event that counts lines from memory",
	"name another event: regctl events", false,
}, watchdog = {
	"counters", "nmi-watchdog-off", "Linux's watchdog takes a counter",
	"echo 0 >" WATCHDOG " before regctl enable", false,
};

static const struct hw_subject l3 = {
	"shares", "cat-l3", "ways of the L3 cache for each cell",
	"color memory instead, where the cache is not hashed", false,
}, l3_split = {
	"shares", "cdp-l3", "other ways for code than for data", "none is needed", false,
}, l2 = {
	"shares", "cat-l2", "ways of the L2 cache for each cell",
	"none is needed where no two cells share an L2", false,
}, l2_split = {
	"shares", "cdp-l2", "other ways for code than for data", "none is needed", false,
}, delay = {
	"shares", "mba", "bandwidth held back between L2 and L3",
	"limit bandwidth by budgets", false,
}, clocks = {
	"shares", "clock-modulation", "a part of the time for a CPU's clock",
	"regctl set CELL --duty holds CPUs back as well", false,
};

static void pmu_check(const struct hw_machine *machine,
		      struct hw_report *report)
{
	struct hw_cpuid regs;
	unsigned int version, events;

	if (!hw_cpuid(machine, LEAF_PMU, 0, &regs)) {
		hw_add(report, &perfmon, HW_UNKNOWN, "CPUID cannot be read");
		hw_add(report, &misses, HW_UNKNOWN, "CPUID cannot be read");
		return;
	}
	version = regs.eax & 0xff;
	events = regs.eax >> 24;
	hw_add(report, &perfmon,
	       version >= PMU_VERSION_LEAST ? HW_OK : HW_MISSING,
	       version ? "version %u, %u counters of %u bits, %u fixed" :
			 "no architectural counters",
	       version, regs.eax >> 8 & 0xff, regs.eax >> 16 & 0xff,
	       version >= PMU_VERSION_LEAST ? regs.edx & 0x1f : 0);
	if (version && events > PMU_EVENT_LLC_MISSES &&
	    !(regs.ebx & 1u << PMU_EVENT_LLC_MISSES))
		hw_add(report, &misses, HW_OK, "event 0x412e");
	else
		hw_add(report, &misses, HW_MISSING, "CPUID denies the event");
}

static void watchdog_check(const struct hw_machine *machine,
			   struct hw_report *report)
{
	uint64_t on;

	if (!hw_number(machine, WATCHDOG, &on))
		hw_add(report, &watchdog, HW_UNKNOWN, "%s cannot be read",
		       WATCHDOG);
	else
		hw_add(report, &watchdog, on ? HW_MISSING : HW_OK, "it is %s",
		       on ? "on" : "off");
}

static bool is_announced(const struct hw_machine *machine,
			 unsigned int resource)
{
	struct hw_cpuid regs;

	return hw_cpuid(machine, LEAF_EXTENDED, 0, &regs) &&
	       (regs.ebx & EXTENDED_EBX_ALLOCATION) &&
	       hw_cpuid(machine, LEAF_ALLOCATION, 0, &regs) &&
	       (regs.ebx & 1u << resource);
}

/* SDM: EAX 4:0 ways less one, EBX those of devices, EDX 15:0 last class. */
static void ways_check(const struct hw_machine *machine,
		       struct hw_report *report, unsigned int resource,
		       const struct hw_subject *subject,
		       const struct hw_subject *split)
{
	struct hw_cpuid regs;
	char devices[48] = "";

	if (!is_announced(machine, resource)) {
		hw_add(report, subject, HW_MISSING, "CPUID announces none");
		hw_add(report, split, HW_MISSING, "CPUID announces none");
		return;
	}
	hw_cpuid(machine, LEAF_ALLOCATION, resource, &regs);
	if (regs.ebx)
		snprintf(devices, sizeof(devices), ", 0x%x shared with devices",
			 regs.ebx);
	hw_add(report, subject, HW_OK, "%u ways, %u classes%s%s",
	       (regs.eax & 0x1f) + 1, (regs.edx & 0xffff) + 1,
	       regs.ecx & ALLOCATION_ECX_SPARSE ? "" : ", adjacent ways only",
	       devices);
	hw_add(report, split,
	       regs.ecx & ALLOCATION_ECX_SPLIT ? HW_OK : HW_MISSING, "%s",
	       regs.ecx & ALLOCATION_ECX_SPLIT ? "by CPUID" :
						 "CPUID denies it");
}

static void delay_check(const struct hw_machine *machine,
			struct hw_report *report)
{
	struct hw_cpuid regs;

	if (!is_announced(machine, RESOURCE_DELAY)) {
		hw_add(report, &delay, HW_MISSING, "CPUID announces none");
		return;
	}
	hw_cpuid(machine, LEAF_ALLOCATION, RESOURCE_DELAY, &regs);
	hw_add(report, &delay, HW_OK, "delays to %u%%, %u classes, %s",
	       (regs.eax & 0xfff) + 1, (regs.edx & 0xffff) + 1,
	       regs.ecx & DELAY_ECX_LINEAR ? "linear" : "not linear");
}

static void clock_check(const struct hw_machine *machine,
			struct hw_report *report)
{
	struct hw_cpuid regs;

	hw_cpuid(machine, 1, 0, &regs);
	if (!(regs.edx & FEATURES_EDX_ACPI)) {
		hw_add(report, &clocks, HW_MISSING, "CPUID announces none");
		return;
	}
	hw_cpuid(machine, LEAF_THERMAL, 0, &regs);
	hw_add(report, &clocks, HW_OK, "steps of 1/%u",
	       regs.eax & THERMAL_EAX_FINE ? 16u : 8u);
}

/*
 * The last of the caches that CPUID lists. EAX 4:0 type, 7:5 level; EBX 11:0
 * line, 21:12 partitions, 31:22 ways; ECX sets; all less one.
 */
static bool cpuid_cache(const struct hw_machine *machine, uint32_t leaf,
			unsigned int *level, struct color_cache *cache,
			bool *is_hashed)
{
	struct hw_cpuid regs;

	*level = 0;
	for (unsigned int n = 0; n < CACHES_MAX; n++) {
		if (!hw_cpuid(machine, leaf, n, &regs) || !(regs.eax & 0x1f))
			break;
		if ((regs.eax & 0x1f) == CACHE_INSTRUCTIONS ||
		    (regs.eax >> 5 & 7) <= *level)
			continue;
		*level = regs.eax >> 5 & 7;
		*is_hashed = regs.edx & CACHE_EDX_HASHED;
		*cache = (struct color_cache){
			.sets = regs.ecx + 1,
			.ways = (regs.ebx >> 22) + 1,
			.line_bytes = (regs.ebx & 0xfff) + 1,
		};
	}
	return *level != 0;
}

static void cache_check(const struct hw_machine *machine,
			struct hw_report *report)
{
	struct color_cache cache;
	unsigned int level;
	bool is_hashed = false;

	if (cpuid_cache(machine, LEAF_CACHES, &level, &cache, &is_hashed)) {
		hw_cache_add(report, level, &cache, is_hashed);
	} else if (cpuid_cache(machine, LEAF_AMD_CACHES, &level, &cache,
			       &is_hashed)) {
		/* How AMD chooses the slice of an L3 is not published. */
		hw_cache_add(report, level, &cache, level == LEVEL_SLICED);
	} else if (hw_sysfs_cache(machine, &level, &cache)) {
		hw_cache_add(report, level, &cache, level == LEVEL_SLICED);
	} else {
		hw_cache_add(report, 0, NULL, false);
	}
}

/* The root cell does not see what Weir shares out. */
static void shares_check(const struct hw_machine *machine,
			 struct hw_report *report)
{
	static const struct hw_subject *const subjects[] = {
		&l3, &l3_split, &l2, &l2_split, &delay, &clocks,
	};
	struct hw_cpuid regs;
	const char *why = NULL;

	if (machine->weir_runs)
		why = "Weir hides it: regctl shares --machine";
	else if (!hw_cpuid(machine, 1, 0, &regs))
		why = "CPUID cannot be read";
	for (size_t n = 0; why && n < ARRAY_COUNT(subjects); n++)
		hw_add(report, subjects[n], HW_UNKNOWN, "%s", why);
	if (why)
		return;
	ways_check(machine, report, RESOURCE_L3, &l3, &l3_split);
	ways_check(machine, report, RESOURCE_L2, &l2, &l2_split);
	delay_check(machine, report);
	clock_check(machine, report);
}

void hw_x86_shares_check(const struct hw_machine *machine,
			 struct hw_report *report)
{
	pmu_check(machine, report);
	watchdog_check(machine, report);
	shares_check(machine, report);
	cache_check(machine, report);
}
