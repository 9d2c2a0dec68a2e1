/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The victim: a periodic job over a working set, timed in model cycles.
 *
 *   pattern=chase|seq|random  dependent chain over shuffled lines (default),
 *                             ascending lines, or independent random lines
 *   ws=BYTES      working set (default 256k)
 *   lines=N       lines visited per job (default: each line once)
 *   write=1       also write each line
 *   period=TIME   between releases (default 1ms; 0: back to back)
 *   jobs=N        timed jobs (default 100; 0: for ever)
 *   warmup=N      jobs run first and not reported (default 3)
 *   delay=TIME    before it touches its working set (default 0)
 *   clock=timer   no model: time with the system counter
 *   deadline=TIME guard=ID duty=N budget=BYTES calm=N: hold back another cell
 *                 when a job took longer (runtime/include/inmate.h)
 *
 * One line per job: "job N start CYCLES cycles CYCLES", in the clock's unit,
 * printed after the job and outside its time.
 */
#include "inmate.h"

struct line {
	struct line *next;
	uint64_t written;
	uint64_t padding[6];
};

enum victim_pattern { PATTERN_CHASE, PATTERN_SEQUENTIAL, PATTERN_RANDOM };

struct victim {
	enum victim_pattern pattern;
	bool write;
	uint64_t lines_count;	/* of the working set */
	uint64_t visits;	/* per job */
	struct line *lines;
	struct line *position;	/* the chase goes on where it stopped */
	uint64_t random;
};

/* One cycle through all lines in random order (Sattolo's algorithm). */
static void chain_build(struct victim *victim)
{
	struct line *lines = victim->lines;
	uint64_t state = 1;

	for (uint64_t n = 0; n < victim->lines_count; n++)
		lines[n].next = &lines[n];
	for (uint64_t n = victim->lines_count - 1; n > 0; n--) {
		uint64_t other = random_next(&state) % n;
		struct line *swapped = lines[n].next;

		lines[n].next = lines[other].next;
		lines[other].next = swapped;
	}
	victim->position = lines;
}

static void visit(const struct victim *victim, struct line *line)
{
	if (victim->write)
		*(volatile uint64_t *)&line->written = 1;
	else
		(void)*(volatile uint64_t *)&line->written;
}

static void job_chase(struct victim *victim)
{
	struct line *line = victim->position;

	if (victim->write) {
		for (uint64_t n = victim->visits; n > 0; n--) {
			visit(victim, line);
			line = *(struct line *volatile *)&line->next;
		}
	} else {
		for (uint64_t n = victim->visits; n > 0; n--)
			line = *(struct line *volatile *)&line->next;
	}
	victim->position = line;
}

static void job_sequential(struct victim *victim)
{
	uint64_t line = 0;

	for (uint64_t n = victim->visits; n > 0; n--) {
		visit(victim, &victim->lines[line]);
		if (++line == victim->lines_count)
			line = 0;
	}
}

static void job_random(struct victim *victim)
{
	for (uint64_t n = victim->visits; n > 0; n--) {
		uint64_t line = random_next(&victim->random) % victim->lines_count;

		visit(victim, &victim->lines[line]);
	}
}

static void job_run(struct victim *victim)
{
	switch (victim->pattern) {
	case PATTERN_CHASE:
		job_chase(victim);
		break;
	case PATTERN_SEQUENTIAL:
		job_sequential(victim);
		break;
	case PATTERN_RANDOM:
		job_random(victim);
		break;
	}
}

static bool victim_init(struct victim *victim)
{
	uint64_t bytes = cmdline_bytes("ws", 256ull << 10);
	char pattern[8];

	cmdline_string("pattern", "chase", pattern, sizeof(pattern));
	victim->pattern = pattern[0] == 's' ? PATTERN_SEQUENTIAL :
			  pattern[0] == 'r' ? PATTERN_RANDOM : PATTERN_CHASE;
	victim->write = cmdline_number("write", 0);
	victim->lines_count = bytes / sizeof(struct line);
	victim->visits = cmdline_number("lines", victim->lines_count);
	victim->lines = inmate_alloc(bytes);
	if (!victim->lines || !victim->lines_count) {
		inmate_printf("victim: a working set of %lu bytes does not fit\n",
			      bytes);
		return false;
	}
	chain_build(victim);
	return true;
}

static void job_report(uint64_t job, uint64_t start, uint64_t cycles)
{
	inmate_printf("job %lu start %lu cycles %lu\n", job, start, cycles);
}

static uint64_t cmdline_cycles(const char *name, uint64_t default_ns)
{
	return cmdline_ns(name, default_ns) * (clock_hz() / 1000) / 1000000;
}

static void victim_run(struct victim *victim)
{
	uint64_t jobs = cmdline_number("jobs", 100);
	uint64_t warmup = cmdline_number("warmup", 3);
	uint64_t period_cycles = cmdline_cycles("period", 1000000);
	struct guard guard;
	uint64_t release = clock_cycles();

	guard_init(&guard);
	for (uint64_t job = 0; !jobs || job < jobs + warmup; job++) {
		uint64_t start, end;

		clock_wait_until(release);
		start = clock_cycles();
		job_run(victim);
		end = clock_cycles();
		if (job >= warmup) {
			job_report(job - warmup, start, end - start);
			guard_job(&guard, job - warmup, end - start);
		}
		if (comm_poll(true))
			break;
		/* A job that overran releases the next one at once. */
		release += period_cycles;
		if (release < end)
			release = end;
	}
	guard_end(&guard);
}

void inmate_main(void)
{
	struct victim victim = { 0 };

	clock_init();
	clock_wait_until(clock_cycles() + cmdline_cycles("delay", 0));
	if (!victim_init(&victim)) {
		comm_set_state(CELL_FAILED);
		inmate_halt();
	}
	inmate_printf("victim: %s clock_hz %lu\n", cmdline_text(), clock_hz());
	victim_run(&victim);
	inmate_printf("victim: done\n");
}
