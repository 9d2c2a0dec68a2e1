// SPDX-License-Identifier: GPL-2.0-only
/* Values in a scenario: times, counts, sizes, words. */
#include <string.h>

#include "scenario-internal.h"
#include "tools/regctl/units.h"

#define TIME_MAX_NS	1000000000000ull	/* 1000 s */
#define PS_PER_NS	1000u

/* The parsers of units say what is wrong; the key is known to the caller. */
int scenario_refuse_value(struct parser *parser, const char *value,
			  const struct parse_error *error)
{
	return scenario_refuse(parser, "'%.40s': %.150s", value, error->text);
}

int scenario_time(struct parser *parser, const char *value, uint64_t *time_ns)
{
	struct parse_error error;

	if (time_parse(value, time_ns, &error))
		return scenario_refuse_value(parser, value, &error);
	if (*time_ns > TIME_MAX_NS)
		return scenario_refuse(parser, "'%.40s' is more than 1000s",
				       value);
	return 0;
}

int scenario_ps(struct parser *parser, const char *value, uint64_t *time_ps)
{
	uint64_t time_ns;
	int err = scenario_time(parser, value, &time_ns);

	if (!err)
		*time_ps = time_ns * PS_PER_NS;
	return err;
}

int scenario_count(struct parser *parser, const char *value, uint64_t least,
		   uint64_t most, uint64_t *count)
{
	struct parse_error error;

	if (count_parse(value, least, count, &error))
		return scenario_refuse_value(parser, value, &error);
	if (*count > most)
		return scenario_refuse(parser, "%.40s is more than %llu", value,
				       (unsigned long long)most);
	return 0;
}

int scenario_size(struct parser *parser, const char *value, uint64_t most,
		  uint64_t *bytes)
{
	struct parse_error error;

	if (size_parse(value, bytes, &error))
		return scenario_refuse_value(parser, value, &error);
	if (*bytes == 0 || *bytes > most)
		return scenario_refuse(parser, "'%.40s' is not within 1B..%lluMiB",
				       value, (unsigned long long)(most >> 20));
	return 0;
}

int scenario_word(struct parser *parser, const char *value,
		  const char *const words[], unsigned int *index)
{
	char list[128] = "";

	for (*index = 0; words[*index]; (*index)++) {
		if (!strcmp(words[*index], value))
			return 0;
		if (*index)
			strncat(list, ", ", sizeof(list) - strlen(list) - 1);
		strncat(list, words[*index], sizeof(list) - strlen(list) - 1);
	}
	return scenario_refuse(parser, "'%.40s' is none of %s", value, list);
}

