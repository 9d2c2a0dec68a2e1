// SPDX-License-Identifier: GPL-2.0-only
/*
 * weir-share CELL BYTES SEATS ROUNDS: the root's part of an exchange in what the
 * cell with that id shares with it. Status 0: every word was right.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/driver.h"
#include "tests/inmates/exchange.h"

#define PATIENCE_TURNS	20000
#define TURN_US		500

static volatile uint64_t *map(int device, uint64_t cell, uint64_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			    device, (off_t)(cell << WEIR_MMAP_CELL_SHIFT));

	return memory == MAP_FAILED ? NULL : memory;
}

static bool wait_for(const volatile uint64_t *memory, uint64_t turn)
{
	for (int n = 0; n < PATIENCE_TURNS; n++) {
		if (exchange_turn(memory) == turn)
			return true;
		usleep(TURN_US);
	}
	return false;
}

static int exchange(volatile uint64_t *memory, uint64_t bytes, uint64_t seats,
		    uint64_t rounds)
{
	uint64_t wrong = 0;

	for (uint64_t turn = 0; turn < rounds * seats; turn += seats) {
		exchange_fill(memory, bytes, turn + 1);
		if (!wait_for(memory, turn + seats)) {
			printf("weir-share: turn %llu did not end\n",
			       (unsigned long long)turn);
			return 1;
		}
		wrong += exchange_wrong(memory, bytes, turn + seats);
	}
	printf("weir-share: %llu rounds, %llu wrong words\n",
	       (unsigned long long)rounds, (unsigned long long)wrong);
	return wrong != 0;
}

int main(int argc, char **argv)
{
	int device = open("/dev/weir", O_RDWR);
	volatile uint64_t *memory;
	uint64_t number[4];

	if (argc != 5 || device < 0)
		return 2;
	for (int n = 0; n < 4; n++)
		number[n] = strtoull(argv[n + 1], NULL, 0);
	/* Not a page more than is shared. */
	if (map(device, number[0], number[1] + 4096)) {
		puts("weir-share: more is mapped than is shared");
		return 1;
	}
	memory = map(device, number[0], number[1]);
	if (!memory) {
		perror("weir-share: mmap");
		return 1;
	}
	return exchange(memory, number[1], number[2], number[3]);
}
