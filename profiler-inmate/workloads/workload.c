/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The list of workloads, their parameters and their generated input. */
#include "workload.h"

static const struct workload *const workloads[] = {
	&workload_sha3, &workload_random, &workload_bits_shift,
	&workload_bits_clear, &workload_bits_table, &workload_walk,
	&workload_stream, &workload_chase, &workload_matrix, &workload_phases,
};

#define WORKLOADS_COUNT	(sizeof(workloads) / sizeof(workloads[0]))
#define SIZE_MIN_BYTES	1024u

const struct workload *workload_at(unsigned int n)
{
	return n < WORKLOADS_COUNT ? workloads[n] : NULL;
}

static int names_equal(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

const struct workload *workload_find(const char *name)
{
	for (unsigned int n = 0; n < WORKLOADS_COUNT; n++)
		if (names_equal(workloads[n]->name, name))
			return workloads[n];
	return NULL;
}

struct workload_params workload_complete(const struct workload *workload,
					 struct workload_params params)
{
	if (!params.size_bytes)
		params.size_bytes = params.input ? params.input_bytes :
						   workload->size_default_bytes;
	if (params.size_bytes < SIZE_MIN_BYTES)
		params.size_bytes = SIZE_MIN_BYTES;
	params.size_bytes -= params.size_bytes % WORKLOAD_LINE_BYTES;
	if (!params.count)
		params.count = workload->count_default;
	return params;
}

uint64_t workload_memory_bytes(const struct workload *workload,
			       const struct workload_params *params)
{
	return params->size_bytes * workload->buffers;
}

uint64_t workload_input_word(const struct workload_params *params, uint64_t n)
{
	const uint8_t *byte = params->input;
	uint64_t place = n * sizeof(n) % params->input_bytes, word = 0;

	for (unsigned int bit = 0; bit < 64; bit += 8) {
		word |= (uint64_t)byte[place] << bit;
		if (++place == params->input_bytes)
			place = 0;
	}
	return word;
}

static void generate(uint64_t *word, uint64_t words, uint64_t seed)
{
	uint64_t value = seed;

	for (uint64_t n = 0; n < words; n++) {
		if (seed) {
			value ^= value << 13;
			value ^= value >> 7;
			value ^= value << 17;
		}
		word[n] = seed ? value : 0x5858585858585858ull;
	}
}

void workload_fill(void *memory, uint64_t size_bytes,
		   const struct workload_params *params)
{
	uint64_t *word = memory, words = size_bytes / sizeof(*word);

	if (!params->input) {
		generate(word, words, params->seed);
		return;
	}
	for (uint64_t n = 0; n < words; n++)
		word[n] = workload_input_word(params, n);
}
