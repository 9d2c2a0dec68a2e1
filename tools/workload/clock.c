/* SPDX-License-Identifier: GPL-2.0-only */
/* Time for programs that load memory. */
#include "clock.h"

#include <time.h>

#include "process.h"
#include "tools/libreg/reg.h"

void process_clock_open(struct process_clock *clock, const char *program,
			bool weir)
{
	const struct reg_options defaults = { 0 };

	*clock = (struct process_clock){ .program = program };
	if (weir && reg_open(&clock->weir, &defaults)) {
		fprintf(stderr, "%s: out of memory\n", program);
		exit(PROCESS_FAILED);
	}
}

void process_clock_close(struct process_clock *clock)
{
	reg_close(clock->weir);
}

uint64_t process_clock_ns(const struct process_clock *clock)
{
	const struct weir_cell_id root = { .id = 0 };
	struct reg_status status;
	struct timespec now;

	if (!clock->weir) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		return (uint64_t)now.tv_sec * CLOCK_NS_PER_S +
		       (uint64_t)now.tv_nsec;
	}
	if (reg_get(clock->weir, &root, &status)) {
		fprintf(stderr, "%s: %s\n", clock->program,
			reg_last_error(clock->weir)->text);
		exit(PROCESS_FAILED);
	}
	return status.now_ns;
}
