/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The memory bomb: sweeps a buffer as fast as memory lets it.
 *
 *   mode=read|write|both  what it does to each line (default both: read one
 *                         buffer, write the other)
 *   size=BYTES            of each buffer (default 4M)
 *   sweeps=N              until the end (default 0: for ever)
 *   stride=BYTES          default 64
 *   rate=BYTES            per second and no more (default 0: unlimited); each
 *                         line counts once, write-backs of dirty ones do not
 *   clock=timer           no model: hold the rate by the system counter
 */
#include "inmate.h"
#include "profiler-inmate/workloads/pace.h"

/* How much is moved between two looks at the clock. */
#define PIECE_BYTES	4096u

enum bomb_mode { BOMB_READ = 1, BOMB_WRITE = 2, BOMB_BOTH = 3 };

struct bomb {
	enum bomb_mode mode;
	uint64_t size_bytes;
	uint64_t stride_bytes;
	volatile uint64_t *source, *target;
	struct pace pace;	/* bytes_per_s 0: none */
};

static void move(const struct bomb *bomb, uint64_t from, uint64_t to)
{
	uint64_t step = bomb->stride_bytes / sizeof(uint64_t);

	for (uint64_t n = from; n < to; n += step) {
		if (bomb->mode & BOMB_READ)
			(void)bomb->source[n];
		if (bomb->mode & BOMB_WRITE)
			bomb->target[n] = n;
	}
}

static void sweep(const struct bomb *bomb)
{
	move(bomb, 0, bomb->size_bytes / sizeof(uint64_t));
}

/* The same, piece by piece as they are due. */
static void sweep_paced(struct bomb *bomb)
{
	uint64_t words = bomb->size_bytes / sizeof(uint64_t);
	uint64_t step = bomb->stride_bytes / sizeof(uint64_t);
	uint64_t lines = PIECE_BYTES / INMATE_LINE_BYTES;
	uint64_t bytes = PIECE_BYTES * (bomb->mode == BOMB_BOTH ? 2 : 1);

	for (uint64_t n = 0; n < words; n += lines * step) {
		uint64_t end = n + lines * step;

		move(bomb, n, end < words ? end : words);
		clock_wait_until(pace_moved(&bomb->pace, bytes, clock_cycles()));
	}
}

static bool bomb_init(struct bomb *bomb)
{
	uint64_t rate = cmdline_number("rate", 0);
	char mode[8];

	cmdline_string("mode", "both", mode, sizeof(mode));
	bomb->mode = mode[0] == 'r' ? BOMB_READ :
		     mode[0] == 'w' ? BOMB_WRITE : BOMB_BOTH;
	bomb->size_bytes = cmdline_bytes("size", 4ull << 20);
	bomb->stride_bytes = cmdline_bytes("stride", INMATE_LINE_BYTES) & ~7ull;
	if (rate) {
		clock_init();
		bomb->pace = pace_init(rate, clock_hz(), clock_cycles());
	}
	bomb->source = inmate_alloc(bomb->size_bytes);
	bomb->target = inmate_alloc(bomb->size_bytes);
	if (bomb->source && bomb->target && bomb->stride_bytes)
		return true;
	inmate_printf("bomb: two buffers of %lu bytes do not fit the cell\n",
		      bomb->size_bytes);
	return false;
}

void inmate_main(void)
{
	uint64_t sweeps = cmdline_number("sweeps", 0);
	struct bomb bomb = { 0 };

	if (!bomb_init(&bomb)) {
		comm_set_state(CELL_FAILED);
		inmate_halt();
	}
	inmate_printf("bomb: running\n");
	for (uint64_t n = 0; !sweeps || n < sweeps; n++) {
		if (bomb.pace.bytes_per_s)
			sweep_paced(&bomb);
		else
			sweep(&bomb);
		if (comm_poll(true))
			break;
	}
	inmate_printf("bomb: done\n");
}
