// SPDX-License-Identifier: GPL-2.0-only
/* The keys of a load and their values. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scenario-internal.h"
#include "tools/libreg/reg.h"

/* Sets a member of the loads of all CPUs that are meant. */
#define SET_LOADS(parser, member, what)                                       \
	do {                                                                  \
		for (unsigned int n = 0; n < ENGINE_MAX_CORES; n++)           \
			if ((parser)->cpus >> n & 1)                          \
				(parser)->variant->loads[n].member = (what);  \
	} while (0)

static int set_load(struct parser *parser, const char *value)
{
	static const char *const words[] = { "idle", "stream", "random",
					     "chase", "trace", NULL };
	unsigned int word;
	int err = scenario_word(parser, value, words, &word);

	if (!err)
		SET_LOADS(parser, kind, (enum load_kind)word);
	return err;
}

static int set_size(struct parser *parser, const char *value)
{
	uint64_t bytes;
	int err = scenario_size(parser, value, 512u << 20, &bytes);

	if (!err)
		SET_LOADS(parser, size_bytes, bytes);
	return err;
}

static int set_stride(struct parser *parser, const char *value)
{
	uint64_t bytes;
	int err = scenario_size(parser, value, 512u << 20, &bytes);

	if (!err)
		SET_LOADS(parser, stride_bytes, bytes);
	return err;
}

static int set_bank(struct parser *parser, const char *value)
{
	uint64_t bank = LOAD_ANY_BANK;
	int err = 0;

	if (strcmp(value, "any"))
		err = scenario_count(parser, value, 0, DDR_MAX_BANKS - 1, &bank);
	if (!err)
		SET_LOADS(parser, bank, (uint32_t)bank);
	return err;
}

static int set_writes(struct parser *parser, const char *value)
{
	size_t length = strlen(value);
	uint64_t percent = 0;
	char number[8] = "";

	if (length < 2 || length > 4 || value[length - 1] != '%')
		return scenario_refuse(parser, "'%.40s' is not 0%% to 100%%",
				       value);
	memcpy(number, value, length - 1);
	if (scenario_count(parser, number, 0, 100, &percent))
		return -EINVAL;
	SET_LOADS(parser, write_percent, (uint32_t)percent);
	return 0;
}

static int set_mlp(struct parser *parser, const char *value)
{
	uint64_t lines;
	int err = scenario_count(parser, value, 1, ENGINE_MAX_LINES, &lines);

	if (!err)
		SET_LOADS(parser, mlp, (uint32_t)lines);
	return err;
}

static int set_instructions(struct parser *parser, const char *value)
{
	uint64_t count;
	int err = scenario_count(parser, value, 1, 10000, &count);

	if (!err)
		SET_LOADS(parser, instructions, count);
	return err;
}

static int set_per_line(struct parser *parser, const char *value)
{
	uint64_t count;
	int err = scenario_count(parser, value, 1, 64, &count);

	if (!err)
		SET_LOADS(parser, per_line, (uint32_t)count);
	return err;
}

static int set_compute(struct parser *parser, const char *value)
{
	uint64_t time_ps;
	int err = scenario_ps(parser, value, &time_ps);

	if (!err)
		SET_LOADS(parser, compute_ps, time_ps);
	return err;
}

static int set_begin(struct parser *parser, const char *value)
{
	uint64_t time_ps;
	int err = scenario_ps(parser, value, &time_ps);

	if (!err)
		SET_LOADS(parser, begin_ps, time_ps);
	return err;
}

static int set_burst(struct parser *parser, const char *value)
{
	uint64_t count;
	int err = scenario_count(parser, value, 1, UINT32_MAX, &count);

	if (!err)
		SET_LOADS(parser, burst_accesses, count);
	return err;
}

static int set_ways(struct parser *parser, const char *value)
{
	char *end;
	uint64_t mask;

	errno = 0;
	mask = strtoull(value, &end, 0);
	if (*value < '0' || *value > '9' || *end || errno || !mask)
		return scenario_refuse(parser, "'%.40s' is no mask of ways",
				       value);
	SET_LOADS(parser, way_mask, mask);
	return 0;
}

static int colors_parse(struct parser *parser, const char *value,
			struct color_set *colors)
{
	struct reg_color_set set = { { 0 } };

	if (strcmp(value, "all") && reg_color_list_parse(value, &set))
		return scenario_refuse(parser, "'%.40s' is no list of colors",
				       value);
	for (unsigned int n = 0; n < REG_COLOR_WORDS; n++)
		colors->word[n] = set.word[n];
	return 0;
}

static int set_colors(struct parser *parser, const char *value)
{
	struct color_set colors;
	int err = colors_parse(parser, value, &colors);

	if (!err)
		SET_LOADS(parser, colors, colors);
	return err;
}

/* "5ms 8-15" */
static int set_recolor(struct parser *parser, const char *value)
{
	const char *list = strchr(value, ' ');
	struct color_set colors;
	char time[32] = "";
	uint64_t time_ps;

	if (!list || (size_t)(list - value) >= sizeof(time))
		return scenario_refuse(parser, "'%.40s' is no time and colors",
				       value);
	memcpy(time, value, (size_t)(list - value));
	if (scenario_ps(parser, time, &time_ps) ||
	    colors_parse(parser, list + 1, &colors))
		return -EINVAL;
	if (!time_ps || !color_set_count(&colors))
		return scenario_refuse(parser, "recolor needs a time above 0 and a list");
	SET_LOADS(parser, recolors, colors);
	SET_LOADS(parser, recolor_ps, time_ps);
	return 0;
}

static int set_trace(struct parser *parser, const char *value)
{
	struct scenario *scenario = parser->scenario;
	char reason[TRACE_REASON_BYTES];
	char path[PATH_MAX];
	struct trace *trace;

	if (scenario->traces_count == SCENARIO_MAX_CELLS)
		return scenario_refuse(parser, "more than %u traces",
				       SCENARIO_MAX_CELLS);
	if (scenario_path(parser, value, path))
		return -EINVAL;
	trace = calloc(1, sizeof(*trace));
	if (!trace)
		return -ENOMEM;
	scenario->traces[scenario->traces_count++] = trace;
	/* Every machine here has lines of 64 bytes; checked when complete. */
	if (trace_load(trace, path, 64, reason))
		return scenario_refuse(parser, "%.80s: %.150s", value, reason);
	SET_LOADS(parser, trace, trace);
	return 0;
}

const struct key scenario_load_keys[] = {
	{ "load", OF_LOAD, set_load },
	{ "size", OF_LOAD, set_size },
	{ "stride", OF_LOAD, set_stride },
	{ "bank", OF_LOAD, set_bank },
	{ "writes", OF_LOAD, set_writes },
	{ "mlp", OF_LOAD, set_mlp },
	{ "instructions", OF_LOAD, set_instructions },
	{ "per_line", OF_LOAD, set_per_line },
	{ "compute", OF_LOAD, set_compute },
	{ "begin", OF_LOAD, set_begin },
	{ "burst", OF_LOAD, set_burst },
	{ "ways", OF_LOAD, set_ways },
	{ "colors", OF_LOAD, set_colors },
	{ "recolor", OF_LOAD, set_recolor },
	{ "trace", OF_LOAD, set_trace },
};
const size_t scenario_load_keys_count =
	sizeof(scenario_load_keys) / sizeof(scenario_load_keys[0]);
