// SPDX-License-Identifier: GPL-2.0-only
/* simulate: a scenario on a simulated machine, by a program of its own. */
#include "commands.h"

#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM		"weir-simulate"
#define ARGUMENTS_MAX	16

struct simulate_args {
	const char *svg;
};

enum { KEY_SVG = 256 };

static const struct argp_option options[] = {
	{ "svg", KEY_SVG, "FILE", 0, "Draw what cells moved over time", 0 },
	{ 0 },
};

static int option(void *args, int key, const char *value,
		  struct parse_error *error)
{
	struct simulate_args *simulate = args;

	(void)error;
	if (key != KEY_SVG)
		return -ENOENT;
	simulate->svg = value;
	return 0;
}

/* Beside this program, as it is built, or as it is installed. */
static int program_find(char path[PATH_MAX])
{
	static const char *const places[] = { "", "../sim/",
					      "../libexec/weir/" };
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (length < 0)
		return -errno;
	self[length] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return -ENOENT;
	slash[1] = '\0';
	for (size_t n = 0; n < sizeof(places) / sizeof(places[0]); n++) {
		int bytes = snprintf(path, PATH_MAX, "%s%s" PROGRAM, self,
				     places[n]);

		if (bytes < PATH_MAX && access(path, X_OK) == 0)
			return 0;
	}
	return -ENOENT;
}

/* Global options go on as they came. */
static void arguments_fill(const struct app *app,
			   const struct simulate_args *args,
			   const char *arguments[ARGUMENTS_MAX])
{
	static const char *const styles[] = {
		[UNIT_SI] = "--si", [UNIT_IEC] = "--iec",
		[UNIT_BYTES] = "--bytes",
	};
	unsigned int n = 0;

	arguments[n++] = PROGRAM;
	if (app->format != OUTPUT_TABLE)
		arguments[n++] = app->format == OUTPUT_JSON ? "--json" :
							      "--csv";
	if (app->units != UNIT_BOTH)
		arguments[n++] = styles[app->units];
	if (!app->headings)
		arguments[n++] = "--no-headings";
	if (app->verbose)
		arguments[n++] = "--verbose";
	if (app->dry_run)
		arguments[n++] = "--dry-run";
	if (args->svg) {
		arguments[n++] = "--svg";
		arguments[n++] = args->svg;
	}
	arguments[n++] = "--";
	arguments[n++] = app->operands[0];
	arguments[n] = NULL;
}

static int program_wait(const struct app *app, pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return APP_ABSENT;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	app_complain(app, PROGRAM " was killed by signal %d",
		     WTERMSIG(status));
	return APP_ABSENT;
}

static int run(struct app *app, const void *data)
{
	const char *arguments[ARGUMENTS_MAX];
	char path[PATH_MAX];
	pid_t child;
	int err = program_find(path);

	if (err) {
		app_complain(app, PROGRAM " is not beside this program");
		return APP_ABSENT;
	}
	arguments_fill(app, data, arguments);
	fflush(app->out);
	err = posix_spawn(&child, path, NULL, NULL, (char *const *)arguments,
			  environ);
	if (err) {
		app_complain(app, "%s: %s", path, strerror(err));
		return APP_ABSENT;
	}
	return program_wait(app, child);
}

const struct command command_simulate = {
	.name = "simulate",
	.operands = "SCENARIO",
	.summary = "Try policies on a simulated machine",
	.options = options,
	.args_size = sizeof(struct simulate_args),
	.operands_min = 1,
	.operands_max = 1,
	.operand_kind = OPERAND_FILE,
	.option = option,
	.run = run,
};
