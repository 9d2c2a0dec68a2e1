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

static int bank_create(struct ddr_bank *bank)
{
	bank->open_row = NO_ROW;
	bank->rows = calloc(QUEUE_ROOM, sizeof(*bank->rows));
	bank->arrivals_ps = calloc(QUEUE_ROOM, sizeof(*bank->arrivals_ps));
	bank->tags = calloc(QUEUE_ROOM, sizeof(*bank->tags));
	return bank->rows && bank->arrivals_ps && bank->tags ? 0 : -ENOMEM;
}

int ddr_create(struct ddr *ddr, const struct ddr_config *config)
{
	int err = 0;

	memset(ddr, 0, sizeof(*ddr));
	ddr->config = *config;
	ddr->first = DDR_NEVER;
	ddr->row_shift = (uint32_t)__builtin_ctz(config->row_lines);
	ddr->bank_mask = config->banks - 1;
	ddr->bank_shift = ddr->row_shift +
			  (uint32_t)__builtin_ctz(config->banks);
	for (uint32_t n = 0; n < DDR_MAX_BANKS; n++)
		ddr->next[n] = DDR_NEVER;
	for (uint32_t n = 0; n < config->banks && !err; n++)
		err = bank_create(&ddr->bank[n]);
	if (err)
		ddr_destroy(ddr);
	return err;
}

void ddr_destroy(struct ddr *ddr)
{
	for (uint32_t n = 0; n < DDR_MAX_BANKS; n++) {
		free(ddr->bank[n].rows);
		free(ddr->bank[n].arrivals_ps);
		free(ddr->bank[n].tags);
	}
	memset(ddr, 0, sizeof(*ddr));
}

static void queue_move_back(struct ddr_bank *bank)
{
	uint32_t count = bank->tail - bank->head;

	memmove(bank->rows, bank->rows + bank->head,
		count * sizeof(*bank->rows));
	memmove(bank->arrivals_ps, bank->arrivals_ps + bank->head,
		count * sizeof(*bank->arrivals_ps));
	memmove(bank->tags, bank->tags + bank->head,
		count * sizeof(*bank->tags));
	bank->head = 0;
	bank->tail = count;
}

static inline void bank_plan(struct ddr *ddr, uint32_t n)
{
	struct ddr_bank *bank = &ddr->bank[n];
	uint64_t at_ps;

	if (bank->head == bank->tail) {
		ddr->next[n] = DDR_NEVER;
		return;
	}
	at_ps = bank->arrivals_ps[bank->head];
	if (at_ps < bank->free_ps)
		at_ps = bank->free_ps;
	ddr->next[n] = at_ps << DDR_BANK_BITS | n;
}

static inline void banks_order(struct ddr *ddr)
{
	uint64_t even = DDR_NEVER, odd = DDR_NEVER;

	for (uint32_t n = 0; n < ddr->config.banks; n += 2) {
		even = ddr->next[n] < even ? ddr->next[n] : even;
		odd = ddr->next[n + 1] < odd ? ddr->next[n + 1] : odd;
	}
	ddr->first = even < odd ? even : odd;
}

void ddr_submit(struct ddr *ddr, uint64_t arrival_ps, uint64_t line,
		uint32_t tag)
{
	uint32_t n = ddr_bank_of(ddr, line);
	struct ddr_bank *bank = &ddr->bank[n];

	if (bank->head > QUEUE_WANDER)
		queue_move_back(bank);
	assert(bank->tail - bank->head < DDR_MAX_REQUESTS);
	bank->rows[bank->tail] = ddr_row_of(ddr, line);
	bank->arrivals_ps[bank->tail] = arrival_ps;
	bank->tags[bank->tail] = tag;
	if (bank->tail++ != bank->head)
		return;
	bank_plan(ddr, n);
	if (ddr->next[n] < ddr->first)
		ddr->first = ddr->next[n];
}

/* The first that hits, if it has arrived; the oldest when none does. */
static inline uint32_t bank_choose(const struct ddr *ddr, struct ddr_bank *bank,
				   uint64_t now_ps)
{
	uint32_t chosen = bank->head;

	if (bank->rows[chosen] == bank->open_row)
		return chosen;
	if (bank->overtaken >= ddr->config.hit_cap)
		return chosen;
	for (uint32_t i = chosen + 1; i < bank->tail; i++) {
		if (bank->rows[i] != bank->open_row)
			continue;
		if (bank->arrivals_ps[i] > now_ps)
			break;
		return i;
	}
	return chosen;
}

/* Takes an entry out; those before it move up by one. */
static inline void queue_remove(struct ddr_bank *bank, uint32_t i)
{
	bank->overtaken = i == bank->head ? 0 : bank->overtaken + 1;
	for (; i > bank->head; i--) {
		bank->rows[i] = bank->rows[i - 1];
		bank->arrivals_ps[i] = bank->arrivals_ps[i - 1];
		bank->tags[i] = bank->tags[i - 1];
	}
	bank->head++;
}

static inline void transfer_add(struct ddr *ddr, uint64_t ready_ps,
				uint32_t tag)
{
	uint32_t at = ddr->transfers_end++;

	for (; at != ddr->first_transfer; at--) {
		uint32_t before = (at - 1) % DDR_MAX_REQUESTS;

		if (ddr->ready_ps[before] <= ready_ps)
			break;
		ddr->ready_ps[at % DDR_MAX_REQUESTS] = ddr->ready_ps[before];
		ddr->ready_tag[at % DDR_MAX_REQUESTS] = ddr->ready_tag[before];
	}
	ddr->ready_ps[at % DDR_MAX_REQUESTS] = ready_ps;
	ddr->ready_tag[at % DDR_MAX_REQUESTS] = tag;
}

/* The bus takes what was ready by `until_ps`: nothing earlier will follow. */
static inline void transfers_grant(struct ddr *ddr, uint64_t until_ps)
{
	while (ddr->first_transfer != ddr->transfers_end) {
		uint32_t at = ddr->first_transfer % DDR_MAX_REQUESTS;
		uint32_t to = ddr->done_end % DDR_MAX_REQUESTS;
		uint64_t begin_ps = ddr->ready_ps[at];

		if (begin_ps > until_ps)
			break;
		if (begin_ps < ddr->bus_free_ps)
			begin_ps = ddr->bus_free_ps;
		ddr->bus_free_ps = begin_ps + ddr->config.burst_ps;
		ddr->done_ps[to] = ddr->bus_free_ps;
		ddr->done_tag[to] = ddr->ready_tag[at];
		ddr->done_end++;
		ddr->first_transfer++;
	}
	if (ddr->first_transfer == ddr->transfers_end)
		ddr->first_transfer = ddr->transfers_end = 0;
}

static inline void bank_serve(struct ddr *ddr, uint32_t n, uint64_t now_ps)
{
	struct ddr_bank *bank = &ddr->bank[n];
	uint32_t i = bank_choose(ddr, bank, now_ps);
	uint64_t row = bank->rows[i];
	uint32_t tag = bank->tags[i];
	bool hit = row == bank->open_row;

	bank->free_ps = now_ps + (hit ? ddr->config.row_hit_ps :
					ddr->config.row_cycle_ps);
	bank->open_row = row;
	ddr->requests++;
	ddr->row_hits += hit;
	queue_remove(bank, i);
	bank_plan(ddr, n);
	banks_order(ddr);
	transfer_add(ddr, bank->free_ps, tag);
}

void ddr_step(struct ddr *ddr)
{
	uint64_t now_ps = ddr_next_ps(ddr);

	if (ddr->first >> DDR_BANK_BITS == now_ps)
		bank_serve(ddr, ddr->first & (DDR_MAX_BANKS - 1), now_ps);
	/* Whatever a bank begins from now on takes a hit's time at least. */
	transfers_grant(ddr, now_ps + ddr->config.row_hit_ps);
}
