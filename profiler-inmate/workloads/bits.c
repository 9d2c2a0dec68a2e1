/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counting set bits in three ways: by shifting, by clearing, by a table. */
#include "workload.h"

static void prepare(void *memory, const struct workload_params *params)
{
	workload_fill(memory, params->size_bytes, params);
}

static uint64_t count_by_shift(uint64_t word)
{
	uint64_t bits = 0;

	for (; word; word >>= 1)
		bits += word & 1;
	return bits;
}

static uint64_t count_by_clear(uint64_t word)
{
	uint64_t bits = 0;

	for (; word; word &= word - 1)
		bits++;
	return bits;
}

/* Half a byte is an index. */
static uint64_t count_by_table(uint64_t word)
{
	static const uint8_t table[16] = {
		0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
	};
	uint64_t bits = 0;

	for (; word; word >>= 4)
		bits += table[word & 15];
	return bits;
}

#define BITS_WORKLOAD(variant, text)                                          \
	static uint64_t run_##variant(void *memory,                           \
				      const struct workload_params *params)   \
	{                                                                     \
		const volatile uint64_t *word = memory;                       \
		uint64_t words = params->size_bytes / sizeof(*word);          \
		uint64_t bits = 0;                                            \
                                                                              \
		for (uint64_t pass = 0; pass < params->count; pass++)         \
			for (uint64_t n = 0; n < words; n++)                  \
				bits += count_by_##variant(word[n]);          \
		return bits;                                                  \
	}                                                                     \
                                                                              \
	const struct workload workload_bits_##variant = {                     \
		.name = "bits-" #variant,                                     \
		.summary = text,                                              \
		.size_default_bytes = 256u << 10,                             \
		.count_default = 1,                                           \
		.count_unit = "passes",                                       \
		.buffers = 1,                                                 \
		.prepare = prepare,                                           \
		.run = run_##variant,                                         \
	}

BITS_WORKLOAD(shift, "Count set bits, one by one");
BITS_WORKLOAD(clear, "Count set bits, clearing the lowest");
BITS_WORKLOAD(table, "Count set bits with a table");
