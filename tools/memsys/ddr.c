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

/* The first that hits, if it has arrived; the oldest when none does. */
static inline struct ddr_request *bank_choose(const struct ddr_bank *bank,
					      uint32_t hit_cap, uint64_t now_ps)
{
	struct ddr_request *request = bank->head;

	if (request->row == bank->open_row || bank->overtaken >= hit_cap)
		return request;
	for (request++; request < bank->tail; request++) {
		if (request->row != bank->open_row)
			continue;
		if (request->arrival_ps > now_ps)
			break;
		return request;
	}
	return bank->head;
}

/* Takes a request out; those before it move up by one. */
static inline void queue_remove(struct ddr_bank *bank,
				struct ddr_request *request)
{
	struct ddr_request *head = bank->head++;

	if (request == head) {
		bank->overtaken = 0;
		return;
	}
	bank->overtaken++;
	for (; request > head; request--)
		*request = request[-1];
}

static inline void ready_add(struct ddr *ddr, uint64_t key, uint32_t tag)
{
	struct ddr_ready *at = &ddr->ready[ddr->ready_end++];

	/* Each part as it was written: the whole would wait for both. */
	for (; at[-1].key > key; at--) {
		at->key = at[-1].key;
		at->tag = at[-1].tag;
	}
	*at = (struct ddr_ready){ key, tag };
}

/*
 * Serves one that has requests; returns when it begins with the next. What
 * changes with each request is a copy meanwhile.
 */
static uint64_t bank_run(struct ddr *ddr, uint32_t n, uint64_t now_ps,
			 uint64_t limit_ps)
{
	struct ddr_bank bank = ddr->bank[n];
	uint32_t hits = 0, requests = 0;

	assert(ddr->ready_end + (uint64_t)(bank.tail - bank.head) <=
	       DDR_MAX_REQUESTS);
	do {
		struct ddr_request *request =
			bank_choose(&bank, ddr->config.hit_cap, now_ps);
		bool hit = request->row == bank.open_row;
		uint32_t tag = request->tag;

		bank.free_ps = now_ps + (hit ? ddr->config.row_hit_ps :
					       ddr->config.row_cycle_ps);
		bank.open_row = request->row;
		requests++;
		hits += hit;
		queue_remove(&bank, request);
		ready_add(ddr, bank.free_ps << DDR_KEY_TIME_SHIFT |
			  (hit ? DDR_KEY_HIT : 0) | n, tag);
		now_ps = bank.head == bank.tail ? DDR_NEVER :
						  ddr_bank_begins_ps(&bank);
	} while (now_ps < limit_ps);
	if (now_ps == DDR_NEVER) {
		bank.head = bank.queue;
		bank.tail = bank.queue;
		ddr->busy &= ~(1ull << n);
	}
	queue_move_back(&bank);
	ddr->bank[n] = bank;
	ddr->requests += requests;
	ddr->row_hits += hits;
	return now_ps;
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
	uint64_t begins_ps = DDR_NEVER;

	if (ddr->begins_ps < limit_ps) {
		ready_move_back(ddr);
		for (uint64_t left = ddr->busy; left; left &= left - 1) {
			uint32_t n = (uint32_t)__builtin_ctzll(left);
			const struct ddr_bank *bank = &ddr->bank[n];
			uint64_t next_ps = ddr_bank_begins_ps(bank);

			if (next_ps < limit_ps)
				next_ps = bank_run(ddr, n, next_ps, limit_ps);
			if (next_ps < begins_ps)
				begins_ps = next_ps;
		}
		ddr->begins_ps = begins_ps;
	}
	/* Whatever a bank begins from now on takes a hit's time at least. */
	ddr->bus_until_ps = limit_ps + ddr->config.row_hit_ps;
}
