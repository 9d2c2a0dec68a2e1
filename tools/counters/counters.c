// SPDX-License-Identifier: GPL-2.0-only
/*
 * weir-counters: runs a command and says what a CPU's counters say about it, by
 * PAPI where PAPI can. `regctl profile run --counters` puts it before a command.
 */
#include "counters.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATUS_OURS	125	/* as env(1) and timeout(1) have it */

static const char *const default_events[] = {
	"PAPI_TOT_INS", "PAPI_TOT_CYC", "PAPI_L1_DCM", "PAPI_L2_DCM",
	"PAPI_L3_TCM", "task-clock", "page-faults", "context-switches",
	"cpu-migrations",
};

struct arguments {
	char **command;
	const char *output;
	struct events events;
};

static volatile sig_atomic_t child;

const char *argp_program_version = "weir-counters 0.1";

static const struct argp_option options[] = {
	{ "event", 'e', "NAMES", 0,
	  "Count these instead, separated by blanks: PAPI's presets and native"
	  " events, or cycles, instructions, task-clock, ...", 0 },
	{ "output", 'o', "FILE", 0, "Write JSON to FILE (standard error)", 0 },
	{ 0 },
};

void event_why(struct event *event, const char *format, ...)
{
	size_t used = strlen(event->why);
	va_list arguments;

	if (used)
		used += (size_t)snprintf(event->why + used,
					 sizeof(event->why) - used, "; ");
	if (used >= sizeof(event->why))
		return;
	va_start(arguments, format);
	vsnprintf(event->why + used, sizeof(event->why) - used, format,
		  arguments);
	va_end(arguments);
}

static void event_add(struct argp_state *state, const char *name, size_t bytes)
{
	struct events *events = &((struct arguments *)state->input)->events;

	if (events->count == EVENTS_MAX)
		argp_error(state, "more than %u events", EVENTS_MAX);
	if (bytes >= EVENT_NAME_BYTES)
		argp_error(state, "an event's name has up to %u characters",
			   EVENT_NAME_BYTES - 1);
	memcpy(events->event[events->count++].name, name, bytes);
}

static void events_parse(struct argp_state *state, const char *names)
{
	names += strspn(names, " ");
	while (*names) {
		size_t bytes = strcspn(names, " ");

		event_add(state, names, bytes);
		names += bytes;
		names += strspn(names, " ");
	}
}

static void events_default(struct events *events)
{
	events->count = sizeof(default_events) / sizeof(*default_events);
	for (size_t n = 0; n < events->count; n++)
		strcpy(events->event[n].name, default_events[n]);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'e':
		events_parse(state, value);
		return 0;
	case 'o':
		arguments->output = value;
		return 0;
	case ARGP_KEY_ARG:
		/* The rest belongs to the command. */
		arguments->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		if (!arguments->command)
			argp_error(state, "which command?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Waits for the counters, then becomes the command. */
static void command_exec(int go, char **command)
{
	char byte;

	if (read(go, &byte, 1) != 1)
		_exit(STATUS_OURS);
	close(go);
	execvp(command[0], command);
	fprintf(stderr, "weir-counters: %s: %s\n", command[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static void forward(int number)
{
	if (child > 0)
		kill((pid_t)child, number);
}

/* The terminal tells the command as well; a signal to us alone is passed on. */
static void signals_catch(void)
{
	const struct sigaction pass = { .sa_handler = forward,
					.sa_flags = SA_RESTART };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &pass, NULL);
	sigaction(SIGHUP, &pass, NULL);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGQUIT, &ignore, NULL);
}

/* Its wait status, or -1 with errno. */
static int command_run(struct arguments *arguments)
{
	struct events *events = &arguments->events;
	int go[2], status = 0;

	if (pipe(go))
		return -1;
	child = fork();
	if (child == 0) {
		close(go[1]);
		command_exec(go[0], arguments->command);
	}
	close(go[0]);
	if (child < 0)
		return -1;
	signals_catch();
	papi_open(events, (pid_t)child);
	papi_start(events);
	perf_open(events, (pid_t)child);
	if (write(go[1], "", 1) != 1)
		kill((pid_t)child, SIGKILL);
	close(go[1]);
	while (waitpid((pid_t)child, &status, 0) < 0 && errno == EINTR)
		;
	papi_stop(events);
	perf_stop(events);
	return status;
}

static json_t *event_json(const struct event *event)
{
	static const char *const names[] = { NULL, "papi", "perf" };

	if (event->by == NOBODY)
		return json_pack("{s:s, s:s}", "name", event->name,
				 "missing", event->why);
	return json_pack("{s:s, s:s, s:I}", "name", event->name, "by",
			 names[event->by], "value", (json_int_t)event->value);
}

static json_t *result_json(const struct arguments *arguments, int status)
{
	json_t *command = json_array(), *counters = json_array();

	for (char **word = arguments->command; *word; word++)
		json_array_append_new(command, json_string_nocheck(*word));
	for (size_t n = 0; n < arguments->events.count; n++)
		json_array_append_new(counters,
				event_json(&arguments->events.event[n]));
	return json_pack("{s:s, s:o, s:i, s:o}", "schema", "weir.counters/1",
			 "command", command, "status", status,
			 "counters", counters);
}

static int result_write(const struct arguments *arguments, int status)
{
	json_t *result = result_json(arguments, status);
	FILE *file = stderr;
	int error = -1;

	if (arguments->output)
		file = fopen(arguments->output, "w");
	if (file && result)
		error = json_dumpf(result, file, JSON_INDENT(2));
	if (file)
		fputc('\n', file);
	if (file && file != stderr && fclose(file))
		error = -1;
	json_decref(result);
	return error;
}

int main(int argc, char **argv)
{
	static struct arguments arguments;
	const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "COMMAND [ARGUMENT...]",
		.doc = "Runs COMMAND and counts what it does, its children"
		       " included.\vThe exit status is the command's; 125 when"
		       " counting failed, 126 or 127 when there is no such"
		       " command.",
	};
	int status;

	argp_err_exit_status = STATUS_OURS;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &arguments))
		return STATUS_OURS;
	if (!arguments.events.count)
		events_default(&arguments.events);
	status = command_run(&arguments);
	if (status < 0) {
		perror("weir-counters");
		return STATUS_OURS;
	}
	status = WIFEXITED(status) ? WEXITSTATUS(status) :
				     128 + WTERMSIG(status);
	if (result_write(&arguments, status)) {
		fprintf(stderr, "weir-counters: the result cannot be written\n");
		return STATUS_OURS;
	}
	return status;
}
