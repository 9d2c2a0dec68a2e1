// SPDX-License-Identifier: GPL-2.0-only
/* One CPU: counters against what theory says of known access patterns. */
#include "bare.h"

#define OFFSET_IS(member, offset)                                             \
	_Static_assert(__builtin_offsetof(struct memsys_cpu, member) ==       \
		       (offset), "start.S reads " #member " there")
OFFSET_IS(cycles, 0);
OFFSET_IS(instructions, 16);
OFFSET_IS(loads, 24);
OFFSET_IS(stores, 32);
OFFSET_IS(llc_fills, 40);
OFFSET_IS(writebacks, 48);
OFFSET_IS(stall_cycles, 56);

#define LINE		64ull
#define L1_LINES	512ull		/* 32 KiB */
#define LLC_LINES	16384ull	/* 1 MiB */
#define LLC_SETS	1024ull
#define HIT		12ull		/* stall of an LLC hit */
#define MISS		144ull		/* stall of an LLC miss */
#define OVERLAP		4ull
#define OWN_LINES	16ull

void checks_main(void);
void bench_main(void);

/* A sequential pass misses `lines` times, all but the first overlapped. */
static uint64_t stream_stall(uint64_t lines, uint64_t latency)
{
	return latency + (lines - 1) * (latency / OVERLAP);
}

static void check_off(void)
{
	check("magic", PAGE->magic, MEMSYS_MAGIC);
	check("revision", PAGE->revision, MEMSYS_REVISION);
	check("clock", PAGE->clock_hz, 1200000000);
	check("sets", PAGE->llc_sets, LLC_SETS);
	check("ways", PAGE->llc_ways, 16);
	check("insn_ps", PAGE->insn_ps, 2000);
	doorbell();
	check("off: not running", PAGE->running, 0);
	check("off: no instructions", PAGE->cpu[0].instructions, 0);
}

static void check_sequential(void)
{
	struct counts c;
	uint64_t lines = 4 * LLC_LINES;

	measure_read(BUFFER, lines, LINE, &c);
	check("read 4 x LLC: loads", c.loads, lines);
	check("read 4 x LLC: stores", c.stores, 0);
	check("read 4 x LLC: fills", c.fills, lines);
	check("read 4 x LLC: instructions", c.instructions,
	      lines * LOOP_INSNS + END_INSNS);
	check("read 4 x LLC: stalls", c.stalls, stream_stall(lines, MISS));
	check_within("read 4 x LLC: cycles", c.cycles,
		     c.instructions + c.stalls,
		     c.instructions + c.stalls + 1);
	measure_read(BUFFER, lines, LINE, &c);
	check("read again: LRU keeps nothing", c.fills, lines);
	measure_read(BUFFER, lines * 8, 8, &c);
	check("read by words: loads", c.loads, lines * 8);
	check("read by words: fills", c.fills, lines);
	measure_pair(BUFFER, lines, LINE, &c);
	check("pairs: two loads each", c.loads, lines * 2);
	check("pairs: fills", c.fills, lines);
}

/* The program has a few lines of its own in the caches: its stack, what it
 * prints. */
static void check_near(const char *name, uint64_t got, uint64_t expected)
{
	check_within(name, got, expected - OWN_LINES, expected + OWN_LINES);
}

static void check_writes(void)
{
	struct counts c;
	uint64_t lines = 4 * LLC_LINES;

	measure_write(BUFFER, lines, LINE, &c);
	check("write 4 x LLC: stores", c.stores, lines);
	check("write 4 x LLC: fills", c.fills, lines);
	/* The last 1 MiB is still dirty in the LLC. */
	check_near("write 4 x LLC: write-backs", c.writebacks,
		   lines - LLC_LINES);
	measure_write(BUFFER, lines, LINE, &c);
	check("write again: fills", c.fills, lines);
	check_near("write again: a write-back for each fill", c.writebacks,
		   lines);
	measure_read(BUFFER, lines, LINE, &c);
	check_near("read after writes: the rest is written back", c.writebacks,
		   LLC_LINES);
}

static void check_residence(void)
{
	struct counts c;

	measure_read(BUFFER, L1_LINES / 2, LINE, &c);
	measure_read(BUFFER, L1_LINES / 2, LINE, &c);
	check("16 KiB again: no stall", c.stalls, 0);
	measure_read(BUFFER, LLC_LINES / 4, LINE, &c);
	measure_read(BUFFER, LLC_LINES / 4, LINE, &c);
	check("256 KiB again: no fills", c.fills, 0);
	check("256 KiB again: stalls", c.stalls,
	      stream_stall(LLC_LINES / 4, HIT));
	/* 17 lines of one set do not fit 16 ways. */
	measure_read(BUFFER, 17, LLC_SETS * LINE, &c);
	measure_read(BUFFER, 17, LLC_SETS * LINE, &c);
	check("17 lines of a set: fills", c.fills, 17);
	check("17 lines of a set: stalls", c.stalls, 17 * MISS);
	measure_read(BUFFER, 16, LLC_SETS * LINE, &c);
	measure_read(BUFFER, 16, LLC_SETS * LINE, &c);
	check("16 lines of a set: fills", c.fills, 0);
	measure_read(BUFFER + 60, 1, LINE, &c);
	check("a straddling load: two lines", c.loads, 2);
}

static void check_chase(void)
{
	struct counts c;
	uint64_t lines = LLC_LINES / 4;

	chain_create(BUFFER, lines * LINE);
	measure_chase(BUFFER, lines, 0, &c);
	measure_chase(BUFFER, lines, 0, &c);
	check("chase of 256 KiB: fills", c.fills, 0);
	check("chase of 256 KiB: instructions", c.instructions,
	      lines * LOOP_INSNS + END_INSNS);
	/* Few steps hit the L1 or happen to look like a stream. */
	check_within("chase of 256 KiB: stalls", c.stalls,
		     lines * HIT * 9 / 10 - L1_LINES * HIT, lines * HIT);
}

static void check_controls(void)
{
	struct counts c;

	control(0, MEMSYS_CPU_UNCHARGED, 0, 0);
	measure_read(BUFFER + 32 * MIB, 1000, LINE, &c);
	check("uncharged: cycles", c.cycles, 0);
	check("uncharged: loads", c.loads, 0);
	control(0, 0, 0, 0);
	measure_read(BUFFER + 32 * MIB, 1000, LINE, &c);
	check("charged again: not cached before", c.fills, 1000);
	control(0, 0, 0, 1);
	measure_read(BUFFER + 40 * MIB, 2 * LLC_SETS, LINE, &c);
	measure_read(BUFFER + 40 * MIB, 2 * LLC_SETS, LINE, &c);
	check("one way: 128 KiB do not fit", c.fills, 2 * LLC_SETS);
	control(0, 0, 0, 0xf0);
	measure_read(BUFFER + 44 * MIB, 3 * LLC_SETS, LINE, &c);
	measure_read(BUFFER + 44 * MIB, 3 * LLC_SETS, LINE, &c);
	check("four ways: 192 KiB and the stack fit", c.fills, 0);
	control(0, 0, 0, 0);
}

/* With no CPU busy, time jumps to when the held one wants to go on. */
static void check_hold(void)
{
	uint64_t until = PAGE->cpu[0].cycles + 5000000;
	uint64_t insns;

	control(0, MEMSYS_CPU_HELD, until, 0);
	check("held: state", PAGE->cpu[0].state, MEMSYS_CPU_STATE_HELD);
	check("held: time jumps", PAGE->now_cycles, until);
	check("held: the clock follows", PAGE->cpu[0].cycles, until);
	insns = PAGE->cpu[0].instructions;
	for (unsigned int n = 0; n < 1000; n++)
		cpu_yield();
	control(0, 0, 0, 0);
	insns = PAGE->cpu[0].instructions - insns;
	check("released: state", PAGE->cpu[0].state, MEMSYS_CPU_STATE_BUSY);
	check_within("held: no instructions", insns, 0, 20);
	check("busy alone: limit", PAGE->cpu[0].limit_cycles - PAGE->now_cycles,
	      PAGE->slack_cycles);
}

static void check_restarts(void)
{
	struct counts c;
	uint64_t wrong = 0;

	for (unsigned int n = 0; n < 20; n++) {
		model_stop();
		measure_read(BUFFER, 1000, LINE, &c);
		wrong += PAGE->running != 0 || c.loads || c.cycles;
		model_start();
		wrong += PAGE->running != 1 || PAGE->cpu[0].cycles > 1000;
		measure_read(BUFFER, 1000, LINE, &c);
		wrong += c.fills != 1000;
	}
	check("20 restarts: none went wrong", wrong, 0);
}

void checks_main(void)
{
	check_off();
	model_start();
	check("started", PAGE->running, 1);
	check_sequential();
	check_writes();
	check_residence();
	check_chase();
	check_controls();
	check_hold();
	check_restarts();
	model_stop();
	print("cycles ");
	print_number(PAGE->cpu[0].cycles);
	print(" fills ");
	print_number(PAGE->cpu[0].llc_fills);
	print(" write-backs ");
	print_number(PAGE->cpu[0].writebacks);
	print("\n");
}

/* Many accesses of each kind, for the clock on the wall. */
void bench_main(void)
{
	struct counts c;

	model_start();
	for (unsigned int n = 0; n < 40; n++) {
		measure_read(BUFFER, 8 * LLC_LINES, LINE, &c);
		measure_write(BUFFER, 1000000, 0, &c);
	}
	print("accesses ");
	print_number(PAGE->cpu[0].loads + PAGE->cpu[0].stores);
	print("\n");
}
