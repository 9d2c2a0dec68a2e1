/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pmu-count EVENT PERIOD: counts a raw PMU event of this process and the
 * overflows it is told of, one every PERIOD events. Prints both numbers.
 */
#include <fcntl.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOOPS		1000000
#define REFRESHES	1000000

static volatile sig_atomic_t overflows;

static void on_overflow(int signal_number)
{
	(void)signal_number;
	overflows = overflows + 1;
}

static int event_open(uint64_t event, uint64_t period)
{
	struct perf_event_attr attributes = {
		.size = sizeof(attributes),
		.type = PERF_TYPE_RAW,
		.config = event,
		.sample_period = period,
		.wakeup_events = 1,
		.disabled = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0);
}

int main(int argc, char **argv)
{
	uint64_t count = 0;
	int fd;

	if (argc != 3)
		return 2;
	fd = event_open(strtoull(argv[1], NULL, 0), strtoull(argv[2], NULL, 0));
	if (fd < 0) {
		perror("perf_event_open");
		return 1;
	}
	signal(SIGIO, on_overflow);
	if (fcntl(fd, F_SETFL, O_ASYNC) || fcntl(fd, F_SETOWN, getpid()))
		return 1;
	/* Enables, and disables after so many overflows. */
	ioctl(fd, PERF_EVENT_IOC_REFRESH, REFRESHES);
	for (volatile int i = 0; i < LOOPS; i++)
		;
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	if (read(fd, &count, sizeof(count)) != sizeof(count))
		return 1;
	printf("%llu %d\n", (unsigned long long)count, (int)overflows);
	return 0;
}
