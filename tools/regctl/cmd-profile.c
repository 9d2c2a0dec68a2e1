// SPDX-License-Identifier: GPL-2.0-only
/* profile start, stop, status and run: sessions of a profiling cell. */
#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "output.h"
#include "profile.h"

#define STOP_STEPS	60000
#define LIVE_NS		1000000000ull

#define WHERE_OPTION							\
	{ "cell", 'C', "CELL", 0, "The profiling cell (profiler)", 0 }
#define SESSION_OPTIONS							\
	{ "interval", 'i', "TIME", 0, "A sample each TIME, from 1us (10us)", 0 }, \
	{ "sources", 's', "LIST", 0, "Only these sources, by number", 0 }, \
	WHERE_OPTION

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	interrupted = number;
}

static void signals_catch(void)
{
	interrupted = 0;
	app_signals_catch(interrupt);
}

/* --- start --- */

static const struct argp_option start_options[] = { SESSION_OPTIONS, { 0 } };

static int where_option(void *data, int key, const char *value,
			struct parse_error *error)
{
	return profile_option(data, key, value, error);
}

/* The background process: until the session is stopped, or it is told to. */
static int collect_alone(struct collector *collector)
{
	const struct profile_ring *shared = collector->ring.shared;
	int status = 0;

	setsid();
	/* Nobody waits for the end of what `profile start` prints. */
	if (!freopen("/dev/null", "r", stdin) ||
	    !freopen("/dev/null", "w", stdout))
		status = APP_ABSENT;
	signals_catch();
	while (!status && !interrupted &&
	       shared->command == PROFILE_COMMAND_RUN)
		status = collector_step(collector);
	return collector_end(collector) || status;
}

static int start_run(struct app *app, const void *data)
{
	struct collector collector;
	int status = collector_begin(&collector, app, data, app->operands[0]);
	pid_t child;

	if (status)
		return status;
	fflush(NULL);
	child = fork();
	if (child == 0)
		_exit(collect_alone(&collector));
	if (child < 0) {
		app_complain(app, "no process to collect: %s", strerror(errno));
		collector_end(&collector);
		return APP_ABSENT;
	}
	profile_collector_set(&collector.ring, child);
	app_note(app, "process %d collects %u sources every %" PRIu64
		 " cycles of %" PRIu64 " Hz", (int)child,
		 collector.ring.head.sources_count,
		 collector.ring.head.interval_cycles,
		 collector.ring.head.clock_hz);
	return APP_OK;
}

const struct command command_profile_start = {
	.name = "profile start",
	.operands = "FILE",
	.summary = "Collect a profiling session in the background",
	.options = start_options,
	.args_size = sizeof(struct profile_where),
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_FILE,
	.option = where_option,
	.run = start_run,
};

/* --- status --- */

static const struct argp_option where_options[] = { WHERE_OPTION, { 0 } };

static const struct column status_columns[] = {
	{ "STATE", "state", NULL, 0, 8 },
	{ "INTERVAL", "interval_ns", "ns", COLUMN_RIGHT, 0 },
	{ "SOURCES", "sources", NULL, COLUMN_RIGHT, 0 },
	{ "SAMPLES", "samples", NULL, COLUMN_RIGHT, 0 },
	{ "WAITING", "waiting", NULL, COLUMN_RIGHT, 0 },
	{ "OVERRUNS", "overruns", NULL, COLUMN_RIGHT, 0 },
	{ "SKIPPED", "skipped", NULL, COLUMN_RIGHT, 0 },
	{ "COLLECTOR", "collector", NULL, COLUMN_RIGHT, 0 },
};

static const char *state_name(uint32_t state)
{
	static const char *const names[] = { "idle", "running", "stopped",
					     "refused" };

	return state < sizeof(names) / sizeof(*names) ? names[state] : "?";
}

static void status_fill(struct value *row, const struct ring *ring)
{
	const struct profile_ring *shared = ring->shared;
	uint64_t hz = shared->clock_hz ? shared->clock_hz : 1;

	value_text(&row[0], "%s", state_name(shared->state));
	if (shared->state == PROFILE_STATE_IDLE) {
		for (int n = 1; n < 7; n++)
			value_missing(&row[n], "there was no session yet");
	} else {
		value_number(&row[1], VALUE_TIME,
			     (shared->interval_cycles * 1000000000 + hz / 2) / hz);
		value_number(&row[2], VALUE_COUNT, shared->sources_count);
		value_number(&row[3], VALUE_COUNT, shared->produced);
		value_number(&row[4], VALUE_COUNT,
			     shared->produced - shared->consumed);
		value_number(&row[5], VALUE_COUNT, shared->overruns);
		value_number(&row[6], VALUE_COUNT, shared->skipped);
	}
	if (profile_is_collected(ring))
		value_number(&row[7], VALUE_COUNT, shared->collector);
	else
		value_missing(&row[7], "nobody collects");
}

static int status_print(const struct app *app, const struct ring *ring)
{
	const size_t count = sizeof(status_columns) / sizeof(*status_columns);
	struct table table;
	int status;

	if (!table_init(&table, status_columns, count, 1))
		return app_fail_memory(app);
	status_fill(table_row(&table), ring);
	status = output_table(app, &table, "weir.profile.status/1", "profilers");
	table_free(&table);
	return status;
}

static int status_run(struct app *app, const void *data)
{
	struct ring ring;
	int status = profile_map(app, data, &ring);

	if (status)
		return status;
	status = status_print(app, &ring);
	profile_unmap(app, &ring);
	return status;
}

const struct command command_profile_status = {
	.name = "profile status",
	.operands = "",
	.summary = "Show what a profiler does",
	.options = where_options,
	.args_size = sizeof(struct profile_where),
	.option = where_option,
	.run = status_run,
};

/* --- stop --- */

/* The collector writes the rest and says so by leaving. */
static int collector_await(struct app *app, struct ring *ring)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	const struct profile_ring *shared = ring->shared;

	for (int n = 0; n < STOP_STEPS; n++) {
		uint32_t collector = __atomic_load_n(&shared->collector,
						     __ATOMIC_ACQUIRE);

		if (!collector)
			return 0;
		if (!profile_is_collected(ring) && shared->collector) {
			profile_discard(ring);
			app_complain(app, "process %u has gone: its file has no end",
				     collector);
			return APP_NO;
		}
		nanosleep(&pause, NULL);
	}
	app_complain(app, "process %u does not finish", shared->collector);
	return APP_ABSENT;
}

static int stop_run(struct app *app, const void *data)
{
	struct ring ring;
	int status = profile_map(app, data, &ring);

	if (status)
		return status;
	if (ring.shared->state == PROFILE_STATE_RUNNING) {
		if (ring.shared->command == PROFILE_COMMAND_RUN)
			ring_ask_stop(ring.shared);
		status = collector_await(app, &ring);
		if (!status)
			status = status_print(app, &ring);
	} else {
		app_complain(app, "no session runs");
		status = APP_NO;
	}
	profile_unmap(app, &ring);
	return status;
}

const struct command command_profile_stop = {
	.name = "profile stop",
	.operands = "",
	.summary = "End the session and complete its file",
	.options = where_options,
	.args_size = sizeof(struct profile_where),
	.option = where_option,
	.run = stop_run,
};

/* --- run --- */

struct run_args {
	struct profile_where where;
	const char *output;
	uint64_t cpus;		/* 0: wherever Linux likes */
	bool counted;
	const char *counters;	/* NULL: those of weir-counters */
};

static const struct argp_option run_options[] = {
	{ "output", 'o', "FILE", 0, "Write the session to FILE (needed)", 0 },
	{ "cpus", 'c', "LIST", 0, "Run the command on these CPUs", 0 },
	{ "counters", 'p', NULL, 0, "Count the process too, with PAPI", 0 },
	{ "events", 'e', "NAMES", 0, "Count these events of the process", 0 },
	SESSION_OPTIONS,
	{ 0 },
};

static int run_option(void *data, int key, const char *value,
		      struct parse_error *error)
{
	struct run_args *args = data;

	switch (key) {
	case 'o':
		args->output = value;
		return 0;
	case 'c':
		return cpu_list_parse(value, &args->cpus, error);
	case 'e':
		args->counters = value;
		args->counted = true;
		return 0;
	case 'p':
		args->counted = true;
		return 0;
	default:
		return profile_option(&args->where, key, value, error);
	}
}

/* The command, or the program that counts it; ends with NULL. */
static char **command_words(const struct app *app, const struct run_args *args,
			    const char *file, char **words)
{
	char **next = words;

	if (!file)
		return (char **)app->operands;
	*next++ = (char *)"weir-counters";
	*next++ = (char *)"-o";
	*next++ = (char *)file;
	if (args->counters) {
		*next++ = (char *)"-e";
		*next++ = (char *)args->counters;
	}
	*next++ = (char *)"--";
	memcpy(next, app->operands,
	       ((size_t)app->operands_count + 1) * sizeof(*app->operands));
	return words;
}

static void command_exec(struct app *app, uint64_t cpus, char **words)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (unsigned int n = 0; n < 64; n++)
		if (cpus & 1ull << n)
			CPU_SET(n, &set);
	if (cpus && sched_setaffinity(0, sizeof(set), &set)) {
		app_complain(app, "CPUs: %s", strerror(errno));
		_exit(125);
	}
	execvp(words[0], words);
	app_complain(app, "%s: %s", words[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static void live_rate(const struct app *app, const struct collector *collector,
		      struct timespec *last, uint64_t *last_bytes,
		      uint64_t *last_cycles)
{
	uint64_t cycles = collector->last_cycles - *last_cycles;
	char text[QUANTITY_BYTES];
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((uint64_t)(now.tv_sec - last->tv_sec) * 1000000000u +
	    (uint64_t)now.tv_nsec - (uint64_t)last->tv_nsec < LIVE_NS || !cycles)
		return;
	rate_format(text, (uint64_t)((double)(collector->bytes - *last_bytes) *
				     (double)collector->ring.head.clock_hz /
				     (double)cycles), app->units);
	fprintf(app->err, "\r%-40s", text);
	*last = now;
	*last_bytes = collector->bytes;
	*last_cycles = collector->last_cycles;
}

/* Collects until the command has ended; its wait status. */
static int command_await(struct collector *collector, pid_t child, int *ended)
{
	bool live = isatty(STDERR_FILENO) && !collector->app->quiet;
	uint64_t bytes = 0, cycles = collector->ring.head.start_cycles;
	struct timespec last;
	bool told = false;
	int status = 0;

	clock_gettime(CLOCK_MONOTONIC, &last);
	while (waitpid(child, ended, WNOHANG) == 0) {
		status = collector_step(collector);
		/* The terminal tells the command itself; nobody else does. */
		if (!told && (interrupted == SIGTERM || interrupted == SIGHUP))
			told = kill(child, SIGTERM) == 0;
		if (status) {
			kill(child, SIGTERM);
			waitpid(child, ended, 0);
			break;
		}
		if (live)
			live_rate(collector->app, collector, &last, &bytes,
				  &cycles);
	}
	if (live)
		fputc('\n', collector->app->err);
	return status;
}

/* A name nobody else has; an exit status. */
static int counters_file(struct app *app, const struct run_args *args,
			 char *path, struct collector *collector)
{
	int file;

	if (!args->counted)
		return 0;
	file = mkstemp(path);
	if (file < 0) {
		app_complain(app, "%s: %s", path, strerror(errno));
		return APP_ABSENT;
	}
	close(file);
	collector->counters = path;
	return 0;
}

static int run_collect(struct app *app, const struct run_args *args,
		       struct collector *collector, int *ended)
{
	char *words[APP_OPERANDS_MAX + 8];
	char path[] = "/tmp/regctl-counters.XXXXXX";
	int status = counters_file(app, args, path, collector);
	pid_t child = -1;

	if (!status) {
		fflush(NULL);
		child = fork();
	}
	if (child == 0)
		command_exec(app, args->cpus,
			     command_words(app, args, collector->counters,
					   words));
	/* The command gets the terminal's signals, and its end ends us. */
	signals_catch();
	if (child > 0)
		status = command_await(collector, child, ended);
	status = collector_end(collector) || status || child < 0 ? 125 : 0;
	if (collector->counters)
		unlink(collector->counters);
	return status;
}

static int run_run(struct app *app, const void *data)
{
	const struct run_args *args = data;
	struct collector collector;
	int status, ended = 0;

	if (!args->output) {
		app_complain(app, "--output is needed");
		return APP_USAGE;
	}
	app->operands[app->operands_count] = NULL;
	status = collector_begin(&collector, app, &args->where, args->output);
	if (status)
		return status == APP_USAGE ? status : 125;
	profile_collector_set(&collector.ring, getpid());
	status = run_collect(app, args, &collector, &ended);
	if (status)
		return status;
	return WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
}

const struct command command_profile_run = {
	.name = "profile run",
	.operands = "-- COMMAND [ARGUMENT...]",
	.summary = "Profile while a command runs",
	.options = run_options,
	.args_size = sizeof(struct run_args),
	.operands_min = 1,
	.operands_max = APP_OPERANDS_MAX - 1,
	.operand_kind = OPERAND_FILE,
	.option = run_option,
	.run = run_run,
};
