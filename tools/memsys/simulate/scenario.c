// SPDX-License-Identifier: GPL-2.0-only
/* Reading scenarios: lines, sections, variants. */
#include "scenario.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario-internal.h"

#define LINE_BYTES	256

int scenario_refuse(struct parser *parser, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	parser->error->line = parser->line;
	vsnprintf(parser->error->text, sizeof(parser->error->text), format,
		  arguments);
	va_end(arguments);
	return -EINVAL;
}

static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t\r");
	length = strlen(text);
	while (length && strchr(" \t\r", text[length - 1]))
		text[--length] = '\0';
	return text;
}

static struct scenario_cell *cell_find(struct variant *variant,
				       const char *name, size_t length)
{
	for (unsigned int n = 0; n < variant->cells_count; n++) {
		struct scenario_cell *cell = &variant->cells[n];

		if (strlen(cell->name) == length &&
		    !memcmp(cell->name, name, length))
			return cell;
	}
	return NULL;
}

static int name_take(struct parser *parser, const char *name,
		     char to[SCENARIO_NAME_BYTES])
{
	size_t length = strlen(name);

	if (!length || length >= SCENARIO_NAME_BYTES)
		return scenario_refuse(parser, "a name has 1 to %u characters",
				       SCENARIO_NAME_BYTES - 1);
	for (size_t n = 0; n < length; n++)
		if (!isalnum((unsigned char)name[n]) &&
		    !strchr("-_", name[n]))
			return scenario_refuse(parser,
					       "'%s': a name has letters, digits, - and _",
					       name);
	strcpy(to, name);
	return 0;
}

/* ---------------------------------------------------------------- sections */

static int cell_begin(struct parser *parser, const char *name)
{
	struct variant *variant = parser->variant;
	struct scenario_cell *cell;

	if (variant != &parser->base)
		return scenario_refuse(parser, "cells come before variants");
	if (cell_find(variant, name, strlen(name)))
		return scenario_refuse(parser, "a second cell '%s'", name);
	if (variant->cells_count == SCENARIO_MAX_CELLS)
		return scenario_refuse(parser, "more than %u cells",
				       SCENARIO_MAX_CELLS);
	cell = &variant->cells[variant->cells_count];
	if (name_take(parser, name, cell->name))
		return -EINVAL;
	variant->cells_count++;
	parser->cell = cell;
	parser->cpus = 0;
	return 0;
}

/* A CPU that some cell has; false: none. */
static bool cpu_find(const struct variant *variant, const char *text,
		     uint64_t *cpus)
{
	char *end;
	unsigned long cpu = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)*text) || *end || cpu >= ENGINE_MAX_CORES)
		return false;
	*cpus = (uint64_t)1 << cpu;
	for (unsigned int n = 0; n < variant->cells_count; n++)
		if (variant->cells[n].cpus & *cpus)
			return true;
	return false;
}

static int cpu_begin(struct parser *parser, const char *name)
{
	if (parser->variant != &parser->base)
		return scenario_refuse(parser, "CPUs come before variants");
	parser->cell = NULL;
	if (!cpu_find(parser->variant, name, &parser->cpus))
		return scenario_refuse(parser, "no cell has a CPU '%.20s'",
				       name);
	return 0;
}

static int variant_begin(struct parser *parser, const char *name)
{
	struct scenario *scenario = parser->scenario;
	struct variant *variant = &scenario->variants[scenario->variants_count];

	for (unsigned int n = 0; n < scenario->variants_count; n++)
		if (!strcmp(scenario->variants[n].name, name))
			return scenario_refuse(parser, "a second variant '%s'",
					       name);
	if (scenario->variants_count == SCENARIO_MAX_VARIANTS)
		return scenario_refuse(parser, "more than %u variants",
				       SCENARIO_MAX_VARIANTS);
	*variant = parser->base;
	if (name_take(parser, name, variant->name))
		return -EINVAL;
	scenario->variants_count++;
	parser->variant = variant;
	parser->cell = NULL;
	parser->cpus = 0;
	return 0;
}

static int section(struct parser *parser, char *text)
{
	size_t length = strlen(text);
	char *name;

	if (text[length - 1] != ']')
		return scenario_refuse(parser, "a section ends with ]");
	text[length - 1] = '\0';
	text = trim(text + 1);
	name = text + strcspn(text, " \t");
	if (*name)
		*name++ = '\0';
	name = trim(name);
	if (!strcmp(text, "cell"))
		return cell_begin(parser, name);
	if (!strcmp(text, "cpu"))
		return cpu_begin(parser, name);
	if (!strcmp(text, "variant"))
		return variant_begin(parser, name);
	return scenario_refuse(parser,
			       "a section is [cell NAME], [cpu N] or [variant NAME]");
}

/* In a variant: CELL.key, cpuN.key, or a key of the run. */
static int variant_key(struct parser *parser, char *key, const char *value)
{
	char *dot = strchr(key, '.');

	parser->cell = NULL;
	parser->cpus = 0;
	if (!dot)
		return scenario_set(parser, key, value);
	*dot = '\0';
	parser->cell = cell_find(parser->variant, key, strlen(key));
	if (parser->cell)
		parser->cpus = parser->cell->cpus;
	else if (strncmp(key, "cpu", 3) ||
		 !cpu_find(parser->variant, key + 3, &parser->cpus))
		return scenario_refuse(parser, "there is no cell or CPU '%.40s'",
				       key);
	return scenario_set(parser, dot + 1, value);
}

static int parse_line(struct parser *parser, char *text)
{
	char *equals, *key, *value;

	text[strcspn(text, "#")] = '\0';
	text = trim(text);
	if (!*text)
		return 0;
	if (*text == '[')
		return section(parser, text);
	equals = strchr(text, '=');
	if (!equals)
		return scenario_refuse(parser, "a line reads: key = value");
	*equals = '\0';
	key = trim(text);
	value = trim(equals + 1);
	if (!*value)
		return scenario_refuse(parser, "%.40s has no value", key);
	if (parser->variant != &parser->base)
		return variant_key(parser, key, value);
	return scenario_set(parser, key, value);
}

static void variant_init(struct variant *variant)
{
	*variant = (struct variant){
		.name = "run",
		.warm_up_ps = 1000000000,
		.duration_ps = 20000000000,
		.delay_ns = 1000,
		.kick_ns = 1000,
	};
	for (unsigned int n = 0; n < SCENARIO_MAX_CELLS; n++)
		variant->cells[n].calm_jobs = 20;
	for (unsigned int n = 0; n < ENGINE_MAX_CORES; n++)
		variant->loads[n] = (struct load){
			.size_bytes = 16 << 20,
			.bank = LOAD_ANY_BANK,
			.instructions = 4,
			.per_line = 1,
		};
}

static int parse_lines(struct parser *parser, const char *text, size_t bytes)
{
	const char *end = text + bytes;
	int err = 0;

	while (text < end && !err) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((stop ? stop : end) - text);
		char line[LINE_BYTES];

		parser->line++;
		if (length >= sizeof(line) || memchr(text, '\0', length))
			return scenario_refuse(parser,
					       "no line of at most %u characters",
					       LINE_BYTES - 1);
		memcpy(line, text, length);
		line[length] = '\0';
		err = parse_line(parser, line);
		text += length + 1;
	}
	return err;
}

int scenario_parse(struct scenario *scenario, const char *text, size_t bytes,
		   const char *directory, struct scenario_error *error)
{
	struct parser *parser = calloc(1, sizeof(*parser));
	int err;

	memset(scenario, 0, sizeof(*scenario));
	if (!parser)
		return -ENOMEM;
	parser->scenario = scenario;
	parser->error = error;
	parser->variant = &parser->base;
	variant_init(&parser->base);
	snprintf(scenario->directory, sizeof(scenario->directory), "%s",
		 directory);
	err = parse_lines(parser, text, bytes);
	if (!err)
		err = scenario_complete(parser);
	free(parser);
	if (err)
		scenario_free(scenario);
	return err;
}

static int refuse_file(struct scenario_error *error, int err)
{
	error->line = 0;
	snprintf(error->text, sizeof(error->text), "%s", strerror(-err));
	return err;
}

int scenario_load(struct scenario *scenario, const char *path,
		  struct scenario_error *error)
{
	char directory[PATH_MAX];
	FILE *stream = fopen(path, "r");
	char *slash, *text;
	size_t bytes;
	int err;

	if (!stream)
		return refuse_file(error, -errno);
	text = malloc(SCENARIO_MAX_BYTES + 1);
	bytes = text ? fread(text, 1, SCENARIO_MAX_BYTES + 1, stream) : 0;
	err = !text ? -ENOMEM : ferror(stream) ? -EIO :
	      bytes > SCENARIO_MAX_BYTES ? -EFBIG : 0;
	fclose(stream);
	snprintf(directory, sizeof(directory), "%s", path);
	slash = strrchr(directory, '/');
	strcpy(slash ? slash : directory, slash ? "" : ".");
	if (slash == directory)
		strcpy(directory, "/");
	err = err ? refuse_file(error, err) :
		    scenario_parse(scenario, text, bytes, directory, error);
	free(text);
	return err;
}

void scenario_free(struct scenario *scenario)
{
	for (unsigned int n = 0; n < scenario->traces_count; n++) {
		trace_free(scenario->traces[n]);
		free(scenario->traces[n]);
	}
	scenario->traces_count = 0;
}

bool variant_kicks(const struct variant *variant)
{
	for (unsigned int n = 0; n < variant->cells_count; n++)
		if (variant->cells[n].settings.watch_cpu ||
		    *variant->cells[n].guard)
			return true;
	return false;
}

unsigned int variant_cores(const struct variant *variant)
{
	uint64_t cpus = 0;

	for (unsigned int n = 0; n < variant->cells_count; n++)
		cpus |= variant->cells[n].cpus;
	return cpus ? 64 - (unsigned int)__builtin_clzll(cpus) : 0;
}
