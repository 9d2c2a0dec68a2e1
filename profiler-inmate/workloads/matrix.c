/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Multiplication of square matrices of 32-bit integers, modulo 2^32. */
#include "workload.h"

/* The largest matrix that fits a buffer. */
static uint64_t dimension(uint64_t size_bytes)
{
	uint64_t n = 1;

	while ((n + 1) * (n + 1) * sizeof(uint32_t) <= size_bytes)
		n++;
	return n;
}

static void prepare(void *memory, const struct workload_params *params)
{
	workload_fill(memory, 3 * params->size_bytes, params);
}

/* Plain order: the right matrix is read down its columns. */
static void multiply(uint32_t *product, const uint32_t *left,
		     const uint32_t *right, uint64_t size)
{
	for (uint64_t row = 0; row < size; row++) {
		for (uint64_t column = 0; column < size; column++) {
			uint32_t sum = 0;

			for (uint64_t n = 0; n < size; n++)
				sum += left[row * size + n] *
				       right[n * size + column];
			product[row * size + column] = sum;
		}
	}
}

static uint64_t run(void *memory, const struct workload_params *params)
{
	uint64_t words = params->size_bytes / sizeof(uint32_t);
	uint64_t size = dimension(params->size_bytes), sum = 0;
	uint32_t *left = memory, *right = left + words;
	uint32_t *product = right + words;

	for (uint64_t pass = 0; pass < params->count; pass++) {
		multiply(product, left, right, size);
		for (uint64_t n = 0; n < size * size; n++)
			sum = sum * 31 + product[n];
	}
	return sum;
}

const struct workload workload_matrix = {
	.name = "matrix",
	.summary = "Multiply two matrices of integers",
	.size_default_bytes = 16u << 10,
	.count_default = 1,
	.count_unit = "passes",
	.buffers = 3,
	.prepare = prepare,
	.run = run,
};
