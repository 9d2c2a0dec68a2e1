/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model's state, shared by its source files.
 *
 * Times whose name ends in _q8 have 8 fraction bits (1/256 cycle). The copies
 * in the page are written, never read back: whatever a guest does to the page
 * cannot disturb the model.
 */
#ifndef MEMSYS_INTERNAL_H
#define MEMSYS_INTERNAL_H

#include "lru.h"
#include "memsys.h"

#define Q8 8

/* A fill, the dirty line it evicts, and one more to make room for a dirty line
 * from the L1. */
#define MEMSYS_LINES_PER_REQUEST 3u

/* Epochs that a CPU may lead the slowest one and still be accounted exactly. */
#define HORIZON_EPOCHS 128u

/* A run of misses on neighbouring lines. */
struct stream {
	uint64_t last_line;
	int direction;		/* +1, -1; 0: one miss so far */
	uint64_t used;		/* the tick of its last miss */
};

/* What a CPU asked of DDR in one epoch of its own time. */
struct demand {
	uint64_t lines;		/* fills and write-backs */
	uint64_t single;	/* requests that paid the whole delay */
	uint64_t overlapped;	/* requests that paid delay / overlap */
	uint64_t queue_q8;	/* delay they paid in total */
};

/* Lines that one access moves. */
struct moved {
	uint64_t lines[MEMSYS_LINES_PER_REQUEST];
	unsigned int count;
};

struct banks;

struct core {
	/* Touched by every access. */
	struct lru l1;
	struct memsys_cpu *regs;
	bool excluded;		/* uncharged or held: neither time nor cache */
	uint32_t control;
	enum memsys_cpu_state state;
	uint64_t loads;
	uint64_t stores;
	/* Clock. */
	uint64_t clock_q8;
	uint64_t instructions;
	uint64_t stall_q8;
	uint64_t hold_until_cycles;
	/* Misses. */
	uint64_t way_mask;	/* in force: never 0 */
	uint64_t way_request;	/* as asked for */
	uint64_t fills;
	uint64_t writebacks;
	uint64_t stream_tick;
	struct stream streams[MEMSYS_MAX_STREAMS];
	uint64_t epoch;		/* that clock_q8 is in, within the horizon */
	uint64_t epoch_end_q8;
	struct demand demand[HORIZON_EPOCHS]; /* by epoch % HORIZON_EPOCHS */
};

struct memsys {
	struct memsys_config config;
	unsigned int num_cpus;
	unsigned int line_shift;
	uint64_t all_ways;
	uint64_t cpi_q8;
	uint64_t hit_q8[2];	/* stall of an LLC hit; [1] in a stream */
	uint64_t miss_q8[2];	/* stall of an LLC miss on an idle DDR */
	uint64_t epoch_q8;

	uint64_t now_q8;
	unsigned int slowest;	/* the CPU that now_q8 is the clock of */
	uint64_t rival_q8;	/* no other busy CPU's clock is below this */
	bool stale;		/* a CPU went idle: now_q8 may have to move */

	/* Contention: see contention.c. */
	uint64_t epoch;		/* the oldest one that is still open */
	uint64_t epoch_end_q8;
	uint64_t delay_q8;	/* per request, in force */
	uint64_t delay_by_kind_q8[2]; /* single, overlapped */
	uint64_t max_delay_q8;
	uint64_t sustained_lines_q8; /* that DDR serves per epoch */
	uint64_t peak_lines;	/* that it can move per epoch at all */
	int64_t backlog_q8;	/* lines served too early; below 0: see there */
	uint64_t beyond_horizon;
	uint64_t epoch_lines[HORIZON_EPOCHS]; /* all CPUs */
	struct banks *banks;	/* NULL: not limited one by one */

	memsys_observe observe;
	void *observe_context;
	struct memsys_page *page;
	struct cache llc;
	struct memsys_page own_page; /* published to while none is attached */
	struct core cores[];	/* num_cpus */
};

/* contention.c */
void contention_init(struct memsys *m);
void contention_reset(struct memsys *m);
/*
 * Takes on one access that moves a line at least.
 * May move the core's clock to an epoch in which the pins have room, and
 * returns the queueing delay the access pays.
 */
uint64_t contention_request_q8(struct memsys *m, struct core *core,
			       const struct moved *moved, bool overlapped);
/* Closes every epoch that ended before now_q8. */
void contention_advance(struct memsys *m);

/* contention-banks.c: a delay of each bank, beside that of all DDR. */
/* 0, or -ENOMEM; leaves m->banks NULL when they are not limited. */
int banks_create(struct memsys *m);
void banks_destroy(struct memsys *m);
void banks_reset(struct memsys *m);
/* What an access pays besides; its core's epoch is the one it is booked in. */
uint64_t banks_request_q8(struct memsys *m, struct core *core,
			  const struct moved *moved, bool overlapped);
/* The epoch m->epoch is complete; or epochs without demand are left out. */
void banks_close_epoch(struct memsys *m);
void banks_skip_epochs(struct memsys *m);

#endif
