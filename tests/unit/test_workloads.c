/* SPDX-License-Identifier: GPL-2.0-only */
/* The workloads: known answers, repeatability, pacing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "profiler-inmate/workloads/pace.h"
#include "profiler-inmate/workloads/workload.h"

static void assert_digest(const void *data, uint64_t bytes, const char *wanted)
{
	uint8_t digest[SHA3_512_BYTES];
	char text[2 * SHA3_512_BYTES + 1];

	sha3_512(digest, data, bytes);
	for (size_t n = 0; n < sizeof(digest); n++)
		snprintf(&text[2 * n], 3, "%02x", digest[n]);
	assert_string_equal(text, wanted);
}

/* Published with FIPS 202: NIST's examples of 0, 5, 30, 1600, 1605 and 1630
 * bits hold whole bytes for 0 and 1600; "abc" and the long messages are those
 * of the SHA-2 examples, published for SHA-3 too. */
static void test_sha3_gives_the_published_digests(void **state)
{
	static uint8_t million[1000000];
	uint8_t a3[200];

	(void)state;
	memset(a3, 0xa3, sizeof(a3));
	memset(million, 'a', sizeof(million));
	assert_digest("", 0,
		"a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
		"15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26");
	assert_digest("abc", 3,
		"b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
		"10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0");
	assert_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
		"04a371e84ecfb5b8b77cb48610fca8182dd457ce6f326a0fd3d7ec2f1e91636d"
		"ee691fbe0c985302ba1b0d8dc78c086346b533b49c030d99a27daf1139d6e75e");
	assert_digest(a3, sizeof(a3),
		"e76dfad22084a8b1467fcf2ffa58361bec7628edf5f3fdc0e4805dc48caeeca8"
		"1b7c13c30adf52a3659584739a2df46be589c51ca1a4a8416df6545a1ce8ba00");
	assert_digest(million, sizeof(million),
		"3c3a876da14034ab60627c077bb98f7e120a2a5370212dffb3385a18d4f38859"
		"ed311d0a9d5141ce9cc5c66ee689b266a8aa18ace8282a0e0db596c90b0a7b87");
}

static uint64_t checksum(const struct workload *workload,
			 struct workload_params params, unsigned int jobs)
{
	uint64_t bytes, sum = 0;
	void *memory;

	params = workload_complete(workload, params);
	bytes = workload_memory_bytes(workload, &params);
	/* A byte more would be seen by the sanitizer. */
	memory = aligned_alloc(WORKLOAD_LINE_BYTES, bytes);
	assert_non_null(memory);
	/* What lies there before makes no difference. */
	memset(memory, (int)jobs, bytes);
	workload->prepare(memory, &params);
	while (jobs--)
		sum = workload->run(memory, &params);
	free(memory);
	return sum;
}

static void test_jobs_on_the_same_memory_are_equal(void **state)
{
	(void)state;
	for (unsigned int n = 0; workload_at(n); n++) {
		const struct workload *workload = workload_at(n);
		struct workload_params small = { .size_bytes = 8192, .seed = 7 };
		struct workload_params other = { .size_bytes = 8192, .seed = 8 };

		print_message("%s\n", workload->name);
		assert_ptr_equal(workload_find(workload->name), workload);
		assert_int_equal(checksum(workload, small, 1),
				 checksum(workload, small, 3));
		assert_int_not_equal(checksum(workload, small, 1),
				     checksum(workload, other, 1));
	}
	assert_null(workload_find("wal"));
	assert_null(workload_find("walks"));
}

static void test_sizes_are_whole_lines_and_fit(void **state)
{
	static const uint64_t sizes[] = { 1, 1024, 1087, 4096 + 63, 10000 };

	(void)state;
	for (unsigned int n = 0; workload_at(n); n++) {
		for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
			struct workload_params params = {
				.size_bytes = sizes[s], .seed = 1, .count = 2,
			};

			params = workload_complete(workload_at(n), params);
			assert_int_equal(params.size_bytes % 64, 0);
			assert_true(params.size_bytes >= 1024);
			checksum(workload_at(n), params, 1);
		}
	}
}

/* All bytes 'X': 0x58 has three bits set. */
static void test_counts_of_bits_are_right(void **state)
{
	static const char *const names[] = { "bits-shift", "bits-clear",
					     "bits-table" };
	struct workload_params uniform = { .size_bytes = 64000, .count = 2 };
	struct workload_params any = { .size_bytes = 64000, .seed = 99 };

	(void)state;
	for (size_t n = 0; n < 3; n++) {
		const struct workload *workload = workload_find(names[n]);

		assert_int_equal(checksum(workload, uniform, 1), 2 * 3 * 64000);
		assert_int_equal(checksum(workload, any, 1),
				 checksum(workload_find(names[0]), any, 1));
	}
}

/* The chain returns to its start after as many steps as there are lines. */
static void test_the_chain_is_one_cycle(void **state)
{
	static uint64_t memory[1024 / 8 * 16];
	const uint64_t lines = sizeof(memory) / 64;
	struct workload_params params = {
		.size_bytes = sizeof(memory), .count = 1, .seed = 3,
	};
	uint64_t place = 0, steps = 0;

	(void)state;
	workload_chase.prepare(memory, &params);
	do {
		place = memory[place * 8];
		assert_true(place < lines);
		steps++;
	} while (place && steps <= lines);
	assert_int_equal(steps, lines);
}

/* 2 x 2 by hand, from the same input. */
static void test_matrix_by_hand(void **state)
{
	union {
		uint64_t words[3 * 1024 / 8];
		uint32_t numbers[3 * 1024 / 4];
	} memory;
	struct workload_params params = {
		.size_bytes = 1024, .count = 1, .seed = 5,
	};
	uint64_t sum = 0;

	(void)state;
	workload_fill(&memory, sizeof(memory), &params);
	for (unsigned int row = 0; row < 16; row++) {
		for (unsigned int column = 0; column < 16; column++) {
			uint32_t cell = 0;

			for (unsigned int n = 0; n < 16; n++)
				cell += memory.numbers[row * 16 + n] *
					memory.numbers[256 + n * 16 + column];
			sum = sum * 31 + cell;
		}
	}
	assert_int_equal(checksum(&workload_matrix, params, 1), sum);
}

/* A copy of just that many bytes: one more would be seen by the sanitizer. */
static uint64_t checksum_of_input(const struct workload *workload,
				  const void *bytes, size_t count,
				  uint64_t size_bytes)
{
	struct workload_params params = {
		.size_bytes = size_bytes, .input_bytes = count, .seed = 1,
	};
	void *input = malloc(count);
	uint64_t sum;

	assert_non_null(input);
	memcpy(input, bytes, count);
	params.input = input;
	sum = checksum(workload, params, 1);
	free(input);
	return sum;
}

static void test_an_input_that_is_given_is_used(void **state)
{
	uint8_t bytes[8192], other[8192];

	(void)state;
	for (size_t n = 0; n < sizeof(bytes); n++)
		bytes[n] = (uint8_t)(n * 2654435761u >> 13);
	for (unsigned int n = 0; workload_at(n); n++) {
		const struct workload *workload = workload_at(n);
		uint64_t sum = checksum_of_input(workload, bytes, 8192, 8192);

		print_message("%s\n", workload->name);
		memcpy(other, bytes, sizeof(other));
		/* Some read no more of a line than its first word. */
		other[512] ^= 1;
		assert_int_not_equal(checksum_of_input(workload, other, 8192,
						       8192), sum);
		assert_int_not_equal(checksum_of_input(workload, bytes, 4096,
						       8192), sum);
		/* Its size is the input's unless another is asked for. */
		assert_int_equal(checksum_of_input(workload, bytes, 8192, 0),
				 sum);
	}
}

/* The digest of what was given, and of three bytes over and over. */
static void test_an_input_is_taken_byte_by_byte(void **state)
{
	uint8_t bytes[1024], digest[SHA3_512_BYTES];
	uint64_t wanted = 0;

	(void)state;
	for (size_t n = 0; n < sizeof(bytes); n++)
		bytes[n] = (uint8_t)"abc"[n % 3];
	sha3_512(digest, bytes, sizeof(bytes));
	for (unsigned int n = 0; n < 8; n++)
		wanted |= (uint64_t)digest[n] << 8 * n;
	assert_int_equal(checksum_of_input(&workload_sha3, bytes, 1024, 0),
			 wanted);
	assert_int_equal(checksum_of_input(&workload_sha3, "abc", 3, 1024),
			 wanted);
	/* What is beyond the size does not count. */
	bytes[1023] ^= 1;
	assert_int_equal(checksum_of_input(&workload_sha3, bytes, 1023, 960),
			 checksum_of_input(&workload_sha3, "abc", 3, 960));
}

static void test_pace_is_exact_in_the_long_run(void **state)
{
	struct pace pace = pace_init(300000007, 1200000000, 1000);
	uint64_t due = 0, moved = 0;

	(void)state;
	for (unsigned int n = 0; n < 100000; n++) {
		due = pace_moved(&pace, 4096, due);
		moved += 4096;
	}
	/* moved / rate seconds, rounded down to a cycle */
	assert_int_equal(due, 1000 + (unsigned long long)((unsigned __int128)
				moved * 1200000000 / 300000007));
}

static void test_pace_makes_up_for_little(void **state)
{
	struct pace pace = pace_init(64000000, 1000000000, 0);

	(void)state;
	assert_int_equal(pace_moved(&pace, 64, 0), 1000);
	/* Half a millisecond late: still owed. */
	assert_int_equal(pace_moved(&pace, 64, 500000), 2000);
	/* A second late: a millisecond of it is. */
	assert_int_equal(pace_moved(&pace, 64, 1000000000), 999000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha3_gives_the_published_digests),
		cmocka_unit_test(test_jobs_on_the_same_memory_are_equal),
		cmocka_unit_test(test_sizes_are_whole_lines_and_fit),
		cmocka_unit_test(test_counts_of_bits_are_right),
		cmocka_unit_test(test_the_chain_is_one_cycle),
		cmocka_unit_test(test_matrix_by_hand),
		cmocka_unit_test(test_an_input_that_is_given_is_used),
		cmocka_unit_test(test_an_input_is_taken_byte_by_byte),
		cmocka_unit_test(test_pace_is_exact_in_the_long_run),
		cmocka_unit_test(test_pace_makes_up_for_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
