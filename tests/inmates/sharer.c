/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Takes part in an exchange with the root cell, and maybe another guest.
 *
 *   bytes=N    of the shared memory (default 64k)
 *   seat=N     whose turn it takes (default 1)
 *   seats=N    of how many (default 2)
 *   rounds=N   how often (default 4)
 */
#include "inmate.h"
#include "tests/inmates/exchange.h"

void inmate_main(void)
{
	volatile uint64_t *memory = (void *)(uintptr_t)INMATE_SHARED_BASE;
	uint64_t bytes = cmdline_bytes("bytes", 64ull << 10);
	uint64_t seat = cmdline_number("seat", 1);
	uint64_t seats = cmdline_number("seats", 2);
	uint64_t rounds = cmdline_number("rounds", 4);
	uint64_t wrong = 0;

	for (uint64_t round = 0; round < rounds; round++) {
		uint64_t turn = round * seats + seat;

		while (exchange_turn(memory) != turn)
			inmate_relax();
		wrong += exchange_wrong(memory, bytes, turn);
		exchange_fill(memory, bytes, turn + 1);
	}
	inmate_printf("sharer: seat %" U64 ", %" U64 " rounds, %" U64
		      " wrong words\n", seat, rounds, wrong);
}
