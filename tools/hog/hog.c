/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bandwidth hog: sequential reads or writes over a buffer several times
 * the last-level cache, from an ordinary process of the root cell.
 *
 * The timed part lies between two marker instructions (HINT #97 and #98, no
 * operations to the CPU), by which an instrumented emulator finds it.
 */

#include <argp.h>
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profiler-inmate/workloads/pace.h"
#include "tools/regctl/units.h"
#include "tools/workload/clock.h"
#include "tools/workload/process.h"

#define LINE_BYTES	64u
#define LINE_WORDS	(LINE_BYTES / sizeof(uint64_t))
#define MIB		(1ull << 20)
/* How much is moved between two looks at the clock. */
#define PIECE_BYTES	16384u

#define RATE_UNLIMITED	UINT64_MAX

enum hog_mode { HOG_READ = 1, HOG_WRITE = 2, HOG_BOTH = 3 };

struct hog {
	enum hog_mode mode;
	uint64_t size_mib;
	uint64_t sweeps;	/* 0: for ever */
	uint64_t rate_bytes_per_s; /* RATE_UNLIMITED: as memory lets it */
	bool weir_clock;
	int cpu;		/* -1: anywhere */
	int idle;		/* yield to everybody else at once */
};

static const struct argp_option options[] = {
	{ "cpu", 'c', "N", 0, "Run on this CPU only", 0 },
	{ "idle", 'i', NULL, 0, "Take only what other processes leave", 0 },
	{ "mode", 'm', "read|write|both", 0, "What to do to each line (write)", 0 },
	{ "rate", 'r', "RATE", 0, "As 200MB/s, and no more: each line that is read or "
	  "written counts, its write-back does not (max)", 0 },
	{ "size", 's', "MIB", 0, "Buffer size in MiB (8)", 0 },
	{ "sweeps", 'n', "N", 0, "Sweeps until the end (0: for ever)", 0 },
	{ "weir-clock", 'w', NULL, 0, "Hold the rate by the hypervisor's clock", 0 },
	{ 0 },
};

static int parse_count(const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return *text < '0' || *text > '9' || *end || errno || *value > max ?
	       -EINVAL : 0;
}

static int parse_mode(const char *text, enum hog_mode *mode)
{
	if (!strcmp(text, "read"))
		*mode = HOG_READ;
	else if (!strcmp(text, "write"))
		*mode = HOG_WRITE;
	else if (!strcmp(text, "both"))
		*mode = HOG_BOTH;
	else
		return -EINVAL;
	return 0;
}

static int parse_rate(const char *text, uint64_t *bytes_per_s)
{
	const struct rate_base none = { 0 };
	struct parse_error error;
	struct rate rate;

	if (rate_parse(text, &rate, &error) ||
	    rate_resolve(&rate, &none, bytes_per_s, &error) || !*bytes_per_s)
		return -EINVAL;
	return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct hog *hog = state->input;
	uint64_t cpu;
	int error = 0;

	switch (key) {
	case 'c':
		error = parse_count(argument, CPU_SETSIZE - 1, &cpu);
		hog->cpu = (int)cpu;
		break;
	case 'i':
		hog->idle = 1;
		break;
	case 'm':
		error = parse_mode(argument, &hog->mode);
		break;
	case 'r':
		error = parse_rate(argument, &hog->rate_bytes_per_s);
		break;
	case 's':
		error = parse_count(argument, 4096, &hog->size_mib);
		error = hog->size_mib ? error : -EINVAL;
		break;
	case 'n':
		error = parse_count(argument, UINT64_MAX - 1, &hog->sweeps);
		break;
	case 'w':
		hog->weir_clock = true;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	if (error)
		argp_error(state, "-%c: '%s' is not accepted", key, argument);
	return 0;
}

static void become_idle(void)
{
	static const struct sched_param none;

	if (sched_setscheduler(0, SCHED_IDLE, &none)) {
		fprintf(stderr, "hog: SCHED_IDLE: %s\n", strerror(errno));
		exit(3);
	}
}

static void read_lines(const volatile uint64_t *from, uint64_t words)
{
	for (uint64_t n = 0; n < words; n += LINE_WORDS)
		(void)from[n];
}

static void write_lines(volatile uint64_t *to, uint64_t words)
{
	for (uint64_t n = 0; n < words; n += LINE_WORDS)
		to[n] = n;
}

static void wait_until(const struct process_clock *clock, uint64_t due_ns)
{
	while (process_clock_ns(clock) < due_ns)
		;
}

/* A sweep for each mode, piece by piece when there is a rate to hold. */
static void sweep(const struct process_clock *clock, struct pace *pace,
		  enum hog_mode mode, volatile uint64_t *buffer, uint64_t words)
{
	uint64_t piece = PIECE_BYTES / sizeof(*buffer);

	if (pace->bytes_per_s == RATE_UNLIMITED)
		piece = words;
	for (uint64_t n = 0; n < words; n += piece) {
		if (mode == HOG_READ)
			read_lines(buffer + n, piece);
		else
			write_lines(buffer + n, piece);
		if (piece != words)
			wait_until(clock, pace_moved(pace, PIECE_BYTES,
						     process_clock_ns(clock)));
	}
}

static void run(const struct hog *hog, volatile uint64_t *buffer)
{
	uint64_t words = hog->size_mib * MIB / sizeof(*buffer);
	struct process_clock clock;
	struct pace pace;

	process_clock_open(&clock, "hog", hog->weir_clock);
	pace = pace_init(hog->rate_bytes_per_s, CLOCK_NS_PER_S,
			 process_clock_ns(&clock));
	__asm__ volatile("hint #97" ::: "memory");
	for (uint64_t n = 0; !hog->sweeps || n < hog->sweeps; n++) {
		if (hog->mode & HOG_READ)
			sweep(&clock, &pace, HOG_READ, buffer, words);
		if (hog->mode & HOG_WRITE)
			sweep(&clock, &pace, HOG_WRITE, buffer, words);
	}
	__asm__ volatile("hint #98" ::: "memory");
	process_clock_close(&clock);
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		options, parse, NULL,
		"Sweep a buffer as fast as memory lets it, or at a rate.", NULL, NULL, NULL
	};
	struct hog hog = { .mode = HOG_WRITE, .size_mib = 8, .cpu = -1,
			   .rate_bytes_per_s = RATE_UNLIMITED };
	void *buffer;

	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, &hog);
	process_pin("hog", hog.cpu);
	if (hog.idle)
		become_idle();
	buffer = process_memory("hog", hog.size_mib * MIB);
	run(&hog, buffer);
	return 0;
}
