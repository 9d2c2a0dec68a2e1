/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The observer's record: bytes each CPU moved to and from DDR, per window of
 * model time. Written by the memory-system plugin (observer=FILE), which does
 * not know what the hypervisor counts.
 */
#ifndef REPORT_OBSERVER_H
#define REPORT_OBSERVER_H

#include <stddef.h>
#include <stdint.h>

#define OBSERVER_MAX_CPUS	16

struct observer {
	uint64_t window_cycles;
	uint64_t windows_count;
	/* bytes[window * OBSERVER_MAX_CPUS + cpu], reads and writes together */
	uint64_t *bytes;
};

/*
 * Reads the CSV: a heading that names window, cpu, start_cycles, read_bytes and
 * written_bytes, in any order, then one record per CPU and window in which
 * that CPU moved anything. 0 or negative errno; -EINVAL with the line in *line.
 */
int observer_read(struct observer *observer, const char *path,
		  uint64_t window_cycles, size_t *line);
void observer_free(struct observer *observer);

/* Bytes of the CPUs in `cpus` (bit n: CPU n) in one window. */
uint64_t observer_window(const struct observer *observer, uint64_t cpus,
			 uint64_t window);
/* Bytes in all windows that lie wholly within [from, to) cycles; *cycles is
 * the time they cover. */
uint64_t observer_sum(const struct observer *observer, uint64_t cpus,
		      uint64_t from_cycles, uint64_t to_cycles, uint64_t *cycles);
/* Most bytes in `span_cycles` of consecutive windows within [from, to). */
uint64_t observer_worst(const struct observer *observer, uint64_t cpus,
			uint64_t from_cycles, uint64_t to_cycles,
			uint64_t span_cycles);

#endif
