// SPDX-License-Identifier: GPL-2.0-only
/*
 * The session of the profiling cell that records a run.
 *
 * A process of its own begins and ends it: it lives until it is told, or until
 * nobody is left to tell it, so that no session outlives a comparison that was
 * killed.
 */
#include "ab.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "profile.h"

#define PATH_BYTES	512

static int session_start(struct ab_runner *runner, const struct ab_run *run)
{
	const struct scenario *scenario = runner->scenario;
	char path[PATH_BYTES];
	const char *start[] = { "profile", "start", path, "--interval",
				scenario->profile_interval };

	snprintf(path, sizeof(path), "%s/%s.%u.prof", runner->directory,
		 scenario->arm[run->arm].name, run->repetition);
	return ab_regctl(runner, start, 5);
}

static int session_stop(struct ab_runner *runner)
{
	const char *stop[] = { "profile", "stop" };

	return ab_regctl(runner, stop, 2);
}

/* `orders` ends when the session is to end; `answers` gets a status of its start. */
static int record(struct ab_runner *runner, const struct ab_run *run,
		  int orders, int answers)
{
	char status = (char)session_start(runner, run), nothing;

	if (write(answers, &status, 1) != 1)
		return APP_ABSENT;
	if (status)
		return status;
	while (read(orders, &nothing, 1) < 0 && errno == EINTR)
		;
	return session_stop(runner);
}

static pid_t recorder_start(struct ab_runner *runner, const struct ab_run *run,
			    const int orders[2], const int answers[2])
{
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child != 0)
		return child;
	close(orders[1]);
	close(answers[0]);
	_exit(record(runner, run, orders[0], answers[1]));
}

static int recorder_end(struct ab_runner *runner)
{
	int ended = 0;

	close(runner->recorder_orders);
	while (runner->recorder > 0 &&
	       waitpid(runner->recorder, &ended, 0) < 0 && errno == EINTR)
		;
	runner->recorder = 0;
	return WIFEXITED(ended) ? WEXITSTATUS(ended) : APP_ABSENT;
}

int ab_record_begin(struct ab_runner *runner, const struct ab_run *run)
{
	int orders[2], answers[2];
	char status = APP_ABSENT;

	if (!*runner->scenario->profile_interval)
		return 0;
	if (pipe2(orders, O_CLOEXEC))
		return APP_ABSENT;
	if (pipe2(answers, O_CLOEXEC)) {
		close(orders[0]);
		close(orders[1]);
		return APP_ABSENT;
	}
	runner->recorder = recorder_start(runner, run, orders, answers);
	runner->recorder_orders = orders[1];
	close(orders[0]);
	close(answers[1]);
	while (read(answers[0], &status, 1) < 0 && errno == EINTR)
		;
	close(answers[0]);
	if (status)
		recorder_end(runner);
	return status;
}

int ab_record_end(struct ab_runner *runner)
{
	return runner->recorder > 0 ? recorder_end(runner) : 0;
}

int ab_record_clear(struct ab_runner *runner)
{
	const struct profile_where where = { 0 };
	struct ring ring;
	bool running;
	int status;

	if (!*runner->scenario->profile_interval)
		return 0;
	status = profile_map(runner->app, &where, &ring);
	if (status)
		return status;
	running = ring.shared->state == PROFILE_STATE_RUNNING;
	profile_unmap(runner->app, &ring);
	/* Who collected it may be gone: stopped it is all the same. */
	if (running)
		session_stop(runner);
	return 0;
}
