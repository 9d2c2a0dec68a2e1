/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The search for bank functions against DDR itself: pairs are read in turn from
 * the model of requests, behind address maps that are known.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tools/banks/banks.h"
#include "tools/memsys/ddr.h"

#define BIT(n)		(1ull << (n))
#define LINE_SHIFT	6
#define ROUNDS		8u

static struct ddr ddr;
static uint64_t now_ps;

/* A map: parities of address bits in place of the model's bank number. */
struct machine {
	uint32_t banks;
	uint32_t row_lines;
	unsigned int high_bit;
	uint64_t functions[6];
	uint64_t row_cycle_ps;
	uint64_t random;
	unsigned int noise_permille;	/* pairs disturbed by something else */
	uint64_t absent;		/* bits in which no two lines differ */
	unsigned int pairs;
};

static unsigned int function_count(const struct machine *machine)
{
	return (unsigned int)__builtin_ctz(machine->banks);
}

/*
 * The model's line that lies where the address does: its bank by the functions,
 * its column and row by the bits of the address as they are. Bits that a column
 * has not keep rows apart.
 */
static uint64_t line_of(const struct machine *machine, uint64_t address)
{
	unsigned int column_bits = (unsigned int)__builtin_ctz(machine->row_lines);
	uint64_t line = address >> LINE_SHIFT;
	uint64_t column = line & (machine->row_lines - 1);
	uint64_t row = line >> column_bits, bank = 0;

	for (unsigned int n = 0; n < function_count(machine); n++)
		bank |= (uint64_t)__builtin_parityll(address &
						     machine->functions[n]) << n;
	return (row * machine->banks + bank) * machine->row_lines + column;
}

static void serve(uint64_t line)
{
	struct ddr_done done;

	ddr_submit(&ddr, now_ps, line, 0);
	while (!ddr_take(&ddr, &done))
		ddr_run(&ddr, ddr_unknown_ps(&ddr));
	now_ps = done.done_ps;
}

static int pair(void *context, uint64_t difference, unsigned int sample,
		double *time_ns)
{
	struct machine *machine = context;
	uint64_t base = sample * 0x12345640ull & (BIT(machine->high_bit + 1) - 1);
	uint64_t start_ps = 0;

	machine->pairs++;
	if (difference & machine->absent)
		return -ENOENT;
	for (unsigned int n = 0; n <= ROUNDS; n++) {
		if (n == 1)
			start_ps = now_ps;
		serve(line_of(machine, base));
		serve(line_of(machine, base ^ difference));
	}
	*time_ns = (double)(now_ps - start_ps) / 1000 / ROUNDS;
	machine->random = machine->random * 6364136223846793005ull +
			  1442695040888963407ull;
	if ((machine->random >> 33) % 1000 < machine->noise_permille)
		*time_ns *= 2;
	return 0;
}

static int find(struct machine *machine, struct bank_map *map)
{
	const struct bank_clock clock = {
		.pair = pair,
		.context = machine,
		.low_bit = LINE_SHIFT,
		.high_bit = machine->high_bit,
		.samples = 5,
	};
	const struct ddr_config config = {
		.banks = machine->banks,
		.row_lines = machine->row_lines,
		.hit_cap = 4,
		.row_cycle_ps = machine->row_cycle_ps,
		.row_hit_ps = 15000,
		.burst_ps = 3750,
	};

	ddr_destroy(&ddr);
	now_ps = 0;
	assert_int_equal(ddr_create(&ddr, &config), 0);
	return bank_map_find(&clock, map);
}

/* Functions are those of a machine when they divide addresses as its do. */
static void expect_functions(const struct machine *machine,
			     const struct bank_map *map)
{
	unsigned int count = function_count(machine);

	assert_int_equal(map->functions_count, count);
	for (unsigned int set = 0; set < 1u << count; set++) {
		uint64_t sum = 0;
		bool found = false;

		for (unsigned int n = 0; n < count; n++)
			sum ^= set >> n & 1 ? machine->functions[n] : 0;
		for (unsigned int other = 0; other < 1u << count; other++) {
			uint64_t theirs = 0;

			for (unsigned int n = 0; n < count; n++)
				theirs ^= other >> n & 1 ? map->function[n] : 0;
			found |= theirs == sum;
		}
		assert_true(found);
	}
}

static void expect_found(struct machine machine)
{
	uint64_t all = 0;
	struct bank_map map;

	assert_int_equal(find(&machine, &map), 0);
	if (!map.found)
		fail_msg("%s", map.reason);
	expect_functions(&machine, &map);
	for (unsigned int n = 0; n < function_count(&machine); n++)
		all |= machine.functions[n];
	for (unsigned int i = LINE_SHIFT; i <= machine.high_bit; i++) {
		assert_int_equal(map.bit[i], all & BIT(i) ? BANK_BIT_BANK :
							    BANK_BIT_NONE);
		assert_true(map.confidence[i] >= 900);
	}
	assert_true(map.slow_ns > map.fast_ns);
	assert_true(machine.pairs < 10000);
}

#define MACHINE	.row_lines = 128, .high_bit = 29, .row_cycle_ps = 47000

static void test_plain_bits(void **state)
{
	(void)state;
	expect_found((struct machine){ MACHINE, .banks = 8,
		.functions = { BIT(13), BIT(14), BIT(15) } });
	expect_found((struct machine){ MACHINE, .banks = 2,
		.functions = { BIT(28) } });
	expect_found((struct machine){ MACHINE, .banks = 4,
		.functions = { BIT(17), BIT(18) } });
}

static void test_sums(void **state)
{
	(void)state;
	expect_found((struct machine){ MACHINE, .banks = 8,
		.functions = { BIT(13) | BIT(17), BIT(14) | BIT(18),
			       BIT(15) | BIT(19) } });
	/* Of more than two bits, and sharing some. */
	expect_found((struct machine){ MACHINE, .banks = 16,
		.functions = { BIT(13) | BIT(17) | BIT(21), BIT(14) | BIT(17),
			       BIT(15) | BIT(19) | BIT(22) | BIT(25), BIT(16) } });
	/* A channel below the page. */
	expect_found((struct machine){ MACHINE, .banks = 4,
		.functions = { BIT(13) | BIT(8), BIT(14) | BIT(20) } });
}

/* Each bit of the row is in a bank function too: only two together are a row. */
static void test_no_bit_is_the_row_alone(void **state)
{
	(void)state;
	expect_found((struct machine){ .row_lines = 128, .high_bit = 18,
		.row_cycle_ps = 47000, .banks = 8,
		.functions = { BIT(13) | BIT(16), BIT(14) | BIT(17),
			       BIT(15) | BIT(18) } });
}

static void test_random_maps(void **state)
{
	uint64_t random = 20261122;

	(void)state;
	for (unsigned int n = 0; n < 60; n++) {
		struct machine machine = { MACHINE, .banks = 2u << n % 5 };
		unsigned int count = function_count(&machine);

		for (unsigned int i = 0; i < count; i++) {
			random = random * 6364136223846793005ull +
				 1442695040888963407ull;
			/* Its own bit keeps functions apart. */
			machine.functions[i] = BIT(13 + i) |
				BIT(18 + (random >> 40) % 9) |
				BIT(18 + (random >> 50) % 9);
		}
		expect_found(machine);
	}
}

static void test_noise(void **state)
{
	(void)state;
	expect_found((struct machine){ MACHINE, .banks = 8, .random = 1,
		.noise_permille = 3,
		.functions = { BIT(13) | BIT(17), BIT(14) | BIT(18),
			       BIT(15) | BIT(19) } });
}

/* Where the places disagree too often, no bit is claimed to be what it is not. */
static void test_much_noise(void **state)
{
	static const unsigned int noise[] = { 30, 100, 300, 500 };

	(void)state;
	for (size_t n = 0; n < sizeof(noise) / sizeof(noise[0]); n++) {
		struct machine machine = { MACHINE, .banks = 8, .random = n,
			.noise_permille = noise[n],
			.functions = { BIT(13), BIT(14), BIT(15) } };
		struct bank_map map;

		assert_int_equal(find(&machine, &map), 0);
		if (!map.found)
			assert_int_not_equal(map.reason[0], '\0');
		for (unsigned int i = 0; map.found && i < 30; i++) {
			if (map.bit[i] != BANK_BIT_UNKNOWN)
				assert_true(map.confidence[i] >= 900);
		}
	}
}

/* Time tells nothing: a machine whose rows cost nothing, as an emulator's. */
static void test_nothing_to_tell(void **state)
{
	struct machine machine = { MACHINE, .banks = 8,
		.functions = { BIT(13), BIT(14), BIT(15) } };
	struct bank_map map;

	(void)state;
	machine.row_cycle_ps = 15000;
	assert_int_equal(find(&machine, &map), 0);
	assert_false(map.found);
	assert_string_equal(map.reason, "all pairs of lines take the same time");
	assert_int_equal(map.functions_count, 0);
}

static void test_out_of_reach(void **state)
{
	struct machine machine = { MACHINE, .banks = 8,
		.functions = { BIT(13), BIT(14), BIT(15) },
		.absent = BIT(14) };
	struct bank_map map;

	(void)state;
	assert_int_equal(find(&machine, &map), 0);
	assert_true(map.found);
	assert_int_equal(map.bit[14], BANK_BIT_UNKNOWN);
	assert_int_equal(map.functions_count, 2);
	assert_int_equal(map.function[0], BIT(13));
	assert_int_equal(map.function[1], BIT(15));
	machine.absent = UINT64_MAX;
	assert_int_equal(find(&machine, &map), 0);
	assert_string_equal(map.reason, "too few pairs of lines are in reach");
}

/*
 * A machine written down another way, without the model of requests: banks by any
 * function of the address, and the two times that there are.
 */
struct plain {
	unsigned int (*bank)(uint64_t address);
	uint64_t row;		/* address bits of the row */
};

static int plain_pair(void *context, uint64_t difference, unsigned int sample,
		      double *time_ns)
{
	const struct plain *plain = context;
	uint64_t base = sample * 0x12345640ull & (BIT(30) - 1);
	uint64_t other = base ^ difference;

	*time_ns = plain->bank(base) == plain->bank(other) &&
		   (difference & plain->row) ? 190 : 120;
	return 0;
}

static void plain_find(const struct plain *plain, struct bank_map *map)
{
	const struct bank_clock clock = { plain_pair, (void *)plain, 6, 29, 5 };

	assert_int_equal(bank_map_find(&clock, map), 0);
}

static unsigned int parity(uint64_t bits)
{
	return (unsigned int)__builtin_parityll(bits);
}

/* Bank, rank and channel as desktop processors of two generations have them. */
static unsigned int bank_of_sums(uint64_t address)
{
	return parity(address & (BIT(14) | BIT(18))) |
	       parity(address & (BIT(15) | BIT(19))) << 1 |
	       parity(address & (BIT(16) | BIT(20))) << 2 |
	       parity(address & (BIT(17) | BIT(21))) << 3 |
	       parity(address & BIT(6)) << 4;
}

static unsigned int bank_of_long_sums(uint64_t address)
{
	return parity(address & (BIT(14) | BIT(18))) |
	       parity(address & (BIT(15) | BIT(19))) << 1 |
	       parity(address & (BIT(17) | BIT(21))) << 2 |
	       parity(address & (BIT(16) | BIT(20))) << 3 |
	       parity(address & (BIT(7) | BIT(8) | BIT(9) | BIT(12) | BIT(13) |
				 BIT(18) | BIT(19))) << 4;
}

static void test_machines_as_published(void **state)
{
	const struct plain machines[] = {
		{ bank_of_sums, 0x3ffc0000 },
		{ bank_of_long_sums, 0x3ffc0000 },
	};

	(void)state;
	for (size_t n = 0; n < 2; n++) {
		uint64_t random = n + 1;
		struct bank_map map;

		plain_find(&machines[n], &map);
		if (!map.found)
			fail_msg("machine %zu: %s", n, map.reason);
		assert_int_equal(map.functions_count, 5);
		/* Any two addresses: in one bank by both, or by neither. */
		for (unsigned int i = 0; i < 10000; i++) {
			bool differ = false;
			uint64_t one, two;

			random = random * 6364136223846793005ull +
				 1442695040888963407ull;
			one = random >> 34 << 6;
			random = random * 6364136223846793005ull +
				 1442695040888963407ull;
			two = i % 2 ? one ^ (random >> 34 & 0x3fc000) :
				      random >> 34 << 6;
			for (unsigned int f = 0; f < map.functions_count; f++)
				differ |= parity((one ^ two) & map.function[f]);
			assert_int_equal(differ, machines[n].bank(one) !=
						 machines[n].bank(two));
		}
	}
}

/* Three channels; sums with carries; products: no parities. */
static unsigned int bank_of_three(uint64_t address)
{
	return (unsigned int)(address >> 13) % 3;
}

static unsigned int bank_of_carries(uint64_t address)
{
	return (unsigned int)((address >> 13) + (address >> 18)) % 8;
}

static unsigned int bank_of_products(uint64_t address)
{
	return (unsigned int)((address >> 13 & 7) ^
			      ((address >> 18 & 7) & (address >> 22 & 7)));
}

static void test_what_is_no_sum(void **state)
{
	const struct plain machines[] = {
		{ bank_of_three, 0x3ffc0000 },
		{ bank_of_carries, 0x3ffc0000 },
	};
	const struct plain products = { bank_of_products, 0x3ffc0000 };
	struct bank_map map;

	(void)state;
	for (size_t n = 0; n < 2; n++) {
		plain_find(&machines[n], &map);
		if (map.found)
			fail_msg("machine %zu has %u functions, it is said", n,
				 map.functions_count);
		assert_int_not_equal(map.reason[0], '\0');
		assert_int_equal(map.functions_count, 0);
	}
	/* Three plain bits, and what others do changes from place to place. */
	plain_find(&products, &map);
	assert_true(map.found);
	assert_int_equal(map.functions_count, 3);
	for (unsigned int i = 18; i <= 24; i++)
		assert_int_not_equal(map.bit[i], BANK_BIT_BANK);
	assert_int_equal(map.bit[18], BANK_BIT_UNKNOWN);
}

static void test_what_makes_colors(void **state)
{
	(void)state;
	assert_true(bank_function_colors(BIT(12) | BIT(30)));
	assert_false(bank_function_colors(BIT(11) | BIT(30)));
}

static int teardown(void **state)
{
	(void)state;
	ddr_destroy(&ddr);
	memset(&ddr, 0, sizeof(ddr));
	return 0;
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_plain_bits),
		TEST(test_sums),
		TEST(test_no_bit_is_the_row_alone),
		TEST(test_random_maps),
		TEST(test_noise),
		TEST(test_much_noise),
		TEST(test_nothing_to_tell),
		TEST(test_out_of_reach),
		TEST(test_machines_as_published),
		TEST(test_what_is_no_sum),
		TEST(test_what_makes_colors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
