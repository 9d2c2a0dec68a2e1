/* SPDX-License-Identifier: GPL-2.0-only */
/* Cores, caches and DDR, event by event. */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PS_PER_S	1000000000000ull
#define TAG_CORE_SHIFT	8
#define TAG_FILL	0x80u		/* a line for the core, not from it */
#define CORE_BITS	4		/* of a turn: the core's number */

static uint64_t cycles_ps(const struct memsys_config *machine, uint64_t cycles)
{
	return cycles * PS_PER_S / machine->clock_hz;
}

/* ------------------------------------------------------------------- turns */

static inline uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t turn_of(uint64_t at_ps, unsigned int core)
{
	return at_ps << CORE_BITS | core;
}

static inline void turn_add(struct engine *engine, uint64_t turn)
{
	uint32_t at = engine->turns++;

	engine->turn[at + 1] = ENGINE_NEVER;
	for (; at > 0 && engine->turn[at - 1] > turn; at--)
		engine->turn[at] = engine->turn[at - 1];
	engine->turn[at] = turn;
}

/* The first one goes on at another time. */
static inline void turn_move(struct engine *engine, uint64_t turn)
{
	uint64_t *at = engine->turn;

	for (; at[1] < turn; at++)
		at[0] = at[1];
	at[0] = turn;
}

static inline void turn_drop(struct engine *engine, uint32_t n)
{
	uint64_t *at = &engine->turn[n];

	engine->turns--;
	for (; at[0] != ENGINE_NEVER; at++)
		at[0] = at[1];
}

/* Of a core that may have none. */
static void turn_cancel(struct engine *engine, unsigned int core)
{
	for (uint32_t at = 0; at < engine->turns; at++)
		if ((engine->turn[at] & ENGINE_MAX_CORES) == core) {
			turn_drop(engine, at);
			return;
		}
}

static inline void limit_lower(struct engine *engine, uint64_t at_ps)
{
	engine->limit_ps = earlier(engine->limit_ps, at_ps);
}

/* ---------------------------------------------------------------- creation */

/* The scenario has been checked: where a load has colors, the machine has. */
static int core_color(struct engine *engine, struct core *core)
{
	core->recolor_ps = core->load.recolor_ps ? core->load.recolor_ps :
						   ENGINE_NEVER;
	if (core->load.kind == LOAD_IDLE ||
	    engine_colors(&engine->machine, &engine->colors, NULL))
		return 0;
	return walk_color(&core->walk, &engine->colors);
}

static int core_create(struct engine *engine, unsigned int n,
		       const struct load *load, uint64_t seed, uint64_t from_ps)
{
	const struct memsys_config *machine = &engine->machine;
	struct core *core = &engine->core[n];

	engine->by_number[n] = core;
	core->number = n;
	core->load = *load;
	core->ways = load->way_mask ? load->way_mask : UINT64_MAX;
	core->gap_ps = (load->instructions * machine->base_cpi_milli *
			(PS_PER_S / 1000) / machine->clock_hz + 1) *
		       load->per_line;
	core->llc_hit_ps = cycles_ps(machine, machine->llc_hit_cycles) /
			   (load->kind == LOAD_CHASE ? 1 : load->mlp);
	core->waits_for = ENGINE_MAX_LINES;
	core->alarm_lines = UINT64_MAX;
	core->alarm_writes = UINT64_MAX;
	core->ready_ps = load->kind == LOAD_IDLE ? ENGINE_NEVER : 0;
	core->burst_left = load->burst_accesses;
	for (; core->free_end < load->mlp; core->free_end++)
		core->free[core->free_end] = core->free_end;
	walk_init(&core->walk, &core->load, &engine->ddr, machine->line_bytes,
		  n, seed);
	if (load->kind != LOAD_IDLE) {
		if (load->begin_ps)
			core->ready_ps = random_next(&core->walk.random) %
					 load->begin_ps;
		turn_add(engine, turn_of(core->ready_ps, n));
	}
	if (core_color(engine, core))
		return -ENOMEM;
	if (meter_create(&core->meter, from_ps))
		return -ENOMEM;
	return lru_create(&core->l1, machine->l1_bytes / machine->l1_ways /
			    machine->line_bytes, (uint32_t)machine->l1_ways);
}

int engine_colors(const struct memsys_config *machine,
		  struct color_geometry *geometry, struct reason *reason)
{
	const struct color_cache cache = {
		.sets = (uint32_t)(machine->llc_bytes / machine->llc_ways /
				   machine->line_bytes),
		.ways = (uint32_t)machine->llc_ways,
		.line_bytes = (uint32_t)machine->line_bytes,
	};

	return color_geometry_init(geometry, &cache, NULL, 0, reason);
}

int engine_create(struct engine *engine, const struct memsys_config *machine,
		  const struct load *loads, unsigned int cores_count,
		  uint64_t seed, uint64_t measure_from_ps)
{
	struct ddr_config banks;
	int err;

	memset(engine, 0, sizeof(*engine));
	engine->machine = *machine;
	engine->cores_count = cores_count;
	ddr_config_from(machine, &banks);
	engine->path_ps = (cycles_ps(machine, machine->ddr_latency_cycles) -
			   banks.row_cycle_ps - banks.burst_ps) / 2;
	engine->answer_ps = 2 * engine->path_ps + banks.row_hit_ps +
			    banks.burst_ps;
	engine->turn[0] = ENGINE_NEVER;
	err = ddr_create(&engine->ddr, &banks);
	if (!err)
		err = cache_create(&engine->llc, machine->llc_bytes /
				   machine->llc_ways / machine->line_bytes,
				   (uint32_t)machine->llc_ways);
	for (unsigned int n = 0; n < cores_count && !err; n++)
		err = core_create(engine, n, &loads[n], seed, measure_from_ps);
	if (err)
		engine_destroy(engine);
	return err;
}

void engine_destroy(struct engine *engine)
{
	for (unsigned int n = 0; n < ENGINE_MAX_CORES; n++) {
		lru_destroy(&engine->core[n].l1);
		meter_destroy(&engine->core[n].meter);
		walk_destroy(&engine->core[n].walk);
	}
	cache_destroy(&engine->llc);
	ddr_destroy(&engine->ddr);
}

/* ----------------------------------------------------------------- holding */

/* One that has no turn gets it: at that time, unless it is held. */
static inline void core_schedule(struct engine *engine, struct core *core,
				 uint64_t at_ps)
{
	if (at_ps < core->busy_until_ps)
		at_ps = core->busy_until_ps;
	core->ready_ps = at_ps;
	if (!core->held && at_ps != ENGINE_NEVER)
		turn_add(engine, turn_of(at_ps, core->number));
}

void engine_hold(struct engine *engine, unsigned int n)
{
	engine->core[n].held = true;
	turn_cancel(engine, n);
}

void engine_release(struct engine *engine, unsigned int n)
{
	struct core *core = &engine->core[n];

	if (!core->held)
		return;
	core->held = false;
	if (core->busy_until_ps < engine->now_ps)
		core->busy_until_ps = engine->now_ps;
	core_schedule(engine, core, core->ready_ps);
}

void engine_occupy(struct engine *engine, unsigned int n, uint64_t for_ps)
{
	struct core *core = &engine->core[n];

	if (core->busy_until_ps < engine->now_ps)
		core->busy_until_ps = engine->now_ps;
	core->busy_until_ps += for_ps;
	turn_cancel(engine, n);
	core_schedule(engine, core, core->ready_ps);
}

static inline void step_end(struct core *core, uint64_t at_ps)
{
	meter_step(&core->meter, at_ps, core->load.per_line);
}

/* ------------------------------------------------------------------ misses */

static inline void request(struct engine *engine, struct core *core,
			   uint32_t place, uint32_t kind, uint64_t line,
			   uint64_t at_ps)
{
	core->place[place].under_way++;
	ddr_submit(&engine->ddr, at_ps + engine->path_ps, line,
		   core->number << TAG_CORE_SHIFT | place | kind);
}

static inline void evict(struct engine *engine, struct core *core,
			 uint32_t place, struct cache_victim victim,
			 uint64_t at_ps)
{
	if (!victim.dirty)
		return;
	core->writes++;
	request(engine, core, place, 0, victim.line, at_ps);
}

/*
 * What left the L1 dirty for the new line stays in the shared cache. What must go
 * from there for it.
 */
static struct cache_victim l1_evict(struct engine *engine, struct core *core)
{
	struct cache_victim out = core->l1_out;

	if (cache_touch(&engine->llc, out.line, true))
		return (struct cache_victim){ 0 };
	return cache_fill(&engine->llc, out.line, true, core->ways);
}

static inline void alarm_check(struct engine *engine, struct core *core,
			       uint64_t at_ps)
{
	if (core->reads + core->writes < core->alarm_lines &&
	    core->writes < core->alarm_writes)
		return;
	core->alarm_lines = UINT64_MAX;
	core->alarm_writes = UINT64_MAX;
	engine->control->alarm(engine->control, core->number, at_ps);
	limit_lower(engine, engine->control->next_ps);
}

/* The one that is free first. */
static inline uint32_t place_take(struct core *core)
{
	return core->free[core->first_free++ % ENGINE_MAX_LINES] %
	       ENGINE_MAX_LINES;
}

/* In the place that is free first; returns it. */
static inline uint32_t miss_issue(struct engine *engine, struct core *core,
				  uint64_t at_ps)
{
	uint64_t line = core->access.line;
	uint32_t place = place_take(core);

	core->place[place].issued_ps = at_ps;
	core->reads++;
	request(engine, core, place, TAG_FILL, line, at_ps);
	evict(engine, core, place,
	      cache_spot_fill(&engine->llc, core->spot, line, false,
			      core->ways), at_ps);
	if (core->l1_out.dirty)
		evict(engine, core, place, l1_evict(engine, core), at_ps);
	alarm_check(engine, core, at_ps);
	return place;
}

void engine_count(struct engine *engine, unsigned int n, uint64_t lines)
{
	engine->core[n].reads += lines;
	alarm_check(engine, &engine->core[n], engine->now_ps);
}

/* ------------------------------------------------------------------- cores */

/* A burst has ended: the pause, and the next one begins. */
static uint64_t burst_begin(struct engine *engine, struct core *core,
			    uint64_t at_ps)
{
	uint64_t took_ps = at_ps - core->burst_begin_ps;

	core->burst_left = core->load.burst_accesses;
	core->bursts++;
	core->burst_begin_ps = at_ps + core->load.compute_ps;
	if (engine->control && engine->control->burst) {
		engine->control->burst(engine->control, core->number, took_ps,
				       core->burst_begin_ps);
		limit_lower(engine, engine->control->next_ps);
	}
	return core->burst_begin_ps;
}

/* Before an access of a core that has bursts, or whose memory moves by now. */
static uint64_t access_special(struct engine *engine, struct core *core,
			       uint64_t at_ps)
{
	if (core->load.compute_ps) {
		if (core->burst_left == 0)
			at_ps = burst_begin(engine, core, at_ps);
		core->burst_left -= core->burst_left < core->load.per_line ?
				    core->burst_left : core->load.per_line;
	}
	if (at_ps >= core->recolor_ps) {
		walk_recolor(&core->walk);
		core->recolor_ps = ENGINE_NEVER;
	}
	core->plain_until_ps = core->load.compute_ps ? 0 : core->recolor_ps;
	return at_ps;
}

/* The next access; its instructions pass. */
static inline uint64_t access_fetch(struct core *core, uint64_t at_ps)
{
	walk_next(&core->walk, &core->access);
	core->accesses += core->load.per_line;
	return at_ps + core->gap_ps + core->access.gap_ps;
}

/* When the miss that is pending can be issued: as soon as a place is free. */
static inline uint64_t miss_ready_ps(struct core *core, uint64_t at_ps)
{
	uint64_t free_ps;

	core->asked_ps = at_ps;
	core->blocked = core->first_free == core->free_end;
	if (core->blocked)
		return ENGINE_NEVER;
	free_ps = core->free[core->first_free % ENGINE_MAX_LINES] >> PLACE_BITS;
	return free_ps > at_ps ? free_ps : at_ps;
}

/* Whether a hit in the shared cache may send a line to DDR, in a place. */
static inline bool hit_wants_place(const struct engine *engine,
				   const struct core *core)
{
	return core->l1_out.dirty &&
	       !cache_holds(&engine->llc, core->l1_out.line);
}

/* Nobody waits for the line that goes, but it takes a place as a miss does. */
static void hit_evict(struct engine *engine, struct core *core, uint64_t at_ps)
{
	struct cache_victim out = l1_evict(engine, core);

	if (!out.dirty)
		return;
	evict(engine, core, place_take(core), out, at_ps);
	limit_lower(engine, at_ps + engine->answer_ps);
	alarm_check(engine, core, at_ps);
}

/* A hit in the shared cache, in order of time; false: it is a miss by now. */
static inline bool shared_hit(struct engine *engine, struct core *core,
			      uint64_t *at_ps)
{
	if (!cache_spot_touch(&engine->llc, core->spot, core->access.line,
			      false))
		return false;
	core->llc_hits++;
	if (core->l1_out.dirty)
		hit_evict(engine, core, *at_ps);
	*at_ps += core->llc_hit_ps;
	step_end(core, *at_ps);
	core->pending = false;
	return true;
}

/* The next access; one beyond the L1 is pending then. */
static inline uint64_t access_begin(struct engine *engine, struct core *core,
				    uint64_t at_ps)
{
	at_ps = access_fetch(core, at_ps);
	core->pending = !lru_enter(&core->l1, core->access.line,
				   core->access.store, &core->l1_out);
	if (!core->pending) {
		step_end(core, at_ps);
		return at_ps;
	}
	/* Nobody else brings the line; what is there may go before its time. */
	core->spot = cache_spot(&engine->llc, core->access.line);
	core->misses = !cache_spot_holds(&engine->llc, core->spot,
					 core->access.line);
	return core->misses ? miss_ready_ps(core, at_ps) : at_ps;
}

/*
 * The miss that is pending happens. When the core goes on: it waits for its data,
 * or they come when they are there.
 */
static inline uint64_t miss_do(struct engine *engine, struct core *core,
			       uint64_t at_ps)
{
	uint32_t place = miss_issue(engine, core, at_ps);

	limit_lower(engine, at_ps + engine->answer_ps);
	core->pending = false;
	if (core->load.kind != LOAD_CHASE) {
		step_end(core, at_ps);
		return at_ps;
	}
	core->waits_for = place;
	return ENGINE_NEVER;
}

/* Goes on to the next access; when it happens. */
static inline uint64_t access_next(struct engine *engine, struct core *core,
				   uint64_t at_ps)
{
	if (at_ps >= core->plain_until_ps)
		at_ps = access_special(engine, core, at_ps);
	return access_begin(engine, core, at_ps);
}

/* The access that is pending happens; when the core goes on. */
static inline uint64_t access_do(struct engine *engine, struct core *core,
				 uint64_t at_ps)
{
	if (core->misses)
		return miss_do(engine, core, at_ps);
	if (hit_wants_place(engine, core)) {
		uint64_t ready_ps = miss_ready_ps(core, at_ps);

		if (ready_ps > at_ps)
			return ready_ps;
	}
	if (!shared_hit(engine, core, &at_ps)) {
		/* By now. */
		core->misses = true;
		at_ps = miss_ready_ps(core, at_ps);
	}
	return at_ps;
}

/* The time from which on it is another one's turn than core `n`'s. */
static inline uint64_t turn_ends_ps(uint64_t other, unsigned int n)
{
	return (other >> CORE_BITS) + (n < (other & ENGINE_MAX_CORES));
}

/*
 * The core whose turn it is goes on, as long as nothing else happens: until the
 * limit, or another's turn. A request lowers the limit, as it may be served then,
 * and so do an alarm and a burst.
 */
static inline void core_run(struct engine *engine)
{
	uint64_t turn = engine->turn[0];
	uint64_t at_ps = turn >> CORE_BITS;
	unsigned int n = turn & ENGINE_MAX_CORES;
	uint64_t ends_ps = turn_ends_ps(engine->turn[1], n);
	struct core *core = engine->by_number[n];

	if (!core->pending)
		at_ps = access_next(engine, core, at_ps);
	while (at_ps < earlier(ends_ps, engine->limit_ps)) {
		if (core->pending) {
			at_ps = access_do(engine, core, at_ps);
			if (core->pending || at_ps == ENGINE_NEVER)
				continue;
		}
		at_ps = access_next(engine, core, at_ps);
	}
	core->ready_ps = at_ps;
	if (at_ps == ENGINE_NEVER)
		turn_drop(engine, 0);
	else
		turn_move(engine, turn_of(at_ps, n));
}

/* --------------------------------------------------------------- the world */

static inline void place_done(struct engine *engine, struct core *core,
			      uint32_t place_index, uint64_t at_ps, bool is_fill)
{
	struct place *place;

	place = &core->place[place_index];
	if (is_fill)
		meter_latency(&core->meter, at_ps, at_ps - place->issued_ps);
	if (--place->under_way == 0) {
		core->free[core->free_end++ % ENGINE_MAX_LINES] =
			at_ps << PLACE_BITS | place_index;
	}
	if (is_fill && core->waits_for == place_index) {
		core->waits_for = ENGINE_MAX_LINES;
		step_end(core, at_ps);
		core_schedule(engine, core, at_ps);
	} else if (core->blocked && core->first_free != core->free_end) {
		core->blocked = false;
		core_schedule(engine, core, at_ps > core->asked_ps ?
					 at_ps : core->asked_ps);
	}
}

/* What DDR has not served yet cannot be seen before this time. */
static inline uint64_t unseen_ps(const struct engine *engine)
{
	uint64_t unknown_ps = ddr_unknown_ps(&engine->ddr);

	return unknown_ps == DDR_NEVER ? ENGINE_NEVER :
	       unknown_ps + engine->path_ps;
}

/* DDR serves what nobody can ask for anything before. */
static void ddr_turn(struct engine *engine, uint64_t limit_ps)
{
	struct ddr_done done;

	ddr_run(&engine->ddr, limit_ps);
	while (ddr_take(&engine->ddr, &done))
		place_done(engine, engine->by_number[done.tag >> TAG_CORE_SHIFT],
			   done.tag & (TAG_FILL - 1),
			   done.done_ps + engine->path_ps,
			   done.tag & TAG_FILL);
}

/* Cores in turn, none beyond the limit. */
static inline void cores_run(struct engine *engine, uint64_t limit_ps)
{
	engine->limit_ps = limit_ps;
	do
		core_run(engine);
	while (engine->turn[0] >> CORE_BITS < engine->limit_ps);
}

void engine_run(struct engine *engine, uint64_t until_ps)
{
	for (;;) {
		uint64_t unseen = unseen_ps(engine);
		uint64_t core_ps = engine->turn[0] >> CORE_BITS;
		uint64_t control_ps = engine->control ?
				      engine->control->next_ps : ENGINE_NEVER;
		uint64_t now_ps = earlier(earlier(control_ps, core_ps),
					  until_ps);

		if (now_ps >= unseen || (now_ps == until_ps &&
				ddr_begins_ps(&engine->ddr) < until_ps)) {
			/* Nobody asks before, or on hearing from it. */
			ddr_turn(engine, earlier(earlier(now_ps, unseen) +
						 engine->path_ps, until_ps));
			continue;
		}
		if (now_ps == until_ps)
			break;
		engine->now_ps = now_ps;
		if (control_ps == now_ps)
			engine->control->due(engine->control, now_ps);
		else
			cores_run(engine, earlier(earlier(unseen, until_ps),
						  control_ps));
	}
	engine->now_ps = until_ps;
	for (unsigned int n = 0; n < engine->cores_count; n++)
		meter_advance(&engine->core[n].meter, until_ps);
}
