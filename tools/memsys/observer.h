/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The observer: bytes that each CPU read from and wrote to DDR, per window of
 * its own model time, as CSV. It counts transfers one by one as they happen
 * and shares nothing with the counters in the memory-system page.
 *
 * Heading and lines: run,cpu,start_cycles,read_bytes,written_bytes. A window in which
 * a CPU moved nothing has no line. Lines of one CPU are in order of time;
 * those of different CPUs interleave. `run` counts the starts of the model.
 */
#ifndef MEMSYS_OBSERVER_H
#define MEMSYS_OBSERVER_H

#include "memsys.h"

struct observer;

/* Creates the file. NULL with errno ENOMEM or why it could not be opened. */
struct observer *observer_create(const char *path,
				 uint64_t line_bytes, uint64_t window_cycles,
				 unsigned int num_cpus);

/* A memsys_observe; context is the observer. */
void observer_record(void *context, const struct memsys_transfer *transfer);

/* Writes the windows begun so far; what follows belongs to the next run. */
void observer_end_run(struct observer *observer);

/* Ends the run and closes the file. 0, or -EIO if anything was not written. */
int observer_close(struct observer *observer);

#endif
