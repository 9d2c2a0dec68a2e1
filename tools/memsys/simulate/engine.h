/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cores, caches and DDR, event by event.
 *
 * A core executes `instructions` per access, and the access; of those to one
 * line in a row the first counts, the others hit its L1. A hit there costs
 * nothing more; one in the shared cache llc_hit_cycles, divided among the misses
 * it may have under way; a miss is a request to DDR, and a second one when a
 * dirty line must go. Of misses it has `mlp` under way at most: the place is free
 * again when both are served. A hit in the shared cache takes one, too, when the
 * line that leaves the L1 for it sends another to DDR. A load of LOAD_CHASE waits
 * for its data. From core to DDR and back a request takes what ddr_latency_cycles
 * leaves beside a row cycle and a burst, half of it each way.
 *
 * Time is in ps. Events are handled in order of time; at the same time the
 * control comes first, then cores by number. DDR is ahead of them: it has served
 * what they have asked for as far as nobody can ask for more in between, and they
 * go on as far as nothing they do not know of can reach them. Both are possible
 * as a request takes its time to DDR and back. Integer arithmetic only: equal
 * parameters give equal results.
 */
#ifndef SIMULATE_ENGINE_H
#define SIMULATE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "load.h"
#include "meter.h"
#include "tools/memsys/cache.h"
#include "tools/memsys/config.h"
#include "tools/memsys/ddr.h"
#include "tools/memsys/lru.h"

#define ENGINE_MAX_CORES	15u
#define ENGINE_MAX_LINES	32u	/* misses under way per core */
#define ENGINE_NEVER		UINT64_MAX

struct engine;

/*
 * Who holds cores and lets them go. All may be called from within `due`.
 */
struct control {
	void *context;
	/* The next time at which `due` wants to be called; ENGINE_NEVER: not. */
	uint64_t next_ps;
	void (*due)(struct control *control, uint64_t now_ps);
	/* A core moved as many lines as it was to be told of. */
	void (*alarm)(struct control *control, unsigned int core,
		      uint64_t now_ps);
	/* A core begins a burst; the one before took so long. NULL: not told. */
	void (*burst)(struct control *control, unsigned int core,
		      uint64_t took_ps, uint64_t now_ps);
};

/* One miss under way. */
struct place {
	uint64_t issued_ps;
	uint32_t under_way;		/* requests at DDR */
};

#define PLACE_BITS		5u	/* of a free place: its index */

struct core {
	unsigned int number;
	struct load load;
	struct walk walk;
	struct lru l1;
	uint64_t ways;			/* of the shared cache */
	uint64_t gap_ps;		/* instructions of the accesses to a line */
	uint64_t recolor_ps;		/* when its memory moves */
	uint64_t plain_until_ps;	/* one access follows another, that is all */
	uint64_t llc_hit_ps;
	uint64_t ready_ps;		/* when it goes on, but for being held */
	uint64_t asked_ps;		/* when what is pending wants a place */
	uint64_t busy_until_ps;		/* the hypervisor has the CPU */
	uint64_t burst_left;
	uint64_t burst_begin_ps;
	struct access access;		/* beyond the L1, not yet done */
	struct cache_spot spot;		/* of its line in the shared cache */
	struct cache_victim l1_out;	/* of its line in the L1 */
	bool pending;			/* there is one */
	bool misses;			/* the shared cache too, as is known */
	bool blocked;			/* until a place is free */
	bool held;
	uint32_t waits_for;		/* a place, or ENGINE_MAX_LINES */
	struct place place[ENGINE_MAX_LINES];
	/* Places that are or will be free, by when: time and index; a ring. */
	uint64_t free[ENGINE_MAX_LINES];
	uint32_t first_free, free_end;
	/* Lines moved, and how many of them are the next alarm. */
	uint64_t reads, writes;
	uint64_t alarm_lines, alarm_writes;
	uint64_t accesses, llc_hits, bursts;
	struct meter meter;
};

struct engine {
	struct memsys_config machine;
	unsigned int cores_count;
	uint64_t now_ps;
	uint64_t path_ps;		/* from a core to DDR, and back */
	uint64_t answer_ps;		/* from a request to its data, at least */
	struct control *control;	/* NULL: none */
	/*
	 * The cores that go on by themselves, by when and at the same time by
	 * number: the time and the number of each. Behind the last one, never.
	 */
	uint64_t turn[ENGINE_MAX_CORES + 1];
	uint32_t turns;
	uint64_t limit_ps;		/* so far cores go on */
	struct core core[ENGINE_MAX_CORES];
	struct core *by_number[ENGINE_MAX_CORES + 1];	/* sooner found */
	struct cache llc;
	struct color_geometry colors;	/* when a load has some */
	struct ddr ddr;
};

/* The colors of its last-level cache. -EINVAL with the reason: it has none. */
int engine_colors(const struct memsys_config *machine,
		  struct color_geometry *geometry, struct reason *reason);

/*
 * A machine that has banks, at time 0 with empty caches; loads of cores are
 * copied. Meters measure from `measure_from_ps` on. 0 or -ENOMEM.
 */
int engine_create(struct engine *engine, const struct memsys_config *machine,
		  const struct load *loads, unsigned int cores_count,
		  uint64_t seed, uint64_t measure_from_ps);
void engine_destroy(struct engine *engine);

/* Runs until `until_ps`; what happens then has not happened yet. */
void engine_run(struct engine *engine, uint64_t until_ps);

/* A core does nothing from now on, until it is released; idempotent. */
void engine_hold(struct engine *engine, unsigned int core);
void engine_release(struct engine *engine, unsigned int core);
/* A core's interrupt handler has read lines, not one of which it waits for. */
void engine_count(struct engine *engine, unsigned int core, uint64_t lines);
/* The hypervisor takes so much of a core's time, from now on. */
void engine_occupy(struct engine *engine, unsigned int core, uint64_t for_ps);

#endif
