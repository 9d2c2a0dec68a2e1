/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DDR request by request: banks, open rows, a hit-first scheduler, one data bus.
 *
 * A bank serves one request at a time: ddr_row_hit_ps for the row that is open,
 * ddr_row_cycle_ps for any other. It takes the oldest request that has arrived,
 * but lets younger ones that hit the open row overtake it hit_cap times at most.
 * What a bank has served crosses the data bus, a line in burst_ps, in the order
 * in which the banks finished: at the same time, row cycles before hits, and
 * those by bank. The bank does not wait for that. No refresh, no turnaround
 * between reads and writes, no power states.
 *
 * Who drives it hands in requests in order of arrival, and has it serve what
 * begins before a time when all that arrives before that time was handed in. It
 * may be ahead of its driver by as long as a request is on its way: what it does
 * depends on arrivals alone. Times are picoseconds below 2^57; integer arithmetic
 * only, equal calls give equal results.
 */
#ifndef MEMSYS_DDR_H
#define MEMSYS_DDR_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "ddr-map.h"

#define DDR_BANK_BITS	6
#define DDR_MAX_BANKS	(1u << DDR_BANK_BITS)
/* Requests under way at a time; more are a fault of the caller. */
#define DDR_MAX_REQUESTS 16384u
#define DDR_QUEUE_ROOM	(2 * DDR_MAX_REQUESTS + 64)
#define DDR_READY_ROOM	(DDR_MAX_REQUESTS + DDR_MAX_BANKS + 1)
#define DDR_NEVER	UINT64_MAX

struct ddr_config {
	uint32_t banks;			/* powers of two */
	uint32_t row_lines;
	uint32_t hit_cap;
	uint64_t row_cycle_ps;
	uint64_t row_hit_ps;
	uint64_t burst_ps;
};

/* The bank parameters of a machine that has them. */
void ddr_config_from(const struct memsys_config *machine,
		     struct ddr_config *config);

/* What was served, and when its last byte crossed the bus. */
struct ddr_done {
	uint64_t done_ps;
	uint32_t tag;
};

struct ddr_request {
	uint64_t arrival_ps;
	uint64_t row;			/* of those of all banks */
	uint32_t tag;
};

struct ddr_bank {
	uint64_t free_ps;
	uint64_t open_row;
	struct ddr_request *head, *tail;	/* in arrival order */
	/* Where they are when it is empty, and have room. */
	struct ddr_request *queue, *queue_end;
	uint64_t bit;			/* of those of all banks */
	uint32_t number;
	uint32_t overtaken;		/* hits that the oldest let pass */
};

/*
 * Served by its bank, and waits for the bus. Keys order what is ready: by time,
 * at the same time as it began, a hit later, at last by bank.
 */
struct ddr_ready {
	uint64_t key;
	uint32_t tag;
};

#define DDR_KEY_HIT		(1u << DDR_BANK_BITS)
#define DDR_KEY_TIME_SHIFT	(DDR_BANK_BITS + 1)

struct ddr {
	struct ddr_config config;
	struct ddr_map map;
	uint64_t busy;			/* banks that have requests, by bits */
	uint64_t begins_ps;		/* when the first of them begins */
	uint64_t bus_free_ps;
	uint64_t bus_until_ps;		/* nothing new is ready by then */
	uint64_t requests, row_hits;	/* served so far */
	struct ddr_bank bank[DDR_MAX_BANKS];
	struct ddr_bank *by_number[DDR_MAX_BANKS];	/* sooner found */
	/* In order, from first_ready on; before all of them a key of 0. */
	uint32_t first_ready, ready_end;
	struct ddr_ready ready[DDR_READY_ROOM];
};

/* 0 or -ENOMEM. */
int ddr_create(struct ddr *ddr, const struct ddr_config *config);
void ddr_destroy(struct ddr *ddr);

static inline uint32_t ddr_bank_of(const struct ddr *ddr, uint64_t line)
{
	return ddr_map_bank(&ddr->map, line);
}

static inline uint64_t ddr_row_of(const struct ddr *ddr, uint64_t line)
{
	return ddr_map_row(&ddr->map, line);
}

/* Line `index` of those in one bank, from the row `first_row` on. */
static inline uint64_t ddr_line_in_bank(const struct ddr *ddr, uint32_t bank,
					uint64_t first_row, uint64_t index)
{
	uint64_t row = first_row + (index >> ddr->map.row_shift);
	uint64_t column = index & ((1u << ddr->map.row_shift) - 1);

	return row << ddr->map.bank_shift | (uint64_t)bank << ddr->map.row_shift |
	       column;
}

/* When one that has requests begins with the next. */
static inline uint64_t ddr_bank_begins_ps(const struct ddr_bank *bank)
{
	uint64_t arrival_ps = bank->head->arrival_ps;

	return arrival_ps > bank->free_ps ? arrival_ps : bank->free_ps;
}

/* A request reaches the controller, not before any handed in earlier. */
static inline void ddr_submit(struct ddr *ddr, uint64_t arrival_ps,
			      uint64_t line, uint32_t tag)
{
	struct ddr_bank *bank = ddr->by_number[ddr_bank_of(ddr, line)];
	struct ddr_request *request = bank->tail++;
	uint64_t begins_ps;

	assert(request < bank->queue_end);
	*request = (struct ddr_request){
		arrival_ps, line >> ddr->map.row_shift, tag,
	};
	if (request == bank->queue) {
		ddr->busy |= bank->bit;
		begins_ps = ddr_bank_begins_ps(bank);
		if (begins_ps < ddr->begins_ps)
			ddr->begins_ps = begins_ps;
	}
}

/* When a bank begins next; DDR_NEVER: none has anything to do. */
static inline uint64_t ddr_begins_ps(const struct ddr *ddr)
{
	return ddr->begins_ps;
}

/*
 * Before this time nothing is done but what is known by now; DDR_NEVER: nothing
 * is under way. What has not yet arrived takes a hit and a burst at least. For
 * who has taken all that is done.
 */
static inline uint64_t ddr_unknown_ps(const struct ddr *ddr)
{
	uint64_t ready_ps = DDR_NEVER;

	if (ddr->begins_ps != DDR_NEVER)
		ready_ps = ddr->begins_ps + ddr->config.row_hit_ps;
	if (ddr->first_ready != ddr->ready_end) {
		uint64_t first_ps = ddr->ready[ddr->first_ready].key >>
				    DDR_KEY_TIME_SHIFT;

		if (first_ps < ready_ps)
			ready_ps = first_ps;
	}
	return ready_ps == DDR_NEVER ? DDR_NEVER :
	       ready_ps + ddr->config.burst_ps;
}

/* Serves what begins before `limit_ps`: all that arrives before was handed in. */
void ddr_run(struct ddr *ddr, uint64_t limit_ps);

/* The next of what is done; times never decrease, and may lie ahead. */
static inline bool ddr_take(struct ddr *ddr, struct ddr_done *done)
{
	const struct ddr_ready *ready = &ddr->ready[ddr->first_ready];
	uint64_t done_ps;

	if (ddr->first_ready == ddr->ready_end)
		return false;
	done_ps = ready->key >> DDR_KEY_TIME_SHIFT;
	if (done_ps > ddr->bus_until_ps)
		return false;
	if (done_ps < ddr->bus_free_ps)
		done_ps = ddr->bus_free_ps;
	done_ps += ddr->config.burst_ps;
	ddr->bus_free_ps = done_ps;
	ddr->first_ready++;
	*done = (struct ddr_done){ done_ps, ready->tag };
	return true;
}

#endif
