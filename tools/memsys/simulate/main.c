// SPDX-License-Identifier: GPL-2.0-only
/*
 * weir-simulate: what 'regctl simulate' runs.
 *
 *   weir-simulate SCENARIO [--json|--csv] [--no-headings] [--svg FILE] [...]
 *
 * The hypervisor is part of this program, so it is one of its own. Exit
 * statuses are those of regctl.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "results.h"

static const struct command command_simulate = { .name = "simulate" };

struct arguments {
	const char *scenario;
	const char *svg;
};

enum { JSON = 256, CSV, NO_HEADINGS, SVG, BYTES, SI, IEC, DRY_RUN };

static const struct option options[] = {
	{ "json", no_argument, NULL, JSON },
	{ "csv", no_argument, NULL, CSV },
	{ "no-headings", no_argument, NULL, NO_HEADINGS },
	{ "bytes", no_argument, NULL, BYTES },
	{ "si", no_argument, NULL, SI },
	{ "iec", no_argument, NULL, IEC },
	{ "verbose", no_argument, NULL, 'v' },
	{ "dry-run", no_argument, NULL, DRY_RUN },
	{ "svg", required_argument, NULL, SVG },
	{ NULL, 0, NULL, 0 },
};

static bool take_option(struct app *app, struct arguments *arguments, int key)
{
	switch (key) {
	case JSON:
		app->format = OUTPUT_JSON;
		return true;
	case CSV:
		app->format = OUTPUT_CSV;
		return true;
	case NO_HEADINGS:
		app->headings = false;
		return true;
	case BYTES:
		app->units = UNIT_BYTES;
		return true;
	case SI:
		app->units = UNIT_SI;
		return true;
	case IEC:
		app->units = UNIT_IEC;
		return true;
	case 'v':
		app->verbose = true;
		return true;
	case DRY_RUN:
		app->dry_run = true;
		return true;
	case SVG:
		arguments->svg = optarg;
		return true;
	default:
		return false;
	}
}

static bool take_arguments(struct app *app, struct arguments *arguments,
			   int argc, char **argv)
{
	int key;

	while ((key = getopt_long(argc, argv, "v", options, NULL)) != -1)
		if (!take_option(app, arguments, key))
			return false;
	if (optind + 1 != argc) {
		app_complain(app, "one scenario is wanted");
		return false;
	}
	arguments->scenario = argv[optind];
	return true;
}

static int plot(const struct app *app, const struct results *results,
		const char *path)
{
	FILE *out = fopen(path, "w");

	if (!out) {
		app_complain(app, "%s: %s", path, strerror(errno));
		return APP_USAGE;
	}
	results_plot(out, results);
	if (fclose(out)) {
		app_complain(app, "%s: %s", path, strerror(errno));
		return APP_ABSENT;
	}
	return APP_OK;
}

static int simulate(const struct app *app, const struct arguments *arguments,
		    struct scenario *scenario)
{
	struct results results;
	struct scenario_error error;
	char reason[256];
	int status = APP_OK;

	if (scenario_load(scenario, arguments->scenario, &error)) {
		if (error.line)
			app_complain(app, "%s:%u: %s", arguments->scenario,
				     error.line, error.text);
		else
			app_complain(app, "%s: %s", arguments->scenario,
				     error.text);
		return APP_USAGE;
	}
	if (app->dry_run) {
		scenario_free(scenario);
		return APP_OK;
	}
	if (results_run(&results, scenario, reason)) {
		app_complain(app, "%s: %s", arguments->scenario, reason);
		scenario_free(scenario);
		return APP_REFUSED;
	}
	if (arguments->svg)
		status = plot(app, &results, arguments->svg);
	if (!status)
		status = results_print(app, &results);
	results_free(&results);
	scenario_free(scenario);
	return status;
}

int main(int argc, char **argv)
{
	struct app app = {
		.out = stdout, .err = stderr, .headings = true,
		.command = &command_simulate,
	};
	struct arguments arguments = { 0 };
	struct scenario *scenario;
	int status;

	if (!take_arguments(&app, &arguments, argc, argv))
		return APP_USAGE;
	scenario = malloc(sizeof(*scenario));
	if (!scenario)
		return app_fail_memory(&app);
	status = simulate(&app, &arguments, scenario);
	free(scenario);
	return output_finish(&app, status);
}
