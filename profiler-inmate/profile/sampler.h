/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The sampler: from counters to the ring of abi/profile.h. Pure but for the
 * counters it is given; the caller brings the time, in cycles of one clock.
 *
 * The reader may write anything into the ring at any time: what the sampler
 * needs later it keeps here.
 */
#ifndef SAMPLER_H
#define SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/profile.h"

/* Counters since some moment, never going back. */
struct sampler_reading {
	uint64_t cycles;	/* the source's own clock, or the sampler's */
	uint64_t read_bytes;
	uint64_t written_bytes;
	uint64_t busy_cycles;
};

struct sampler_source {
	char name[PROFILE_NAME_BYTES];
	enum profile_kind kind;
	uint32_t id;
	uint32_t flags;
	bool narrow;		/* its counters turn over: followed between samples */
	unsigned int counter;	/* for the source's own use */
	const volatile void *registers;
	void (*read)(const struct sampler_source *source,
		     struct sampler_reading *reading);
};

/* A hypercall. */
typedef long sampler_call(uint64_t number, uint64_t arg1, uint64_t arg2);

struct sampler {
	struct profile_ring *ring;
	uint64_t ring_bytes;
	uint64_t clock_hz;
	struct sampler_source sources[PROFILE_MAX_SOURCES];
	unsigned int sources_count;
	void (*fetch)(void);	/* once before sources are read; or NULL */

	/* the session */
	uint32_t session;
	bool running;
	bool stopping;
	unsigned int chosen[PROFILE_MAX_SOURCES];
	struct sampler_reading told[PROFILE_MAX_SOURCES]; /* in records */
	unsigned int chosen_count;
	uint32_t record_bytes;
	uint32_t records_count;
	uint64_t interval_cycles;
	uint64_t start_cycles;
	uint64_t sequence;	/* the next point of the grid */
	uint64_t produced, overruns, skipped;
	uint64_t followed_cycles;	/* when narrow sources were last read */
};

/* Fills the fixed part of the ring; `sources` and the clock are set before. */
void sampler_init(struct sampler *sampler, struct profile_ring *ring,
		  uint64_t ring_bytes);
/* Looks for a request and takes it. */
void sampler_poll(struct sampler *sampler, uint64_t now_cycles);
/* When the next sample is due; UINT64_MAX while there is no session. */
uint64_t sampler_due_cycles(const struct sampler *sampler);
/*
 * To be called again and again: reads what would turn over between samples, ten
 * times a second. A port of 19.2 GB/s turns over 32 bits in 0.22 s.
 */
void sampler_follow(struct sampler *sampler, uint64_t now_cycles);
/* Takes the sample that is due at `now_cycles`. */
void sampler_sample(struct sampler *sampler, uint64_t now_cycles);

/* Names a source, as in "cpu12": `word` and a number below 100. */
void sampler_name(struct sampler_source *source, const char *word,
		  unsigned int n);

/* memsys.c: a source for each CPU of the memory-system page. */
struct memsys_page;
void sampler_add_memsys(struct sampler *sampler,
			const volatile struct memsys_page *page);

/*
 * The next ones set their counters up; 0, or -1 when there are no such counters
 * or no room for so many sources. They are reset, and count all masters.
 *
 * mmdc.c: one controller, 0 or 1.
 */
int sampler_add_mmdc(struct sampler *sampler, volatile void *registers,
		     unsigned int controller);
/*
 * hypervisor.c: what it counts of each CPU, and of the memory controllers. -1 also
 * when it does not let this cell, or has nothing that counts.
 */
int sampler_add_cpus(struct sampler *sampler, sampler_call *hypercall);
int sampler_add_controllers(struct sampler *sampler, sampler_call *hypercall);
/* apm.c: up to five of its eight ports, a mask; a source for each. */
int sampler_add_apm(struct sampler *sampler, volatile void *registers,
		    uint32_t ports);

#endif
