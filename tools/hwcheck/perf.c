// SPDX-License-Identifier: GPL-2.0-only
/* Does a counter count? Asked through the kernel. */
#include "internal.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TEST_TURNS	100000u

static const struct hw_subject counts = {
	.area = "counters",
	.key = "self-test",
	.purpose = "event counters that count, for budgets",
	.advice = "load the PMU's driver, or see whether a hypervisor below keeps the counters",
};

int64_t hw_perf_instructions(uint64_t turns)
{
	struct perf_event_attr wanted = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(wanted),
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.disabled = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	int64_t events = 0;
	int64_t result;
	int event = (int)syscall(SYS_perf_event_open, &wanted, 0, -1, -1, 0);

	if (event < 0)
		return -errno;
	ioctl(event, PERF_EVENT_IOC_ENABLE, 0);
	for (uint64_t n = 0; n < turns; n++)
		__asm__ volatile("" ::: "memory");
	ioctl(event, PERF_EVENT_IOC_DISABLE, 0);
	result = read(event, &events, sizeof(events)) == sizeof(events) ?
			 events : -EIO;
	close(event);
	return result;
}

void hw_perf_check(const struct hw_machine *machine, struct hw_report *report)
{
	int64_t events;

	if (machine->root[0] != '\0') {
		hw_add(report, &counts, HW_UNKNOWN,
		       "only the machine itself can tell");
		return;
	}
	events = hw_perf_instructions(TEST_TURNS);
	if (events >= (int64_t)TEST_TURNS)
		hw_add(report, &counts, HW_OK, "%lld instructions of %u turns",
		       (long long)events, TEST_TURNS);
	else if (events >= 0)
		hw_add(report, &counts, HW_MISSING,
		       "%lld instructions counted in %u turns",
		       (long long)events, TEST_TURNS);
	else if (events == -EACCES || events == -EPERM)
		hw_add(report, &counts, HW_UNKNOWN,
		       "perf is not allowed: become root");
	else
		hw_add(report, &counts, HW_MISSING, "perf: %s",
		       strerror((int)-events));
}
