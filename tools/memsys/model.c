// SPDX-License-Identifier: GPL-2.0-only
/* The model: clocks, caches, and what an access costs. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* No time that the model can reach: nothing jumps there. */
#define HOLD_FOR_EVER (UINT64_MAX >> (Q8 + 1))

static void set_costs(struct memsys *m)
{
	const struct memsys_config *config = &m->config;

	m->cpi_q8 = (config->base_cpi_milli << Q8) / 1000;
	m->hit_q8[0] = config->llc_hit_cycles << Q8;
	m->hit_q8[1] = m->hit_q8[0] / config->overlap_misses;
	m->miss_q8[0] = config->ddr_latency_cycles << Q8;
	m->miss_q8[1] = m->miss_q8[0] / config->overlap_misses;
	m->all_ways = UINT64_MAX >> (64 - config->llc_ways);
	m->line_shift = (unsigned int)__builtin_ctzll(config->line_bytes);
}

static int create_caches(struct memsys *m)
{
	const struct memsys_config *config = &m->config;
	int failed = cache_create(&m->llc,
				  config->llc_bytes / config->llc_ways /
					  config->line_bytes,
				  (uint32_t)config->llc_ways);

	for (unsigned int cpu = 0; !failed && cpu < m->num_cpus; cpu++)
		failed = lru_create(&m->cores[cpu].l1,
				    config->l1_bytes / config->l1_ways /
					    config->line_bytes,
				    (uint32_t)config->l1_ways);
	return failed;
}

struct memsys *memsys_create(const struct memsys_config *config,
			     unsigned int num_cpus)
{
	struct memsys_config_error error;
	struct memsys *m;

	if (!num_cpus || num_cpus > MEMSYS_MAX_CPUS ||
	    memsys_config_check(config, &error)) {
		errno = EINVAL;
		return NULL;
	}
	m = calloc(1, sizeof(*m) + num_cpus * sizeof(m->cores[0]));
	if (!m)
		return NULL;
	m->config = *config;
	m->num_cpus = num_cpus;
	set_costs(m);
	if (create_caches(m) || banks_create(m)) {
		memsys_destroy(m);
		errno = ENOMEM;
		return NULL;
	}
	contention_init(m);
	memsys_attach(m, NULL);
	memsys_reset(m);
	return m;
}

void memsys_destroy(struct memsys *m)
{
	if (!m)
		return;
	cache_destroy(&m->llc);
	for (unsigned int cpu = 0; cpu < m->num_cpus; cpu++)
		lru_destroy(&m->cores[cpu].l1);
	banks_destroy(m);
	free(m);
}

static void reset_core(struct memsys *m, struct core *core)
{
	struct core fresh = {
		.l1 = core->l1,
		.regs = core->regs,
		.way_mask = m->all_ways,
	};

	lru_clear(&fresh.l1);
	*core = fresh;
}

void memsys_reset(struct memsys *m)
{
	cache_clear(&m->llc);
	for (unsigned int cpu = 0; cpu < m->num_cpus; cpu++)
		reset_core(m, &m->cores[cpu]);
	m->now_q8 = 0;
	m->slowest = 0;
	m->stale = false;
	contention_reset(m);
	if (m->banks)
		banks_reset(m);
	for (unsigned int cpu = 0; cpu < m->num_cpus; cpu++)
		memsys_publish(m, cpu);
}

static void identify(struct memsys *m, struct memsys_page *page)
{
	page->magic = MEMSYS_MAGIC;
	page->revision = MEMSYS_REVISION;
	page->num_cpus = m->num_cpus;
	page->clock_hz = m->config.clock_hz;
	page->line_bytes = (uint32_t)m->config.line_bytes;
	page->llc_ways = (uint32_t)m->config.llc_ways;
	page->llc_sets = (uint32_t)(m->llc.set_mask + 1);
	page->l1_bytes = (uint32_t)m->config.l1_bytes;
	page->ddr_sustained_bytes_per_s = m->config.ddr_sustained_bytes_per_s;
	page->ddr_peak_bytes_per_s = m->config.ddr_peak_bytes_per_s;
	page->slack_cycles = m->config.slack_cycles;
	page->epoch_cycles = m->config.epoch_cycles;
}

void memsys_attach(struct memsys *m, struct memsys_page *page)
{
	m->page = page ? page : &m->own_page;
	identify(m, m->page);
	for (unsigned int cpu = 0; cpu < m->num_cpus; cpu++) {
		m->cores[cpu].regs = &m->page->cpu[cpu];
		memsys_publish(m, cpu);
	}
}

void memsys_observe_with(struct memsys *m, memsys_observe observe,
			 void *context)
{
	m->observe = observe;
	m->observe_context = context;
}

/* ------------------------------------------------------------ publishing */

static void publish_clock(const struct memsys *m, const struct core *core)
{
	core->regs->cycles = core->clock_q8 >> Q8;
	core->regs->limit_cycles = (m->now_q8 >> Q8) + m->config.slack_cycles;
}

static void copy_core(const struct memsys *m, const struct core *core,
		      struct memsys_cpu *regs)
{
	regs->cycles = core->clock_q8 >> Q8;
	regs->limit_cycles = (m->now_q8 >> Q8) + m->config.slack_cycles;
	regs->instructions = core->instructions;
	regs->loads = core->loads;
	regs->stores = core->stores;
	regs->llc_fills = core->fills;
	regs->writebacks = core->writebacks;
	regs->stall_cycles = core->stall_q8 >> Q8;
	regs->state = (uint32_t)core->state;
}

static void publish_machine(const struct memsys *m)
{
	m->page->now_cycles = m->now_q8 >> Q8;
	m->page->epochs = m->epoch;
	m->page->queue_delay_cycles_q8 = m->delay_q8;
}

/* A held CPU's clock follows the slowest busy one. */
static void follow_now(const struct memsys *m, struct core *core)
{
	if (core->clock_q8 < m->now_q8)
		core->clock_q8 = m->now_q8;
}

void memsys_publish(struct memsys *m, unsigned int cpu)
{
	struct core *core = &m->cores[cpu];

	if (core->state == MEMSYS_CPU_STATE_HELD)
		follow_now(m, core);
	copy_core(m, core, core->regs);
	publish_machine(m);
}

/* ---------------------------------------------------------------- clocks */

/* The clock of the slowest busy CPU; without one, when the first held CPU
 * wants to go on; without any, where time stands. */
static uint64_t find_now_q8(struct memsys *m)
{
	uint64_t rival_q8 = UINT64_MAX;
	uint64_t busy_q8 = UINT64_MAX;
	uint64_t held_cycles = HOLD_FOR_EVER;

	for (unsigned int cpu = 0; cpu < m->num_cpus; cpu++) {
		const struct core *core = &m->cores[cpu];

		if (core->state == MEMSYS_CPU_STATE_BUSY) {
			if (core->clock_q8 < busy_q8) {
				rival_q8 = busy_q8;
				busy_q8 = core->clock_q8;
				m->slowest = cpu;
			} else if (core->clock_q8 < rival_q8) {
				rival_q8 = core->clock_q8;
			}
		}
		if (core->state == MEMSYS_CPU_STATE_HELD &&
		    core->hold_until_cycles < held_cycles)
			held_cycles = core->hold_until_cycles;
	}
	m->rival_q8 = rival_q8;
	if (busy_q8 != UINT64_MAX)
		return busy_q8;
	return held_cycles < HOLD_FOR_EVER ? held_cycles << Q8 : m->now_q8;
}

static void set_now(struct memsys *m, uint64_t now_q8)
{
	if (now_q8 <= m->now_q8)
		return;
	m->now_q8 = now_q8;
	m->page->now_cycles = now_q8 >> Q8;
	if (now_q8 >= m->epoch_end_q8) {
		contention_advance(m);
		publish_machine(m);
	}
}

static void update_now(struct memsys *m)
{
	m->stale = false;
	set_now(m, find_now_q8(m));
}

/* The clock of a busy CPU has advanced. */
static inline void clock_advanced(struct memsys *m, unsigned int cpu)
{
	const struct core *core = &m->cores[cpu];

	if (cpu == m->slowest && !m->stale) {
		if (core->clock_q8 <= m->rival_q8)
			set_now(m, core->clock_q8);
		else
			update_now(m);
	}
	publish_clock(m, core);
}

uint64_t memsys_now(struct memsys *m)
{
	update_now(m);
	return m->now_q8 >> Q8;
}

/* Off or idle until now: nobody waited for it, and it lost no time. */
static void wake(struct memsys *m, struct core *core)
{
	if (m->stale) {
		core->state = MEMSYS_CPU_STATE_BUSY;
		update_now(m);
	}
	follow_now(m, core);
	core->state = MEMSYS_CPU_STATE_BUSY;
	core->regs->state = MEMSYS_CPU_STATE_BUSY;
	update_now(m);
	publish_clock(m, core);
}

static void enter(struct memsys *m, struct core *core)
{
	if (core->state == MEMSYS_CPU_STATE_HELD) {
		update_now(m);
		follow_now(m, core);
	} else {
		wake(m, core);
	}
}

static inline void charge(struct memsys *m, unsigned int cpu,
			  struct core *core, uint64_t n_insns)
{
	core->instructions += n_insns;
	core->clock_q8 += n_insns * m->cpi_q8;
	core->regs->instructions = core->instructions;
	clock_advanced(m, cpu);
}

void memsys_charge_instructions(struct memsys *m, unsigned int cpu,
				uint64_t n_insns)
{
	struct core *core = &m->cores[cpu];

	if (!core->excluded)
		charge(m, cpu, core, n_insns);
}

void memsys_execute(struct memsys *m, unsigned int cpu, uint64_t n_insns)
{
	struct core *core = &m->cores[cpu];

	if (core->state != MEMSYS_CPU_STATE_BUSY)
		enter(m, core);
	else if (m->stale)
		update_now(m);
	if (core->excluded)
		publish_clock(m, core);
	else
		charge(m, cpu, core, n_insns);
}

void memsys_idle(struct memsys *m, unsigned int cpu)
{
	struct core *core = &m->cores[cpu];

	if (core->state != MEMSYS_CPU_STATE_BUSY)
		return;
	core->state = MEMSYS_CPU_STATE_IDLE;
	core->regs->state = MEMSYS_CPU_STATE_IDLE;
	m->stale = true;
}

void memsys_set_control(struct memsys *m, unsigned int cpu, uint32_t control,
			uint64_t hold_until_cycles, uint64_t way_mask)
{
	struct core *core = &m->cores[cpu];
	bool held = control & MEMSYS_CPU_HELD;

	core->control = control;
	core->excluded = held || control & MEMSYS_CPU_UNCHARGED;
	core->hold_until_cycles = hold_until_cycles;
	core->way_request = way_mask;
	core->way_mask = way_mask & m->all_ways ? way_mask & m->all_ways :
						  m->all_ways;
	if (held)
		core->state = MEMSYS_CPU_STATE_HELD;
	else if (core->state == MEMSYS_CPU_STATE_HELD)
		wake(m, core);
	update_now(m);
	memsys_publish(m, cpu);
}

/* -------------------------------------------------------------- accesses */

static bool continues(const struct stream *stream, uint64_t line)
{
	if (line == stream->last_line + 1)
		return stream->direction >= 0;
	return line + 1 == stream->last_line && stream->direction <= 0;
}

/*
 * Whether this L1 miss continues a stream of its core. Otherwise it may begin
 * one, in place of the stream that missed longest ago.
 */
static bool stream_continue(struct core *core, uint64_t count, uint64_t line)
{
	struct stream *oldest = &core->streams[0];

	core->stream_tick++;
	for (uint64_t n = 0; n < count; n++) {
		struct stream *stream = &core->streams[n];

		if (stream->used && continues(stream, line)) {
			stream->direction = line > stream->last_line ? 1 : -1;
			stream->last_line = line;
			stream->used = core->stream_tick;
			return true;
		}
		if (stream->used < oldest->used)
			oldest = stream;
	}
	*oldest = (struct stream){ .last_line = line,
				   .used = core->stream_tick };
	return false;
}

static void move(struct moved *moved, uint64_t line)
{
	moved->lines[moved->count++] = line;
}

/* Puts a line into the LLC; one that must be written for it moves. */
static inline void fill_llc(struct memsys *m, const struct core *core,
			    struct cache_spot spot, uint64_t line, bool dirty,
			    struct moved *moved)
{
	struct cache_victim victim = cache_spot_fill(&m->llc, spot, line, dirty,
						     core->way_mask);

	if (victim.dirty)
		move(moved, victim.line);
}

/* A dirty line leaves the L1: into the LLC, without reading it. */
static void l1_evict(struct memsys *m, const struct core *core, uint64_t line,
		     struct moved *moved)
{
	struct cache_spot spot = cache_spot(&m->llc, line);

	if (!cache_spot_touch(&m->llc, spot, line, true))
		fill_llc(m, core, spot, line, true, moved);
}

/* The first fill_lines of what moved are fills. */
static uint64_t charge_transfer_q8(struct memsys *m, struct core *core,
				   unsigned int fill_lines,
				   const struct moved *moved, bool overlapped)
{
	struct memsys_transfer transfer = {
		.cpu = (unsigned int)(core - m->cores),
		.fill_lines = fill_lines,
		.writeback_lines = moved->count - fill_lines,
	};
	uint64_t delay_q8;

	delay_q8 = contention_request_q8(m, core, moved, overlapped);
	core->fills += transfer.fill_lines;
	core->writebacks += transfer.writeback_lines;
	core->regs->llc_fills = core->fills;
	core->regs->writebacks = core->writebacks;
	if (m->observe) {
		transfer.cycles = core->clock_q8 >> Q8;
		m->observe(m->observe_context, &transfer);
	}
	return delay_q8;
}

__attribute__((noinline))
static void miss(struct memsys *m, unsigned int cpu, uint64_t line,
		 bool is_store, struct cache_victim victim)
{
	struct core *core = &m->cores[cpu];
	struct cache_spot spot = cache_spot(&m->llc, line);
	struct moved moved;
	unsigned int fill_lines = 0;
	bool overlapped;
	uint64_t stall_q8;

	moved.count = 0;
	if (core->state != MEMSYS_CPU_STATE_BUSY)
		wake(m, core);
	/* Nothing waits for a store but the next ones: they always overlap. */
	overlapped = stream_continue(core, m->config.stream_count, line) ||
		     is_store;
	if (cache_spot_touch(&m->llc, spot, line, false)) {
		stall_q8 = m->hit_q8[overlapped];
	} else {
		stall_q8 = m->miss_q8[overlapped];
		fill_lines = 1;
		move(&moved, line);
		fill_llc(m, core, spot, line, false, &moved);
	}
	if (victim.dirty)
		l1_evict(m, core, victim.line, &moved);
	if (moved.count)
		stall_q8 += charge_transfer_q8(m, core, fill_lines, &moved,
					       overlapped);
	core->stall_q8 += stall_q8;
	core->clock_q8 += stall_q8;
	core->regs->stall_cycles = core->stall_q8 >> Q8;
	clock_advanced(m, cpu);
}

void memsys_access(struct memsys *m, unsigned int cpu, uint64_t phys,
		   bool is_store)
{
	struct core *core = &m->cores[cpu];
	uint64_t line = phys >> m->line_shift;
	struct cache_victim victim;

	if (core->excluded)
		return;
	if (is_store)
		core->regs->stores = ++core->stores;
	else
		core->regs->loads = ++core->loads;
	if (!lru_enter(&core->l1, line, is_store, &victim))
		miss(m, cpu, line, is_store, victim);
}

/* ---------------------------------------------------------------- queries */

void memsys_read_cpu(struct memsys *m, unsigned int cpu,
		     struct memsys_cpu *regs)
{
	struct core *core = &m->cores[cpu];

	update_now(m);
	if (core->state == MEMSYS_CPU_STATE_HELD)
		follow_now(m, core);
	copy_core(m, core, regs);
	regs->control = core->control;
	regs->hold_until_cycles = core->hold_until_cycles;
	regs->way_mask = core->way_request;
}

uint64_t memsys_epochs(const struct memsys *m)
{
	return m->epoch;
}

uint64_t memsys_queue_delay_q8(const struct memsys *m)
{
	return m->delay_q8;
}

uint64_t memsys_backlog_q8(const struct memsys *m)
{
	return m->backlog_q8 > 0 ? (uint64_t)m->backlog_q8 : 0;
}

uint64_t memsys_beyond_horizon_count(const struct memsys *m)
{
	return m->beyond_horizon;
}
