/* SPDX-License-Identifier: GPL-2.0-only */
/* demo-report: turns the records of a demo run into its report. */
#include "demo.h"

#include <argp.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE	2
#define EXIT_DATA	3

struct arguments {
	const char *console, *observer, *el2, *request, *status;
	const char *summary, *svg;
	uint64_t window_cycles, root_cpus;
};

enum { KEY_CONSOLE = 256, KEY_OBSERVER, KEY_WINDOW, KEY_EL2, KEY_REQUEST,
       KEY_STATUS, KEY_CPUS, KEY_SUMMARY, KEY_SVG };

static const struct argp_option options[] = {
	{ "console", KEY_CONSOLE, "FILE", 0, "What the machine printed", 0 },
	{ "observer", KEY_OBSERVER, "CSV", 0, "The observer's record", 0 },
	{ "window", KEY_WINDOW, "CYCLES", 0, "Length of its windows", 0 },
	{ "el2", KEY_EL2, "JSON", 0, "Instruction counts at EL2", 0 },
	{ "request", KEY_REQUEST, "JSON", 0, "What `regctl set --json` answered", 0 },
	{ "status", KEY_STATUS, "JSON", 0, "`regctl status root --json` afterwards", 0 },
	{ "root-cpus", KEY_CPUS, "MASK", 0, "CPUs of the root cell", 0 },
	{ "summary", KEY_SUMMARY, "FILE", 0, "Write figures as JSON", 1 },
	{ "svg", KEY_SVG, "FILE", 0, "Write the drawing", 1 },
	{ 0 },
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_CONSOLE: arguments->console = argument; break;
	case KEY_OBSERVER: arguments->observer = argument; break;
	case KEY_WINDOW: arguments->window_cycles = strtoull(argument, NULL, 0); break;
	case KEY_EL2: arguments->el2 = argument; break;
	case KEY_REQUEST: arguments->request = argument; break;
	case KEY_STATUS: arguments->status = argument; break;
	case KEY_CPUS: arguments->root_cpus = strtoull(argument, NULL, 0); break;
	case KEY_SUMMARY: arguments->summary = argument; break;
	case KEY_SVG: arguments->svg = argument; break;
	case ARGP_KEY_END:
		if (!arguments->console || !arguments->observer ||
		    !arguments->el2 || !arguments->request ||
		    !arguments->status || !arguments->summary ||
		    !arguments->svg || !arguments->window_cycles ||
		    !arguments->root_cpus)
			argp_error(state, "every option is needed");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "demo-report: %s: %s\n", what, why);
	exit(EXIT_DATA);
}

static json_t *load(const char *path)
{
	json_error_t error;
	json_t *root = json_load_file(path, 0, &error);

	if (!root)
		fail(path, error.text);
	return root;
}

/* The first integer called `key` anywhere below `root`; -1 when there is none. */
static json_int_t find_integer(const json_t *root, const char *key)
{
	const char *name;
	json_t *value;
	size_t n;

	if (json_is_integer(json_object_get(root, key)))
		return json_integer_value(json_object_get(root, key));
	json_object_foreach((json_t *)root, name, value) {
		json_int_t found = find_integer(value, key);

		if (found >= 0)
			return found;
	}
	json_array_foreach(root, n, value) {
		json_int_t found = find_integer(value, key);

		if (found >= 0)
			return found;
	}
	return -1;
}

static uint64_t need_integer(const json_t *root, const char *key, const char *path)
{
	json_int_t found = find_integer(root, key);

	if (found < 0)
		fail(path, key);
	return (uint64_t)found;
}

/* The reload is in force when the last CPU has taken it up. */
static uint64_t last_effective(const json_t *status, const char *path)
{
	const json_t *cpus = NULL;
	uint64_t last = 0;
	const char *name;
	json_t *value, *cpu;
	size_t n;

	json_object_foreach((json_t *)status, name, value)
		if (!cpus && json_is_array(value))
			cpus = json_object_get(json_array_get(value, 0),
					       "cpu_statistics");
	if (!json_array_size(cpus))
		fail(path, "no cpus");
	json_array_foreach(cpus, n, cpu) {
		uint64_t at = need_integer(cpu, "effective_ns", path);

		if (at > last)
			last = at;
	}
	return last;
}

static void read_regulation(struct demo_input *input,
			    const struct arguments *arguments)
{
	json_t *request = load(arguments->request);
	json_t *status = load(arguments->status);

	input->requested_ns = need_integer(request, "requested_ns",
					   arguments->request);
	input->budget_bytes_per_s = need_integer(request, "effective_bytes_per_s",
						 arguments->request);
	input->period_ns = need_integer(request, "period_ns", arguments->request);
	input->effective_ns = last_effective(status, arguments->status);
	json_decref(request);
	json_decref(status);
}

static uint64_t class_median(const json_t *el2, const char *class,
			     const char *path)
{
	const json_t *classes = json_object_get(el2, "classes");
	const json_t *counts = json_object_get(classes, class);
	json_t *median = json_object_get(counts, "median");

	if (!json_is_integer(median))
		fail(path, class);
	return (uint64_t)json_integer_value(median);
}

static void read_instructions(struct demo_input *input, const char *path)
{
	json_t *el2 = load(path);

	input->instructions = (struct demo_instructions){
		.tick = class_median(el2, "tick", path),
		.hypercall = class_median(el2, "hypercall", path),
		.irq_inject = class_median(el2, "vector_irq", path),
		.mmio_exit = class_median(el2, "mmio_exit", path),
	};
	json_decref(el2);
}

static void read_records(struct demo_input *input,
			 const struct arguments *arguments)
{
	char where[32];
	size_t line;
	int error;

	error = victim_log_read(&input->victim, arguments->console, &line);
	snprintf(where, sizeof(where), "line %zu: jobs are missing", line);
	if (error)
		fail(arguments->console, error == -EPROTO ? where : strerror(-error));
	error = observer_read(&input->observer, arguments->observer,
			      arguments->window_cycles, &line);
	snprintf(where, sizeof(where), "line %zu is not understood", line);
	if (error)
		fail(arguments->observer, error == -EINVAL ? where : strerror(-error));
	if (!input->victim.runs_count)
		fail(arguments->console, "no run of the victim");
	input->clock_hz = input->victim.runs[0].clock_hz;
	input->root_cpus = arguments->root_cpus;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		options, parse, NULL, "Report on a run of the demo.",
		NULL, NULL, NULL
	};
	struct arguments arguments = { 0 };
	struct demo_input input = { 0 };
	struct demo_result result;
	const char *missing;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	read_records(&input, &arguments);
	read_regulation(&input, &arguments);
	read_instructions(&input, arguments.el2);
	if (demo_evaluate(&input, &result, &missing))
		fail(missing, "the run is missing or did not end");
	if (demo_write_summary(&input, &result, arguments.summary))
		fail(arguments.summary, "cannot be written");
	if (demo_write_svg(&input, &result, arguments.svg))
		fail(arguments.svg, "cannot be written");
	demo_print_table(&input, &result);
	victim_log_free(&input.victim);
	observer_free(&input.observer);
	return 0;
}
