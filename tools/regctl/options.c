// SPDX-License-Identifier: GPL-2.0-only
/* Command line: global options, the command, its options and operands. */
#include "app.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

enum {
	KEY_JSON = 0x100,
	KEY_CSV,
	KEY_NO_HEADINGS,
	KEY_BYTES,
	KEY_IEC,
	KEY_SI,
	KEY_DEVICE,
	KEY_SYSFS,
	KEY_DRY_RUN,
	KEY_HELP,
	KEY_USAGE,
	KEY_VERSION,
};

/* Behind all options of the command. */
#define GLOBAL_GROUP	9

const struct argp_option global_options[] = {
	{ NULL, 0, NULL, 0, "Everywhere:", GLOBAL_GROUP },
	{ "json", KEY_JSON, NULL, 0, "Print JSON", 0 },
	{ "csv", KEY_CSV, NULL, 0, "Print CSV (RFC 4180), units in headings",
	  0 },
	{ "no-headings", KEY_NO_HEADINGS, NULL, 0,
	  "Leave the headings of tables and CSV out", 0 },
	{ "bytes", KEY_BYTES, NULL, 0, "Print plain bytes in tables", 0 },
	{ "iec", KEY_IEC, NULL, 0, "Print powers of 1024 only (MiB)", 0 },
	{ "si", KEY_SI, NULL, 0, "Print powers of 1000 only (MB)", 0 },
	{ "quiet", 'q', NULL, 0, "Print errors and what was asked for only",
	  0 },
	{ "verbose", 'v', NULL, 0, "Print all columns of tables", 0 },
	{ "device", KEY_DEVICE, "PATH", 0,
	  "The device node, instead of " WEIR_DEVICE, 0 },
	{ "sysfs", KEY_SYSFS, "DIR", 0,
	  "The driver's sysfs directory, instead of " WEIR_SYSFS, 0 },
	{ "dry-run", KEY_DRY_RUN, NULL, 0,
	  "Check and print what would be done, but change nothing", 0 },
	{ "help", KEY_HELP, NULL, 0, "Print this text", -1 },
	{ "usage", KEY_USAGE, NULL, 0, "Print a short form of it", -1 },
	{ "version", KEY_VERSION, NULL, 0, "Print the version", -1 },
	{ 0 },
};

struct parser {
	struct app *app;
	const struct argp *argp;	/* of the phase that runs */
	void *args;			/* of the command */
	int rest;			/* index of the command's first word */
};

/* A mistake on the command line: said once, then parsing ends. */
static error_t refuse_line(struct argp_state *state, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static error_t refuse_line(struct argp_state *state, const char *format, ...)
{
	struct parser *parser = state->input;
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	app_complain(parser->app, "%s", text);
	fprintf(parser->app->err, "Try 'regctl%s%s --help'.\n",
		parser->app->command ? " " : "",
		parser->app->command ? parser->app->command->name : "");
	parser->app->refused = true;
	return EINVAL;
}

static error_t set_format(struct argp_state *state, enum output_format format)
{
	struct app *app = ((struct parser *)state->input)->app;

	if (app->format_given && app->format != format)
		return refuse_line(state, "--json and --csv exclude each other");
	app->format = format;
	app->format_given = true;
	return 0;
}

static error_t set_units(struct argp_state *state, enum unit_style units)
{
	struct app *app = ((struct parser *)state->input)->app;

	if (app->units_given && app->units != units)
		return refuse_line(state,
				   "--bytes, --iec and --si exclude each other");
	app->units = units;
	app->units_given = true;
	return 0;
}

static error_t serve_help(struct argp_state *state, unsigned int what)
{
	struct parser *parser = state->input;

	argp_help(parser->argp, parser->app->out, what, state->name);
	parser->app->served = true;
	return ECANCELED;
}

static error_t serve_version(struct argp_state *state)
{
	struct parser *parser = state->input;

	fprintf(parser->app->out, "regctl, Weir ABI revision %d\n",
		WEIR_ABI_REVISION);
	parser->app->served = true;
	return ECANCELED;
}

static error_t parse_global(int key, char *value, struct argp_state *state)
{
	struct app *app = ((struct parser *)state->input)->app;

	switch (key) {
	case KEY_JSON:
		return set_format(state, OUTPUT_JSON);
	case KEY_CSV:
		return set_format(state, OUTPUT_CSV);
	case KEY_NO_HEADINGS:
		app->headings = false;
		return 0;
	case KEY_BYTES:
		return set_units(state, UNIT_BYTES);
	case KEY_IEC:
		return set_units(state, UNIT_IEC);
	case KEY_SI:
		return set_units(state, UNIT_SI);
	case 'q':
		app->quiet = true;
		return 0;
	case 'v':
		app->verbose = true;
		return 0;
	case KEY_DEVICE:
		app->device_path = value;
		return 0;
	case KEY_SYSFS:
		app->sysfs_path = value;
		return 0;
	case KEY_DRY_RUN:
		app->dry_run = true;
		return 0;
	case KEY_HELP:
		return serve_help(state, ARGP_HELP_SHORT_USAGE |
					 ARGP_HELP_LONG | ARGP_HELP_DOC);
	case KEY_USAGE:
		return serve_help(state, ARGP_HELP_USAGE);
	case KEY_VERSION:
		return serve_version(state);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp global_argp = { global_options, parse_global, NULL,
					 NULL, NULL, NULL, NULL };

static const struct argp_child global_child[] = {
	{ &global_argp, 0, NULL, 0 },
	{ 0 },
};

/* First phase: what comes before the command. */
static error_t parse_top(int key, char *value, struct argp_state *state)
{
	struct parser *parser = state->input;

	(void)value;
	switch (key) {
	case ARGP_KEY_INIT:
		state->err_stream = parser->app->err;
		state->child_inputs[0] = state->input;
		return 0;
	case ARGP_KEY_ARGS:
		parser->rest = state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		return refuse_line(state, "which command?");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The option as it is written: "--budget", or "-a" when it has no name. */
static void option_name(char name[32], const struct command *command, int key)
{
	const struct argp_option *option = command->options;

	for (; option && (option->name || option->key); option++) {
		if (option->key != key)
			continue;
		if (option->name)
			snprintf(name, 32, "--%s", option->name);
		else
			snprintf(name, 32, "-%c", key);
		return;
	}
	snprintf(name, 32, "operand");
}

static error_t refuse_value(struct argp_state *state, int key,
			    const char *value, const struct parse_error *error)
{
	struct parser *parser = state->input;
	char name[32];

	option_name(name, parser->app->command, key);
	if (!value)
		return refuse_line(state, "%s: %s", name, error->text);
	if (error->column == 0)
		return refuse_line(state, "%s '%s': %s", name, value,
				   error->text);
	return refuse_line(state, "%s '%s', column %u: %s", name, value,
			   error->column, error->text);
}

static error_t take_operand(struct argp_state *state, const char *value)
{
	struct app *app = ((struct parser *)state->input)->app;

	if (app->operands_count == app->command->operands_max)
		return refuse_line(state, "'%s' is one operand too many", value);
	app->operands[app->operands_count++] = value;
	return 0;
}

static error_t check_operands(struct argp_state *state)
{
	struct app *app = ((struct parser *)state->input)->app;

	if (app->operands_count < app->command->operands_min)
		return refuse_line(state, "an operand is missing: %s",
				   app->command->operands);
	return 0;
}

/* Second phase: options and operands of the command, global ones between. */
static error_t parse_command(int key, char *value, struct argp_state *state)
{
	struct parser *parser = state->input;
	const struct command *command = parser->app->command;
	struct parse_error error = { 0 };
	int ret = -ENOENT;

	if (key == ARGP_KEY_INIT) {
		state->err_stream = parser->app->err;
		state->child_inputs[0] = state->input;
		return 0;
	}
	if (key == ARGP_KEY_END)
		return check_operands(state);
	if (command->option && (key == ARGP_KEY_ARG || key < ARGP_KEY_END))
		ret = command->option(parser->args, key, value, &error);
	if (ret == -EINVAL)
		return refuse_value(state, key, value, &error);
	if (key == ARGP_KEY_ARG)
		return take_operand(state, value);
	return ret ? ARGP_ERR_UNKNOWN : 0;
}

/* The list of commands, below the options in the main help. */
static char *commands_help(int key, const char *text, void *input)
{
	char *list = NULL;
	size_t size = 0;
	FILE *stream;
	size_t i;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	stream = open_memstream(&list, &size);
	if (!stream)
		return NULL;
	fputs("Commands:\n", stream);
	for (i = 0; commands[i]; i++)
		fprintf(stream, "  %-13s %s\n", commands[i]->name,
			commands[i]->summary);
	fputs("\n'regctl COMMAND --help' explains one of them.\n", stream);
	fclose(stream);
	return list;
}

static const struct argp top_argp = {
	NULL, parse_top, "COMMAND [ARGUMENT...]",
	"Controls the Weir hypervisor and the memory bandwidth of its cells.\v ",
	global_child, commands_help, NULL,
};

static bool words_match(const char *name, int argc, char **argv, int *words)
{
	const char *blank = strchr(name, ' ');
	size_t length = blank ? (size_t)(blank - name) : strlen(name);

	if (strlen(argv[0]) != length || strncmp(argv[0], name, length) != 0)
		return false;
	*words = blank ? 2 : 1;
	return !blank || (argc > 1 && strcmp(argv[1], blank + 1) == 0);
}

const struct command *command_find(int argc, char **argv, int *words)
{
	size_t i;

	for (i = 0; commands[i]; i++) {
		if (words_match(commands[i]->name, argc, argv, words))
			return commands[i];
	}
	return NULL;
}

static bool is_group(const char *word)
{
	const char *group;
	size_t length;

	for (unsigned int n = 0; (group = command_group(n, &length)); n++)
		if (strlen(word) == length && !strncmp(group, word, length))
			return true;
	return false;
}

static int refuse_command(const struct app *app, int argc, char **argv)
{
	if (!is_group(argv[0]))
		fprintf(app->err, "regctl: there is no command '%s'\n", argv[0]);
	else if (argc > 1)
		fprintf(app->err, "regctl %s: there is no command '%s'\n",
			argv[0], argv[1]);
	else
		fprintf(app->err, "regctl %s: which command?\n", argv[0]);
	fprintf(app->err, "Try 'regctl --help'.\n");
	return APP_USAGE;
}

static int run_command(struct app *app, const void *args)
{
	const struct reg_options options = {
		.device_path = app->device_path,
		.sysfs_path = app->sysfs_path,
		.transport = app->transport,
	};
	int status;

	if (reg_open(&app->device, &options))
		return app_fail_memory(app);
	status = app->command->run(app, args);
	reg_close(app->device);
	app->device = NULL;
	return status;
}

/* argp's own complaints go to stderr under the name in argv[0]. */
static int parse_and_run(struct app *app, int argc, char **argv, void *args)
{
	char doc[192];
	char name[64];
	struct argp argp = { app->command->options, parse_command,
			     app->command->operands, doc, global_child, NULL,
			     NULL };
	struct parser parser = { app, &argp, args, 0 };
	error_t error;

	snprintf(doc, sizeof(doc), "%s.", app->command->summary);
	snprintf(name, sizeof(name), "regctl %s", app->command->name);
	argv[0] = name;
	error = argp_parse(&argp, argc, argv,
			   ARGP_IN_ORDER | ARGP_NO_EXIT | ARGP_NO_HELP, NULL,
			   &parser);
	if (app->served)
		return output_finish(app, APP_OK);
	if (error)
		return APP_USAGE;
	return output_finish(app, run_command(app, args));
}

int regctl_run(struct app *app, int argc, char **argv)
{
	struct parser parser = { app, &top_argp, NULL, 0 };
	char *top[] = { (char *)"regctl", NULL };
	int words = 0;
	error_t error;
	void *args;
	int status;

	app->headings = true;
	if (argc > 0)
		argv[0] = top[0];
	error = argp_parse(&top_argp, argc, argv,
			   ARGP_IN_ORDER | ARGP_NO_EXIT | ARGP_NO_HELP, NULL,
			   &parser);
	if (app->served)
		return output_finish(app, APP_OK);
	if (error)
		return APP_USAGE;
	argc -= parser.rest;
	argv += parser.rest;
	app->command = command_find(argc, argv, &words);
	if (!app->command)
		return refuse_command(app, argc, argv);
	args = calloc(1, app->command->args_size + 1);
	if (!args)
		return app_fail_memory(app);
	/* The last word of the command becomes the program's name. */
	status = parse_and_run(app, argc - words + 1, argv + words - 1, args);
	free(args);
	return status;
}
