// SPDX-License-Identifier: GPL-2.0-only
/*
 * weir-experiments: what regulators do to a machine of lines.
 *
 *   weir-experiments DIRECTORY [E1|E2|E4|E7]...
 *
 * Prints figures; CSV files go to the directory.
 */
#include "experiments.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *directory;

static const struct {
	const char *name;
	void (*run)(void);
} experiments[] = {
	{ "E1", experiment_rates },
	{ "E2", experiment_windows },
	{ "E4", experiment_hostile },
	{ "E7", experiment_ablation },
};

void figure(const char *name, double measured, enum bound bound, double target,
	    const char *unit, const char *compared)
{
	printf("1\t%s\t%.6g\t%s\t%g\t%s", name, measured,
	       bound == AT_MOST ? "max" : "min", target, unit);
	printf(compared ? "\t%s\n" : "\n", compared);
	fflush(stdout);
}

const char *named(const char *format, ...)
{
	static char text[128];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return text;
}

const char *naive(const char *format, ...)
{
	static char text[64];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return text;
}

FILE *file_open(const char *name)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	if (!file) {
		perror(path);
		exit(3);
	}
	return file;
}

FILE *csv_open(const char *name, const char *headings)
{
	FILE *file = file_open(name);

	fprintf(file, "%s\n", headings);
	return file;
}

static int run(const char *name)
{
	for (size_t n = 0; n < sizeof(experiments) / sizeof(*experiments); n++) {
		if (strcmp(experiments[n].name, name))
			continue;
		fprintf(stderr, "regulators: %s\n", name);
		experiments[n].run();
		return 0;
	}
	fprintf(stderr, "weir-experiments: there is no experiment %s\n", name);
	return 2;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: weir-experiments DIRECTORY E1|E2|E4|E7...\n");
		return 2;
	}
	if (registry_init()) {
		fprintf(stderr, "weir-experiments: there are no regulators\n");
		return 3;
	}
	directory = argv[1];
	for (int n = 2; n < argc && !status; n++)
		status = run(argv[n]);
	return status;
}
