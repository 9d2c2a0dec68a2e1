/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One run of regctl: streams, global options, the command and its operands.
 *
 * Nothing here exits or keeps global state: regctl_run() can be called as
 * often as a test likes. Data goes to `out` only, words for a person to `err`.
 */
#ifndef REGCTL_APP_H
#define REGCTL_APP_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

#include "tools/libreg/reg.h"
#include "units.h"

/* Exit statuses. */
enum {
	APP_OK = 0,
	APP_NO = 1,		/* the answer is no */
	APP_USAGE = 2,		/* bad options or input */
	APP_ABSENT = 3,		/* no driver, not enabled, no such hardware */
	APP_REFUSED = 4,	/* by the hypervisor or the driver */
};

enum output_format {
	OUTPUT_TABLE,
	OUTPUT_CSV,
	OUTPUT_JSON,
};

#define APP_OPERANDS_MAX	64

struct app {
	FILE *out;
	FILE *err;
	const struct reg_transport *transport;	/* NULL: the real driver */

	/* global options */
	enum output_format format;
	bool format_given;
	enum unit_style units;
	bool units_given;
	bool headings;
	bool quiet;
	bool verbose;
	bool dry_run;
	const char *device_path;		/* NULL: the default */
	const char *sysfs_path;			/* NULL: the default */

	const struct command *command;
	const char *operands[APP_OPERANDS_MAX];
	unsigned int operands_count;
	bool served;		/* --help or --version was all there was to do */
	bool refused;		/* parsing failed, and was explained */

	struct reg_device *device;
};

/* What an operand is, for completion. */
enum operand_kind {
	OPERAND_NONE,
	OPERAND_CELL,
	OPERAND_FILE,
	OPERAND_CELL_THEN_FILES,
	OPERAND_SHELL,
};

struct command {
	const char *name;		/* one or two words */
	const char *operands;		/* as in the usage line */
	const char *summary;		/* one line, no full stop */
	const struct argp_option *options; /* NULL: none of its own */
	size_t args_size;		/* of what option() fills; zeroed */
	unsigned int operands_min;
	unsigned int operands_max;
	enum operand_kind operand_kind;

	/*
	 * Takes one option; ARGP_KEY_ARG is shown to it before the operand is
	 * stored. 0, -ENOENT for a key that is not its own, or -EINVAL with
	 * `error` filled (column 0: the value as a whole).
	 */
	int (*option)(void *args, int key, const char *value,
		      struct parse_error *error);
	/* Returns an exit status. */
	int (*run)(struct app *app, const void *args);
};

/* All commands, in the order of the help; the last one has no name. */
extern const struct command *const commands[];

/* The options every command takes. */
extern const struct argp_option global_options[];

/* The whole program; out and err are given by the caller. */
int regctl_run(struct app *app, int argc, char **argv);

/*
 * The n-th word that starts commands of two words ("cell"), or NULL; *length
 * is without the blank.
 */
const char *command_group(unsigned int n, size_t *length);

/* Finds a command by the words at `argv`; *words is how many it has. */
const struct command *command_find(int argc, char **argv, int *words);

/* Words for a person, "regctl COMMAND: ..." on err. */
void app_complain(const struct app *app, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same, but not with --quiet. */
void app_note(const struct app *app, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Prints the device's last error; returns the exit status that fits. */
int app_fail(const struct app *app);
int app_fail_memory(const struct app *app);

/*
 * Reads a whole file. 0 and memory the caller frees, or APP_USAGE after a
 * complaint. Sizes above `limit_bytes` and empty files are refused.
 */
int app_read_file(const struct app *app, const char *path, size_t limit_bytes,
		  void **data, size_t *size);

/* SIGINT, SIGTERM and, unless it was ignored, SIGHUP call `handler`. */
void app_signals_catch(void (*handler)(int number));

/* The operand as a cell; 0, or an exit status after a complaint. */
int app_cell(const struct app *app, unsigned int operand,
	     struct weir_cell_id *cell);

#endif
