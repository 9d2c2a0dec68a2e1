/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Workloads: the same work in a bare-metal cell and in a Linux process.
 *
 * Pure C without a library, a clock or an allocator: whoever runs a workload
 * brings the memory and takes the time. Equal parameters give equal checksums
 * on every machine, so a checksum says that the work was done, and the same.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

#define WORKLOAD_LINE_BYTES	64u

struct workload_params {
	uint64_t size_bytes;	/* of the input, at least 1 KiB */
	uint64_t count;		/* passes, steps: of what a job does; 0: default */
	uint64_t seed;		/* of the generated input; 0: every byte 'X' */
	/* Instead of a generated one: these bytes, over and over. */
	const void *input;	/* NULL: generated */
	uint64_t input_bytes;	/* with an input: at least 1 */
};

struct workload {
	const char *name;
	const char *summary;
	uint64_t size_default_bytes;
	uint64_t count_default;
	const char *count_unit;
	/* Buffers of size_bytes each, one behind the other. */
	unsigned int buffers;
	/* Fills the memory; not part of a job. */
	void (*prepare)(void *memory, const struct workload_params *params);
	/* One job. Jobs on the same memory give the same checksum. */
	uint64_t (*run)(void *memory, const struct workload_params *params);
};

/* The n-th workload, NULL after the last one. */
const struct workload *workload_at(unsigned int n);
/* NULL when there is none of that name. */
const struct workload *workload_find(const char *name);

/*
 * Replaces zero sizes and counts, and rounds the size down to whole lines. The
 * size of an input that is given replaces that of the workload.
 */
struct workload_params workload_complete(const struct workload *workload,
					 struct workload_params params);
/* Bytes of memory for completed parameters, line aligned. */
uint64_t workload_memory_bytes(const struct workload *workload,
			       const struct workload_params *params);

/*
 * Fills memory with the input: what is given, or bytes of a xorshift sequence,
 * or all 'X'.
 */
void workload_fill(void *memory, uint64_t size_bytes,
		   const struct workload_params *params);
/* The n-th eight bytes of the input that is given, lowest first. */
uint64_t workload_input_word(const struct workload_params *params, uint64_t n);

/* SHA3-512, FIPS 202. */
#define SHA3_512_BYTES	64u
void sha3_512(uint8_t digest[SHA3_512_BYTES], const void *data,
	      uint64_t size_bytes);

extern const struct workload workload_sha3;
extern const struct workload workload_random;
extern const struct workload workload_bits_shift;
extern const struct workload workload_bits_clear;
extern const struct workload workload_bits_table;
extern const struct workload workload_walk;
extern const struct workload workload_stream;
extern const struct workload workload_chase;
extern const struct workload workload_matrix;
extern const struct workload workload_phases;

#endif
