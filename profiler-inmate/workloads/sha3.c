/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* SHA3-512 as FIPS 202 defines it; section numbers below are of that text. */
#include "workload.h"

#define LANES		25u
#define RATE_LANES	9u	/* 576 bits of the 1600: 6.1, capacity 1024 */
#define RATE_BYTES	(RATE_LANES * 8u)
#define ROUNDS		24u

struct keccak {
	uint64_t lane[LANES];	/* lane x, y is at x + 5y (3.1.2) */
};

/* 3.2.5: what the linear feedback register of rc(t) gives for each round. */
static const uint64_t iota_constants[ROUNDS] = {
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a,
	0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
	0x8000000080008081, 0x8000000000008009, 0x000000000000008a,
	0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
	0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
	0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
	0x000000000000800a, 0x800000008000000a, 0x8000000080008081,
	0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

static uint64_t rotate_left(uint64_t value, unsigned int bits)
{
	return bits ? value << bits | value >> (64 - bits) : value;
}

/* 3.2.1 */
static void theta(struct keccak *state)
{
	uint64_t *lane = state->lane, column[5];

	for (unsigned int x = 0; x < 5; x++)
		column[x] = lane[x] ^ lane[x + 5] ^ lane[x + 10] ^
			    lane[x + 15] ^ lane[x + 20];
	for (unsigned int x = 0; x < 5; x++) {
		uint64_t mix = column[(x + 4) % 5] ^
			       rotate_left(column[(x + 1) % 5], 1);

		for (unsigned int y = 0; y < LANES; y += 5)
			lane[x + y] ^= mix;
	}
}

/* 3.2.2 and 3.2.3 in one walk: the offsets are (t + 1)(t + 2)/2. */
static void rho_and_pi(struct keccak *state)
{
	unsigned int x = 1, y = 0, bits = 0;
	uint64_t moved = state->lane[1];

	for (unsigned int t = 0; t < 24; t++) {
		unsigned int next = (2 * x + 3 * y) % 5;
		uint64_t kept;

		bits = (bits + t + 1) % 64;
		x = y;
		y = next;
		kept = state->lane[x + 5 * y];
		state->lane[x + 5 * y] = rotate_left(moved, bits);
		moved = kept;
	}
}

/* 3.2.4 */
static void chi(struct keccak *state)
{
	for (unsigned int y = 0; y < LANES; y += 5) {
		uint64_t *row = &state->lane[y];
		uint64_t first = row[0], second = row[1];

		row[0] ^= ~row[1] & row[2];
		row[1] ^= ~row[2] & row[3];
		row[2] ^= ~row[3] & row[4];
		row[3] ^= ~row[4] & first;
		row[4] ^= ~first & second;
	}
}

static void permute(struct keccak *state)
{
	for (unsigned int round = 0; round < ROUNDS; round++) {
		theta(state);
		rho_and_pi(state);
		chi(state);
		state->lane[0] ^= iota_constants[round];
	}
}

static uint64_t lane_load(const uint8_t *byte)
{
	uint64_t lane = 0;

	for (unsigned int n = 0; n < 8; n++)
		lane |= (uint64_t)byte[n] << 8 * n;
	return lane;
}

static void absorb(struct keccak *state, const uint8_t *block)
{
	for (unsigned int n = 0; n < RATE_LANES; n++)
		state->lane[n] ^= lane_load(&block[8 * n]);
	permute(state);
}

void sha3_512(uint8_t digest[SHA3_512_BYTES], const void *data,
	      uint64_t size_bytes)
{
	struct keccak state = { { 0 } };
	const uint8_t *byte = data;
	uint8_t last[RATE_BYTES] = { 0 };

	for (; size_bytes >= RATE_BYTES; size_bytes -= RATE_BYTES) {
		absorb(&state, byte);
		byte += RATE_BYTES;
	}
	for (uint64_t n = 0; n < size_bytes; n++)
		last[n] = byte[n];
	/* The suffix 01 of SHA-3 (6.1), then the padding 10*1 (5.1). */
	last[size_bytes] = 0x06;
	last[RATE_BYTES - 1] |= 0x80;
	absorb(&state, last);
	for (unsigned int n = 0; n < SHA3_512_BYTES; n++)
		digest[n] = (uint8_t)(state.lane[n / 8] >> 8 * (n % 8));
}

static void prepare(void *memory, const struct workload_params *params)
{
	workload_fill(memory, params->size_bytes, params);
}

static uint64_t run(void *memory, const struct workload_params *params)
{
	uint8_t digest[SHA3_512_BYTES];
	uint64_t sum = 0;

	for (uint64_t n = 0; n < params->count; n++) {
		sha3_512(digest, memory, params->size_bytes);
		sum += lane_load(digest);
	}
	return sum;
}

const struct workload workload_sha3 = {
	.name = "sha3",
	.summary = "SHA3-512 of the input",
	.size_default_bytes = 256u << 10,
	.count_default = 1,
	.count_unit = "passes",
	.buffers = 1,
	.prepare = prepare,
	.run = run,
};
