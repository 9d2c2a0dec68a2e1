/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The statistics pages: what regulation does on each CPU, read without a call.
 *
 * The hypervisor shows the root cell one page per CPU, read-only and live: the
 * counters are those it works with itself. mmap() of /dev/weir at offset 0 gives
 * them in the order of the CPUs (abi/driver.h); the first one says how many
 * there are.
 *
 * A consistent snapshot. Only the CPU itself writes its page. While it changes
 * values that belong together, `sequence` is odd. So: read `sequence` (acquire);
 * when it is odd, start again; copy the page; fence (acquire); read `sequence`
 * again; when it is another one, start again. What is marked `live` below grows
 * at any time, each value by a single store of 64 bits, so that the short ways
 * of ticks and overflows need no more instructions for it: it is whole and
 * never goes back, but may be newer than the rest of the snapshot.
 *
 * Counters are those at the last look at them; the page of a CPU that nothing
 * regulates and whose clock is not the model's stays as it is.
 */
#ifndef ABI_STATISTICS_H
#define ABI_STATISTICS_H

#include "regulation.h"
#include "types.h"

#define STATISTICS_MAGIC		"WEIRSTA"
#define STATISTICS_REVISION		2
#define STATISTICS_PAGE_BYTES		4096
#define STATISTICS_NO_CELL		UINT32_MAX

struct statistics_head {
	char magic[8];			/* NUL terminated */
	uint32_t revision;
	uint32_t cpus_max;		/* pages there are */
	uint32_t cpu;			/* logical number */
	uint32_t sequence;		/* odd: being changed */
	uint32_t cell_id;		/* or STATISTICS_NO_CELL */
	uint32_t line_bytes;		/* 0: no counter source */
	uint64_t clock_hz;		/* of the architected counter; 0: model time */
	uint64_t seen_ns;		/* hypervisor clock, when it was last here */
	uint64_t seen_read_lines;	/* as of then; what has been counted ... */
	uint64_t seen_written_lines;	/* ... since may be more, see below */
	uint64_t stall_since_ns;	/* while stats.stalled is 1 */
	uint64_t held_since_ns;		/* by stats.held_by, while it names one */
	uint64_t tick_ns;		/* spent in ticks with more to do; live */
	uint64_t ticks;			/* these; short ones are not timed; live */
	uint64_t generation;		/* of the cell's setting, last accepted */
	struct reg_settings effective;	/* in force on this CPU */
};
ABI_OFFSET(struct statistics_head, effective, 104);

/* The source's own: lines since it was started are live. */
struct statistics_counter {
	uint64_t read_lines;
	uint64_t write_lines;
	uint64_t own[4];
};
ABI_SIZE(struct statistics_counter, 48);

/*
 * Lines read until now are the greater of head.seen_read_lines and
 * stats.read_lines + counter.read_lines; lines written likewise. Stall time is
 * stats.stall_ns and, when stalled, what has passed since head.stall_since_ns;
 * time held by whom stats.held_by names likewise, since head.held_since_ns.
 * stats.periods, stats.overflows, stats.lent_lines and stats.borrowed_lines are
 * live.
 */
struct statistics_page {
	struct statistics_head head;
	struct statistics_counter counter;
	struct reg_cpu_stats stats;
};

#endif
