/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DDR request by request against a reference that is slow and obvious: it looks
 * through all requests for each that is served, and knows all of them at once.
 * Random machines, random streams: every time is equal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/memsys/ddr.h"

#define REQUESTS	300u
#define STREAMS		800u

/* One request: when it came, and what the reference made of it. */
struct request {
	uint64_t arrival_ps;
	uint32_t bank;
	uint64_t row;
	uint64_t least_done_ps;		/* what the controller once promised */
	bool served, crossed;
	bool hit;
	uint64_t ready_ps;
};

static struct ddr ddr;
static struct ddr_config config;
static struct request requests[REQUESTS];
static struct ddr_done answers[REQUESTS], expected[REQUESTS];

/* --------------------------------------------------------------- reference */

static struct request *oldest_of(uint32_t bank)
{
	for (uint32_t n = 0; n < REQUESTS; n++)
		if (requests[n].bank == bank && !requests[n].served)
			return &requests[n];
	return NULL;
}

static struct request *oldest_hit(uint32_t bank, uint64_t row, uint64_t now_ps)
{
	for (uint32_t n = 0; n < REQUESTS; n++) {
		struct request *request = &requests[n];

		if (request->bank == bank && !request->served &&
		    request->row == row && request->arrival_ps <= now_ps)
			return request;
	}
	return NULL;
}

static void reference_serve(uint32_t bank)
{
	uint64_t open_row = UINT64_MAX, free_ps = 0;
	struct request *oldest, *chosen;
	uint32_t overtaken = 0;

	while ((oldest = oldest_of(bank))) {
		uint64_t now_ps = oldest->arrival_ps > free_ps ?
				  oldest->arrival_ps : free_ps;

		chosen = overtaken < config.hit_cap ?
			 oldest_hit(bank, open_row, now_ps) : NULL;
		if (!chosen)
			chosen = oldest;
		overtaken = chosen == oldest ? 0 : overtaken + 1;
		chosen->served = true;
		chosen->hit = chosen->row == open_row;
		chosen->ready_ps = now_ps + (chosen->hit ? config.row_hit_ps :
							   config.row_cycle_ps);
		open_row = chosen->row;
		free_ps = chosen->ready_ps;
	}
}

static bool crosses_before(const struct request *a, const struct request *b)
{
	if (a->ready_ps != b->ready_ps)
		return a->ready_ps < b->ready_ps;
	if (a->hit != b->hit)
		return b->hit;
	return a->bank < b->bank;
}

static void reference_cross(void)
{
	uint64_t bus_free_ps = 0;

	for (uint32_t n = 0; n < REQUESTS; n++) {
		struct request *first = NULL;

		for (uint32_t r = 0; r < REQUESTS; r++)
			if (!requests[r].crossed &&
			    (!first || crosses_before(&requests[r], first)))
				first = &requests[r];
		first->crossed = true;
		if (bus_free_ps < first->ready_ps)
			bus_free_ps = first->ready_ps;
		bus_free_ps += config.burst_ps;
		expected[n] = (struct ddr_done){
			bus_free_ps, (uint32_t)(first - requests),
		};
	}
}

/* ----------------------------------------------------- machines and streams */

static uint32_t any(uint32_t from, uint32_t to)
{
	return from + (uint32_t)rand() % (to - from + 1);
}

/* Of coarse times many are equal. */
static uint32_t times_unit(void)
{
	static const uint32_t units[] = { 1, 100, 5000 };

	return units[any(0, 2)];
}

static void any_machine(uint32_t unit_ps)
{
	uint32_t hit_ps = any(1 + 999 / unit_ps, 20000 / unit_ps) * unit_ps;

	config = (struct ddr_config){
		.banks = 1u << any(0, any(0, 9) ? 4 : DDR_BANK_BITS),
		.row_lines = 1u << any(0, 7),
		.hit_cap = any(0, 1) ? any(0, 6) : 1000,
		.row_hit_ps = hit_ps,
		.row_cycle_ps = hit_ps + any(0, 60000 / unit_ps) * unit_ps,
		.burst_ps = any(1, 10000 / unit_ps) * unit_ps,
	};
}

/* Few rows of few banks are asked for, by several who go through them. */
struct stream {
	uint32_t walkers;
	uint64_t at[8];
	uint32_t rows, banks;
	uint32_t jumps_percent;
	uint32_t most_under_way;
	uint64_t gap_ps;		/* between requests, at most */
	uint64_t unit_ps;
};

static uint64_t any_line(const struct stream *stream)
{
	uint64_t row = any(0, stream->rows - 1);
	uint64_t bank = any(0, stream->banks - 1);

	return (row * config.banks + bank) * config.row_lines +
	       any(0, config.row_lines - 1);
}

static void any_stream(struct stream *stream, uint32_t unit_ps)
{
	*stream = (struct stream){
		.walkers = any(1, 8),
		.rows = any(1, 6),
		.banks = any(1, config.banks),
		.jumps_percent = any(0, 2) * 50,
		.most_under_way = any(1, 40),
		.gap_ps = any(0, 3) * (config.row_cycle_ps / any(1, 16)),
		.unit_ps = unit_ps,
	};
	if (any(0, 9) == 0)
		stream->most_under_way = REQUESTS;
	for (uint32_t n = 0; n < stream->walkers; n++)
		stream->at[n] = any_line(stream);
}

static uint64_t next_line(struct stream *stream)
{
	uint64_t *at = &stream->at[any(0, stream->walkers - 1)];

	*at = any(1, 100) <= stream->jumps_percent ? any_line(stream) : *at + 1;
	return *at;
}

/* ------------------------------------------------------------------ driving */

static void submit(uint32_t n, uint64_t arrival_ps, uint64_t line)
{
	uint64_t rows = line / config.row_lines;

	requests[n] = (struct request){
		.arrival_ps = arrival_ps,
		.bank = (uint32_t)(rows % config.banks),
		.row = rows / config.banks,
	};
	ddr_submit(&ddr, arrival_ps, line, n);
}

/* All that is done; less than all of it, sometimes. */
static uint32_t take(uint32_t taken)
{
	uint32_t most = any(0, 3) ? REQUESTS : any(0, 3);

	while (most-- && ddr_take(&ddr, &answers[taken])) {
		assert_in_range(answers[taken].tag, 0, REQUESTS - 1);
		assert_true(answers[taken].done_ps >=
			    requests[answers[taken].tag].least_done_ps);
		taken++;
	}
	return taken;
}

/* Nothing that was handed in is done before; what comes may be. */
static void note_promise(uint32_t submitted, uint64_t limit_ps)
{
	uint64_t promised_ps = ddr_unknown_ps(&ddr);

	for (uint32_t n = 0; n < submitted; n++)
		if (requests[n].least_done_ps < promised_ps &&
		    promised_ps != DDR_NEVER)
			requests[n].least_done_ps = promised_ps;
	assert_true(ddr_begins_ps(&ddr) >= limit_ps);
}

static void drive(struct stream *stream)
{
	uint32_t submitted = 0, taken = 0, before;
	uint64_t now_ps = 0, gap_ps;

	while (taken < REQUESTS) {
		if (submitted < REQUESTS &&
		    submitted - taken < stream->most_under_way) {
			gap_ps = any(0, 1) ? any(0, (uint32_t)stream->gap_ps) : 0;
			now_ps += gap_ps / stream->unit_ps * stream->unit_ps;
			submit(submitted++, now_ps, next_line(stream));
			if (any(0, 2))
				continue;
		} else {
			uint64_t unknown_ps = ddr_unknown_ps(&ddr);

			/* When all is known there is nothing to run to. */
			if (unknown_ps > now_ps && unknown_ps != DDR_NEVER)
				now_ps = unknown_ps;
		}
		ddr_run(&ddr, now_ps);
		before = taken;
		taken = take(taken);
		if (taken == before && !ddr_take(&ddr, &answers[taken]))
			note_promise(submitted, now_ps);
		else if (taken == before)
			taken++;
	}
}

static void compare(uint32_t stream)
{
	uint64_t hits = 0;

	for (uint32_t bank = 0; bank < config.banks; bank++)
		reference_serve(bank);
	reference_cross();
	for (uint32_t n = 0; n < REQUESTS; n++) {
		if (answers[n].tag != expected[n].tag ||
		    answers[n].done_ps != expected[n].done_ps)
			fail_msg("stream %u, answer %u: %u at %llu, not %u at %llu",
				 stream, n, answers[n].tag,
				 (unsigned long long)answers[n].done_ps,
				 expected[n].tag,
				 (unsigned long long)expected[n].done_ps);
		hits += requests[n].hit;
	}
	assert_int_equal(ddr.requests, REQUESTS);
	assert_int_equal(ddr.row_hits, hits);
	assert_int_equal(ddr_begins_ps(&ddr), DDR_NEVER);
	assert_int_equal(ddr_unknown_ps(&ddr), DDR_NEVER);
}

static void every_time_is_that_of_the_reference(void **state)
{
	struct stream stream;

	(void)state;
	srand(11);
	for (uint32_t n = 0; n < STREAMS; n++) {
		uint32_t unit_ps = times_unit();

		any_machine(unit_ps);
		any_stream(&stream, unit_ps);
		assert_int_equal(ddr_create(&ddr, &config), 0);
		drive(&stream);
		compare(n);
		ddr_destroy(&ddr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_time_is_that_of_the_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
