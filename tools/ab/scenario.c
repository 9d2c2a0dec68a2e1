// SPDX-License-Identifier: GPL-2.0-only
/* Scenarios read from text. */
#include "scenario.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPETITIONS_MAX	10000u
#define SETTLE_MAX_US	60000000u
#define CPU_LAST	1023u
#define WARMUP_MAX	1000000u
#define REFERENCE_MAX	1000000u

struct reader {
	struct scenario *scenario;
	struct scenario_error *error;
	char *rest;		/* of the line, behind its first word */
};

__attribute__((format(printf, 2, 3)))
static int refuse(struct reader *reader, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reader->error->text, sizeof(reader->error->text), format,
		  arguments);
	va_end(arguments);
	return -EINVAL;
}

/* Cuts the next word off; "" when there is none. */
static char *word_take(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	size_t length = strcspn(word, " \t");

	*rest = word + length;
	if (**rest) {
		**rest = '\0';
		*rest += 1 + strspn(*rest + 1, " \t");
	}
	return word;
}

static int text_take(struct reader *reader, char *to, size_t size,
		     const char *from, const char *what)
{
	if (!*from)
		return refuse(reader, "%s is missing", what);
	if (strlen(from) >= size)
		return refuse(reader, "%s is longer than %zu characters", what,
			      size - 1);
	strcpy(to, from);
	return 0;
}

static int number_take(struct reader *reader, uint64_t most, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(reader->rest, &end, 10);
	if (*reader->rest < '0' || *reader->rest > '9' || *end || errno ||
	    *value > most)
		return refuse(reader, "'%s' is no number up to %llu",
			      reader->rest, (unsigned long long)most);
	return 0;
}

/* "cell CELL IMAGE [WORDS]" or "run COMMAND" */
static int program_take(struct reader *reader, struct scenario_program *program)
{
	const char *kind = word_take(&reader->rest);
	int ret;

	if (!strcmp(kind, "run"))
		return text_take(reader, program->words, sizeof(program->words),
				 reader->rest, "the command");
	if (strcmp(kind, "cell"))
		return refuse(reader, "'%s' is neither 'cell' nor 'run'", kind);
	program->in_cell = true;
	ret = text_take(reader, program->cell, sizeof(program->cell),
			word_take(&reader->rest), "the cell");
	if (!ret)
		ret = text_take(reader, program->image, sizeof(program->image),
				word_take(&reader->rest), "the image");
	if (!ret && *reader->rest)
		ret = text_take(reader, program->words, sizeof(program->words),
				reader->rest, "the command line");
	return ret;
}

static struct scenario_arm *arm_of(struct reader *reader)
{
	struct scenario *scenario = reader->scenario;

	return scenario->arms_count ? &scenario->arm[scenario->arms_count - 1] :
				      NULL;
}

/* Behind an arm it is that arm's. */
static int victim_line(struct reader *reader)
{
	struct scenario_arm *arm = arm_of(reader);
	struct scenario_program *victim = arm ? &arm->victim :
						&reader->scenario->victim;

	if (arm)
		arm->has_victim = true;
	if (*victim->words || *victim->cell)
		return refuse(reader, "there is a victim already");
	return program_take(reader, victim);
}

static int load_line(struct reader *reader)
{
	struct scenario *scenario = reader->scenario;

	if (scenario->loads_count == SCENARIO_LOADS_MAX)
		return refuse(reader, "more than %u loads", SCENARIO_LOADS_MAX);
	return program_take(reader, &scenario->load[scenario->loads_count++]);
}

static int arm_line(struct reader *reader)
{
	struct scenario *scenario = reader->scenario;
	const char *name = word_take(&reader->rest);

	if (scenario->arms_count == SCENARIO_ARMS_MAX)
		return refuse(reader, "more than %u arms", SCENARIO_ARMS_MAX);
	if (strpbrk(name, ",\":/") || *reader->rest)
		return refuse(reader, "an arm's name is one word without , : / \"");
	for (unsigned int n = 0; n < scenario->arms_count; n++)
		if (!strcmp(scenario->arm[n].name, name))
			return refuse(reader, "there is an arm %s already", name);
	return text_take(reader, scenario->arm[scenario->arms_count++].name,
			 SCENARIO_NAME_BYTES, name, "the arm's name");
}

static int loads_line(struct reader *reader)
{
	struct scenario_arm *arm = arm_of(reader);
	uint64_t count;
	int ret;

	if (!arm)
		return refuse(reader, "loads belong to an arm");
	if (!strcmp(reader->rest, "all")) {
		arm->loads = SCENARIO_LOADS_MAX;
		return 0;
	}
	if (!strncmp(reader->rest, "only ", 5)) {
		reader->rest += 5;
		ret = number_take(reader, SCENARIO_LOADS_MAX, &count);
		if (!ret && !count)
			ret = refuse(reader, "loads are counted from 1");
		arm->loads_first = ret ? 0 : (unsigned int)count - 1;
		arm->loads = 1;
		return ret;
	}
	ret = number_take(reader, SCENARIO_LOADS_MAX, &count);
	if (!ret)
		arm->loads = (unsigned int)count;
	return ret;
}

static int native_line(struct reader *reader)
{
	struct scenario_arm *arm = arm_of(reader);

	if (!arm || *reader->rest)
		return refuse(reader, "'native' belongs to an arm, alone");
	arm->native = true;
	return 0;
}

/* Another result than that of the other arms' victims. */
static int checksum_line(struct reader *reader)
{
	struct scenario_arm *arm = arm_of(reader);

	if (!arm || strcmp(reader->rest, "own"))
		return refuse(reader, "'checksum own' belongs to an arm");
	arm->own_checksum = true;
	return 0;
}

static int input_line(struct reader *reader)
{
	return text_take(reader, reader->scenario->input,
			 sizeof(reader->scenario->input), reader->rest,
			 "the file");
}

static int system_line(struct reader *reader)
{
	return text_take(reader, reader->scenario->system,
			 sizeof(reader->scenario->system), reader->rest,
			 "the system configuration");
}

static int set_line(struct reader *reader)
{
	struct scenario_arm *arm = arm_of(reader);

	if (!arm)
		return refuse(reader, "settings belong to an arm");
	if (arm->sets_count == SCENARIO_SETS_MAX)
		return refuse(reader, "more than %u settings", SCENARIO_SETS_MAX);
	return text_take(reader, arm->set[arm->sets_count++],
			 SCENARIO_LINE_BYTES, reader->rest, "the setting");
}

/* Before the first arm: where the others are from. */
static int reference_line(struct reader *reader)
{
	struct scenario_arm *arm = arm_of(reader);
	char *end;

	if (!arm)
		return text_take(reader, reader->scenario->reference,
				 SCENARIO_LINE_BYTES, reader->rest,
				 "where references are from");
	arm->reference = strtod(reader->rest, &end);
	if (strspn(reader->rest, "0123456789.") != strlen(reader->rest) ||
	    *end || !(arm->reference > 0) || arm->reference > REFERENCE_MAX)
		return refuse(reader, "'%s' is no slowdown above 0, up to %u",
			      reader->rest, REFERENCE_MAX);
	return 0;
}

static int name_line(struct reader *reader)
{
	return text_take(reader, reader->scenario->name, SCENARIO_NAME_BYTES,
			 reader->rest, "the name");
}

static int repetitions_line(struct reader *reader)
{
	uint64_t count;
	int ret = number_take(reader, REPETITIONS_MAX, &count);

	if (!ret && !count)
		ret = refuse(reader, "there must be a repetition");
	if (!ret)
		reader->scenario->repetitions = (unsigned int)count;
	return ret;
}

static int order_line(struct reader *reader)
{
	reader->scenario->blocked = !strcmp(reader->rest, "blocked");
	if (!reader->scenario->blocked && strcmp(reader->rest, "interleaved"))
		return refuse(reader, "'%s' is neither 'interleaved' nor 'blocked'",
			      reader->rest);
	return 0;
}

static int settle_line(struct reader *reader)
{
	return number_take(reader, SETTLE_MAX_US, &reader->scenario->settle_us);
}

static int cpu_line(struct reader *reader)
{
	uint64_t cpu;
	int ret = number_take(reader, CPU_LAST, &cpu);

	if (!ret)
		reader->scenario->cpu = (int)cpu;
	return ret;
}

static int warmup_line(struct reader *reader)
{
	return number_take(reader, WARMUP_MAX, &reader->scenario->warmup);
}

/* "profile TIME"; the time is what `regctl profile` takes. */
static int record_line(struct reader *reader)
{
	const char *what = word_take(&reader->rest);

	if (strcmp(what, "profile"))
		return refuse(reader, "'%s' cannot be recorded; 'profile' can",
			      what);
	return text_take(reader, reader->scenario->profile_interval,
			 SCENARIO_NAME_BYTES, reader->rest, "the interval");
}

static int seed_line(struct reader *reader)
{
	return number_take(reader, UINT64_MAX, &reader->scenario->seed);
}

static const struct {
	const char *word;
	int (*take)(struct reader *reader);
} lines[] = {
	{ "name", name_line }, { "victim", victim_line }, { "load", load_line },
	{ "arm", arm_line }, { "loads", loads_line }, { "set", set_line },
	{ "repetitions", repetitions_line }, { "order", order_line },
	{ "settle_us", settle_line }, { "seed", seed_line },
	{ "reference", reference_line }, { "native", native_line },
	{ "system", system_line }, { "warmup", warmup_line },
	{ "record", record_line }, { "input", input_line },
	{ "cpu", cpu_line }, { "checksum", checksum_line },
};

static int line_take(struct reader *reader, char *line)
{
	size_t length;
	char *word;

	line[strcspn(line, "#\r")] = '\0';
	length = strlen(line);
	while (length && strchr(" \t", line[length - 1]))
		line[--length] = '\0';
	reader->rest = line;
	word = word_take(&reader->rest);
	if (!*word)
		return 0;
	for (size_t n = 0; n < sizeof(lines) / sizeof(*lines); n++)
		if (!strcmp(lines[n].word, word))
			return lines[n].take(reader);
	return refuse(reader, "'%s' starts no line of a scenario", word);
}

/* Without the hypervisor there are neither cells nor settings. */
static int native_check(struct reader *reader, const struct scenario_arm *arm)
{
	const struct scenario *scenario = reader->scenario;
	bool cells = scenario->victim.in_cell;

	for (unsigned int n = 0; n < scenario->loads_count; n++)
		cells |= scenario->load[n].in_cell;
	for (unsigned int n = 0; n < scenario->arms_count; n++)
		cells |= scenario->arm[n].victim.in_cell;
	if (cells)
		return refuse(reader, "arm %s is native: no arm may use cells",
			      arm->name);
	if (arm->sets_count)
		return refuse(reader, "arm %s is native: nothing can be set",
			      arm->name);
	if (*scenario->profile_interval)
		return refuse(reader, "arm %s is native: nothing profiles it",
			      arm->name);
	if (!*scenario->system)
		return refuse(reader, "arm %s is native: 'system' must say what is enabled again",
			      arm->name);
	return 0;
}

static int arm_check(struct reader *reader, struct scenario_arm *arm)
{
	unsigned int count = reader->scenario->loads_count;

	if (arm->loads == SCENARIO_LOADS_MAX)
		arm->loads = count;
	if (arm->loads_first + arm->loads > count)
		return refuse(reader, "arm %s wants %u loads of %u", arm->name,
			      arm->loads_first + arm->loads, count);
	return arm->native ? native_check(reader, arm) : 0;
}

static int whole_check(struct reader *reader)
{
	int ret = 0;
	struct scenario *scenario = reader->scenario;

	reader->error->line = 0;
	if (!*scenario->victim.words && !*scenario->victim.cell)
		return refuse(reader, "there is no victim");
	if (!scenario->arms_count)
		return refuse(reader, "there is no arm");
	for (unsigned int n = 0; n < scenario->arms_count && !ret; n++)
		ret = arm_check(reader, &scenario->arm[n]);
	return ret;
}

int scenario_parse(struct scenario *scenario, const char *text,
		   struct scenario_error *error)
{
	struct reader reader = { .scenario = scenario, .error = error };
	char line[2 * SCENARIO_LINE_BYTES];
	int ret = 0;

	*scenario = (struct scenario){ .name = "comparison", .repetitions = 1,
				       .settle_us = 10000, .seed = 1,
				       .cpu = -1 };
	*error = (struct scenario_error){ 0 };
	while (*text && !ret) {
		size_t length = strcspn(text, "\n");

		error->line++;
		if (length >= sizeof(line))
			return refuse(&reader, "the line is too long");
		memcpy(line, text, length);
		line[length] = '\0';
		text += length + (text[length] == '\n');
		ret = line_take(&reader, line);
	}
	return ret ? ret : whole_check(&reader);
}

bool scenario_run_at(const struct scenario *scenario, unsigned int n,
		     unsigned int *arm, unsigned int *repetition)
{
	if (n >= scenario->arms_count * scenario->repetitions)
		return false;
	*arm = scenario->blocked ? n / scenario->repetitions :
				   n % scenario->arms_count;
	*repetition = scenario->blocked ? n % scenario->repetitions :
					  n / scenario->arms_count;
	return true;
}

const struct scenario_program *scenario_victim(const struct scenario *scenario,
					       unsigned int arm)
{
	return scenario->arm[arm].has_victim ? &scenario->arm[arm].victim :
					       &scenario->victim;
}

bool scenario_has_references(const struct scenario *scenario)
{
	for (unsigned int n = 0; n < scenario->arms_count; n++)
		if (scenario->arm[n].reference > 0)
			return true;
	return false;
}
