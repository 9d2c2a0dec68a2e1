/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the scenario parser share. */
#ifndef SIMULATE_SCENARIO_INTERNAL_H
#define SIMULATE_SCENARIO_INTERNAL_H

#include "scenario.h"

struct parser {
	struct scenario *scenario;
	struct scenario_error *error;
	unsigned int line;
	struct variant base;		/* what is said before the variants */
	struct variant *variant;	/* the one that lines speak of */
	struct scenario_cell *cell;	/* NULL: the run as a whole */
	uint64_t cpus;			/* whose load is meant */
	char machine[SCENARIO_NAME_BYTES + PATH_MAX];
	char baseline[SCENARIO_NAME_BYTES];
};

enum scope {
	OF_RUN,
	OF_CELL,
	OF_LOAD,	/* of a cell's CPUs, or of some */
};

struct key {
	const char *name;
	enum scope scope;
	int (*set)(struct parser *parser, const char *value);
};

/* scenario-load.c */
extern const struct key scenario_load_keys[];
extern const size_t scenario_load_keys_count;

/* -EINVAL, with the line and this reason. */
int scenario_refuse(struct parser *parser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Of a cell or of CPUs (parser->cell, parser->cpus), or of the run. */
int scenario_set(struct parser *parser, const char *key, const char *value);

/* scenario-values.c: 0, or -EINVAL and refused. */
struct parse_error;
int scenario_refuse_value(struct parser *parser, const char *value,
			  const struct parse_error *error);
int scenario_time(struct parser *parser, const char *value, uint64_t *time_ns);
int scenario_ps(struct parser *parser, const char *value, uint64_t *time_ps);
int scenario_count(struct parser *parser, const char *value, uint64_t least,
		   uint64_t most, uint64_t *count);
int scenario_size(struct parser *parser, const char *value, uint64_t most,
		  uint64_t *bytes);
int scenario_word(struct parser *parser, const char *value,
		  const char *const words[], unsigned int *index);

/* Where a file named in a scenario is. */
int scenario_path(struct parser *parser, const char *name,
		  char path[PATH_MAX]);

/* The machine, and what needs it: after all lines. */
int scenario_complete(struct parser *parser);

#endif
