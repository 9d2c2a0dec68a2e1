/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rate-audit: holds the observer's record against a budget.
 *
 * Prints "rate BYTES_PER_S", then for windows of half a period, one, two and
 * ten periods "window NS worst BYTES bound BYTES". The bound is that of a
 * periodic budget Q with debt carried: Q * (1 + ceil(W / P)) + overshoot.
 * Status 1 when a window exceeds it.
 */
#include "observer.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S	1000000000ull

struct audit {
	const char *path;
	uint64_t window_cycles, clock_hz, cpus;
	uint64_t from_ns, to_ns;
	uint64_t budget, period_ns, overshoot_bytes;
};

enum { KEY_OBSERVER = 256, KEY_WINDOW, KEY_HZ, KEY_CPUS, KEY_FROM, KEY_TO,
       KEY_BUDGET, KEY_PERIOD, KEY_OVERSHOOT };

static const struct argp_option options[] = {
	{ "observer", KEY_OBSERVER, "CSV", 0, "The observer's record", 0 },
	{ "window", KEY_WINDOW, "CYCLES", 0, "Length of its windows", 0 },
	{ "clock-hz", KEY_HZ, "HZ", 0, "Model cycles per second", 0 },
	{ "cpus", KEY_CPUS, "MASK", 0, "CPUs of the cell", 0 },
	{ "from-ns", KEY_FROM, "NS", 0, "Begin, on the hypervisor's clock", 0 },
	{ "to-ns", KEY_TO, "NS", 0, "End", 0 },
	{ "budget", KEY_BUDGET, "BYTES_PER_S", 0, "The budget", 0 },
	{ "period-ns", KEY_PERIOD, "NS", 0, "Its period", 0 },
	{ "overshoot", KEY_OVERSHOOT, "BYTES", 0,
	  "What may be used between a look at the counter and the next", 0 },
	{ 0 },
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct audit *audit = state->input;
	uint64_t *const numbers[] = {
		[KEY_WINDOW - KEY_OBSERVER] = &audit->window_cycles,
		[KEY_HZ - KEY_OBSERVER] = &audit->clock_hz,
		[KEY_CPUS - KEY_OBSERVER] = &audit->cpus,
		[KEY_FROM - KEY_OBSERVER] = &audit->from_ns,
		[KEY_TO - KEY_OBSERVER] = &audit->to_ns,
		[KEY_BUDGET - KEY_OBSERVER] = &audit->budget,
		[KEY_PERIOD - KEY_OBSERVER] = &audit->period_ns,
		[KEY_OVERSHOOT - KEY_OBSERVER] = &audit->overshoot_bytes,
	};
	char *end;

	if (key == ARGP_KEY_END) {
		if (!audit->path || !audit->window_cycles || !audit->clock_hz ||
		    !audit->budget || !audit->period_ns ||
		    audit->to_ns <= audit->from_ns)
			argp_error(state, "observer, window, clock, budget, period and a span of time are needed");
		return 0;
	}
	if (key == KEY_OBSERVER) {
		audit->path = argument;
		return 0;
	}
	if (key < KEY_OBSERVER || key > KEY_OVERSHOOT)
		return ARGP_ERR_UNKNOWN;
	*numbers[key - KEY_OBSERVER] = strtoull(argument, &end, 0);
	if (*end)
		argp_error(state, "'%s' is no number", argument);
	return 0;
}

static uint64_t cycles_of(const struct audit *audit, uint64_t ns)
{
	return ns / NS_PER_S * audit->clock_hz +
	       ns % NS_PER_S * audit->clock_hz / NS_PER_S;
}

static uint64_t bound_of(const struct audit *audit, uint64_t window_ns)
{
	uint64_t periods = 1 + (window_ns + audit->period_ns - 1) / audit->period_ns;

	return audit->budget * audit->period_ns / NS_PER_S * periods +
	       audit->overshoot_bytes;
}

static int audit_windows(const struct audit *audit,
			 const struct observer *observer)
{
	const uint64_t lengths_ns[] = {
		audit->period_ns / 2, audit->period_ns,
		2 * audit->period_ns, 10 * audit->period_ns,
	};
	int exceeded = 0;

	for (size_t n = 0; n < sizeof(lengths_ns) / sizeof(*lengths_ns); n++) {
		uint64_t worst = observer_worst(observer, audit->cpus,
						cycles_of(audit, audit->from_ns),
						cycles_of(audit, audit->to_ns),
						cycles_of(audit, lengths_ns[n]));
		uint64_t bound = bound_of(audit, lengths_ns[n]);

		printf("window %" PRIu64 " worst %" PRIu64 " bound %" PRIu64 "\n",
		       lengths_ns[n], worst, bound);
		exceeded |= worst > bound;
	}
	return exceeded;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		options, parse, NULL,
		"Hold the observer's record against a budget.", NULL, NULL, NULL
	};
	struct audit audit = { 0 };
	struct observer observer;
	uint64_t bytes, cycles;
	size_t line;
	int error;

	argp_err_exit_status = 2;
	argp_parse(&argp, argc, argv, 0, NULL, &audit);
	error = observer_read(&observer, audit.path, audit.window_cycles, &line);
	if (error) {
		fprintf(stderr, "rate-audit: %s: line %zu: %s\n", audit.path,
			line, strerror(-error));
		return 3;
	}
	bytes = observer_sum(&observer, audit.cpus,
			     cycles_of(&audit, audit.from_ns),
			     cycles_of(&audit, audit.to_ns), &cycles);
	if (!cycles) {
		fprintf(stderr, "rate-audit: the span holds no whole window\n");
		return 3;
	}
	printf("rate %.0f\n", (double)bytes * (double)audit.clock_hz /
			      (double)cycles);
	error = audit_windows(&audit, &observer);
	observer_free(&observer);
	return error;
}
