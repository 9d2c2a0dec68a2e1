/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock that a process goes by: Linux's monotonic one, or the hypervisor's. */
#ifndef WORKLOAD_CLOCK_H
#define WORKLOAD_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_NS_PER_S	1000000000ull

struct reg_device;

struct process_clock {
	const char *program;	/* for the complaint */
	struct reg_device *weir; /* NULL: the clock is Linux's */
};

/* Ends the process when it runs out of memory. */
void process_clock_open(struct process_clock *clock, const char *program,
			bool weir);
void process_clock_close(struct process_clock *clock);

/* Ends the process when there is no hypervisor to ask. */
uint64_t process_clock_ns(const struct process_clock *clock);

#endif
