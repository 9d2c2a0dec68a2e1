/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Patterns of memory access: random, line by line, streams, a chain. */
#include "workload.h"

static void fill(void *memory, const struct workload_params *params)
{
	workload_fill(memory, params->size_bytes, params);
}

/*
 * At each step the four bytes there, modulo the size, say which byte to add:
 * scattered loads, each independent of the one before.
 */
static uint64_t run_random(void *memory, const struct workload_params *params)
{
	const volatile uint8_t *byte = memory;
	uint64_t place = 0, sum = 0;

	for (uint64_t n = 0; n < params->count; n++) {
		uint64_t target = byte[place] | (uint64_t)byte[place + 1] << 8 |
				  (uint64_t)byte[place + 2] << 16 |
				  (uint64_t)byte[place + 3] << 24;

		sum += byte[target % params->size_bytes];
		if (++place > params->size_bytes - 4)
			place = 0;
	}
	return sum;
}

const struct workload workload_random = {
	.name = "random",
	.summary = "Scattered loads that the input chooses",
	.size_default_bytes = 2u << 20,
	.count_default = 16384,
	.count_unit = "loads",
	.buffers = 1,
	.prepare = fill,
	.run = run_random,
};

/* One word of each line, upwards. */
static uint64_t run_walk(void *memory, const struct workload_params *params)
{
	const volatile uint64_t *word = memory;
	uint64_t words = params->size_bytes / sizeof(*word), sum = 0;

	for (uint64_t pass = 0; pass < params->count; pass++)
		for (uint64_t n = 0; n < words; n += WORKLOAD_LINE_BYTES / 8)
			sum += word[n];
	return sum;
}

const struct workload workload_walk = {
	.name = "walk",
	.summary = "Read a word of each line, upwards",
	.size_default_bytes = 2u << 20,
	.count_default = 1,
	.count_unit = "passes",
	.buffers = 1,
	.prepare = fill,
	.run = run_walk,
};

static void prepare_stream(void *memory, const struct workload_params *params)
{
	uint64_t words = params->size_bytes / sizeof(uint64_t);
	uint64_t *target = (uint64_t *)memory + 2 * words;

	workload_fill(memory, 2 * params->size_bytes, params);
	for (uint64_t n = 0; n < words; n++)
		target[n] = 0;
}

/* a = b + 3c over three buffers, and the sum of every a. */
static uint64_t run_stream(void *memory, const struct workload_params *params)
{
	uint64_t words = params->size_bytes / sizeof(uint64_t);
	const volatile uint64_t *left = memory;
	const volatile uint64_t *right = left + words;
	volatile uint64_t *target = (volatile uint64_t *)memory + 2 * words;
	uint64_t sum = 0;

	for (uint64_t pass = 0; pass < params->count; pass++) {
		for (uint64_t n = 0; n < words; n++) {
			uint64_t value = left[n] + 3 * right[n];

			target[n] = value;
			sum += value;
		}
	}
	return sum;
}

const struct workload workload_stream = {
	.name = "stream",
	.summary = "Add two buffers into a third",
	.size_default_bytes = 1u << 20,
	.count_default = 1,
	.count_unit = "passes",
	.buffers = 3,
	.prepare = prepare_stream,
	.run = run_stream,
};

/* One cycle through all lines in random order (Sattolo's algorithm). */
static void prepare_chase(void *memory, const struct workload_params *params)
{
	uint64_t *word = memory, step = WORKLOAD_LINE_BYTES / sizeof(*word);
	uint64_t lines = params->size_bytes / WORKLOAD_LINE_BYTES;
	uint64_t value = params->seed ? params->seed : 1;

	for (uint64_t n = 0; n < lines; n++)
		word[n * step] = n;
	for (uint64_t n = lines - 1; n > 0; n--) {
		uint64_t other, kept = word[n * step];

		if (params->input)
			value += workload_input_word(params, n * step);
		value ^= value << 13;
		value ^= value >> 7;
		value ^= value << 17;
		other = value % n;
		word[n * step] = word[other * step];
		word[other * step] = kept;
	}
}

static uint64_t run_chase(void *memory, const struct workload_params *params)
{
	const volatile uint64_t *word = memory;
	uint64_t step = WORKLOAD_LINE_BYTES / sizeof(*word);
	uint64_t place = 0, sum = 0;

	for (uint64_t n = 0; n < params->count; n++) {
		place = word[place * step];
		sum = sum * 3 + place;
	}
	return sum;
}

const struct workload workload_chase = {
	.name = "chase",
	.summary = "Follow a chain through all lines",
	.size_default_bytes = 2u << 20,
	.count_default = 16384,
	.count_unit = "steps",
	.buffers = 1,
	.prepare = prepare_chase,
	.run = run_chase,
};

static void prepare_phases(void *memory, const struct workload_params *params)
{
	workload_fill(memory, params->size_bytes, params);
	prepare_chase(memory, params);
}

/* Turns of a DRAM walk, of computation alone, and of a chain. */
static uint64_t run_phases(void *memory, const struct workload_params *params)
{
	const volatile uint64_t *word = memory;
	struct workload_params part = *params;
	uint64_t sum = 0;

	for (uint64_t turn = 0; turn < params->count; turn++) {
		part.count = 1;
		sum += run_walk(memory, &part);
		for (uint64_t n = 0; n < params->size_bytes / 8; n++)
			sum = sum * 3 + word[n % 256];
		part.count = params->size_bytes / WORKLOAD_LINE_BYTES / 4;
		sum += run_chase(memory, &part);
	}
	return sum;
}

const struct workload workload_phases = {
	.name = "phases",
	.summary = "A walk, computation, a chain, in turns",
	.size_default_bytes = 2u << 20,
	.count_default = 1,
	.count_unit = "turns",
	.buffers = 1,
	.prepare = prepare_phases,
	.run = run_phases,
};
