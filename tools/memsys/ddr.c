/* SPDX-License-Identifier: GPL-2.0-only */
/* DDR request by request: banks, open rows, a hit-first scheduler. */
#include "ddr.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define NO_ROW		UINT64_MAX
/* A queue that wandered so far, and by as much as is in it, is moved back. */
#define QUEUE_WANDER	64u

void ddr_config_from(const struct memsys_config *machine,
		     struct ddr_config *config)
{
	uint64_t peak = machine->ddr_peak_bytes_per_s;

	*config = (struct ddr_config){
		.banks = (uint32_t)machine->ddr_banks,
		.row_lines = (uint32_t)(machine->ddr_row_bytes /
					machine->line_bytes),
		.hit_cap = (uint32_t)machine->ddr_hit_cap,
		.row_cycle_ps = machine->ddr_row_cycle_ps,
		.row_hit_ps = machine->ddr_row_hit_ps,
		/* Rounded up: never more than the peak. */
		.burst_ps = (machine->line_bytes * 1000000000000 + peak - 1) /
			    peak,
	};
}

int ddr_create(struct ddr *ddr, const struct ddr_config *config)
{
	memset(ddr, 0, sizeof(*ddr));
	ddr->config = *config;
	ddr->map = ddr_map_make(config->banks, config->row_lines);
	ddr->begins_ps = DDR_NEVER;
	ddr->first_ready = 1;
	ddr->ready_end = 1;
	for (uint32_t n = 0; n < config->banks; n++) {
		struct ddr_bank *bank = &ddr->bank[n];

		bank->open_row = NO_ROW;
		bank->queue = calloc(DDR_QUEUE_ROOM, sizeof(*bank->queue));
		if (!bank->queue) {
			ddr_destroy(ddr);
			return -ENOMEM;
		}
		bank->head = bank->queue;
		bank->tail = bank->queue;
		bank->queue_end = bank->queue + DDR_QUEUE_ROOM;
		bank->bit = 1ull << n;
		bank->number = n;
		ddr->by_number[n] = bank;
	}
	return 0;
}

void ddr_destroy(struct ddr *ddr)
{
	for (uint32_t n = 0; n < DDR_MAX_BANKS; n++)
		free(ddr->bank[n].queue);
	memset(ddr, 0, sizeof(*ddr));
}

static void queue_move_back(struct ddr_bank *bank)
{
	ptrdiff_t count = bank->tail - bank->head;

	if (bank->head <= bank->queue + QUEUE_WANDER + count)
		return;
	memmove(bank->queue, bank->head, (size_t)count * sizeof(*bank->queue));
	bank->head = bank->queue;
	bank->tail = bank->queue + count;
}

/* The first that hits and has arrived, not the oldest; NULL: there is none. */
static struct ddr_request *first_hit(const struct ddr_bank *bank,
				     uint64_t now_ps)
{
	struct ddr_request *request = bank->head + 1;

	while (request < bank->tail && request->row != bank->open_row)
		request++;
	return request < bank->tail && request->arrival_ps <= now_ps ?
	       request : NULL;
}

/* Takes out one that overtakes those before it, which move up by one. */
static struct ddr_request queue_overtake(struct ddr_bank *bank,
					 struct ddr_request *request)
{
	struct ddr_request first = *request;

	for (; request > bank->head; request--)
		*request = request[-1];
	bank->head++;
	bank->overtaken++;
	return first;
}

/* Behind the last one, or before those that are ready later. */
static inline void ready_add(struct ddr_ready *end, uint64_t key, uint32_t tag)
{
	/* Each part as it was written: the whole would wait for both. */
	for (; end[-1].key > key; end--) {
		end->key = end[-1].key;
		end->tag = end[-1].tag;
	}
	*end = (struct ddr_ready){ key, tag };
}

/* Takes out the one that is to be served: the oldest, or a hit. */
static inline struct ddr_request queue_take(struct ddr_bank *bank,
					    uint32_t hit_cap, uint64_t now_ps)
{
	if (bank->head->row != bank->open_row && bank->overtaken < hit_cap) {
		struct ddr_request *request = first_hit(bank, now_ps);

		if (request)
			return queue_overtake(bank, request);
	}
	bank->overtaken = 0;
	return *bank->head++;
}

/* Begins with the next request; true: it hits. */
static inline bool bank_serve(const struct ddr_config *config,
			      struct ddr_bank *bank, uint64_t now_ps,
			      struct ddr_ready *end)
{
	struct ddr_request request = queue_take(bank, config->hit_cap, now_ps);
	bool hit = request.row == bank->open_row;

	now_ps += hit ? config->row_hit_ps : config->row_cycle_ps;
	bank->open_row = request.row;
	bank->free_ps = now_ps;
	ready_add(end, now_ps << DDR_KEY_TIME_SHIFT |
		  (hit ? DDR_KEY_HIT : 0) | bank->number, request.tag);
	return hit;
}

/*
 * Each of these once, if it begins before the limit; returns those that did and
 * have more. In turns, as what they serve is ready nearly in order then.
 */
static inline uint64_t banks_run(struct ddr *ddr, uint64_t banks,
				 uint64_t limit_ps)
{
	struct ddr_ready *end = &ddr->ready[ddr->ready_end];
	uint64_t again = banks, hits = 0;

	for (; banks; banks &= banks - 1) {
		struct ddr_bank *bank =
			ddr->by_number[__builtin_ctzll(banks)];
		uint64_t next_ps = ddr_bank_begins_ps(bank);

		if (next_ps >= limit_ps) {
			if (next_ps < ddr->begins_ps)
				ddr->begins_ps = next_ps;
			queue_move_back(bank);
			again &= ~bank->bit;
			continue;
		}
		hits += bank_serve(&ddr->config, bank, next_ps, end++);
		if (bank->head != bank->tail)
			continue;
		bank->head = bank->queue;
		bank->tail = bank->queue;
		ddr->busy &= ~bank->bit;
		again &= ~bank->bit;
	}
	ddr->ready_end = (uint32_t)(end - ddr->ready);
	ddr->row_hits += hits;
	return again;
}

/* What was taken makes room. */
static void ready_move_back(struct ddr *ddr)
{
	uint32_t count = ddr->ready_end - ddr->first_ready;

	memmove(&ddr->ready[1], &ddr->ready[ddr->first_ready],
		count * sizeof(ddr->ready[0]));
	ddr->first_ready = 1;
	ddr->ready_end = count + 1;
}

void ddr_run(struct ddr *ddr, uint64_t limit_ps)
{
	uint32_t before;

	if (ddr->begins_ps < limit_ps) {
		ready_move_back(ddr);
		before = ddr->ready_end;
		ddr->begins_ps = DDR_NEVER;
		for (uint64_t banks = ddr->busy; banks;) {
			assert(ddr->ready_end + DDR_MAX_BANKS <=
			       DDR_READY_ROOM);
			banks = banks_run(ddr, banks, limit_ps);
		}
		ddr->requests += ddr->ready_end - before;
	}
	/* Whatever a bank begins from now on takes a hit's time at least. */
	ddr->bus_until_ps = limit_ps + ddr->config.row_hit_ps;
}
