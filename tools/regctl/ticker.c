// SPDX-License-Identifier: GPL-2.0-only
/* Commands that look again and again: a grid of ticks, and an end by signal. */
#include "ticker.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define INTERVAL_MIN_NS		1000000ull
#define INTERVAL_MAX_NS		3600000000000ull
#define NS_PER_S		1000000000ull

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

int ticker_interval_parse(const char *value, uint64_t *interval_ns,
			  struct parse_error *error)
{
	int ret = time_parse(value, interval_ns, error);

	if (ret)
		return ret;
	if (*interval_ns < INTERVAL_MIN_NS || *interval_ns > INTERVAL_MAX_NS)
		return parse_refuse(error, 0, "must be from 1ms to 3600s");
	return 0;
}

uint64_t ticker_clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

void ticker_begin(struct ticker *ticker, uint64_t interval_ns)
{
	const struct sigaction action = { .sa_handler = stop };

	stopped = 0;
	sigaction(SIGINT, &action, &ticker->old_int);
	sigaction(SIGTERM, &action, &ticker->old_term);
	ticker->interval_ns = interval_ns;
	ticker->start_ns = ticker_clock_ns(CLOCK_MONOTONIC);
	ticker->next_ns = ticker->start_ns;
}

void ticker_end(const struct ticker *ticker)
{
	sigaction(SIGINT, &ticker->old_int, NULL);
	sigaction(SIGTERM, &ticker->old_term, NULL);
}

/* Until the time, a signal that says stop, or a key. */
static void sleep_until(uint64_t time_ns)
{
	const struct timespec until = {
		.tv_sec = (time_t)(time_ns / NS_PER_S),
		.tv_nsec = (long)(time_ns % NS_PER_S),
	};

	while (!stopped && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME,
					   &until, NULL) == EINTR)
		;
}

static bool key_read(uint64_t time_ns, int fd, char *key)
{
	struct pollfd typed = { .fd = fd, .events = POLLIN };
	uint64_t now_ns = ticker_clock_ns(CLOCK_MONOTONIC);
	int wait_ms = 0;

	if (now_ns < time_ns)
		wait_ms = (int)((time_ns - now_ns + 999999) / 1000000);
	return poll(&typed, 1, wait_ms) == 1 && read(fd, key, 1) == 1;
}

static uint64_t next_tick(const struct ticker *ticker)
{
	uint64_t now_ns = ticker_clock_ns(CLOCK_MONOTONIC);
	uint64_t missed = 0;

	if (now_ns > ticker->next_ns)
		missed = (now_ns - ticker->next_ns) / ticker->interval_ns;
	return ticker->next_ns + (missed + 1) * ticker->interval_ns;
}

bool ticker_wait(struct ticker *ticker, int fd, char *key)
{
	uint64_t next_ns = next_tick(ticker);

	if (key) {
		*key = 0;
		if (key_read(next_ns, fd, key))
			return !stopped;
	} else {
		sleep_until(next_ns);
	}
	ticker->next_ns = next_ns;
	return !stopped;
}
