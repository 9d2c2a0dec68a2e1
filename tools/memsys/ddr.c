/* SPDX-License-Identifier: GPL-2.0-only */
/* DDR request by request: banks, open rows, a hit-first scheduler. */
#include "ddr.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NO_ROW		UINT64_MAX
/* So far a queue wanders before it is moved back to the start. */
#define QUEUE_WANDER	64u
#define QUEUE_ROOM	(DDR_MAX_REQUESTS + QUEUE_WANDER + 1)

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
	for (uint32_t n = 0; n < 2 * DDR_MAX_BANKS; n++)
		ddr->next[n] = DDR_NEVER;
	for (uint32_t n = 0; n < config->banks; n++) {
		struct ddr_bank *bank = &ddr->bank[n];

		bank->open_row = NO_ROW;
		bank->queue = calloc(QUEUE_ROOM, sizeof(*bank->queue));
		if (!bank->queue) {
			ddr_destroy(ddr);
			return -ENOMEM;
		}
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
	uint32_t count = bank->tail - bank->head;

	memmove(bank->queue, bank->queue + bank->head,
		count * sizeof(*bank->queue));
	bank->head = 0;
	bank->tail = count;
}

/* When a bank decides next, and so which one is first. */
static inline void bank_plan(struct ddr *ddr, uint32_t n)
{
	const struct ddr_bank *bank = &ddr->bank[n];
	uint32_t at = ddr->config.banks + n;
	uint64_t next = DDR_NEVER;

	if (bank->head != bank->tail) {
		uint64_t at_ps = bank->queue[bank->head].arrival_ps;

		if (at_ps < bank->free_ps)
			at_ps = bank->free_ps;
		next = at_ps << DDR_BANK_BITS | n;
	}
	ddr->next[at] = next;
	for (; at > 1; at /= 2) {
		uint64_t other = ddr->next[at ^ 1];

		next = other < next ? other : next;
		ddr->next[at / 2] = next;
	}
}

void ddr_submit(struct ddr *ddr, uint64_t arrival_ps, uint64_t line,
		uint32_t tag)
{
	uint32_t n = ddr_bank_of(ddr, line);
	struct ddr_bank *bank = &ddr->bank[n];

	if (bank->head > QUEUE_WANDER)
		queue_move_back(bank);
	assert(bank->tail - bank->head < DDR_MAX_REQUESTS);
	bank->queue[bank->tail] = (struct ddr_request){
		arrival_ps, ddr_row_of(ddr, line), tag,
	};
	if (bank->tail++ == bank->head)
		bank_plan(ddr, n);
}

/* The first that hits, if it has arrived; the oldest when none does. */
static inline uint32_t bank_choose(const struct ddr *ddr, struct ddr_bank *bank,
				   uint64_t now_ps)
{
	const struct ddr_request *queue = bank->queue;

	if (queue[bank->head].row == bank->open_row ||
	    bank->overtaken >= ddr->config.hit_cap)
		return bank->head;
	for (uint32_t i = bank->head + 1; i < bank->tail; i++) {
		if (queue[i].row != bank->open_row)
			continue;
		if (queue[i].arrival_ps > now_ps)
			break;
		return i;
	}
	return bank->head;
}

/* Takes an entry out; those before it move up by one. */
static inline void queue_remove(struct ddr_bank *bank, uint32_t i)
{
	bank->overtaken = i == bank->head ? 0 : bank->overtaken + 1;
	for (; i > bank->head; i--)
		bank->queue[i] = bank->queue[i - 1];
	bank->head++;
}

/* In the order in which they are ready; at the same time, as they began. */
static inline void ready_add(struct ddr *ddr, struct ddr_done ready)
{
	uint32_t at = ddr->ready_end++;

	for (; at != ddr->first_ready; at--) {
		uint32_t before = (at - 1) % DDR_MAX_REQUESTS;

		if (ddr->ready[before].done_ps <= ready.done_ps)
			break;
		ddr->ready[at % DDR_MAX_REQUESTS] = ddr->ready[before];
	}
	ddr->ready[at % DDR_MAX_REQUESTS] = ready;
}

static inline void bank_serve(struct ddr *ddr, uint32_t n, uint64_t now_ps)
{
	struct ddr_bank *bank = &ddr->bank[n];
	uint32_t i = bank_choose(ddr, bank, now_ps);
	struct ddr_request request = bank->queue[i];
	bool hit = request.row == bank->open_row;

	bank->free_ps = now_ps + (hit ? ddr->config.row_hit_ps :
					ddr->config.row_cycle_ps);
	bank->open_row = request.row;
	ddr->requests++;
	ddr->row_hits += hit;
	queue_remove(bank, i);
	bank_plan(ddr, n);
	ready_add(ddr, (struct ddr_done){ bank->free_ps, request.tag });
}

/* The bus takes what was ready by `until_ps`: nothing earlier will follow. */
static inline void bus_grant(struct ddr *ddr, uint64_t until_ps)
{
	while (ddr->first_ready != ddr->ready_end) {
		struct ddr_done done =
			ddr->ready[ddr->first_ready % DDR_MAX_REQUESTS];

		if (done.done_ps > until_ps)
			break;
		if (done.done_ps < ddr->bus_free_ps)
			done.done_ps = ddr->bus_free_ps;
		done.done_ps += ddr->config.burst_ps;
		ddr->bus_free_ps = done.done_ps;
		ddr->done[ddr->done_end++ % DDR_MAX_REQUESTS] = done;
		ddr->first_ready++;
	}
}

void ddr_run(struct ddr *ddr, uint64_t limit_ps)
{
	uint64_t begins_ps;

	while ((begins_ps = ddr_begins_ps(ddr)) < limit_ps)
		bank_serve(ddr, ddr->next[1] & (DDR_MAX_BANKS - 1), begins_ps);
	/* Whatever a bank begins from now on takes a hit's time at least. */
	bus_grant(ddr, limit_ps + ddr->config.row_hit_ps);
}
